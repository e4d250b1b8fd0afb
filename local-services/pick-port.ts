import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below the range from which the kernel takes the near ends of connections: a server that starts again finds its port free. */
const FIRST_PORT = 10_000
const LAST_PORT = 19_999
const TRIES_MAX = 200

/** A TCP port on 127.0.0.1 that was free a moment ago: `wanted` if it is, else one by chance. */
export async function pickPort(wanted?: number): Promise<number> {
  if (wanted !== undefined && (await bindable(wanted)) !== undefined) return wanted
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const port = await bindable(randomInt(FIRST_PORT, LAST_PORT + 1))
    if (port !== undefined) return port
  }
  throw new Error(`no free port on 127.0.0.1 from ${FIRST_PORT} to ${LAST_PORT}`)
}

/** The port if it could be bound, or undefined when it is taken. */
export function bindable(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined)
      else reject(error)
    })
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined))
    })
  })
}
