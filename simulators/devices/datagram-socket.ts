// A device's socket over UDP: each write is one datagram, and a network between that loses, doubles and reorders, as far as asked.
import { createSocket } from 'node:dgram'
import { Duplex } from 'node:stream'
import { type Random, randomOf } from '../random.ts'

type DatagramTrouble = { seed: number; lost?: number; doubled?: number; reordered?: number }

/** A late datagram comes after the next one, or after so long. */
const LATE_MS = 20

export class DatagramSocket extends Duplex {
  readonly #socket = createSocket('udp4')
  readonly #random: Random
  readonly #trouble: DatagramTrouble
  #isConnected = false
  #late: { datagram: Uint8Array; timer: NodeJS.Timeout } | undefined

  constructor(port: number, host: string, trouble: DatagramTrouble = { seed: 1 }) {
    super({ allowHalfOpen: false, autoDestroy: true })
    this.#trouble = trouble
    this.#random = randomOf(trouble.seed)
    this.#socket.on('message', (datagram) => {
      if (!this.#happens(trouble.lost)) this.push(datagram)
    })
    this.#socket.on('error', (error) => this.destroy(error))
    this.#socket.connect(port, host, () => {
      this.#isConnected = true
      this.emit('connect')
    })
  }

  get readyState(): 'opening' | 'open' | 'closed' {
    return this.destroyed ? 'closed' : this.#isConnected ? 'open' : 'opening'
  }

  override _read(): void {
    // Datagrams come when they come.
  }

  override _write(datagram: Uint8Array, _: BufferEncoding, done: () => void): void {
    const { lost, doubled, reordered } = this.#trouble
    if (!this.#happens(lost)) {
      if (this.#late === undefined && this.#happens(reordered)) this.#keepLate(Uint8Array.from(datagram))
      else this.#send(datagram)
      if (this.#happens(doubled)) this.#send(datagram)
    }
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#late?.timer)
    this.#socket.close(() => done(error))
  }

  #keepLate(datagram: Uint8Array): void {
    this.#late = { datagram, timer: setTimeout(() => this.#sendLate(), LATE_MS) }
  }

  #send(datagram: Uint8Array): void {
    this.#socket.send(datagram)
    this.#sendLate()
  }

  #sendLate(): void {
    const late = this.#late
    if (late === undefined) return
    this.#late = undefined
    clearTimeout(late.timer)
    if (!this.destroyed) this.#socket.send(late.datagram)
  }

  #happens(share: number | undefined): boolean {
    return share !== undefined && this.#random.between(0, 1) < share
  }
}
