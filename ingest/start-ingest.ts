// Opens every listener, and closes them without losing what is under way.
import type { Server as HttpServer } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock, Log, Meter } from '../model/observe.ts'
import type { Protocol } from '../model/report/report.ts'
import type { NoteBench } from './admission/bench-notes.ts'
import type { Directory } from './admission/directory.ts'
import { Intake, type ReportLog } from './admission/intake.ts'
import type { QuarantineAppender } from './admission/quarantine-quotas.ts'
import type { DisputeKeeper } from './admission/watch-senders.ts'
import { httpProtocolApp } from './devices/http/http-protocol-listener.ts'
import { MqttListener } from './devices/mqtt/mqtt-listener.ts'
import { TcpListener } from './devices/tcp/tcp-listener.ts'
import { type DeviceTls, TlsDoor } from './devices/tls/tls-door.ts'
import { UdpListener } from './devices/udp/udp-listener.ts'
import { GatewayFeed } from './gateway/gateway.ts'
import { closeHttpServer, httpServer, terminateHttpServer } from './http/http-server.ts'
import { INGEST_LIMITS, type IngestLimits } from './limits.ts'
import { ownApi } from './own-api/own-api.ts'
import type { DeviceProtocol, StreamProtocol } from './protocols/decoder.ts'
import { DEVICE_PROTOCOLS } from './protocols/protocols.ts'

type IngestParts = {
  /** Port by listener, 0 = any that is free; a listener without one stays closed. `own` carries the gateway feed too. */
  ports: Partial<Record<Protocol, number>>
  /** The same over TLS, beside the plain ones; needs `tls`. */
  tlsPorts?: Partial<Record<Protocol, number>>
  tls?: DeviceTls | undefined
  /** The same for UDP, of protocols that have it. */
  udpPorts?: Partial<Record<Protocol, number>>
  /** OwnTracks over MQTT; the one over TLS needs `tls` and a plain one. */
  mqttPorts?: Partial<Record<MqttPort, number>>
  host: string
  appender: ReportLog
  /** Filled from outside (`followDirectory`); until it has been once, nobody is let in. */
  directory: Directory
  quarantine: QuarantineAppender
  disputes: DisputeKeeper
  /** Where reports of a bracelet that nobody wears are offered to whoever tests it. */
  noteBench?: NoteBench
  /** What codes and keys of bracelets are derived from: 32 bytes, the same in every process of an installation. */
  deviceKey: Uint8Array
  log: Log
  meter: Meter
  clock: Clock
  limits?: Partial<IngestLimits>
}

type MqttPort = 'plain' | 'tls'

export type Ingest = {
  /** The ports as they were opened. */
  ports: Partial<Record<Protocol, number>>
  tlsPorts: Partial<Record<Protocol, number>>
  udpPorts: Partial<Record<Protocol, number>>
  mqttPorts: Partial<Record<MqttPort, number>>
  /** True while reports are taken. */
  ready(): boolean
  /** Stops taking, answers what is under way, flushes and closes the appender. */
  close(): Promise<void>
}

type Closing = {
  /** Where a TLS port beside it may hand connections to. */
  server?: Server
  listen(port: number, host: string): Promise<number>
  close(): Promise<void>
  terminate(): void
}

/** Rejects where a port cannot be opened; then nothing stays open. */
export async function startIngest(parts: IngestParts): Promise<Ingest> {
  const limits = { ...INGEST_LIMITS, ...parts.limits }
  const { directory, log } = parts
  const intake = new Intake({ ...parts, reportLog: parts.appender, limits })
  let closing = false
  const ready = () => directory.loaded && !closing
  const listeners = new Map<Protocol, Closing>()
  if (parts.ports.own !== undefined)
    listeners.set(
      'own',
      ownListener(intake, ready, () => closing),
    )
  for (const protocol of DEVICE_PROTOCOLS)
    if (parts.ports[protocol.name] !== undefined)
      listeners.set(
        protocol.name,
        protocolListener(protocol, intake, ready, () => closing),
      )

  const udpListeners = new Map<Protocol, Closing>()
  for (const protocol of DEVICE_PROTOCOLS)
    if (protocol.transport === 'tcp' && parts.udpPorts?.[protocol.name] !== undefined)
      udpListeners.set(protocol.name, udpListener(protocol, intake, ready))
  const doors = new Map<Protocol, Closing>()
  if (parts.tls !== undefined)
    for (const [name, { server }] of listeners)
      if (server !== undefined && parts.tlsPorts?.[name] !== undefined)
        doors.set(name, tlsDoor(server, parts.tls, name, intake))
  const mqtt = mqttListeners(parts, intake, ready)
  const all = [...doors.values(), ...listeners.values(), ...udpListeners.values(), ...mqtt.values()]

  let ports: Partial<Record<Protocol, number>>
  let tlsPorts: Partial<Record<Protocol, number>>
  let udpPorts: Partial<Record<Protocol, number>>
  let mqttPorts: Partial<Record<MqttPort, number>>
  try {
    ports = await listenOn(listeners, parts.ports, parts.host)
    tlsPorts = await listenOn(doors, parts.tlsPorts ?? {}, parts.host)
    udpPorts = await listenOn(udpListeners, parts.udpPorts ?? {}, parts.host)
    mqttPorts = await listenOn(mqtt, parts.mqttPorts ?? {}, parts.host)
  } catch (error) {
    closing = true
    await Promise.all(all.map((listener) => listener.close()))
    throw error
  }
  log.info(
    {
      ports,
      ...(doors.size > 0 && { tlsPorts }),
      ...(udpListeners.size > 0 && { udpPorts }),
      ...(mqtt.size > 0 && { mqttPorts }),
    },
    'ingest is listening',
  )

  return {
    ports,
    tlsPorts,
    udpPorts,
    mqttPorts,
    ready,
    async close() {
      closing = true
      const closed = Promise.all(all.map((listener) => listener.close()))
      const inTime = await Promise.race([closed.then(() => true), delay(limits.shutdownMs, false, { ref: false })])
      if (!inTime)
        log.warn({ shutdownMs: limits.shutdownMs }, 'ingest closes connections that did not end by themselves')
      for (const listener of all) listener.terminate()
      await intake.senders.stop()
      await parts.appender.close()
      await closed
    },
  }
}

function ownListener(intake: Intake, ready: () => boolean, isClosing: () => boolean): Closing {
  const server = httpServer(ownApi(intake, ready), 'own', intake)
  const feed = new GatewayFeed(intake, ready)
  server.on('upgrade', (request, socket, head) => feed.upgrade(request, socket, head))
  closeAfterAnswer(server, isClosing)
  return {
    server,
    listen: (port, host) => listen(server, port, host),
    async close() {
      const closed = closeHttpServer(server)
      await feed.close()
      await closed
    },
    terminate() {
      feed.terminate()
      terminateHttpServer(server)
    },
  }
}

function protocolListener(
  protocol: DeviceProtocol,
  intake: Intake,
  ready: () => boolean,
  isClosing: () => boolean,
): Closing {
  if (protocol.transport === 'tcp') {
    const listener = new TcpListener(protocol, intake, ready)
    return {
      server: listener.server,
      listen: (port, host) => listen(listener.server, port, host),
      close: () => listener.close(),
      terminate: () => listener.terminate(),
    }
  }
  const server = httpServer(httpProtocolApp(protocol, intake, ready), protocol.name, intake)
  closeAfterAnswer(server, isClosing)
  return {
    server,
    listen: (port, host) => listen(server, port, host),
    close: () => closeHttpServer(server),
    terminate: () => terminateHttpServer(server),
  }
}

function tlsDoor(into: Server, tls: DeviceTls, protocol: Protocol, intake: Intake): Closing {
  const door = new TlsDoor(into, tls, protocol, intake)
  return {
    listen: (port, host) => listen(door.server, port, host),
    close: async () => door.close(),
    terminate: () => door.terminate(),
  }
}

function udpListener(protocol: StreamProtocol, intake: Intake, ready: () => boolean): Closing {
  const listener = new UdpListener(protocol, intake, ready)
  return {
    listen: (port, host) => listener.listen(port, host),
    close: () => listener.close(),
    terminate: () => listener.terminate(),
  }
}

function mqttListeners({ mqttPorts, tls }: IngestParts, intake: Intake, ready: () => boolean): Map<MqttPort, Closing> {
  const found = new Map<MqttPort, Closing>()
  if (mqttPorts?.plain === undefined) return found
  const listener = new MqttListener(intake, ready)
  found.set('plain', listener)
  if (tls !== undefined && mqttPorts.tls !== undefined)
    found.set('tls', tlsDoor(listener.server, tls, 'owntracks', intake))
  return found
}

async function listenOn<Name extends string>(
  listeners: Map<Name, Closing>,
  ports: Partial<Record<Name, number>>,
  host: string,
): Promise<Partial<Record<Name, number>>> {
  const opened: Partial<Record<Name, number>> = {}
  for (const [name, listener] of listeners) opened[name] = await listener.listen(ports[name]!, host)
  return opened
}

// A keep-alive connection would otherwise outlive the answer and hold the shutdown up.
function closeAfterAnswer(server: HttpServer, isClosing: () => boolean): void {
  server.prependListener('request', (_, response) => {
    if (isClosing()) response.setHeader('connection', 'close')
    response.on('finish', () => {
      if (isClosing()) setImmediate(() => server.closeIdleConnections())
    })
  })
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}
