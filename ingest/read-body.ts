import type { IncomingMessage } from 'node:http'

/**
 * The body of a request, at most `bytesMax`, counted as it arrives. `too_large` leaves the rest unread: the connection must be
 * closed after the answer. `cut` means that the sender went away in the middle.
 */
export function readBody(incoming: IncomingMessage, bytesMax: number): Promise<Buffer | 'too_large' | 'cut'> {
  return new Promise((resolve) => {
    if (Number(incoming.headers['content-length'] ?? 0) > bytesMax) {
      resolve('too_large')
      return
    }
    if (incoming.destroyed && !incoming.complete) {
      resolve('cut')
      return
    }
    const chunks: Buffer[] = []
    let size = 0
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > bytesMax) {
        incoming.pause()
        chunks.length = 0
        resolve('too_large')
      } else chunks.push(chunk)
    })
    incoming.once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
    incoming.once('error', () => resolve('cut'))
    incoming.once('close', () => resolve('cut'))
  })
}
