import type { IncomingMessage } from 'node:http'

const NO_BODY = Promise.resolve(Buffer.alloc(0))

type Body = Buffer | 'too_large' | 'cut' | 'busy'

/** Reads the bodies of one listener's requests, each and all together bounded; bytes are counted as they arrive. */
export class BodyReader {
  readonly #bytesMax: number
  readonly #allBytesMax: number
  #arriving = 0

  constructor(bytesMax: number, allBytesMax: number) {
    this.#bytesMax = bytesMax
    this.#allBytesMax = allBytesMax
  }

  /**
   * `too_large` and `busy` leave the rest unread: the connection must be closed after the answer. `cut` means that the sender
   * went away in the middle.
   */
  read(incoming: IncomingMessage): Promise<Body> {
    const { headers } = incoming
    // RFC 9112, 6.3: a request without both has no body.
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return NO_BODY
    return new Promise((resolve) => {
      const chunks: Buffer[] = []
      let size = 0
      let done = false
      const finish = (body: Body) => {
        if (done) return
        done = true
        this.#arriving -= size
        if (typeof body === 'string') incoming.pause()
        resolve(body)
      }
      if (Number(incoming.headers['content-length'] ?? 0) > this.#bytesMax) return finish('too_large')
      if (incoming.destroyed && !incoming.complete) return finish('cut')
      incoming.on('data', (chunk: Buffer) => {
        if (done) return
        size += chunk.length
        this.#arriving += chunk.length
        chunks.push(chunk)
        if (size > this.#bytesMax) finish('too_large')
        else if (this.#arriving > this.#allBytesMax) finish('busy')
      })
      incoming.once('end', () => finish(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
      incoming.once('error', () => finish('cut'))
      incoming.once('close', () => finish('cut'))
    })
  }
}
