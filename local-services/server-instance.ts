// What a private PostgreSQL and a private Redis have in common: one folder, one process, one port.
import { mkdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { bindable, pickPort } from './pick-port.ts'
import {
  childrenOf,
  isAlive,
  type ProcessId,
  processesIn,
  readRecord,
  signal,
  startDetached,
  waitForEnd,
  writeRecord,
} from './running-process.ts'
import { diskFull, lastLines, ServiceError } from './service-error.ts'
import { giveTo, type RunAs } from './unprivileged-user.ts'

/** A server that runs on 127.0.0.1. It goes on when this process ends; `stop` ends it. */
export type ServerInstance = {
  readonly url: string
  readonly port: number
  readonly pid: number
  /** It was running already, left by an earlier process. */
  readonly found: boolean
  /** Asks it to end, waits, and insists in the end. The data stay. */
  stop(): Promise<void>
  /** Kills it and its children without a word, as a power cut would. */
  kill9(): Promise<void>
  /** Starts it again on the same data and port. */
  startAgain(): Promise<void>
}

/** How one kind of server is run. */
export type ServerKind = {
  name: 'PostgreSQL' | 'Redis'
  program: string
  args(port: number): string[]
  /** Before every start, when nothing runs on the folder. */
  prepare(): Promise<void>
  /** Whether this very process serves on the port; another program may have it. */
  ready(process: ProcessId, port: number): Promise<boolean>
  stopSignal: NodeJS.Signals
  url(port: number): string
}

type RunningRecord = ProcessId & { port: number }

const START_MS_MAX = 300_000
const STOP_MS_MAX = 60_000
const KILL_MS_MAX = 10_000
const POLL_MS = 20
const PORT_TRIES = 5
const LOG_BYTES_MAX = 10 * 1024 * 1024

/** Starts the server of this folder, or takes the one that runs there. A given port that is taken throws ServiceError `port-taken`. */
export async function startServer(
  kind: ServerKind,
  folder: string,
  runAs: RunAs,
  wantedPort?: number,
): Promise<ServerInstance> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  giveTo(folder, runAs)
  const record = readRecord<RunningRecord>(recordFile(folder))
  const found = record !== undefined && (await becomesReady(kind, record))
  let running = found ? record : await startOnFreePort(kind, folder, runAs, wantedPort, record?.port)
  return {
    get url() {
      return kind.url(running.port)
    },
    get port() {
      return running.port
    },
    get pid() {
      return running.pid
    },
    found,
    stop: async () => {
      await stopServer(kind, folder)
    },
    kill9: () => killHard(running, kind.name),
    startAgain: async () => {
      running = await launch(kind, folder, runAs, running.port)
    },
  }
}

/** Ends the server of this folder, whichever process started it. True when there was one. */
export async function stopServer(kind: Pick<ServerKind, 'name' | 'stopSignal'>, folder: string): Promise<boolean> {
  const record = readRecord<RunningRecord>(recordFile(folder))
  if (!record || !isAlive(record)) return false
  signal(record, kind.stopSignal)
  if (!(await waitForEnd(record, STOP_MS_MAX))) await killHard(record, kind.name)
  return true
}

/** Where the server of this folder listens, if it runs. */
export function runningIn(folder: string): { pid: number; port: number } | undefined {
  const record = readRecord<RunningRecord>(recordFile(folder))
  return record && isAlive(record) ? { pid: record.pid, port: record.port } : undefined
}

async function startOnFreePort(
  kind: ServerKind,
  folder: string,
  runAs: RunAs,
  wanted?: number,
  earlier?: number,
): Promise<RunningRecord> {
  if (wanted !== undefined) {
    if ((await bindable(wanted)) === undefined) throw portTaken(kind.name, wanted)
    return launch(kind, folder, runAs, wanted)
  }
  for (let left = PORT_TRIES; ; left--) {
    const port = await pickPort(left === PORT_TRIES ? earlier : undefined)
    try {
      return await launch(kind, folder, runAs, port)
    } catch (error) {
      // Somebody may take the port between the look and the start.
      if (left === 0 || !(error instanceof ServiceError) || error.code !== 'port-taken') throw error
    }
  }
}

async function launch(kind: ServerKind, folder: string, runAs: RunAs, port: number): Promise<RunningRecord> {
  // Two servers on the same data would destroy them; one may be left of a start that was interrupted before its record was written.
  for (const stray of processesIn(folder, kind.program)) await killHard(stray, kind.name)
  await kind.prepare()
  const logFile = join(folder, 'server.log')
  const logBytesBefore = startLog(logFile)
  const started = await startDetached(kind.program, kind.args(port), { cwd: folder, logFile, runAs })
  const running = { ...started, port }
  writeRecord(recordFile(folder), running)
  if (await becomesReady(kind, running)) return running
  const late = isAlive(running)
  await killHard(running, kind.name)
  throw didNotStart(
    kind.name,
    folder,
    port,
    late ? `not ready after ${START_MS_MAX / 1000} s` : logSince(logFile, logBytesBefore),
  )
}

/** False when it ended, or took too long: after a crash it first reads its whole log again. */
async function becomesReady(kind: ServerKind, running: RunningRecord): Promise<boolean> {
  for (let waitedMs = 0; isAlive(running) && waitedMs < START_MS_MAX; waitedMs += POLL_MS) {
    if (await kind.ready(running, running.port)) return true
    await delay(POLL_MS)
  }
  return false
}

async function killHard(one: ProcessId, name: string): Promise<void> {
  const all = [one, ...childrenOf(one)]
  for (const each of all) signal(each, 'SIGKILL')
  for (const each of all)
    if (!(await waitForEnd(each, KILL_MS_MAX)))
      throw new ServiceError(
        'did-not-stop',
        `${name} (process ${each.pid}) does not end.`,
        'Look at the disk it writes to, then run this again.',
      )
}

function recordFile(folder: string): string {
  return join(folder, 'running.json')
}

/** Puts a log aside that has grown large, and gives the size of what is there. */
function startLog(logFile: string): number {
  const bytes = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0
  if (bytes <= LOG_BYTES_MAX) return bytes
  renameSync(logFile, `${logFile}.old`)
  return 0
}

function logSince(logFile: string, bytes: number): string {
  return lastLines(readFileSync(logFile).subarray(bytes).toString('utf8'))
}

function didNotStart(name: string, folder: string, port: number, log: string): ServiceError {
  if (/Address already in use|could not create any TCP\/IP sockets/.test(log)) return portTaken(name, port)
  return (
    diskFull(log, folder) ??
    new ServiceError(
      'did-not-start',
      `${name} did not start on the data in ${folder}.`,
      `Its last words are in ${join(folder, 'server.log')}.`,
      log,
    )
  )
}

function portTaken(name: string, port: number): ServiceError {
  return new ServiceError(
    'port-taken',
    `${name} cannot start: port ${port} is taken.`,
    'End the program that has it or choose another port, and run this again.',
  )
}
