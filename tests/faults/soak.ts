// A long run under what should not be: garbage on every port, a device that floods, connections left open, and the fleet's own
// life meanwhile. Prints the memory of every process again and again; memory that keeps growing, or a process that ends, fails.
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { type Random, randomOf } from '../../simulators/random.ts'
import { FleetRun } from '../../simulators/run-fleet.ts'
import { encodeOsmand } from '../../simulators/send-osmand.ts'
import { until } from './eventually.ts'
import { serveWorld, type WorldServer } from './serve-world.ts'
import { makeWorld, type Servers } from './world.ts'

const PRINT_EVERY_MS = 10_000
const HELD_CONNECTIONS = 1000
const FLOOD_AT_ONCE = 8
/** A bracelet of the fleet reports so much more often than in a script, so that there is a load. */
const INTERVAL_MS = 2000
const GROWTH_MAX = 1.25
const GROWTH_MIB_MIN = 40
const MIB = 1024 * 1024

type Sample = Map<string, number>

/** False when memory grew from the second quarter to the last by more than a quarter, or when a process ended. */
export async function soak(minutes: number, seed: number, servers: Servers): Promise<boolean> {
  const world = await makeWorld(seed, servers, { wires: true })
  const slot = world.slots[0]!
  const ended: string[] = []
  const flooder = slot.fleet.wearers.find(({ via }) => via === 'osmand')!
  const wearers = slot.fleet.wearers
    .filter((wearer) => wearer !== flooder)
    .map((wearer) => ({ ...wearer, intervalMs: INTERVAL_MS }))
  const clock = `${Date.now()},${slot.fromMs},1`
  const server = await serveWorld(world, clock, (name, how) => ended.push(`${name} ended: ${how}`))
  const stop = new AbortController()
  const samples: Sample[] = []
  try {
    await server.untilReady()
    let answered = 0
    const nowMs = () => slot.fromMs + (Date.now() - Number(clock.split(',')[0]))
    const fleet = new FleetRun({
      fleet: { ...slot.fleet, wearers },
      clock: nowMs,
      osmandUrl: server.osmandUrl,
      gatewayUrl: server.gatewayUrl,
      wirePorts: server.wirePorts,
      udpPorts: server.udpPorts,
      mqttPort: server.mqttPort,
      fromMs: nowMs(),
      scriptsFromMs: nowMs() + 5000,
      onRefused: (deviceId, reason) => ended.push(`${deviceId} was refused: ${reason}`),
      onAnswered: () => answered++,
    })
    fleet.start()
    const trouble = makeTrouble(seed, server, flooder, nowMs, stop.signal)
    const endMs = performance.now() + minutes * 60_000
    while (performance.now() < endMs) {
      await until(Math.min(endMs, performance.now() + PRINT_EVERY_MS))
      const sample = residentOf(server)
      samples.push(sample)
      const text = [...sample].map(([name, bytes]) => `${name} ${Math.round(bytes / MIB)}`).join(', ')
      console.log(`${answered} reports answered, ${trouble.said()} of trouble; MiB: ${text}`)
    }
    stop.abort()
    const { pending } = await fleet.finish()
    if (pending !== 0) ended.push(`${pending} reports were never answered`)
  } finally {
    stop.abort()
    ended.push(...(await server.stop()))
    await world.close()
  }
  const grown = growth(samples)
  for (const line of [...ended, ...grown]) console.log(`FAILED: ${line}`)
  if (ended.length + grown.length === 0) console.log(`memory stayed bounded over ${minutes} minutes; no process ended`)
  return ended.length + grown.length === 0
}

function residentOf({ processes }: WorldServer): Sample {
  const sample: Sample = new Map()
  for (const [name, { pid }] of processes)
    if (pid !== undefined) {
      const status = readFileSync(`/proc/${pid}/status`, 'latin1')
      sample.set(name, Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]) * 1024)
    }
  return sample
}

function growth(samples: readonly Sample[]): string[] {
  const quarter = samples.length >> 2
  if (quarter === 0) return ['too short to see whether memory grows']
  const median = (name: string, from: number) => {
    const sorted = samples
      .slice(from, from + quarter)
      .flatMap((sample) => sample.get(name) ?? [])
      .sort((a, b) => a - b)
    return sorted[sorted.length >> 1] ?? 0
  }
  return [...samples[0]!.keys()].flatMap((name) => {
    const before = median(name, quarter)
    const after = median(name, samples.length - quarter)
    return after > before * GROWTH_MAX && after - before > GROWTH_MIB_MIN * MIB
      ? [`${name} grew from ${Math.round(before / MIB)} to ${Math.round(after / MIB)} MiB`]
      : []
  })
}

/** Garbage on every port, connections that say nothing, and one device that floods; until `signal`. */
function makeTrouble(
  seed: number,
  { osmandUrl, gatewayUrl, wirePorts }: WorldServer,
  flooder: { deviceId: string; secret: string },
  nowMs: () => number,
  signal: AbortSignal,
): { said(): string } {
  const ports = new Set([
    ...Object.values(wirePorts),
    Number(new URL(osmandUrl).port),
    Number(new URL(gatewayUrl).port),
  ])
  let garbageBytes = 0
  let flooded = 0
  let refused = 0
  const held = new Set<Socket>()
  signal.addEventListener('abort', () => {
    for (const socket of held) socket.destroy()
  })
  for (const [i, port] of [...ports].entries())
    void sendGarbage(port, randomOf(seed * 100 + i), signal, (bytes) => {
      garbageBytes += bytes
    })
  const all = [...ports]
  const hold = (i: number) => {
    if (signal.aborted) return
    const socket = connect({ port: all[i % all.length]!, host: '127.0.0.1' })
    held.add(socket)
    socket.on('error', () => socket.destroy())
    // Cut for saying nothing: another comes.
    socket.on('close', () => {
      held.delete(socket)
      setTimeout(() => hold(i), 200)
    })
  }
  for (let i = 0; i < HELD_CONNECTIONS; i++) hold(i)
  const flood = async () => {
    while (!signal.aborted) {
      const report = { timeMs: nowMs() - 60_000 - (flooded % 50_000), latDeg: -6.2, lonDeg: 106.8, fixValid: true }
      const response = await fetch(osmandUrl, {
        method: 'POST',
        body: encodeOsmand(flooder.deviceId, report),
        headers: { authorization: `Bearer ${flooder.secret}` },
      })
      await response.arrayBuffer()
      flooded++
      if (response.status === 429) refused++
    }
  }
  for (let i = 0; i < FLOOD_AT_ONCE; i++) void flood()
  return {
    said: () =>
      `${Math.round(garbageBytes / MIB)} MiB rubbish, ${flooded} reports of one device (${refused} refused), ${held.size} connections held`,
  }
}

async function sendGarbage(
  port: number,
  random: Random,
  signal: AbortSignal,
  said: (bytes: number) => void,
): Promise<void> {
  while (!signal.aborted) {
    const socket: Socket = connect({ port, host: '127.0.0.1' })
    socket.on('error', () => socket.destroy())
    socket.resume()
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    while (!socket.destroyed && !signal.aborted) {
      const bytes = Buffer.from(Array.from({ length: random.integer(1, 4000) }, () => random.integer(0, 256)))
      said(bytes.length)
      if (!socket.write(bytes)) await Promise.race([closed, new Promise((resolve) => socket.once('drain', resolve))])
      await Promise.race([closed, until(performance.now() + 20)])
      if (random.next() < 0.05) socket.destroy()
    }
    socket.destroy()
    await closed
  }
}
