// GET /v1/gateway: the WebSocket on which a gateway speaks for its bracelets.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { authenticate } from '../admission/authenticate.ts'
import type { Intake } from '../admission/intake.ts'
import { bearerOf } from '../credentials.ts'
import { CLOSE, GatewayConnection, type GatewaySender } from './gateway-connection.ts'

export class GatewayFeed {
  readonly #intake: Intake
  readonly #isReady: () => boolean
  readonly #server: WebSocketServer
  readonly #connections = new Set<GatewayConnection>()
  readonly #pinging: NodeJS.Timeout

  constructor(intake: Intake, isReady: () => boolean) {
    this.#intake = intake
    this.#isReady = isReady
    const { limits } = intake
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: limits.gatewayFrameBytesMax,
    })
    this.#pinging = setInterval(() => this.#ping(), limits.gatewayPingMs)
    this.#pinging.unref()
  }

  /** For the HTTP server's `upgrade` event. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', (error) => this.#intake.log.debug({ err: error }, 'a connection broke while it was upgraded'))
    const admitted = this.#admit(request)
    if (typeof admitted === 'string') {
      const answer = () => socket.end(`HTTP/1.1 ${admitted}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      if (admitted.startsWith('401'))
        void this.#intake.slowDown.hold(request.socket.remoteAddress, namedGateway(request)).then(answer)
      else answer()
      return
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = new GatewayConnection(webSocket, this.#intake, admitted)
      this.#connections.add(connection)
      this.#count()
      webSocket.on('close', () => {
        this.#connections.delete(connection)
        this.#count()
      })
    })
  }

  /** Answers what has been read, then says goodbye. */
  async close(): Promise<void> {
    clearInterval(this.#pinging)
    await Promise.all([...this.#connections].map((connection) => connection.drain()))
    for (const { socket } of this.#connections) {
      socket.resume()
      socket.close(CLOSE.goingAway, 'the server is going down; connect again')
    }
  }

  /** Closes the remaining connections. */
  terminate(): void {
    for (const { socket } of this.#connections) socket.terminate()
  }

  /** Who may come in, or the status line that says why not. */
  #admit(request: IncomingMessage): GatewaySender | string {
    if (request.url?.split('?', 1)[0] !== '/v1/gateway') return '404 Not Found'
    const { directory, limits, measures } = this.#intake
    if (!this.#isReady() || this.#connections.size >= limits.gatewayConnectionsMax) return '503 Service Unavailable'
    const auth = authenticate(directory, request.headers, request.socket)
    if (auth.ok && auth.sender.gateway !== undefined) return auth.sender as GatewaySender
    const reason = auth.ok ? 'bad_credential' : auth.code
    measures.refusals.inc({ protocol: 'gateway', reason })
    return reason === 'revoked_device' ? '403 Forbidden' : '401 Unauthorized'
  }

  #ping(): void {
    for (const connection of this.#connections) {
      const { socket } = connection
      // A socket that we do not read cannot show us its pong.
      if (socket.isPaused) continue
      if (!connection.alive) {
        this.#intake.measures.cutConnections.inc({ protocol: 'gateway', cause: 'silent' })
        socket.terminate()
        continue
      }
      connection.alive = false
      socket.ping()
    }
  }

  #count(): void {
    this.#intake.measures.connections.set(this.#connections.size, { protocol: 'gateway' })
  }
}

function namedGateway({ headers }: IncomingMessage): string | undefined {
  return bearerOf(headers.authorization)?.split(':', 1)[0]
}
