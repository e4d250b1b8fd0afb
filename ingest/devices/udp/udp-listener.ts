// One listener for a device protocol over UDP. Each datagram holds whole frames and is independent; it is answered when its reports
// are in the log, else not at all, so that a device which waits for answers sends again. Anybody can write any address on a
// datagram: what it says is marked as unproven, and beyond the limits only what is urgent is taken.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { plainAddress } from '../../../model/networks.ts'
import { isRefused } from '../../admission/authorize.ts'
import { Buckets } from '../../admission/buckets.ts'
import type { Batch, Intake } from '../../admission/intake.ts'
import type { Decoded, StreamProtocol } from '../../protocols/decoder.ts'
import { isUrgent } from '../../protocols/urgent.ts'
import { type DatagramSession, DatagramSessions } from './datagram-sessions.ts'

/** What a text frame may lack at the end of its datagram. */
const LINE_END = Buffer.from('\r\n')
type Frame = { bytes: Uint8Array; decoded: Decoded; refused: DatagramSession['speakers']['refused'] }

export class UdpListener {
  readonly protocol: StreamProtocol
  readonly #intake: Intake
  readonly #isReady: () => boolean
  readonly #sessions: DatagramSessions
  readonly #datagramsByAddress: Buckets
  /** Apart from those of TCP: a datagram may come from anybody, and must not slow a connection. */
  readonly #reportsByUnit: Buckets
  /** Datagrams whose reports are on their way to the log. */
  #pending = 0
  #whenIdle: (() => void) | undefined
  #socket: Socket | undefined

  constructor(protocol: StreamProtocol, intake: Intake, isReady: () => boolean) {
    this.protocol = protocol
    this.#intake = intake
    this.#isReady = isReady
    this.#sessions = new DatagramSessions(intake, protocol)
    const { datagramsByAddress, unprovenByUnit, bucketNamesMax } = intake.limits
    this.#datagramsByAddress = new Buckets(datagramsByAddress, bucketNamesMax)
    this.#reportsByUnit = new Buckets(unprovenByUnit, bucketNamesMax)
  }

  async listen(port: number, host: string): Promise<number> {
    const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES })
    this.#socket = socket
    socket.on('message', (datagram, source) => this.#onDatagram(datagram, source))
    socket.bind(port, host)
    await once(socket, 'listening')
    socket.on('error', (error) => this.#intake.log.error({ err: error, protocol: this.protocol.name }, 'UDP failed'))
    return (socket.address() as AddressInfo).port
  }

  /** Takes no more datagrams, answers those that are under way. */
  async close(): Promise<void> {
    this.#socket?.removeAllListeners('message')
    if (this.#pending > 0)
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve
      })
    this.terminate()
  }

  terminate(): void {
    this.#socket?.close()
    this.#socket = undefined
    this.#whenIdle?.()
  }

  #drop(cause: 'empty' | 'not_ready' | 'log_behind'): void {
    this.#intake.measures.droppedDatagrams.inc({ protocol: this.protocol.name, cause })
  }

  #onDatagram(datagram: Buffer, source: RemoteInfo): void {
    const { measures, limits, log } = this.#intake
    measures.bytes.inc({ protocol: this.protocol.name }, datagram.length)
    if (datagram.length === 0) this.#drop('empty')
    else if (!this.#isReady()) this.#drop('not_ready')
    else if (this.#pending >= limits.udpPendingMax || this.#intake.busy) this.#drop('log_behind')
    else
      try {
        this.#take(datagram, source)
      } catch (error) {
        log.error({ err: error, protocol: this.protocol.name }, 'a datagram failed')
      }
  }

  #take(datagram: Buffer, source: RemoteInfo): void {
    const intake = this.#intake
    const batch = intake.newBatch(this.protocol.name)
    const replies: Uint8Array[] = []
    if (datagram.length > intake.limits.datagramBytesMax)
      intake.refuseStranger(batch, 'oversized', 'a datagram', undefined, () => datagram)
    else this.#takeFrames(batch, datagram, source, replies)
    this.#pending++
    intake.whenSettled(batch, (isStored) => {
      this.#pending--
      if (isStored) for (const reply of replies) this.#socket?.send(reply, source.port, source.address)
      if (this.#pending === 0) this.#whenIdle?.()
    })
  }

  #takeFrames(batch: Batch, datagram: Buffer, source: RemoteInfo, replies: Uint8Array[]): void {
    const { limits } = this.#intake
    const { session, decoder } = this.#sessions.of(source.address, source.port)
    session.context.receivedMs = batch.receivedMs
    const framer = (this.protocol.udp?.newFramer ?? this.protocol.newFramer)(limits.datagramBytesMax)
    const address = plainAddress(source.address) ?? ''
    let isLimited = !this.#datagramsByAddress.tryTake(address, 1, batch.receivedMs)
    const frames: Frame[] = []
    const decode = (bytes: Uint8Array) => {
      session.speakers.refused = undefined
      const decoded = decoder.decode(bytes, session.context)
      // The framer's bytes are good until its next call only.
      frames.push({ bytes: Buffer.from(bytes), decoded, refused: session.speakers.refused })
    }
    for (const bytes of framer.push(datagram)) decode(bytes)
    if (framer.pendingBytes > 0 && this.protocol.lines === 'text')
      for (const bytes of framer.push(LINE_END)) decode(bytes)
    for (const frame of frames) {
      isLimited ||= this.#isOverRate(frame, session, batch.receivedMs)
      const isSpeaker = this.#takeFrame(batch, frame, session, isLimited, replies)
      if (isSpeaker) this.#sessions.keep(source.address, source.port, session, decoder)
    }
    if (framer.pendingBytes > 0 || frames.length === 0)
      this.#intake.refuseStranger(batch, 'malformed', 'no whole frame', undefined, () => datagram)
  }

  #isOverRate({ decoded: { reports }, refused }: Frame, { speakers }: DatagramSession, nowMs: number): boolean {
    const first = reports[0]
    if (first === undefined || refused !== undefined) return false
    const { known, verdict } = speakers.speakerOf(first.deviceId)
    const count = reports.filter((report) => !isUrgent(report)).length
    if (known === undefined || isRefused(verdict) || count === 0) return false
    return !this.#reportsByUnit.tryTake(known.device.unitPath, count, nowMs)
  }

  /** True when the frame is of a bracelet that the sender may speak for. */
  #takeFrame(
    batch: Batch,
    { bytes, decoded, refused }: Frame,
    { speakers, name }: DatagramSession,
    isLimited: boolean,
    replies: Uint8Array[],
  ): boolean {
    const intake = this.#intake
    const { reports, reply, error } = decoded
    const deviceId = refused?.deviceId ?? reports[0]?.deviceId ?? decoded.deviceId
    if (deviceId === undefined) {
      if (error !== undefined) intake.refuseStranger(batch, error.reason, error.detail, undefined, () => bytes)
      return false
    }
    const { known, verdict } = speakers.speakerOf(deviceId)
    if (refused === undefined && reports.length === 0 && error === undefined && decoded.asksForCode) {
      if (reply !== undefined) replies.push(reply)
      return false
    }
    if (refused !== undefined || known === undefined || isRefused(verdict)) {
      const reason = refused?.reason ?? (isRefused(verdict) ? verdict : 'unknown_device')
      // An answer would go to the source address of the datagram, which may be forged.
      intake.refuseStranger(batch, reason, '', deviceId, () => bytes)
      return false
    }
    if (isLimited) {
      intake.takeUrgent(batch, reports, verdict, name)
      intake.refuse(batch, 'rate_limited', '')
      return true
    }
    batch.sender = `device:${deviceId}`
    let isKept = error === undefined || intake.refuse(batch, error.reason, error.detail, deviceId, bytes)
    let isWritten = error !== undefined
    if (error !== undefined && reports.length === 0) intake.takeContact(batch, known, verdict, name)
    for (const report of reports) {
      const wrong = intake.take(batch, report, known, verdict, name)
      if (wrong === undefined) continue
      // A frame holds all its records, so it is kept once.
      isKept = intake.refuse(batch, wrong.reason, wrong.detail, deviceId, isWritten ? undefined : bytes) && isKept
      isWritten = true
    }
    if (reply !== undefined && isKept) replies.push(reply)
    return true
  }
}

/** Bursts wait here while the process is busy; the kernel may grant less. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
