// One listener for every device protocol over TCP. A connection is worked on a chunk at a time: its frames are decoded and handed
// to the log, and answered when they are on disk; one chunk more may be read meanwhile. So a slow log slows the sockets, and what
// a connection can hold in memory is two chunks and one frame. While the log takes nothing and reports of devices that are never
// answered are held, new ones are not accepted: a failed connect makes them keep their reports.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { plainAddress } from '../../../model/networks.ts'
import type { Intake } from '../../admission/intake.ts'
import type { StreamProtocol } from '../../protocols/decoder.ts'
import { ConnectionsById } from './connections-by-id.ts'
import { HeldConnections } from './held-connections.ts'
import { TcpConnection } from './tcp-connection.ts'

const KEEP_ALIVE_PROBE_MS = 60_000

export class TcpListener {
  readonly protocol: StreamProtocol
  readonly server: Server
  readonly #intake: Intake
  readonly #isReady: () => boolean
  /** Open ones, and those gone with something under way. */
  readonly #connections = new Set<TcpConnection>()
  readonly #byId: ConnectionsById<TcpConnection>
  /** By address. */
  readonly #unidentified = new Map<string, number>()
  readonly #held: HeldConnections
  #open = 0
  #closing = false
  /** Where it listens again; undefined while it listens. */
  #turnedAwayFrom: AddressInfo | undefined
  #isReturning = false
  readonly #onError = (error: Error): void => {
    this.#isReturning = false
    this.#intake.log.error({ err: error, protocol: this.protocol.name }, 'cannot listen again; retrying soon')
    setTimeout(() => this.#listenAgain(), this.#intake.limits.heldRetryMs)
  }

  constructor(protocol: StreamProtocol, intake: Intake, isReady: () => boolean) {
    this.protocol = protocol
    this.#intake = intake
    this.#byId = new ConnectionsById(intake.limits.tcpConnectionsPerIdMax)
    this.#isReady = isReady
    this.server = createServer(
      { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS },
      (socket) => this.#accept(socket),
    )
    this.server.maxConnections = intake.limits.tcpConnectionsMax
    this.server.on('drop', () => this.#countDrop())
    this.#held = new HeldConnections(intake, (takesNothing) => (takesNothing ? this.#turnAway() : this.#listenAgain()))
  }

  /** Takes no more connections, answers what has been read, closes. What the log does not take until `terminate` is lost. */
  async close(): Promise<void> {
    this.#closing = true
    this.server.close()
    await Promise.all([...this.#connections].map((connection) => connection.close()))
    const { lost } = this.#held
    if (lost.connections > 0)
      this.#intake.log.error(
        { protocol: this.protocol.name, ...lost },
        'frames of devices that are never answered were lost: the log was away at shutdown',
      )
  }

  terminate(): void {
    const unread = [...this.#connections].filter(({ isUnread }) => isUnread).length
    if (unread > 0)
      this.#intake.log.warn(
        { protocol: this.protocol.name, connections: unread },
        'devices that are never answered did not end; what TCP had taken of them and was not read is lost',
      )
    for (const connection of this.#connections) connection.giveUp()
  }

  #accept(socket: Socket): void {
    if (!this.#isReady()) {
      socket.destroy()
      return
    }
    if (this.#connections.size >= this.#intake.limits.tcpConnectionsMax) {
      this.#countDrop()
      socket.destroy()
      return
    }
    const address = plainAddress(socket.remoteAddress) ?? ''
    const unidentified = this.#unidentified.get(address) ?? 0
    if (unidentified >= this.#intake.limits.tcpUnidentifiedPerAddressMax) {
      this.#countDrop()
      socket.destroy()
      return
    }
    this.#unidentified.set(address, unidentified + 1)
    let identifiedAs: string | undefined
    const connection: TcpConnection = new TcpConnection(socket, this.protocol, this.#intake, this.#held, {
      onIdentified: (deviceId) => {
        identifiedAs = deviceId
        this.#noLongerUnidentified(address)
        this.#byId.add(deviceId, connection)
      },
      onGone: () => this.#connections.delete(connection),
    })
    this.#connections.add(connection)
    this.#count(1)
    socket.on('close', () => {
      this.#count(-1)
      if (identifiedAs === undefined) this.#noLongerUnidentified(address)
      else this.#byId.remove(identifiedAs, connection)
    })
  }

  #noLongerUnidentified(address: string): void {
    const left = this.#unidentified.get(address)! - 1
    if (left > 0) this.#unidentified.set(address, left)
    else this.#unidentified.delete(address)
  }

  #turnAway(): void {
    if (this.#closing || this.#turnedAwayFrom !== undefined) return
    const { name } = this.protocol
    this.#turnedAwayFrom = this.server.address() as AddressInfo
    this.server.close()
    this.#intake.log.warn({ protocol: name }, 'the log takes nothing: new connections are not taken')
  }

  #listenAgain(): void {
    if (this.#closing || this.#turnedAwayFrom === undefined || this.#isReturning) return
    const { port, address } = this.#turnedAwayFrom
    this.#isReturning = true
    this.server.once('error', this.#onError)
    this.server.listen(port, address, () => {
      this.#turnedAwayFrom = undefined
      this.#isReturning = false
      this.server.off('error', this.#onError)
      if (this.#closing) this.server.close()
      this.#intake.log.info({ protocol: this.protocol.name }, 'new connections are taken again')
    })
  }

  #countDrop(): void {
    this.#intake.measures.cutConnections.inc({ protocol: this.protocol.name, cause: 'too_many_connections' })
  }

  #count(by: 1 | -1): void {
    this.#open += by
    this.#intake.measures.connections.set(this.#open, { protocol: this.protocol.name })
  }
}
