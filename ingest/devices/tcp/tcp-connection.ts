import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { plainAddress } from '../../../model/networks.ts'
import { isRefused, nameOf, type Proof, type Sender } from '../../admission/authorize.ts'
import { newBucket } from '../../admission/buckets.ts'
import { type KnownDevice, takeTokens } from '../../admission/directory.ts'
import type { Batch, Intake } from '../../admission/intake.ts'
import { tlsOf } from '../../admission/tls-proof.ts'
import type { DecodeContext, Decoded, Framer, StreamDecoder, StreamProtocol } from '../../protocols/decoder.ts'
import { isUrgent } from '../../protocols/urgent.ts'
import { type RefusedSpeaker, StreamSpeakers } from '../stream-speakers.ts'
import { BadBytes } from './bad-bytes.ts'
import type { IdentifiedConnection } from './connections-by-id.ts'
import type { HeldConnections } from './held-connections.ts'

const BUSY_LOOK_MS = 50

type TcpConnectionEvents = {
  onIdentified(deviceId: string): void
  /** Once the socket is closed and nothing it sent is under way. */
  onGone(): void
}
/** An address that has not spoken for a bracelet for so long is not its usual one any more. */
const USUAL_FOR_MS = 30 * 60_000

type Frame = { bytes: Uint8Array; decoded: Decoded; refused: RefusedSpeaker | undefined }
/** Connections of different processes must not have one name. */
const PROCESS = randomBytes(4).toString('hex')
let sessions = 0
const NO_FRAMES: Frame[] = []

/**
 * One device's connection: a chunk at a time is decoded, handed to the log, and answered once it is on disk. What waits for the
 * disk meanwhile is kept small: thousands of connections wait at the same time.
 */
export class TcpConnection implements IdentifiedConnection {
  readonly socket: Socket
  readonly #protocol: StreamProtocol
  readonly #intake: Intake
  readonly #framer: Framer
  readonly #decoder: StreamDecoder
  readonly #context: DecodeContext
  readonly #speakers: StreamSpeakers
  readonly #name: string
  #identified = false
  readonly #identifying: NodeJS.Timeout
  /** It has not named a known device in time; what it sent last may still do so. */
  #overdue = false
  readonly #bad: BadBytes
  #garbageBefore = 0
  #refusals = 0
  /** A chunk is being worked on; one that comes meanwhile waits, and nothing more is read then. */
  #working = false
  #next: Buffer | undefined
  /** Of the chunk that is being worked on: what may have to be handed over again, and what comes once it is safe. */
  #frames = NO_FRAMES
  readonly #replies: Uint8Array[] = []
  #cutAfter: string | undefined
  #restMs = 0
  #resting: NodeJS.Timeout | undefined
  #isCut = false
  #closing = false
  #givenUp = false
  #whenIdle: (() => void) | undefined
  #whenGone: (() => void) | undefined
  readonly #held: HeldConnections
  readonly #onGone: () => void
  readonly #onIdentified: (deviceId: string) => void
  readonly #address: string
  readonly #bucket = newBucket()
  trust: 0 | 1 | 2 = 0
  #greeting: NodeJS.Timeout | undefined

  /** `onIdentified` is called when it has named a bracelet that it may speak for. */
  constructor(
    socket: Socket,
    protocol: StreamProtocol,
    intake: Intake,
    held: HeldConnections,
    { onIdentified, onGone }: TcpConnectionEvents,
  ) {
    this.#held = held
    this.#onGone = onGone
    this.#onIdentified = onIdentified
    this.#address = plainAddress(socket.remoteAddress) ?? ''
    this.socket = socket
    this.#protocol = protocol
    this.#intake = intake
    this.#bad = new BadBytes(intake.limits)
    this.#framer = protocol.newFramer(intake.limits.frameBytesMax)
    this.#decoder = protocol.newDecoder()
    const session = `${PROCESS}-${(sessions++).toString(36)}`
    const sender: Sender = {
      protocol: protocol.name,
      address: socket.remoteAddress,
      session,
      tls: tlsOf(socket),
    }
    this.#speakers = new StreamSpeakers(intake, protocol, sender, new Set())
    this.#name = nameOf(sender)
    this.#context = {
      receivedMs: 0,
      settingsOf: (deviceId) => this.#speakers.speakerOf(deviceId).known?.device.settings,
      authorize: (claim) => this.#speakers.authorize(claim),
      register: (claim) => this.#speakers.register(claim),
      maySpeak: (deviceId) => this.#speakers.maySpeak(deviceId),
      isKnown: (deviceId) => this.#speakers.speakerOf(deviceId).known !== undefined,
    }
    // A stranger's bytes do not prolong its time.
    this.#identifying = setTimeout(() => this.#onOverdue(), intake.limits.tcpIdentifyMs)
    socket.setTimeout(intake.limits.tcpIdleMs, () => this.#onIdle())
    socket.on('error', (error) => intake.log.debug({ err: error, protocol: protocol.name }, 'a connection broke'))
    const { greeting } = protocol
    if (greeting !== undefined) this.#greeting = setTimeout(() => socket.write(greeting.bytes), greeting.afterSilenceMs)
    socket.on('close', () => {
      clearTimeout(this.#greeting)
      clearTimeout(this.#identifying)
      this.#endRest()
      if (!this.#working) this.#gone()
    })
    socket.on('data', (chunk: Buffer) => this.#onData(chunk))
  }

  /** Ends it; what is held and the log does not take now is lost. */
  giveUp(): void {
    this.#givenUp = true
    this.socket.destroy()
    if (this.#held.isWaiting(this)) this.#lose()
  }

  /** Open, though it was to end; what TCP has taken of it and was not read is unknown. */
  get isUnread(): boolean {
    return this.#identified && !this.#protocol.acknowledges && !this.socket.destroyed
  }

  /**
   * Answers what has been read, then ends the connection. Of a device that is never answered all is read that TCP takes until
   * it has noticed the end and ends too, or is given up: it sends none of that again.
   */
  async close(): Promise<void> {
    this.#closing = true
    if (!this.#protocol.acknowledges) return this.#readToEnd()
    this.socket.pause()
    this.#endRest()
    if (this.#working)
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve
      })
    this.socket.end()
  }

  async #readToEnd(): Promise<void> {
    const gone = new Promise<void>((resolve) => {
      this.#whenGone = resolve
    })
    this.socket.end()
    this.#endRest()
    if (this.socket.closed && !this.#working) this.#gone()
    await gone
  }

  #gone(): void {
    this.#whenGone?.()
    this.#onGone()
  }

  #onData(chunk: Buffer): void {
    if (this.#greeting !== undefined) clearTimeout(this.#greeting)
    this.#intake.measures.bytes.inc({ protocol: this.#protocol.name }, chunk.length)
    if (this.#working) {
      this.#next = this.#next === undefined ? chunk : Buffer.concat([this.#next, chunk])
      this.socket.pause()
    } else this.#begin(chunk)
  }

  #begin(chunk: Buffer): void {
    this.#working = true
    if (this.#intake.busy && !this.#closing) {
      this.socket.pause()
      setTimeout(() => this.#begin(chunk), BUSY_LOOK_MS)
      return
    }
    try {
      this.#frames = this.#decode(chunk)
      this.#restMs = this.#rateWaitMs(this.#frames)
      this.#hand(chunk)
    } catch (error) {
      this.#failed(error)
    }
  }

  /** `chunk` is absent the second time. */
  #hand(chunk?: Buffer): void {
    const batch = this.#intake.newBatch(this.#protocol.name)
    this.#replies.length = 0
    this.#cutAfter = undefined
    this.#take(batch, chunk)
    if (this.#protocol.acknowledges) this.#frames = NO_FRAMES
    this.#intake.whenSettled(batch, this.#onSettled)
  }

  /** For HeldConnections. */
  tryAgain(): void {
    try {
      this.#hand()
    } catch (error) {
      this.#failed(error)
    }
  }

  readonly #onSettled = (stored: boolean): void => {
    try {
      if (stored) this.#answer()
      // Where the device does not wait for an answer, TCP has already taken the reports off it: hold them until the log has them.
      else if (!this.#protocol.acknowledges && this.#identified && !this.#givenUp) this.#held.hold(this)
      else this.#lose()
    } catch (error) {
      this.#failed(error)
    }
  }

  /** A stranger's bytes need no keeping, and a device that waits for an answer sends again. */
  #lose(): void {
    if (!this.#protocol.acknowledges && this.#identified)
      this.#held.lose(this, this.#frames.length, this.#next?.length ?? 0)
    this.#frames = NO_FRAMES
    this.#next = undefined
    this.#cut('log_unavailable')
    this.#rest()
  }

  #answer(): void {
    this.#frames = NO_FRAMES
    this.#held.stored(this)
    for (const reply of this.#replies) this.socket.write(reply)
    this.#replies.length = 0
    if (this.#cutAfter !== undefined && !this.#isStrangerHeld()) this.#cut(this.#cutAfter)
    else if (this.#cutAfter !== undefined) return
    else if (this.socket.writableLength > this.#intake.limits.tcpUnsentBytesMax) this.#cut('replies_not_fetched')
    else if (this.#restMs > 0 && !this.#closing && !this.socket.destroyed) {
      this.socket.pause()
      this.#resting = setTimeout(() => this.#endRest(), this.#restMs)
      return
    }
    this.#goOn()
  }

  /** A sender that tried wrong names or codes too often is disconnected only after a while. */
  #isStrangerHeld(): boolean {
    if (this.#identified || this.#restMs === 0 || this.#closing) return false
    const cause = this.#cutAfter!
    this.socket.pause()
    this.#resting = setTimeout(() => {
      this.#resting = undefined
      this.#cut(cause)
      this.#goOn()
    }, this.#restMs)
    return true
  }

  #endRest(): void {
    if (this.#resting === undefined) return
    clearTimeout(this.#resting)
    this.#resting = undefined
    this.#goOn()
  }

  /** What was read is worked on even when the device has gone meanwhile: it will not send it again. */
  #goOn(): void {
    const next = this.#next
    this.#next = undefined
    if (next !== undefined && !this.#isCut) this.#begin(next)
    else this.#rest()
  }

  // It is not idle while we do not read it.
  #onIdle(): void {
    if (this.#working) this.socket.setTimeout(this.#intake.limits.tcpIdleMs)
    else this.#cut('idle')
  }

  #onOverdue(): void {
    this.#overdue = true
    if (!this.#working) this.#rest()
  }

  #rest(): void {
    this.#working = false
    if (this.#overdue && !this.#identified) this.#cut('not_identified')
    if (this.#closing && this.#protocol.acknowledges) this.#whenIdle?.()
    else if (this.socket.isPaused()) this.socket.resume()
    if (this.socket.closed) this.#gone()
  }

  #failed(error: unknown): void {
    this.#intake.log.error({ err: error, protocol: this.#protocol.name }, 'a connection failed and was cut')
    this.#held.forget(this)
    this.#cut('failed')
    this.#rest()
  }

  #decode(chunk: Buffer): Frame[] {
    this.#context.receivedMs = this.#intake.clock()
    const frames: Frame[] = []
    for (const bytes of this.#framer.push(chunk)) {
      this.#speakers.refused = undefined
      const decoded = this.#decoder.decode(bytes, this.#context)
      if (decoded.error !== undefined) this.#bad.badFrame(this.#context.receivedMs)
      else if (this.#speakers.refused === undefined) this.#bad.goodFrame(bytes.length)
      frames.push({ bytes, decoded, refused: this.#speakers.refused })
    }
    return frames
  }

  // A device above its rate is not refused, it is read more slowly: without answers a refusal would lose its reports. Where the id
  // proves nothing the connection is slowed and not the bracelet, which others may name; what is urgent slows nobody.
  #rateWaitMs(frames: Frame[]): number {
    let waitMs = 0
    for (const { decoded, refused } of frames) {
      const first = decoded.reports[0]
      if (first === undefined || refused !== undefined) continue
      const { known, verdict } = this.#speakers.speakerOf(first.deviceId)
      const reports = decoded.reports.reduce((count, report) => count + (isUrgent(report) ? 0 : 1), 0)
      if (known === undefined || isRefused(verdict) || reports === 0) continue
      const ownMs =
        verdict === 'id'
          ? this.#intake.unprovenWaitMs(this.#bucket, this.#address, known, reports)
          : takeTokens(known, reports, this.#intake.clock(), this.#intake.limits)
      waitMs = Math.max(waitMs, ownMs)
    }
    return waitMs
  }

  #take(batch: Batch, chunk: Buffer | undefined): void {
    let unread: string | undefined
    let isRead = false
    for (const frame of this.#frames) {
      const deviceId = this.#takeFrame(batch, frame)
      if (this.#cutAfter !== undefined) return
      const { reports, error } = frame.decoded
      if (deviceId !== undefined && error !== undefined && reports.length === 0) unread = deviceId
      isRead ||= reports.length > 0
    }
    if (unread !== undefined && !isRead) this.#takeContact(batch, unread)
    if (chunk !== undefined) this.#takeGarbage(batch, chunk)
    this.#cutAfter ??= this.#bad.cause
  }

  #takeContact(batch: Batch, deviceId: string): void {
    const { known, verdict } = this.#speakers.speakerOf(deviceId)
    if (known !== undefined && !isRefused(verdict)) this.#intake.takeContact(batch, known, verdict, this.#name)
  }

  #takeGarbage(batch: Batch, chunk: Buffer): void {
    const garbage = this.#framer.garbageBytes - this.#garbageBefore
    if (garbage === 0) return
    this.#garbageBefore = this.#framer.garbageBytes
    // The first of it is enough for people to look at.
    if (this.#bad.isEven)
      this.#intake.refuseStranger(batch, 'malformed', 'bytes outside any frame', undefined, () => chunk)
    this.#bad.garbage(garbage, batch.receivedMs)
  }

  /** Gives the bracelet that it is of, where that may speak here. */
  #takeFrame(batch: Batch, { bytes, decoded, refused }: Frame): string | undefined {
    const { reports, reply, error } = decoded
    if (refused !== undefined) {
      this.#takeRefused(batch, bytes, refused, reply)
      return undefined
    }
    const deviceId = reports[0]?.deviceId ?? decoded.deviceId
    if (deviceId === undefined) {
      if (error !== undefined) this.#intake.refuseStranger(batch, error.reason, error.detail, undefined, () => bytes)
      if (reply !== undefined && this.#identified) this.#replies.push(reply)
      return undefined
    }
    const { known, verdict } = this.#speakers.speakerOf(deviceId)
    if (reports.length === 0 && error === undefined && decoded.asksForCode) {
      if (reply !== undefined) this.#replies.push(reply)
      return undefined
    }
    if (known === undefined || isRefused(verdict)) {
      const reason = isRefused(verdict) ? verdict : 'unknown_device'
      this.#takeRefused(batch, bytes, { deviceId, reason }, undefined)
      return undefined
    }
    if (!this.#identified) this.#identify(deviceId, known, verdict, batch.receivedMs)
    else if (known.usual?.address === this.#address) known.usual.heardMs = batch.receivedMs
    batch.sender = `device:${deviceId}`
    let isKept = error === undefined || this.#intake.refuse(batch, error.reason, error.detail, deviceId, bytes)
    let kept = error !== undefined
    for (const report of reports) {
      const wrong = this.#intake.take(batch, report, known, verdict, this.#name)
      if (wrong === undefined) continue
      // A frame holds all its records, so it is kept once.
      isKept = this.#intake.refuse(batch, wrong.reason, wrong.detail, deviceId, kept ? undefined : bytes) && isKept
      kept = true
    }
    // Who waits for an answer sends again what was not kept.
    if (reply !== undefined && (isKept || !this.#protocol.acknowledges)) this.#replies.push(reply)
    return deviceId
  }

  #identify(deviceId: string, known: KnownDevice, verdict: Proof, nowMs: number): void {
    this.#identified = true
    clearTimeout(this.#identifying)
    const { usual } = known
    if (usual === undefined || nowMs - usual.heardMs > USUAL_FOR_MS)
      known.usual = { address: this.#address, heardMs: nowMs }
    this.trust = verdict !== 'id' ? 2 : known.usual?.address === this.#address ? 1 : 0
    this.#onIdentified(deviceId)
  }

  /** Too many connections of one bracelet: this one ends. */
  giveWay(): void {
    this.#cut('too_many_of_one_device')
  }

  /** Where the protocol has a word of refusal, the device may try again a few times: with another code, or by registering. */
  #takeRefused(
    batch: Batch,
    bytes: Uint8Array,
    { deviceId, reason }: NonNullable<Frame['refused']>,
    reply: Uint8Array | undefined,
  ): void {
    this.#intake.refuseStranger(batch, reason, '', deviceId, () => bytes)
    if (reply !== undefined) this.#replies.push(reply)
    if (reply === undefined || ++this.#refusals >= this.#intake.limits.tcpRefusalsMax) this.#cutAfter = reason
    this.#restMs = Math.max(this.#restMs, this.#intake.slowDown.wrong(this.#address, deviceId))
  }

  #cut(cause: string): void {
    this.#isCut = true
    if (this.socket.destroyed) return
    this.#intake.measures.cutConnections.inc({ protocol: this.#protocol.name, cause })
    // Replies that are on their way still go out, unless it is they that nobody fetches.
    const waits = this.socket.writableLength > 0 && !this.socket.writableEnded && cause !== 'replies_not_fetched'
    if (waits) this.socket.end()
    else this.socket.destroy()
  }
}
