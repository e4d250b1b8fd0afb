import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { noteTls, tlsOf } from '../admission/tls-proof.ts'

/**
 * A connection as the HTTP server sees it where the head of its request had to be mended: reads give `first`, then `more` bytes of
 * the device's socket; writes go to that socket. It carries one request.
 */
export class MendedSocket extends Duplex {
  readonly remoteAddress: string | undefined
  readonly #socket: Socket
  #more: number

  constructor(socket: Socket, first: Buffer, more: number) {
    super({ allowHalfOpen: true })
    this.#socket = socket
    this.#more = more
    this.remoteAddress = socket.remoteAddress
    const tls = tlsOf(socket)
    if (tls !== undefined) noteTls(this, tls)
    this.push(first)
    socket.on('error', (error) => this.destroy(error))
    socket.on('close', () => this.destroy())
    if (more <= 0) return
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('end', () => this.push(null))
  }

  #take(chunk: Buffer): void {
    if (this.#more <= 0) return
    const wanted = chunk.subarray(0, this.#more)
    this.#more -= wanted.length
    if (!this.push(wanted)) this.#socket.pause()
  }

  override _read(): void {
    if (this.#more > 0) this.#socket.resume()
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, encoding, done)
  }

  override _final(done: () => void): void {
    this.#socket.end(done)
  }

  /** What the HTTP server calls after the last answer. */
  destroySoon(): void {
    this.end(() => this.destroy())
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroySoon()
    done(error)
  }
}
