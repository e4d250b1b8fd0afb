import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

const HIGH_BIT = 0x80
const LENGTH_BYTES_MAX = 4

/**
 * A client's socket as the broker sees it: a packet whose header announces more bytes than `packetBytesMax` ends the connection
 * before they are read. MQTT 3.1.1, 2.2.3: after the first byte, the length in 1 to 4 bytes of 7 bits each.
 */
export class PacketGuard extends Duplex {
  readonly remoteAddress: string | undefined
  packetBytesMax: number
  readonly #socket: Socket
  readonly #onBytes: (count: number) => void
  /** Of the packet that is passing through. */
  #left = 0
  #lengthBytes = -1
  #length = 0

  constructor(socket: Socket, packetBytesMax: number, onBytes: (count: number) => void) {
    super({ allowHalfOpen: false })
    this.#socket = socket
    this.packetBytesMax = packetBytesMax
    this.#onBytes = onBytes
    this.remoteAddress = socket.remoteAddress
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('end', () => this.push(null))
    socket.on('error', (error) => this.destroy(error))
    socket.on('close', () => this.destroy())
  }

  #take(chunk: Buffer): void {
    this.#onBytes(chunk.length)
    if (!this.#isWithinLimit(chunk)) this.destroy(new Error('packet_too_large'))
    else if (!this.push(chunk)) this.#socket.pause()
  }

  #isWithinLimit(chunk: Buffer): boolean {
    for (let at = 0; at < chunk.length; ) {
      if (this.#left > 0) {
        const skipped = Math.min(this.#left, chunk.length - at)
        this.#left -= skipped
        at += skipped
      } else if (this.#lengthBytes < 0) {
        this.#lengthBytes = 0
        this.#length = 0
        at++
      } else {
        const byte = chunk[at++]!
        this.#length += (byte & (HIGH_BIT - 1)) * HIGH_BIT ** this.#lengthBytes++
        if (this.#length > this.packetBytesMax || this.#lengthBytes > LENGTH_BYTES_MAX) return false
        if ((byte & HIGH_BIT) !== 0) continue
        this.#left = this.#length
        this.#lengthBytes = -1
      }
    }
    return true
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, encoding, done)
  }

  override _final(done: () => void): void {
    this.#socket.end(done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // What has been written still goes out.
    this.#socket.destroySoon()
    done(error)
  }
}
