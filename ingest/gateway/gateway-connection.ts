// One gateway's WebSocket. A frame is JSON `{"seq":n,"reports":[…]}`, answered `{"ack":n,"results":[…]}`, or a compact one with a
// compact answer (compact-frame.ts); answers go out in the order of arrival, each once its reports are on disk. A gateway that reconnects sends again what was not acknowledged; sequence numbers may repeat.
import type { RawData, WebSocket } from 'ws'
import type { Sender } from '../admission/authorize.ts'
import type { Batch, Intake } from '../admission/intake.ts'
import { takeJsonReports } from '../own-api/take-json-reports.ts'
import { compactAnswer, readCompactFrame } from './compact-frame.ts'
import { Handles, takeCompactReports } from './take-compact-reports.ts'

type Pending = { answer: string | Buffer; reports: number; done: boolean }
export type GatewaySender = Sender & { gateway: NonNullable<Sender['gateway']> }

export const CLOSE = { goingAway: 1001, policy: 1008, tooBig: 1009, internal: 1011, tryAgainLater: 1013 } as const
const BUSY_LOOK_MS = 50

export class GatewayConnection {
  readonly socket: WebSocket
  readonly gatewayId: string
  /** Answered the last ping. */
  alive = true
  readonly #intake: Intake
  readonly #sender: GatewaySender
  readonly #secretSha256: string | undefined
  /** In the order of arrival; the head is answered first. */
  readonly #pending: Pending[] = []
  readonly #handles = new Handles()
  #unacknowledgedReports = 0
  #malformedFrames = 0
  #failed = false
  #look: NodeJS.Timeout | undefined
  #whenIdle: (() => void) | undefined

  constructor(socket: WebSocket, intake: Intake, sender: GatewaySender) {
    this.socket = socket
    this.gatewayId = sender.gateway.gatewayId
    this.#intake = intake
    this.#sender = sender
    this.#secretSha256 = intake.directory.gateway(this.gatewayId)?.gateway.secretSha256
    socket.on('message', (data, isBinary) => this.#onMessage(data, isBinary))
    socket.on('pong', () => {
      this.alive = true
    })
    socket.on('close', () => clearTimeout(this.#look))
    socket.on('error', (error) =>
      intake.log.debug({ err: error, gatewayId: this.gatewayId }, 'gateway connection broke'),
    )
  }

  /** Reads nothing more, and resolves when everything read has been answered. */
  drain(): Promise<void> {
    this.socket.pause()
    if (this.#pending.length === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#whenIdle = resolve
    })
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    if (this.#failed || this.#hopeless()) return
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data)
    this.#intake.measures.bytes.inc({ protocol: 'gateway' }, bytes.length)
    if (!this.#stillTrusted()) return
    const batch = this.#intake.newBatch('gateway')
    batch.sender = `gateway:${this.gatewayId}`
    const pending: Pending = { answer: '', reports: 0, done: false }
    try {
      if (isBinary) this.#readBinary(batch, pending, bytes)
      else this.#readJson(batch, pending, bytes)
    } catch (error) {
      this.#broke(batch, error)
      return
    }
    this.#pending.push(pending)
    this.#unacknowledgedReports += pending.reports
    this.#brake()
    this.#intake.settle(batch).then(
      (stored) => this.#settled(pending, stored),
      (error: unknown) => {
        this.#intake.log.error({ err: error, gatewayId: this.gatewayId }, 'a gateway frame failed')
        this.#settled(pending, false)
      },
    )
  }

  // A bug of ours, but one frame's: the process stays for everybody else. What had been handed to the log is repeated and known.
  #broke(batch: Batch, error: unknown): void {
    this.#intake.log.error({ err: error, gatewayId: this.gatewayId }, 'a gateway frame failed')
    this.#fail(CLOSE.internal, 'the server failed; connect again and send what was not answered')
    void this.#intake.settle(batch)
  }

  #readJson(batch: Batch, pending: Pending, bytes: Buffer): void {
    const frame = parseFrame(bytes)
    if (typeof frame === 'string') {
      this.#malformed(batch, pending, bytes, frame)
      return
    }
    const { seq, reports } = frame
    if (reports.length > this.#intake.limits.batchReportsMax) {
      this.#malformed(
        batch,
        pending,
        bytes,
        `a frame holds at most ${this.#intake.limits.batchReportsMax} reports`,
        seq,
      )
      return
    }
    pending.reports = reports.length
    const verdicts = takeJsonReports(this.#intake, batch, reports, this.#sender, bytes)
    pending.answer = `{"ack":${seq},"results":[${verdicts}]}`
  }

  #readBinary(batch: Batch, pending: Pending, bytes: Buffer): void {
    const { limits } = this.#intake
    const frame = readCompactFrame(bytes, limits.gatewayHandlesMax)
    if (typeof frame === 'string') {
      this.#malformed(batch, pending, bytes, frame)
      return
    }
    const { seq, reports, named } = frame
    if (reports > limits.batchReportsMax) {
      this.#malformed(batch, pending, bytes, `a frame holds at most ${limits.batchReportsMax} reports`, seq)
      return
    }
    for (const [handle, id] of named) this.#handles.name(handle, id)
    pending.reports = reports
    const refused = takeCompactReports(this.#intake, batch, bytes, frame, this.#handles, this.#sender)
    pending.answer = compactAnswer(seq, refused)
  }

  #malformed(batch: Batch, pending: Pending, bytes: Buffer, detail: string, seq?: number): void {
    this.#malformedFrames++
    const isKept = this.#intake.refuse(batch, 'malformed', detail, this.gatewayId, bytes)
    pending.answer = JSON.stringify({
      ...(seq === undefined ? {} : { seq }),
      error: { code: 'malformed', message: detail, ...(isKept ? {} : { retry: true }) },
    })
  }

  #settled(pending: Pending, stored: boolean): void {
    if (this.#failed) return
    if (!stored) {
      this.#fail(CLOSE.tryAgainLater, 'the report log takes nothing now')
      return
    }
    pending.done = true
    while (this.#pending[0]?.done) {
      const first = this.#pending.shift() as Pending
      this.#unacknowledgedReports -= first.reports
      this.socket.send(first.answer)
    }
    if (this.socket.bufferedAmount > this.#intake.limits.gatewayUnsentBytesMax) {
      this.#fail(CLOSE.policy, 'acknowledgements are not fetched')
      this.socket.terminate()
    } else if (this.#pending.length === 0 && this.#hopeless())
      this.#fail(CLOSE.policy, 'too many frames that cannot be read')
    if (this.#pending.length === 0) this.#whenIdle?.()
    this.#release()
  }

  #hopeless(): boolean {
    return this.#malformedFrames > this.#intake.limits.gatewayMalformedFramesMax
  }

  #tooMuch(): boolean {
    const { limits } = this.#intake
    return (
      this.#unacknowledgedReports > limits.gatewayUnacknowledgedReportsMax ||
      this.#pending.length > limits.gatewayUnacknowledgedFramesMax ||
      this.#intake.busy
    )
  }

  #brake(): void {
    if (!this.socket.isPaused && this.#tooMuch()) {
      this.socket.pause()
      this.#lookAgain()
    }
  }

  #release(): void {
    if (!this.socket.isPaused || this.#whenIdle !== undefined || this.#failed) return
    if (this.#tooMuch()) this.#lookAgain()
    else this.socket.resume()
  }

  // The log may be behind through others' reports, with nothing of ours under way that would wake us.
  #lookAgain(): void {
    if (this.socket.readyState !== this.socket.OPEN) return
    clearTimeout(this.#look)
    this.#look = setTimeout(() => this.#release(), BUSY_LOOK_MS)
  }

  #stillTrusted(): boolean {
    const now = this.#intake.directory.gateway(this.gatewayId)?.gateway
    const { unitPath } = this.#sender.gateway
    if (now && !now.revoked && now.unitPath === unitPath && now.secretSha256 === this.#secretSha256) return true
    this.#fail(CLOSE.policy, 'the gateway has been revoked, moved or given another secret')
    return false
  }

  #fail(code: number, reason: string): void {
    this.#failed = true
    this.#pending.length = 0
    this.#intake.measures.cutConnections.inc({ protocol: 'gateway', cause: String(code) })
    this.socket.resume()
    this.socket.close(code, reason)
    this.#whenIdle?.()
  }
}

function parseFrame(bytes: Buffer): { seq: number; reports: unknown[] } | string {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) return 'the frame is no JSON'
    throw error
  }
  if (typeof value !== 'object' || value === null) return 'the frame must be an object'
  const { seq, reports } = value as { seq?: unknown; reports?: unknown }
  if (!Number.isSafeInteger(seq) || (seq as number) < 0) return 'seq must be a whole number of 0 or more'
  if (!Array.isArray(reports)) return 'reports must be an array'
  return { seq: seq as number, reports }
}
