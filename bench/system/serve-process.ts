// The real server as a process of its own, as operators start it, for measurements from outside.
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { DEVICE_PROTOCOLS } from '../../ingest/protocols/protocols.ts'

export type ServeProcess = {
  apiUrl: string
  /** Own API and gateway WebSocket. */
  ingestUrl: string
  osmandUrl: string
  /** Added to the usual ports of the TCP protocols. */
  tcpPortOffset: number
  /** One metric's sum over all its labels that hold `labels`. */
  metric(name: string, labels?: string): Promise<number>
  /** All of /metrics. */
  metrics(): Promise<string>
  stop(): Promise<void>
}

const ROOT = resolve(import.meta.dirname, '../..')
const READY_MS_MAX = 60_000
const STOP_MS_MAX = 20_000
const OSMAND_PORT_DEFAULT = 5055
const OFFSET_FIRST = 6000
const OFFSET_STEP = 100
const OFFSETS = 200

export type ServeOptions = {
  /** Comma-separated; all where absent. */
  roles?: string
  /** What `npm run build` made instead of the sources. */
  built?: boolean
  /** Where the process leaves a CPU profile when it ends. */
  profileFolder?: string | undefined
  /** As NODE_OPTIONS takes them. */
  nodeOptions?: string | undefined
}

/** Starts `gelang serve` on free ports and waits until it is ready. Its log goes to `logFile`. */
export async function startServeProcess(
  env: Record<string, string>,
  logFile: string,
  { roles, built = false, profileFolder, nodeOptions }: ServeOptions = {},
): Promise<ServeProcess> {
  const [api, ingest, health] = (await freePorts(3)) as [number, number, number]
  const tcpPortOffset = await freeOffset()
  const osmand = OSMAND_PORT_DEFAULT + tcpPortOffset
  const apiUrl = `http://127.0.0.1:${api}`
  const child = spawn(process.execPath, argumentsOf(roles, built, profileFolder), {
    cwd: ROOT,
    env: {
      // Nothing else of this process's environment: it may hold the addresses of other services.
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      ...(nodeOptions === undefined ? {} : { NODE_OPTIONS: nodeOptions }),
      ...env,
      GELANG_API_PORT: String(api),
      GELANG_INGEST_PORT: String(ingest),
      GELANG_OSMAND_PORT: String(osmand),
      GELANG_TCP_PORT_OFFSET: String(tcpPortOffset),
      GELANG_HEALTH_PORT: String(health),
      GELANG_BASE_URL: apiUrl,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log = createWriteStream(logFile)
  child.stdout.pipe(log, { end: false })
  child.stderr.pipe(log, { end: false })
  const healthUrl = `http://127.0.0.1:${health}`
  try {
    await untilReady(`${healthUrl}/readyz`, child)
  } catch (error) {
    await stop(child)
    throw new Error(`the server did not start (its log is ${logFile}): ${error}`, { cause: error })
  }
  const metrics = async (): Promise<string> => (await fetch(`${healthUrl}/metrics`)).text()
  return {
    apiUrl,
    ingestUrl: `http://127.0.0.1:${ingest}`,
    osmandUrl: `http://127.0.0.1:${osmand}`,
    tcpPortOffset,
    metric: async (name, labels = '') => sumOf(await metrics(), name, labels),
    metrics,
    stop: () => stop(child),
  }
}

function argumentsOf(roles: string | undefined, built: boolean, profileFolder: string | undefined): string[] {
  return [
    ...(profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${join(profileFolder, roles ?? 'all')}`]),
    ...(built ? ['dist/bin/gelang.js'] : ['--import', 'tsx', 'bin/gelang.ts']),
    'serve',
    ...(roles === undefined ? [] : ['--roles', roles]),
  ]
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  let said = 'no answer'
  for (let waitedMs = 0; waitedMs < READY_MS_MAX; waitedMs += 100) {
    if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`)
    const answer = await fetch(url).catch((error: unknown) => {
      if (error instanceof TypeError) return undefined // not listening yet
      throw error
    })
    if (answer?.ok) return
    said = answer === undefined ? said : await answer.text()
    await delay(100)
  }
  throw new Error(`not ready after ${READY_MS_MAX / 1000} s: ${said}`)
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
  await ended
  clearTimeout(timer)
}

function sumOf(text: string, name: string, labels: string): number {
  let sum = 0
  for (const line of text.split('\n')) {
    const [, metric, inBraces = '', value] = /^([a-z_]+)(\{[^}]*\})? (\S+)$/.exec(line) ?? []
    if (metric === name && inBraces.includes(labels)) sum += Number(value)
  }
  return sum
}

/** What can be added to the usual ports of all device protocols; below the ports that the system gives to connections. */
async function freeOffset(): Promise<number> {
  for (let n = 0; n < OFFSETS; n++) {
    const offset = OFFSET_FIRST + ((process.pid * 37 + n) % OFFSETS) * OFFSET_STEP
    const free = await Promise.all(DEVICE_PROTOCOLS.map(({ port }) => isFree(port + offset)))
    if (!free.includes(false)) return offset
  }
  throw new Error('no free ports for the device protocols')
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done, failed) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? done(false) : failed(error)))
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)))
  })
}

/** Ports of 127.0.0.1 that were free a moment ago, all different. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((done, failed) => {
          server.once('error', failed)
          server.listen(0, '127.0.0.1', () => done((server.address() as { port: number }).port))
        }),
    ),
  )
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))))
  return ports
}
