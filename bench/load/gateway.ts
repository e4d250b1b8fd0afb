// Gateways: batches over some connections, each with some frames under way, made before the clock starts.
import { WebSocket } from 'ws'
import type { DeviceReport } from '../../model/report/report.ts'
import { CompactEncoder, readCompactAnswer } from '../../simulators/compact-frame.ts'
import { ownReport } from '../../simulators/send-gateway.ts'
import { asLoad, latencies } from '../measure/run-load.ts'
import { makeFleet, reportOf } from './fleet.ts'

export type GatewayLoad = {
  url: string
  gatewayId: string
  secret: string
  seed: number
  wearers: number
  reportsPerWearer: number
  baseMs: number
  stepMs: number
  format: 'compact' | 'json'
  connections: number
  framesUnderWay: number
  reportsPerFrame: number
  /** Sent from memory. */
  archived?: boolean
  /** Frames leave no faster than this; absent: as fast as they are answered. */
  reportsPerSecond?: number
}
export type GatewayResult = {
  /** Answered reports of each bracelet. */
  counts: number[]
  refused: number
  sendMs: number
  firstSentMs: number
  lastAnswerMs: number
  bytes: number
  p50Ms: number
  p99Ms: number
  maxMs: number
}

type Frame = { bytes: Buffer; wearers: number[]; sentMs: number }
type Connection = { socket: WebSocket; frames: Frame[] }

asLoad<GatewayLoad, Connection[]>(prepare, send)

async function prepare(config: GatewayLoad): Promise<Connection[]> {
  const fleet = makeFleet(config.seed, config.wearers)
  const connections: Connection[] = []
  for (let c = 0; c < config.connections; c++) {
    const encoder = new CompactEncoder()
    const frames: Frame[] = []
    let reports: DeviceReport[] = []
    let wearers: number[] = []
    const close = (): void => {
      if (reports.length === 0) return
      const seq = frames.length
      const bytes =
        config.format === 'compact'
          ? encoder.encode(seq, reports)
          : Buffer.from(JSON.stringify({ seq, reports: reports.map(ownReport) }))
      frames.push({ bytes, wearers, sentMs: 0 })
      reports = []
      wearers = []
    }
    for (let k = 0; k < config.reportsPerWearer; k++)
      for (let n = c; n < config.wearers; n += config.connections) {
        const report = reportOf(fleet, n, config.baseMs + k * config.stepMs, (k * config.stepMs) / 1000)
        if (config.archived) report.archived = true
        reports.push(report)
        wearers.push(n)
        if (reports.length === config.reportsPerFrame) close()
      }
    close()
    const socket = new WebSocket(config.url, {
      headers: { authorization: `Bearer ${config.gatewayId}:${config.secret}` },
    })
    await new Promise((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
    })
    connections.push({ socket, frames })
  }
  return connections
}

async function send(config: GatewayLoad, connections: Connection[]): Promise<GatewayResult> {
  const counts = new Array<number>(config.wearers).fill(0)
  const delaysMs: number[] = []
  let refused = 0
  let bytes = 0
  const firstSentMs = Date.now()
  const began = performance.now()
  let lastSent = began
  const everyMs = config.reportsPerSecond
    ? (1000 * config.reportsPerFrame * connections.length) / config.reportsPerSecond
    : 0
  const one = ({ socket, frames }: Connection): Promise<void> =>
    new Promise((resolve, reject) => {
      let next = 0
      let underWay = 0
      const pump = (): void => {
        while (next < frames.length && underWay < config.framesUnderWay) {
          const due = began + next * everyMs
          if (everyMs > 0 && performance.now() < due) {
            setTimeout(pump, due - performance.now())
            return
          }
          const frame = frames[next++]!
          frame.sentMs = lastSent = performance.now()
          bytes += frame.bytes.length
          underWay++
          socket.send(frame.bytes, { binary: config.format === 'compact' })
        }
        if (next === frames.length && underWay === 0) resolve()
      }
      socket.on('message', (data, isBinary) => {
        const { ack, wrong } = isBinary ? compact(data as Buffer) : json(String(data))
        const frame = frames[ack]!
        delaysMs.push(performance.now() - frame.sentMs)
        for (let i = 0; i < frame.wearers.length; i++)
          if (wrong?.has(i)) refused++
          else counts[frame.wearers[i]!]!++
        frame.bytes = Buffer.alloc(0)
        underWay--
        pump()
      })
      socket.once('close', (code) => reject(new Error(`the gateway's connection was closed with ${code}`)))
      pump()
    })
  await Promise.all(connections.map(one))
  const lastAnswerMs = Date.now()
  for (const { socket } of connections) {
    socket.removeAllListeners('close')
    socket.close()
  }
  return { counts, refused, sendMs: lastSent - began, firstSentMs, lastAnswerMs, bytes, ...latencies(delaysMs) }
}

function compact(bytes: Buffer): { ack: number; wrong?: Set<number> } {
  const { ack, refused } = readCompactAnswer(bytes)
  return refused.length === 0 ? { ack } : { ack, wrong: new Set(refused.map(({ index }) => index)) }
}

function json(text: string): { ack: number; wrong?: Set<number> } {
  const { ack, results } = JSON.parse(text) as { ack: number; results: { ok: boolean }[] }
  return { ack, wrong: new Set(results.flatMap(({ ok }, i) => (ok ? [] : [i]))) }
}
