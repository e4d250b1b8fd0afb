// Bracelets that report as always: each at its own moment of every `stepMs`, spread evenly, at the wall's clock, in small frames of
// a few gateways, until it is stopped. A report's time is the moment at which it was due.
import { WebSocket } from 'ws'
import { CompactEncoder, readCompactAnswer } from '../../simulators/compact-frame.ts'
import { asLoad, latencies } from '../measure/run-load.ts'
import { makeFleet, reportOf } from './fleet.ts'

export type LiveLoad = {
  url: string
  gatewayId: string
  secret: string
  seed: number
  /** Bracelets firstWearer … wearers − 1 report. */
  firstWearer: number
  wearers: number
  stepMs: number
  connections: number
}
export type LiveResult = {
  counts: number[]
  refused: number
  baseMs: number
  p50Ms: number
  p99Ms: number
  maxMs: number
}

const TICK_MS = 10

type Gateway = {
  socket: WebSocket
  encoder: CompactEncoder
  underWay: Map<number, { wearers: number[]; sentMs: number }>
}

/** Milliseconds into each step at which bracelet n reports. */
export function offsetMs(
  n: number,
  { firstWearer, wearers, stepMs }: Pick<LiveLoad, 'firstWearer' | 'wearers' | 'stepMs'>,
): number {
  return Math.floor(((n - firstWearer) * stepMs) / (wearers - firstWearer))
}

asLoad<LiveLoad, Gateway[]>(
  async ({ url, gatewayId, secret, connections }) =>
    Promise.all(
      Array.from({ length: connections }, async () => {
        const socket = new WebSocket(url, { headers: { authorization: `Bearer ${gatewayId}:${secret}` } })
        await new Promise((resolve, reject) => {
          socket.once('open', resolve)
          socket.once('error', reject)
        })
        return { socket, encoder: new CompactEncoder(), underWay: new Map() }
      }),
    ),
  send,
)

async function send(config: LiveLoad, gateways: Gateway[]): Promise<LiveResult> {
  const { firstWearer, wearers, stepMs } = config
  const fleet = makeFleet(config.seed, wearers)
  const counts = new Array<number>(wearers).fill(0)
  const delaysMs: number[] = []
  let refused = 0
  let finishing = false
  process.on('message', (message) => {
    finishing ||= message === 'finish'
  })
  for (const { socket, underWay } of gateways)
    socket.on('message', (data) => {
      const answer = readCompactAnswer(data as Buffer)
      const { wearers: mine, sentMs } = underWay.get(answer.ack)!
      underWay.delete(answer.ack)
      delaysMs.push(performance.now() - sentMs)
      const wrong = new Set(answer.refused.map(({ index }) => index))
      refused += wrong.size
      mine.forEach((n, i) => void (wrong.has(i) || counts[n]!++))
    })
  const baseMs = Date.now()
  let seq = 0
  let step = 0
  let next = firstWearer
  while (!finishing) {
    const due: [number[], ReturnType<typeof reportOf>[]] = [[], []]
    for (;;) {
      const dueMs = baseMs + step * stepMs + offsetMs(next, config)
      if (dueMs > Date.now()) break
      due[0].push(next)
      due[1].push(reportOf(fleet, next, dueMs, (step * stepMs) / 1000))
      if (++next === wearers) {
        next = firstWearer
        step++
      }
    }
    if (due[0].length > 0) {
      const gateway = gateways[seq % gateways.length]!
      gateway.underWay.set(seq, { wearers: due[0], sentMs: performance.now() })
      gateway.socket.send(gateway.encoder.encode(seq, due[1]))
      seq++
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS))
  }
  while (gateways.some(({ underWay }) => underWay.size > 0))
    await new Promise((resolve) => setTimeout(resolve, TICK_MS))
  for (const { socket } of gateways) socket.close()
  return { counts, refused, baseMs, ...latencies(delaysMs) }
}
