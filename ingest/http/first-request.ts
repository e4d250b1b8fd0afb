// Looks at the first bytes of a connection before the HTTP parser does: a request that it would refuse is mended.
import type { Socket } from 'node:net'
import { type Head, readHead } from './mend-head.ts'
import { MendedSocket } from './mended-socket.ts'

type FirstRequestLimits = {
  headerBytesMax: number
  headersTimeoutMs: number
  /** A body of unknown length has ended when nothing of it came for so long. */
  bodyQuietMs: number
  protocolBodyBytesMax: number
}

type FirstRequestEvents = {
  /** The socket itself, its bytes put back, or the mended connection. */
  onRequest(connection: Socket): void
  /** No head arrived in time. */
  onTimeout(): void
}

export class FirstRequest {
  readonly #socket: Socket
  readonly #limits: FirstRequestLimits
  readonly #events: FirstRequestEvents
  readonly #chunks: Buffer[] = []
  #arrived = 0
  /** Of a request whose body does not say its length. */
  #head: Head | undefined
  #timer: NodeJS.Timeout

  constructor(socket: Socket, limits: FirstRequestLimits, events: FirstRequestEvents) {
    this.#socket = socket
    this.#limits = limits
    this.#events = events
    this.#timer = setTimeout(this.#onEnd, limits.headersTimeoutMs)
    socket.on('error', this.#onError)
    socket.on('data', this.#onData)
    socket.on('end', this.#onEnd)
    socket.on('close', this.#release)
  }

  readonly #onError = (): void => undefined

  readonly #release = (): void => {
    clearTimeout(this.#timer)
    this.#socket.off('data', this.#onData)
    this.#socket.off('end', this.#onEnd)
    this.#socket.off('close', this.#release)
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#chunks.push(chunk)
    this.#arrived += chunk.length
    if (this.#head !== undefined) this.#waitForBody(this.#head)
    // Without a line end nothing new is known of a head that has begun.
    else if (this.#chunks.length === 1 || this.#isTooLong || chunk.includes(0x0a)) this.#look()
  }

  /** No more comes, or it is not waited for. */
  readonly #onEnd = (): void => {
    const head = this.#head ?? readHead(this.#bytes, true)
    // A question that lacks its last empty line is complete; what announces a body is not.
    if (typeof head !== 'string' && !this.#isTooLong && (head === this.#head || head.body === 0)) {
      this.#mend(head)
      return
    }
    this.#release()
    if (!this.#socket.readableEnded) this.#events.onTimeout()
    else if (this.#arrived === 0) this.#socket.end()
    else this.#events.onRequest(this.#mended(this.#bytes, 0))
  }

  get #isTooLong(): boolean {
    return this.#head === undefined && this.#arrived > this.#limits.headerBytesMax
  }

  get #bytes(): Buffer {
    if (this.#chunks.length > 1) this.#chunks.splice(0, this.#chunks.length, Buffer.concat(this.#chunks))
    return this.#chunks[0] ?? Buffer.alloc(0)
  }

  #look(): void {
    const head = readHead(this.#bytes)
    if (head === 'partial' && !this.#isTooLong) return
    if (typeof head === 'string' || head.isClean || head.length > this.#limits.headerBytesMax) this.#passOn()
    else if (head.body !== 'unknown') this.#mend(head)
    else this.#waitForBody(head)
  }

  #waitForBody(head: Head): void {
    this.#head = head
    clearTimeout(this.#timer)
    if (this.#arrived - head.length > this.#limits.protocolBodyBytesMax) this.#mend(head)
    else this.#timer = setTimeout(this.#onEnd, this.#limits.bodyQuietMs)
  }

  #passOn(): void {
    const bytes = this.#bytes
    this.#release()
    this.#socket.pause()
    this.#socket.unshift(bytes)
    this.#socket.off('error', this.#onError)
    this.#events.onRequest(this.#socket)
    this.#socket.resume()
  }

  #mend(head: Head): void {
    this.#release()
    const body = this.#bytes.subarray(head.length)
    if (head.body === 'chunked') {
      this.#events.onRequest(this.#mended(Buffer.concat([head.mended(0), body]), Number.POSITIVE_INFINITY))
      return
    }
    const length = head.body === 'unknown' ? body.length : head.body
    const first = Buffer.concat([head.mended(length), body.subarray(0, length)])
    this.#events.onRequest(this.#mended(first, length - body.length))
  }

  #mended(first: Buffer, more: number): Socket {
    return new MendedSocket(this.#socket, first, more) as unknown as Socket
  }
}

/** A later request of a connection, whole in one packet, that the parser refused; undefined where nothing can be made of it. */
export function mendedRequest(socket: Socket, packet: Buffer): Socket | undefined {
  if (socket instanceof MendedSocket) return undefined
  const head = readHead(packet)
  if (typeof head === 'string' || head.isClean || head.body === 'chunked') return undefined
  const body = packet.subarray(head.length)
  const length = head.body === 'unknown' ? body.length : head.body
  if (body.length < length) return undefined
  socket.pause()
  const first = Buffer.concat([head.mended(length), body.subarray(0, length)])
  return new MendedSocket(socket, first, 0) as unknown as Socket
}
