// A Node HTTP server around a Hono app, with every limit against slow, many and idle connections. Requests as small modems write
// them are mended; what is no request is quarantined and counted.
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Protocol } from '../../model/report/report.ts'
import type { Intake } from '../admission/intake.ts'
import { FirstRequest, mendedRequest } from './first-request.ts'

const RAW_BYTES_MAX = 4096
const GONE = 'REDACTED'
const CHECK_MS = 1000
const REFUSED_LINGER_MS = 1000

/** A server that is not listening yet. `name` labels its metrics. */
export function httpServer(app: Hono<{ Bindings: HttpBindings }>, name: Protocol, intake: Intake): Server {
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
      requireHostHeader: false,
    },
  }) as Server
  server.maxConnections = limits.httpConnectionsMax
  server.on('drop', () => measures.cutConnections.inc({ protocol: name, cause: 'too_many_connections' }))
  const open = new Set<Socket>()
  openOf.set(server, open)
  server.on('connection', (socket: Socket) => {
    measures.connections.set(open.add(socket).size, { protocol: name })
    socket.on('close', () => {
      open.delete(socket)
      measures.connections.set(open.size, { protocol: name })
    })
  })
  mendRequests(server, name, intake)
  server.on('clientError', (error: ClientError, socket: Socket) => {
    if (error.rawPacket !== undefined && !socket.destroyed) {
      const mended = error.code === OVERFLOW ? undefined : mendedRequest(socket, error.rawPacket)
      if (mended !== undefined) return void server.emit(LOOKED_AT, mended)
      const batch = intake.newBatch(name)
      const { rawPacket, code } = error
      intake.refuseStranger(batch, code === OVERFLOW ? 'oversized' : 'malformed', 'no HTTP request', undefined, () =>
        redactRaw(rawPacket),
      )
      intake.whenSettled(batch, () => undefined)
    }
    measures.cutConnections.inc({ protocol: name, cause: error.code ?? 'client_error' })
    log.debug({ code: error.code }, 'a client sent no HTTP')
    if (!socket.writable || error.code === 'ECONNRESET') socket.destroy()
    else refuseConnection(socket, STATUS_OF[error.code ?? ''] ?? '400 Bad Request')
  })
  return server
}

type ClientError = NodeJS.ErrnoException & { rawPacket?: Buffer }
/** A connection that the parser is to take. */
const LOOKED_AT = 'lookedAt'
const OVERFLOW = 'HPE_HEADER_OVERFLOW'
const VALID_HOST = /^[\w.-]+(:\d{1,5})?$/

/** Connections of each server: all, and those whose first request has not arrived yet. */
const openOf = new WeakMap<Server, Set<Socket>>()
const waitingOf = new WeakMap<Server, Set<Socket>>()

function mendRequests(server: Server, name: Protocol, { limits, measures }: Intake): void {
  const [parse] = server.listeners('connection') as ((connection: Socket) => void)[]
  server.off('connection', parse!)
  server.on(LOOKED_AT, parse!)
  const waiting = new Set<Socket>()
  waitingOf.set(server, waiting)
  server.on('connection', (socket: Socket) => {
    waiting.add(socket)
    socket.once('close', () => waiting.delete(socket))
    new FirstRequest(socket, limits, {
      onRequest: (connection) => {
        waiting.delete(socket)
        server.emit(LOOKED_AT, connection)
      },
      onTimeout: () => {
        measures.cutConnections.inc({ protocol: name, cause: 'ERR_HTTP_REQUEST_TIMEOUT' })
        refuseConnection(socket, STATUS_OF.ERR_HTTP_REQUEST_TIMEOUT!)
      },
    })
  })
  // The answer needs no host, so none that is absent or odd refuses the request.
  server.prependListener('request', ({ headers }: IncomingMessage) => {
    if (headers.host === undefined || !VALID_HOST.test(headers.host)) headers.host = 'localhost'
  })
}

function refuseConnection(socket: Socket, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  // Unread bytes would reset the connection before the answer arrives; who goes on sending is cut.
  socket.resume()
  setTimeout(() => socket.destroy(), REFUSED_LINGER_MS).unref()
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
    for (const socket of waitingOf.get(server) ?? []) socket.destroy()
  })
}

/** Cuts every connection. */
export function terminateHttpServer(server: Server): void {
  server.closeAllConnections()
  for (const socket of openOf.get(server) ?? []) socket.destroy()
}

/** Bytes that are no request, as quarantine keeps them: without what may be a credential in a header, a query or the path. */
function redactRaw(packet: Buffer): Buffer {
  const text = packet
    .toString('latin1', 0, RAW_BYTES_MAX)
    .replace(/(authorization|cookie|token|password|secret)([ \t"]{0,8}[:=])[^\r\n&]*/gi, `$1$2${GONE}`)
    .replace(/^([A-Za-z]{3,7}[ \t]{1,8}\/)[^\s?]+/, `$1${GONE}`)
  return Buffer.from(text, 'latin1')
}
