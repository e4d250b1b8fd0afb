import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { RefusalReason } from '../model/quarantine.ts'
import type { DecodeContext, Decoded, Framer, StreamDecoder, StreamProtocol } from './decoder.ts'
import { type KnownDevice, takeTokens } from './directory.ts'
import type { Batch, Intake } from './intake.ts'

const RETRY_MS = 500
const BUSY_LOOK_MS = 50

type Frame = { bytes: Uint8Array; decoded: Decoded }
/** What to do with the connection once a chunk is safe. */
type After = { replies: Uint8Array[]; cut?: string }

/** One device's connection: a chunk at a time is decoded, handed to the log, and answered once it is on disk. */
export class TcpConnection {
  readonly socket: Socket
  readonly #protocol: StreamProtocol
  readonly #intake: Intake
  readonly #framer: Framer
  readonly #decoder: StreamDecoder
  #identified = false
  #malformedFrames = 0
  #garbageKept = false
  #working: Promise<void> = Promise.resolve()
  #closing = false
  #resuming: NodeJS.Timeout | undefined
  #greeting: NodeJS.Timeout | undefined

  constructor(socket: Socket, protocol: StreamProtocol, intake: Intake) {
    this.socket = socket
    this.#protocol = protocol
    this.#intake = intake
    this.#framer = protocol.newFramer(intake.limits.frameBytesMax)
    this.#decoder = protocol.newDecoder()
    socket.setTimeout(intake.limits.tcpIdentifyMs, () => this.#cut(this.#identified ? 'idle' : 'not_identified'))
    socket.on('error', (error) => intake.log.debug({ err: error, protocol: protocol.name }, 'a connection broke'))
    const { greeting } = protocol
    if (greeting !== undefined) this.#greeting = setTimeout(() => socket.write(greeting.bytes), greeting.afterSilenceMs)
    socket.on('close', () => {
      clearTimeout(this.#resuming)
      clearTimeout(this.#greeting)
    })
    socket.on('data', (chunk: Buffer) => {
      clearTimeout(this.#greeting)
      socket.pause()
      this.#working = this.#onChunk(chunk).catch((error: unknown) => {
        intake.log.error({ err: error, protocol: protocol.name }, 'a connection failed and was cut')
        this.#cut('failed')
      })
    })
  }

  async close(): Promise<void> {
    this.#closing = true
    this.socket.pause()
    await this.#working
    this.socket.end()
  }

  async #onChunk(chunk: Buffer): Promise<void> {
    const { limits, measures } = this.#intake
    measures.bytes.inc({ protocol: this.#protocol.name }, chunk.length)
    while (this.#intake.busy && !this.#closing) await delay(BUSY_LOOK_MS)
    const frames = this.#decode(chunk)
    const waitMs = this.#rateWaitMs(frames)
    let batch = this.#intake.newBatch(this.#protocol.name)
    const after = this.#take(batch, frames, chunk)
    let stored = await this.#intake.settle(batch)
    // Where the device does not wait for an answer, TCP has already taken the reports off it: hold them until the log has them.
    while (!stored && !this.#protocol.acknowledges && !this.#closing) {
      await delay(RETRY_MS)
      batch = this.#intake.newBatch(this.#protocol.name)
      this.#take(batch, frames, chunk)
      stored = await this.#intake.settle(batch)
    }
    if (!stored) {
      if (!this.#protocol.acknowledges)
        this.#intake.log.error(
          { protocol: this.#protocol.name, frames: frames.length },
          'frames of a device that is never answered were lost: the log was away at shutdown',
        )
      this.#cut('log_unavailable')
      return
    }
    for (const reply of after.replies) this.socket.write(reply)
    if (after.cut !== undefined) this.#cut(after.cut)
    else if (this.socket.writableLength > limits.tcpUnsentBytesMax) this.#cut('replies_not_fetched')
    else {
      if (waitMs > 0) this.#resuming = setTimeout(() => this.#resume(), waitMs)
      else this.#resume()
    }
  }

  #resume(): void {
    if (!this.#closing) this.socket.resume()
  }

  #decode(chunk: Buffer): Frame[] {
    const context: DecodeContext = {
      receivedMs: this.#intake.clock(),
      settingsOf: (deviceId) => this.#intake.directory.device(deviceId)?.device.settings,
      isKnown: (deviceId) => this.#intake.directory.device(deviceId) !== undefined,
    }
    const frames = this.#framer.push(chunk).map((bytes) => ({ bytes, decoded: this.#decoder.decode(bytes, context) }))
    for (const { decoded } of frames) if (decoded.error !== undefined) this.#malformedFrames++
    return frames
  }

  // A device above its rate is not refused, it is read more slowly: without answers a refusal would lose its reports.
  #rateWaitMs(frames: Frame[]): number {
    let waitMs = 0
    for (const { decoded } of frames) {
      const known = decoded.reports[0] && this.#intake.directory.device(decoded.reports[0].deviceId)
      if (known !== undefined)
        waitMs = Math.max(waitMs, takeTokens(known, decoded.reports.length, this.#intake.clock(), this.#intake.limits))
    }
    return waitMs
  }

  #take(batch: Batch, frames: Frame[], chunk: Buffer): After {
    const { limits } = this.#intake
    const after: After = { replies: [] }
    for (const frame of frames) {
      this.#takeFrame(batch, frame, after)
      if (after.cut !== undefined) return after
    }
    if (this.#framer.garbageBytes > 0 && !this.#garbageKept) {
      this.#garbageKept = true
      this.#intake.refuseStranger(batch, 'malformed', 'bytes outside any frame', undefined, () => chunk)
    }
    if (this.#framer.garbageBytes > limits.garbageBytesMax) after.cut = 'garbage'
    if (this.#malformedFrames > limits.malformedFramesMax) after.cut = 'malformed_frames'
    return after
  }

  #takeFrame(batch: Batch, { bytes, decoded }: Frame, after: After): void {
    const { reports, error, reply } = decoded
    const deviceId = reports[0]?.deviceId ?? decoded.deviceId
    if (deviceId === undefined) {
      if (error !== undefined) this.#intake.refuseStranger(batch, error.reason, error.detail, undefined, () => bytes)
      if (reply !== undefined && this.#identified) after.replies.push(reply)
      return
    }
    const known = this.#intake.directory.device(deviceId)
    const wrong = mayNotSpeak(known)
    if (known === undefined || wrong !== undefined) {
      this.#intake.refuseStranger(batch, wrong ?? 'unknown_device', '', deviceId, () => bytes)
      after.cut = wrong ?? 'unknown_device'
      return
    }
    if (!this.#identified) {
      this.#identified = true
      this.socket.setTimeout(this.#intake.limits.tcpIdleMs)
    }
    if (error !== undefined) this.#intake.refuse(batch, error.reason, error.detail, deviceId, bytes)
    let kept = error !== undefined
    for (const report of reports) {
      const refused = this.#intake.take(batch, report, known)
      if (refused === undefined) continue
      // A frame holds all its records, so it is kept once.
      this.#intake.refuse(batch, refused, '', deviceId, kept ? undefined : bytes)
      kept = true
    }
    if (reply !== undefined) after.replies.push(reply)
  }

  #cut(cause: string): void {
    if (this.socket.destroyed) return
    this.#intake.measures.cutConnections.inc({ protocol: this.#protocol.name, cause })
    // Replies that are on their way still go out, unless it is they that nobody fetches.
    const waits = this.socket.writableLength > 0 && !this.socket.writableEnded && cause !== 'replies_not_fetched'
    if (waits) this.socket.end()
    else this.socket.destroy()
  }
}

// These protocols carry no secret, so only devices whose record says that the id is enough may use them.
function mayNotSpeak(known: KnownDevice | undefined): RefusalReason | undefined {
  if (known === undefined) return 'unknown_device'
  if (known.device.revoked) return 'revoked_device'
  return known.device.idSuffices ? undefined : 'bad_credential'
}
