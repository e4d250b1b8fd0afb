import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { ApiError } from '../../model/console/console.ts'
import type { Log } from '../../model/observe.ts'
import { withDeadline } from '../answer/deadline.ts'
import { Refusal, refusalOf } from '../answer/refusal.ts'
import type { LiveHub } from './hub.ts'
import type { LiveLimits } from './limits.ts'

export const LIVE_PATH = '/v1/live'
const STATUS_TEXT: Record<number, string> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** Takes WebSocket upgrades on `server`: those of the live feed with a session and an Origin of ours; refuses the rest over HTTP. */
export function acceptLive(
  server: Server,
  hub: LiveHub,
  options: { origins: ReadonlySet<string>; limits: LiveLimits; log: Log },
): WebSocketServer {
  const { origins, limits, log } = options
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.messageBytesMax,
    // No memory is kept from message to message: a console costs nothing while it waits.
    perMessageDeflate: {
      threshold: limits.compressFromBytes,
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      zlibDeflateOptions: { level: 1 },
    },
  })

  async function accept(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://live')
    if (url.pathname !== LIVE_PATH) throw new Refusal(404, 'not_found', 'there is no such WebSocket')
    if (!origins.has(request.headers.origin ?? ''))
      throw new Refusal(403, 'wrong_origin', 'the Origin header does not name this server')
    const credentials = new Headers({ cookie: request.headers.cookie ?? '' })
    const cursor = url.searchParams.get('cursor') ?? undefined
    const admission = await withDeadline(hub.admit(credentials, cursor), limits.databaseWaitMs)
    if (socket.destroyed) return
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', (error) => log.debug({ reason: error.message }, 'a console’s socket failed'))
      hub.join(webSocket, admission).catch((error: Error) => {
        log.error({ error: error.stack ?? error.message }, 'a console was cut off')
        webSocket.close(1011)
      })
    })
  }

  server.on('upgrade', (request, socket, head) => {
    // Until ws has taken it over, a socket that breaks would take the process with it.
    const onError = (error: Error) => log.debug({ reason: error.message }, 'a socket broke before its upgrade')
    socket.on('error', onError)
    accept(request, socket, head).catch((error) => refuseUpgrade(socket, refusalOf(error, log)))
  })
  return sockets
}

function refuseUpgrade(socket: Duplex, { status, code, message }: Refusal): void {
  const body = JSON.stringify({ error: { code, message } } satisfies ApiError)
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_TEXT[status] ?? 'Refused'}\r\nconnection: close\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\ncache-control: no-store\r\n\r\n${body}`,
  )
}
