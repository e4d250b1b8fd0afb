// Random and mutated input on every port of an ingest that runs, while two others go on reporting.
import { type ChildProcess, fork } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type Random, randomOf } from '../../simulators/random.ts'
import { fuzzTargets, type Target } from './fuzz-targets.ts'
import { fuzzBytes } from './mutate.ts'
import { Witness } from './witness.ts'

export type FuzzOptions = {
  /** A port. */
  bytes: number
  seed: number
  /** Ends early, between ports, after so long. */
  untilMs?: number
  only?: string
  say(line: string): void
}
export type FuzzResult = {
  ports: { name: string; bytes: number; connections: number }[]
  answered: number
  longestMs: number
  residentMaxBytes: number
  problems: string[]
}

type Ready = { ports: Record<string, number>; udpPorts: Record<string, number>; mqttPort: number }
/** `busyMs`: the longest that ingest did one thing. */
type Measured = { residentBytes: number; heapBytes: number; failed: string[]; busyMs: number }

const LANES = 6
const CHUNK_BYTES = 16 * 1024
const CONNECTION_BYTES = 256 * 1024
/** A peer that reads nothing for so long is left. */
const STUCK_MS = 1000
const DATAGRAM_BYTES = 1200
const DATAGRAMS_AT_ONCE = 64
const RESIDENT_BYTES_MAX = 1024 * 1024 * 1024
const WITNESS_MS_MAX = 10_000

export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const problems: string[] = []
  const child = fork(join(import.meta.dirname, 'fuzz-ingest.ts'), { execArgv: ['--import', 'tsx'] })
  let isEnding = false
  child.once('exit', (code, signal) => {
    if (!isEnding) problems.push(`ingest ended: ${signal ?? code}`)
  })
  const [ready] = (await once(child, 'message')) as [Ready]
  const witness = new Witness({ gt06: ready.ports.gt06!, osmand: ready.ports.osmand! })
  const result: FuzzResult = { ports: [], answered: 0, longestMs: 0, residentMaxBytes: 0, problems }
  const own = monitorEventLoopDelay()
  own.enable()
  const beganMs = performance.now()
  for (const target of fuzzTargets()) {
    if (options.only !== undefined && target.name !== options.only) continue
    if (problems.length > 0 || performance.now() - beganMs > (options.untilMs ?? Number.POSITIVE_INFINITY)) break
    const startedMs = performance.now()
    own.reset()
    const done = await fuzzPort(target, portOf(target, ready), options)
    const { residentBytes, heapBytes, failed, busyMs } = child.connected ? await measure(child) : GONE
    result.ports.push({ name: target.name, ...done })
    result.residentMaxBytes = Math.max(result.residentMaxBytes, residentBytes)
    for (const message of new Set(failed)) problems.push(`${target.name}: ingest says "${message}"`)
    if (residentBytes > RESIDENT_BYTES_MAX) problems.push(`${target.name}: ${mib(residentBytes)} resident`)
    options.say(
      `${target.name.padEnd(22)} ${mib(done.bytes).padStart(9)} over ${String(done.connections).padStart(6)} connections in ` +
        `${((performance.now() - startedMs) / 1000).toFixed(1)} s; resident ${mib(residentBytes)}, heap ${mib(heapBytes)}; ` +
        `${witness.answered} reports of others answered, the slowest in ${Math.round(witness.longestMs)} ms; ` +
        `busy at one time at most ${Math.round(busyMs)} ms, the sender ${Math.round(own.max / 1e6)} ms`,
    )
  }
  if (child.connected) {
    await witness.end()
    options.say('the others have ended')
    isEnding = true
    child.send({ ask: 'end' })
    await once(child, 'exit')
  }
  problems.push(...witness.problems)
  if (witness.longestMs > WITNESS_MS_MAX) problems.push(`a report of others took ${Math.round(witness.longestMs)} ms`)
  return Object.assign(result, { answered: witness.answered, longestMs: witness.longestMs })
}

const GONE: Measured = { residentBytes: 0, heapBytes: 0, failed: [], busyMs: 0 }

function portOf({ transport, protocol }: Target, { ports, udpPorts, mqttPort }: Ready): number {
  return protocol === 'mqtt' ? mqttPort : (transport === 'udp' ? udpPorts : ports)[protocol]!
}

async function fuzzPort(target: Target, port: number, { bytes, seed }: FuzzOptions) {
  const total = { bytes: 0, connections: 0 }
  const lane = async (random: Random) => {
    while (total.bytes < bytes) {
      total.connections++
      total.bytes += await (target.transport === 'udp' ? datagrams : connection)(target.golden, port, random)
    }
  }
  await Promise.all(Array.from({ length: LANES }, (_, i) => lane(randomOf(seed * 1000 + i))))
  return total
}

/** One connection's worth; gives how many bytes the peer has taken. */
async function connection(golden: readonly Buffer[], port: number, random: Random): Promise<number> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.on('error', () => undefined)
  socket.resume()
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  let isOpen = true
  void closed.then(() => {
    isOpen = false
  })
  while (isOpen && socket.bytesWritten < CONNECTION_BYTES) {
    const piece = fuzzBytes(golden, random, random.integer(1, CHUNK_BYTES))
    if (!socket.write(piece))
      await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed, stuck()])
    else await new Promise((resolve) => setImmediate(resolve))
    if (socket.writableLength > CHUNK_BYTES * 4) break
  }
  const taken = socket.bytesWritten - socket.writableLength
  socket.destroy()
  await closed
  return Math.max(taken, 1)
}

async function datagrams(golden: readonly Buffer[], port: number, random: Random): Promise<number> {
  const socket = createSocket('udp4')
  let sent = 0
  await Promise.all(
    Array.from({ length: DATAGRAMS_AT_ONCE }, () => {
      const bytes = fuzzBytes(golden, random, 1).subarray(0, DATAGRAM_BYTES)
      sent += bytes.length
      return new Promise<void>((resolve) => socket.send(bytes, port, '127.0.0.1', () => resolve()))
    }),
  )
  await new Promise<void>((resolve) => socket.close(() => resolve()))
  // Those who report meanwhile live in this process too.
  await new Promise((resolve) => setImmediate(resolve))
  return sent
}

async function stuck(): Promise<void> {
  await new Promise<void>((resolve) => setTimeout(resolve, STUCK_MS).unref())
}

async function measure(child: ChildProcess): Promise<Measured> {
  child.send({ ask: 'measure' })
  const [measured] = (await once(child, 'message')) as [Measured]
  return measured
}

export function mib(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}
