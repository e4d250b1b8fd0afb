// /healthz, /readyz and /metrics of one process, on a port of its own, so that watching it needs no public listener.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Warnings leave a process ready: what it does it does, and nobody should take its work away. */
type Readiness = () => Promise<{ ready: boolean; reasons: string[]; warnings: string[] }>

/** Listens on `port` (0 picks a free one); gives the port in use. */
export async function serveHealth(options: {
  host: string
  port: number
  readiness: Readiness
  metrics: () => Promise<string>
  metricsContentType: string
}): Promise<{ port: number; close(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    answer(request.url ?? '/', options).then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
      (error: unknown) => response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error)),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

async function answer(
  url: string,
  options: { readiness: Readiness; metrics: () => Promise<string>; metricsContentType: string },
): Promise<{ status: number; type: string; body: string }> {
  const path = url.split('?')[0]
  if (path === '/healthz') return { status: 200, type: 'text/plain', body: 'ok\n' }
  if (path === '/metrics') return { status: 200, type: options.metricsContentType, body: await options.metrics() }
  if (path === '/readyz') {
    const { ready, reasons, warnings } = await options.readiness()
    return { status: ready ? 200 : 503, type: 'application/json', body: JSON.stringify({ ready, reasons, warnings }) }
  }
  return { status: 404, type: 'text/plain', body: 'not found\n' }
}
