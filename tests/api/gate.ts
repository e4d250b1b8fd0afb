// A door between a server and its service: shut, connections break and none is let in.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type Gate = {
  /** The service's address, through the gate. */
  url: string
  shut(): void
  open(): void
  close(): Promise<void>
}

export async function gateTo(serviceUrl: string): Promise<Gate> {
  const target = new URL(serviceUrl)
  const sockets = new Set<Socket>()
  let isShut = false
  const server = createServer((inner) => {
    if (isShut) return void inner.destroy()
    const outer = connect(Number(target.port), target.hostname)
    for (const socket of [inner, outer]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        inner.destroy()
        outer.destroy()
      })
    }
    inner.pipe(outer)
    outer.pipe(inner)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(serviceUrl)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    shut() {
      isShut = true
      for (const socket of sockets) socket.destroy()
    },
    open() {
      isShut = false
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
