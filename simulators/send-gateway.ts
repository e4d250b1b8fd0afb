// A gateway: many bracelets on one WebSocket, batches with sequence numbers in JSON or compact frames, everything unacknowledged
// sent again after a reconnect.
import WebSocket from 'ws'
import type { DeviceReport } from '../model/report/report.ts'
import { CompactEncoder, readCompactAnswer } from './compact-frame.ts'

type GatewayTarget = { url: string; gatewayId: string; secret: string; compact?: boolean }

const BATCH_REPORTS_MAX = 200
const UNACKNOWLEDGED_BATCHES_MAX = 8
const RECONNECT_MS = 300

export class GatewaySender {
  /** Reports answered so far. */
  taken = 0
  refused = 0
  readonly #target: GatewayTarget
  readonly #onTaken: (report: DeviceReport) => void
  readonly #waiting: DeviceReport[] = []
  readonly #unacknowledged = new Map<number, DeviceReport[]>()
  #socket: WebSocket | undefined
  #encoder = new CompactEncoder()
  #seq = 0
  #closing = false
  #drained: (() => void) | undefined

  /** `onTaken` hears of every report that got a positive answer. */
  constructor(target: GatewayTarget, onTaken: (report: DeviceReport) => void = () => undefined) {
    this.#target = target
    this.#onTaken = onTaken
    this.#connect()
  }

  /** Takes reports to send; returns at once. */
  send(reports: readonly DeviceReport[]): void {
    this.#waiting.push(...reports)
    this.#pump()
  }

  get pending(): number {
    let pending = this.#waiting.length
    for (const batch of this.#unacknowledged.values()) pending += batch.length
    return pending
  }

  /** Resolves when everything given so far is answered. */
  drained(): Promise<void> {
    if (this.pending === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#drained = resolve
    })
  }

  close(): void {
    this.#closing = true
    this.#socket?.close()
  }

  #connect(): void {
    const { url, gatewayId, secret } = this.#target
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${gatewayId}:${secret}` } })
    this.#socket = socket
    // A new connection knows no bracelet's handle.
    this.#encoder = new CompactEncoder()
    socket.on('open', () => {
      for (const [seq, reports] of this.#unacknowledged) this.#write(seq, reports)
      this.#pump()
    })
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) {
        const { ack, refused } = readCompactAnswer(data)
        this.#acknowledge(ack, new Map(refused.map(({ index, retry }) => [index, retry])))
      } else this.#acknowledgeJson(JSON.parse(data.toString()))
    })
    // 'close' follows every error; the reason is not this side's to judge.
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      if (!this.#closing) setTimeout(() => this.#closing || this.#connect(), RECONNECT_MS)
    })
  }

  #pump(): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return
    while (this.#waiting.length > 0 && this.#unacknowledged.size < UNACKNOWLEDGED_BATCHES_MAX) {
      const seq = ++this.#seq
      const reports = this.#waiting.splice(0, BATCH_REPORTS_MAX)
      this.#unacknowledged.set(seq, reports)
      this.#write(seq, reports)
    }
  }

  #write(seq: number, reports: DeviceReport[]): void {
    this.#socket?.send(
      this.#target.compact
        ? this.#encoder.encode(seq, reports)
        : JSON.stringify({ seq, reports: reports.map(ownReport) }),
    )
  }

  #acknowledgeJson({ ack, results }: { ack?: number; results?: { ok: boolean; retry?: boolean }[] }): void {
    if (ack === undefined) return
    const refused = new Map<number, boolean>()
    results?.forEach(({ ok, retry = false }, index) => {
      if (!ok) refused.set(index, retry)
    })
    this.#acknowledge(ack, refused)
  }

  /** `refused`: by index, whether it is to come again. */
  #acknowledge(ack: number, refused: ReadonlyMap<number, boolean>): void {
    const batch = this.#unacknowledged.get(ack)
    if (batch === undefined) return
    this.#unacknowledged.delete(ack)
    batch.forEach((report, i) => {
      const again = refused.get(i)
      if (again === undefined) {
        this.taken++
        this.#onTaken(report)
      } else if (again) this.#waiting.push(report)
      else this.refused++
    })
    this.#pump()
    if (this.pending === 0) this.#drained?.()
  }
}

/** The own API's JSON: `time`, `lat`, `lon` and the common words. */
export function ownReport({
  timeMs,
  latDeg,
  lonDeg,
  timeFromReceipt: _flag,
  deviceTimeMs: _built,
  ...rest
}: DeviceReport) {
  return { ...rest, time: timeMs, ...(latDeg === undefined ? {} : { lat: latDeg, lon: lonDeg }) }
}
