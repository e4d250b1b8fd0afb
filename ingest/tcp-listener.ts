// One listener for every device protocol over TCP. A connection is worked on a chunk at a time: its frames are decoded and handed
// to the log, and answered when they are on disk; one chunk more may be read meanwhile. So a slow log slows the sockets, and what
// a connection can hold in memory is two chunks and one frame.
import { createServer, type Server, type Socket } from 'node:net'
import type { StreamProtocol } from './decoder.ts'
import type { Intake } from './intake.ts'
import { TcpConnection } from './tcp-connection.ts'

const KEEP_ALIVE_PROBE_MS = 60_000

export class TcpListener {
  readonly protocol: StreamProtocol
  readonly server: Server
  readonly #intake: Intake
  readonly #isReady: () => boolean
  readonly #connections = new Set<TcpConnection>()

  constructor(protocol: StreamProtocol, intake: Intake, isReady: () => boolean) {
    this.protocol = protocol
    this.#intake = intake
    this.#isReady = isReady
    this.server = createServer(
      { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS },
      (socket) => this.#accept(socket),
    )
    this.server.maxConnections = intake.limits.tcpConnectionsMax
    this.server.on('drop', () =>
      intake.measures.cutConnections.inc({ protocol: protocol.name, cause: 'too_many_connections' }),
    )
  }

  /** Takes no more connections, answers what has been read, closes. */
  async close(): Promise<void> {
    this.server.close()
    await Promise.all([...this.#connections].map((connection) => connection.close()))
  }

  terminate(): void {
    for (const connection of this.#connections) connection.socket.destroy()
  }

  #accept(socket: Socket): void {
    if (!this.#isReady()) {
      socket.destroy()
      return
    }
    const connection = new TcpConnection(socket, this.protocol, this.#intake)
    this.#connections.add(connection)
    this.#count()
    socket.on('close', () => {
      this.#connections.delete(connection)
      this.#count()
    })
  }

  #count(): void {
    this.#intake.measures.connections.set(this.#connections.size, { protocol: this.protocol.name })
  }
}
