import { createServer } from 'node:net'

/** A TCP port on 127.0.0.1 that was free a moment ago: `wanted` if it is, else one that the kernel gives. */
export async function pickPort(wanted?: number): Promise<number> {
  if (wanted !== undefined && (await bindable(wanted)) !== undefined) return wanted
  const port = await bindable(0)
  if (port === undefined) throw new Error('no free port on 127.0.0.1')
  return port
}

/** The port that could be bound (the kernel's choice for 0), or undefined when it is taken. */
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
