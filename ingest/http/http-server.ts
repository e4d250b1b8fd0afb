// A Node HTTP server around a Hono app, with every limit against slow, many and idle connections.
import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Intake } from '../admission/intake.ts'

const CHECK_MS = 1000

/** A server that is not listening yet. `name` labels its metrics. */
export function httpServer(app: Hono<{ Bindings: HttpBindings }>, name: string, intake: Intake): Server {
  const { limits, measures, log } = intake
  const server = createAdaptorServer({
    fetch: app.fetch,
    createServer,
    serverOptions: {
      maxHeaderSize: limits.headerBytesMax,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: CHECK_MS,
      noDelay: true,
    },
  }) as Server
  server.maxConnections = limits.httpConnectionsMax
  server.on('drop', () => measures.cutConnections.inc({ protocol: name, cause: 'too_many_connections' }))
  let open = 0
  server.on('connection', (socket: Socket) => {
    measures.connections.set(++open, { protocol: name })
    socket.on('close', () => measures.connections.set(--open, { protocol: name }))
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    measures.cutConnections.inc({ protocol: name, cause: error.code ?? 'client_error' })
    log.debug({ code: error.code }, 'a client sent no HTTP')
    if (!socket.writable || error.code === 'ECONNRESET') socket.destroy()
    else socket.end(`HTTP/1.1 ${STATUS_OF[error.code ?? ''] ?? '400 Bad Request'}\r\nConnection: close\r\n\r\n`)
  })
  return server
}

const STATUS_OF: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** Takes no more connections, lets the requests under way be answered, resolves when all connections are closed. */
export function closeHttpServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
}
