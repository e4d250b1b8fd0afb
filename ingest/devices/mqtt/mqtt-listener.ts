// OwnTracks over MQTT: a broker that hands what is published to the log and acknowledges it when it is on disk. It passes nothing on:
// no subscriptions, no retained messages, no wills, no sessions that outlive their connection.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { Aedes, type AuthenticateError, type Client, type ConnectPacket, type PublishPacket } from 'aedes'
import { plainAddress } from '../../../model/networks.ts'
import type { Sender } from '../../admission/authorize.ts'
import type { Intake } from '../../admission/intake.ts'
import { type TlsProof, tlsOf } from '../../admission/tls-proof.ts'
import { StreamSpeakers } from '../stream-speakers.ts'
import { ConnectionsById, type IdentifiedConnection } from '../tcp/connections-by-id.ts'
import { MqttClient } from './mqtt-client.ts'
import { PacketGuard } from './packet-guard.ts'

/** In the metrics of connections, beside OwnTracks over HTTP. */
const METRIC = 'owntracks_mqtt'
/** A CONNECT holds two names, a password and a will. */
const CONNECT_BYTES_MAX = 4096
const KEEP_ALIVE_SECONDS_MAX = 3600
const NOT_AUTHORIZED = 5
const INFLIGHT_QOS2_MAX = 100
const CLIENT_ID_CHARS_MAX = 512
const AFTER_HEARTBEAT_MS = 0x7fff_ffff

type Connection = IdentifiedConnection & {
  guard: PacketGuard
  tls: TlsProof | undefined
  willTopic?: string
  client?: MqttClient
}

export class MqttListener {
  readonly #intake: Intake
  readonly #isReady: () => boolean
  /** A TLS port beside it hands its connections to this one. */
  readonly server: Server
  readonly #connections = new Map<Client, Connection>()
  readonly #byId: ConnectionsById<Connection>
  /** By address: connections that have not said who they are. */
  readonly #unidentified = new Map<string, number>()
  #broker: Aedes | undefined
  #underWay = 0
  #whenIdle: (() => void) | undefined

  constructor(intake: Intake, isReady: () => boolean) {
    this.#intake = intake
    this.#isReady = isReady
    this.#byId = new ConnectionsById(intake.limits.tcpConnectionsPerIdMax)
    this.server = createServer((socket) => this.#accept(socket))
    this.server.maxConnections = intake.limits.tcpConnectionsMax
    this.server.on('drop', () => this.#countCut('too_many_connections'))
  }

  async listen(port: number, host: string): Promise<number> {
    const { limits } = this.#intake
    this.#broker = await Aedes.createBroker({
      connectTimeout: limits.tcpIdentifyMs,
      maxInflightInbound: INFLIGHT_QOS2_MAX,
      maxClientsIdLength: CLIENT_ID_CHARS_MAX,
      // It is the only broker: others need not know that it lives.
      heartbeatInterval: AFTER_HEARTBEAT_MS / 4,
      preConnect: (client, packet, done) => done(null, this.#connects(client, packet)),
      authenticate: (client, username, password, done) =>
        void this.#authenticate(client, username, password).then(
          (isWelcome) => (isWelcome ? done(null, true) : done(refusal('not_authorized'), false)),
          (error: Error) => done(this.#failed(error), false),
        ),
      authorizePublish: (client, packet, done) =>
        void this.#publish(client, packet).then(
          (cause) => done(cause === undefined ? null : refusal(cause)),
          (error: Error) => done(this.#failed(error)),
        ),
      authorizeSubscribe: (_client, _subscription, done) => done(null, null),
    })
    this.#broker.on('clientError', (_, error) => this.#onError(error))
    this.#broker.on('connectionError', (_, error) => this.#onError(error))
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(port, host, () => {
        this.server.off('error', reject)
        resolve()
      })
    })
    return (this.server.address() as AddressInfo).port
  }

  /** Takes no more connections, acknowledges what is under way, ends all. */
  async close(): Promise<void> {
    this.server.close()
    if (this.#underWay > 0)
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve
      })
    const broker = this.#broker
    if (broker !== undefined) await new Promise<void>((resolve) => broker.close(() => resolve()))
    this.terminate()
  }

  terminate(): void {
    for (const { guard } of this.#connections.values()) guard.destroy()
    this.#whenIdle?.()
  }

  #accept(socket: Socket): void {
    const { limits, measures } = this.#intake
    const address = plainAddress(socket.remoteAddress) ?? ''
    const unidentified = this.#unidentified.get(address) ?? 0
    if (!this.#isReady() || unidentified >= limits.tcpUnidentifiedPerAddressMax) {
      this.#countCut(this.#isReady() ? 'too_many_connections' : 'not_ready')
      socket.destroy()
      return
    }
    this.#unidentified.set(address, unidentified + 1)
    const guard = new PacketGuard(socket, CONNECT_BYTES_MAX, (count) =>
      measures.bytes.inc({ protocol: 'owntracks' }, count),
    )
    const client = this.#broker!.handle(guard)
    const connection: Connection = {
      tls: tlsOf(socket),
      guard,
      trust: 2,
      giveWay: () => guard.destroy(new Error('too_many_of_one_device')),
    }
    this.#connections.set(client, connection)
    measures.connections.set(this.#connections.size, { protocol: METRIC })
    guard.once('close', () => {
      this.#connections.delete(client)
      measures.connections.set(this.#connections.size, { protocol: METRIC })
      if (connection.client === undefined) this.#noLongerUnidentified(address)
      else this.#byId.remove(connection.client.deviceId, connection)
    })
  }

  #noLongerUnidentified(address: string): void {
    const left = (this.#unidentified.get(address) ?? 1) - 1
    if (left > 0) this.#unidentified.set(address, left)
    else this.#unidentified.delete(address)
  }

  /** Before anything is kept of a CONNECT: no will, no session, and nobody takes the place of another by its client id. */
  #connects(client: Client, packet: ConnectPacket): boolean {
    const connection = this.#connections.get(client)
    if (connection === undefined) return false
    const willTopic = packet.will?.topic
    if (willTopic !== undefined) connection.willTopic = willTopic
    delete packet.will
    packet.clean = true
    packet.clientId = `${packet.username ?? ''} ${packet.clientId ?? ''}`.slice(0, CLIENT_ID_CHARS_MAX)
    packet.keepalive = Math.min(packet.keepalive || KEEP_ALIVE_SECONDS_MAX, KEEP_ALIVE_SECONDS_MAX)
    return true
  }

  async #authenticate(client: Client, username: string | undefined, password: Buffer | undefined): Promise<boolean> {
    const connection = this.#connections.get(client)
    if (connection === undefined) return false
    const intake = this.#intake
    const { remoteAddress: address } = connection.guard
    const deviceId = this.#deviceIdOf(username ?? '', connection.willTopic)
    const sender: Sender = { protocol: 'owntracks', address, tls: connection.tls }
    const speakers = new StreamSpeakers(intake, {}, sender, new Set())
    const isWelcome = speakers.authorize({ deviceId, credential: password?.toString('utf8') ?? '' })
    if (isWelcome) {
      connection.client = new MqttClient(intake, speakers, sender, deviceId)
      connection.guard.packetBytesMax = intake.limits.protocolBodyBytesMax
      this.#noLongerUnidentified(plainAddress(address) ?? '')
      this.#byId.add(deviceId, connection)
      return true
    }
    const batch = intake.newBatch('owntracks')
    intake.refuseStranger(batch, speakers.refused!.reason, 'MQTT CONNECT', deviceId, () => '')
    await intake.settle(batch)
    await intake.slowDown.hold(address, deviceId)
    return false
  }

  /** The user name is the device's id, with or without `owntracks/`; or the user's, and the topic of the will says which device. */
  #deviceIdOf(username: string, willTopic: string | undefined): string {
    const named = `owntracks/${username}`
    const candidates = [username, named, ...(willTopic?.startsWith(`${named}/`) ? [willTopic] : [])]
    return candidates.find((id) => this.#intake.directory.device(id) !== undefined) ?? username
  }

  /** Undefined: to be acknowledged; else why the connection ends without. */
  async #publish(client: Client | null, packet: PublishPacket): Promise<string | undefined> {
    const connection = client === null ? undefined : this.#connections.get(client)
    if (connection?.client === undefined) return 'not_identified'
    packet.retain = false
    this.#underWay++
    try {
      const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
      const taken = await connection.client.take(packet.topic, payload)
      return taken === 'stored' ? undefined : taken === 'refused' ? 'wrong_topic' : 'log_unavailable'
    } finally {
      if (--this.#underWay === 0) this.#whenIdle?.()
    }
  }

  #failed(error: Error): AuthenticateError {
    this.#intake.log.error({ err: error, protocol: METRIC }, 'an MQTT client failed and was cut')
    return refusal('failed')
  }

  #onError(error: Error): void {
    this.#countCut(CAUSES.has(error.message) ? error.message : 'client_error')
    this.#intake.log.debug({ reason: error.message }, 'an MQTT client was cut')
  }

  #countCut(cause: string): void {
    this.#intake.measures.cutConnections.inc({ protocol: METRIC, cause })
  }
}

function refusal(cause: string): AuthenticateError {
  return Object.assign(new Error(cause), { returnCode: NOT_AUTHORIZED })
}

const CAUSES = new Set([
  'failed',
  'not_identified',
  'packet_too_large',
  'too_many_of_one_device',
  'log_unavailable',
  'wrong_topic',
  'not_authorized',
])
