// Drives one simulated device over a socket as real ones behave: login first, one frame at a time where it is answered, the same
// one again without an answer, what could not be sent kept in memory and uploaded oldest or newest first.
import { connect, type Socket } from 'node:net'
import type { DeviceReport } from '../../model/report/report.ts'
import { type Random, randomOf } from '../random.ts'
import type { Outgoing, Session, WireDevice } from './wire-device.ts'

type DeviceLinkOptions = {
  wire: WireDevice
  deviceId: string
  host: string
  port: number
  /** Decides every pause. */
  seed: number
  uploads?: 'oldest' | 'newest'
  /** Without an answer for so long a frame goes again. */
  answerMs?: number
  reconnectMsMin?: number
  reconnectMsMax?: number
  keepAliveMs?: number
  /** Opens the connection; absent: over TCP. */
  dial?(): Socket
  /** The device's own, for wires that carry one. */
  secret?: string
  /** A positive answer came; where the wire has none, TCP took the frame. `stored`: it was sent from memory. */
  onDelivered(report: DeviceReport, stored: boolean): void
}

type Kept = { report: DeviceReport; stored: boolean }

const TRIES_MAX = 3

export class DeviceLink {
  /** Connections made so far. */
  connections = 0
  /** Frames that went again. */
  resent = 0
  readonly #options: Required<DeviceLinkOptions>
  readonly #random: Random
  readonly #memory: Kept[] = []
  #inFlight: { outgoing: Outgoing; kept: Kept[]; tries: number } | undefined
  #unconfirmed = new Set<Kept>()
  #socket: Socket | undefined
  #session: Session | undefined
  #helloLeft: (() => Outgoing)[] = []
  #timer: NodeJS.Timeout | undefined
  #keepAlive: NodeJS.Timeout | undefined
  #reconnect: NodeJS.Timeout | undefined
  #backoffMs: number
  #online = true
  #closed = false
  #cutNextFrame = false
  #cutting = false
  #drained: (() => void)[] = []

  constructor(options: DeviceLinkOptions) {
    this.#options = {
      uploads: 'oldest',
      answerMs: 5000,
      reconnectMsMin: 100,
      reconnectMsMax: 5000,
      keepAliveMs: 0,
      secret: '',
      dial: () => connect({ host: options.host, port: options.port, noDelay: true }),
      ...options,
    }
    this.#random = randomOf(options.seed)
    this.#backoffMs = this.#options.reconnectMsMin
    this.#connect()
  }

  /** Reports that have been said and not been delivered. */
  get pending(): number {
    return this.#memory.length + (this.#inFlight?.kept.length ?? 0) + this.#unconfirmed.size
  }

  /** Takes a report; one that cannot be sent now is sent from memory later. */
  say(report: DeviceReport): void {
    this.#memory.push({ report, stored: !this.#isOpen })
    this.#pump()
  }

  /** No network until `goOnline`. */
  goOffline(): void {
    if (!this.#online) return
    this.#online = false
    clearTimeout(this.#reconnect)
    const socket = this.#socket
    this.#socket = undefined
    socket?.destroy()
    this.#lost()
  }

  goOnline(): void {
    if (this.#online || this.#closed) return
    this.#online = true
    this.#connect()
  }

  /** Cuts the connection, or with `midFrame` in the middle of the next frame. */
  cut(midFrame = false): void {
    if (midFrame) this.#cutNextFrame = true
    else this.#socket?.destroy()
  }

  /** Resolves when everything said so far is delivered. */
  drained(): Promise<void> {
    if (this.pending === 0) return Promise.resolve()
    return new Promise((resolve) => this.#drained.push(resolve))
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#reconnect)
    this.#socket?.destroy()
  }

  get #isOpen(): boolean {
    return this.#socket !== undefined && this.#socket.readyState === 'open' && this.#helloLeft.length === 0
  }

  #connect(): void {
    const { wire, deviceId, secret, dial, keepAliveMs } = this.#options
    const socket = dial()
    const session = wire.newSession(deviceId, secret)
    this.#socket = socket
    this.#session = session
    this.#helloLeft = [...session.hello]
    // A refused connection shows as `close` too.
    socket.on('error', () => socket.destroy())
    socket.on('connect', () => {
      this.connections++
      this.#pump()
    })
    socket.on('data', (chunk: Buffer) => {
      if (this.#socket === socket) for (const answer of session.read(chunk)) this.#answered(answer)
    })
    // Not of a connection that was given up: there may be another by now.
    socket.on('close', () => {
      if (this.#socket === socket) this.#lost()
    })
    const { keepAlive } = session
    if (keepAliveMs > 0 && keepAlive !== undefined)
      this.#keepAlive = setInterval(() => {
        if (this.#isOpen && this.#inFlight === undefined) this.#send(keepAlive.call(session), [])
      }, keepAliveMs)
  }

  #pump(): void {
    if (this.#closed || this.#socket?.readyState !== 'open' || this.#inFlight !== undefined) return
    const hello = this.#helloLeft[0]
    if (hello !== undefined) {
      this.#send(hello(), [])
      return
    }
    const next = this.#next()
    if (next.length > 0)
      this.#send(
        this.#session!.encode(
          next.map(({ report }) => report),
          next[0]!.stored,
        ),
        next,
      )
  }

  /** What was said just now goes first, then memory, in the device's order. */
  #next(): Kept[] {
    const memory = this.#memory
    const live = memory.findIndex(({ stored }) => !stored)
    if (live >= 0) return memory.splice(live, 1)
    const count = Math.min(this.#options.wire.batchReportsMax, memory.length)
    return this.#options.uploads === 'oldest'
      ? memory.splice(0, count)
      : memory.splice(memory.length - count, count).reverse()
  }

  #send(outgoing: Outgoing, kept: Kept[]): void {
    if (outgoing.answer !== undefined) {
      this.#inFlight = { outgoing, kept, tries: 1 }
      this.#write(outgoing.bytes)
      this.#awaitAnswer()
      return
    }
    for (const one of kept) this.#unconfirmed.add(one)
    this.#write(outgoing.bytes, () => {
      for (const one of kept) this.#deliver(one, this.#unconfirmed.delete(one))
      this.#resolveWaiting()
    })
    this.#helloLeft.shift()
    this.#pump()
  }

  #write(bytes: Uint8Array, taken?: () => void): void {
    const socket = this.#socket!
    // After half a frame nothing more goes over this connection.
    if (this.#cutting) return
    if (this.#cutNextFrame) {
      this.#cutNextFrame = false
      this.#cutting = true
      socket.write(bytes.subarray(0, this.#random.integer(1, bytes.length)), () => socket.destroy())
    } else
      socket.write(bytes, (error) => {
        if (!error) taken?.()
      })
  }

  #awaitAnswer(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      const inFlight = this.#inFlight
      if (inFlight === undefined || inFlight.tries >= TRIES_MAX || this.#options.wire.answersAnyFrame) {
        this.#socket?.destroy()
        return
      }
      inFlight.tries++
      this.resent++
      this.#write(inFlight.outgoing.bytes)
      this.#awaitAnswer()
    }, this.#options.answerMs)
  }

  #answered(answer: string): void {
    const inFlight = this.#inFlight
    if (answer === 'refused') {
      this.#socket?.destroy()
      return
    }
    if (inFlight === undefined || answer !== inFlight.outgoing.answer) return
    clearTimeout(this.#timer)
    this.#inFlight = undefined
    this.#backoffMs = this.#options.reconnectMsMin
    if (inFlight.kept.length === 0) this.#helloLeft.shift()
    for (const one of inFlight.kept) this.#deliver(one, true)
    this.#resolveWaiting()
    this.#pump()
  }

  #deliver({ report, stored }: Kept, now: boolean): void {
    if (now) this.#options.onDelivered(report, stored)
  }

  #resolveWaiting(): void {
    if (this.pending > 0) return
    for (const resolve of this.#drained.splice(0)) resolve()
  }

  /** What was not answered goes back into memory, at its place in time. */
  #lost(): void {
    clearTimeout(this.#timer)
    clearInterval(this.#keepAlive)
    this.#cutting = false
    this.#memory.push(...(this.#inFlight?.kept ?? []), ...this.#unconfirmed)
    this.#inFlight = undefined
    this.#unconfirmed = new Set()
    for (const kept of this.#memory) kept.stored = true
    this.#memory.sort((a, b) => a.report.timeMs - b.report.timeMs)
    if (this.#closed || !this.#online) return
    this.#reconnect = setTimeout(() => this.#connect(), this.#backoffMs * this.#random.between(0.5, 1.5))
    this.#backoffMs = Math.min(this.#options.reconnectMsMax, this.#backoffMs * 2)
  }
}
