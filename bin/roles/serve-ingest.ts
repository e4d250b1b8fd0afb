import { randomBytes } from 'node:crypto'
import { Directory } from '../../ingest/admission/directory.ts'
import { followDirectory } from '../../ingest/admission/follow-directory.ts'
import type { DeviceTls } from '../../ingest/devices/tls/tls-door.ts'
import type { DeviceProtocol } from '../../ingest/protocols/decoder.ts'
import { DEVICE_PROTOCOLS, protocolNamed } from '../../ingest/protocols/protocols.ts'
import { keepSayingListening } from '../../ingest/say-listening.ts'
import { startIngest } from '../../ingest/start-ingest.ts'
import { ReportAppender } from '../../stream/logs/append-reports.ts'
import { noteBench } from '../../stream/logs/bench.ts'
import { appendQuarantine } from '../../stream/logs/quarantine-log.ts'
import { agreeDeviceKey } from '../../stream/ownership/agree.ts'
import {
  disputesVersion,
  noteFlushed,
  noteSenders,
  raiseDispute,
  readDisputes,
  readFlushed,
} from '../../stream/publication/disputes.ts'
import { followDirectoryRecords } from '../../stream/publication/publications.ts'
import { openRuleAlarm } from '../../stream/publication/rule-alarm.ts'
import { watchVersion } from '../../stream/publication/watch-version.ts'
import { deviceKeyFrom } from '../process/device-key.ts'
import type { Settings } from '../process/settings.ts'
import { gaugeLogAvailable } from './gauge-log.ts'
import type { RoleParts, RunningRole } from './role.ts'

/** A lone report waits so long for company on its way to disk: a sync costs as much for one as for hundreds. */
const LINGER_MS = 1

/** Opens the listeners. Who may speak comes from Redis; there is no database behind it. */
export async function startIngestRole(parts: RoleParts): Promise<RunningRole> {
  const { settings, redis, keys, clock, log, meter } = parts
  const directory = new Directory()
  const appender = new ReportAppender(parts.openRedis('append'), keys, {
    shardCount: settings.shardCount,
    lingerMs: LINGER_MS,
  })
  const alarm = openRuleAlarm(log, meter, () => performance.now())
  const unfollow = followDirectory(
    directory,
    {
      news: followDirectoryRecords(redis, keys, alarm),
      watch: (onChange) => watchVersion(redis, keys, 'directory', onChange),
    },
    log,
  )
  const ports = Object.fromEntries(
    DEVICE_PROTOCOLS.map(({ name, port }) => [
      name,
      name === 'osmand' ? settings.osmandPort : port + settings.tcpPortOffset,
    ]),
  )
  const udpPorts = Object.fromEntries(
    settings.udpProtocols.map((name) => [name, udpPortOf(name) + settings.tcpPortOffset]),
  )
  const dropped = meter.counter(
    'gelang_quarantine_pushed_out_total',
    'Quarantined frames pushed out before they were recorded',
  )
  const tls = deviceTlsOf(settings)
  const all = { own: settings.ingestPort, ...ports }
  const ingest = await startIngest({
    ports: all,
    tls,
    tlsPorts: tls === undefined ? {} : overTls(all, settings.deviceTlsPortOffset),
    udpPorts,
    mqttPorts: settings.mqttPort === 0 ? {} : mqttPortsOf(settings),
    host: settings.deviceHost ?? settings.host,
    appender,
    directory,
    quarantine: async (items, askedFor) => {
      const reply = await appendQuarantine(redis, keys, items, { askedFor })
      dropped.inc(undefined, reply.pushedOut)
      return reply
    },
    disputes: {
      note: (seen) => noteSenders(redis, keys, seen),
      raise: (dispute) => raiseDispute(redis, keys, dispute),
      version: () => disputesVersion(redis, keys),
      read: () => readDisputes(redis, keys),
      noteFlushed: (flushedMs) => noteFlushed(redis, keys, flushedMs),
      readFlushed: () => readFlushed(redis, keys),
    },
    noteBench: (braceletId, report) => noteBench(redis, keys, braceletId, report),
    deviceKey: await deviceKeyOf(parts),
    log,
    meter,
    clock,
  })
  const gauge = gaugeLogAvailable(parts, settings.shardCount)
  const saying = keepSayingListening({ redis, keys, clock, log, ready: ingest.ready })
  return {
    notReady: async () => gauge.why() ?? (ingest.ready() ? undefined : 'the directory has not been published yet'),
    warning: alarm.warning,
    async stop() {
      gauge.stop()
      await saying.stop()
      await ingest.close()
      unfollow()
    },
  }
}

function mqttPortsOf({ mqttPort, deviceTlsPortOffset }: Settings): { plain: number; tls: number } {
  return { plain: mqttPort, tls: mqttPort + deviceTlsPortOffset }
}

function udpPortOf(name: string): number {
  const protocol: DeviceProtocol | undefined = protocolNamed(name)
  if (protocol?.transport !== 'tcp' || protocol.udp === undefined)
    throw new Error(`GELANG_UDP_PROTOCOLS: "${name}" is no device protocol that has UDP`)
  return protocol.port
}

function deviceTlsOf(settings: Settings): DeviceTls | undefined {
  const { deviceTlsCertificate: certificate, deviceTlsKey: key, deviceTlsClientAuthority: clientAuthority } = settings
  if (certificate === undefined && key === undefined) return undefined
  if (certificate === undefined || key === undefined)
    throw new Error('GELANG_DEVICE_TLS_CERTIFICATE and GELANG_DEVICE_TLS_KEY go together')
  return { certificate, key, clientAuthority }
}

/** Port 0, any that is free, stays so. */
function overTls(ports: Record<string, number>, offset: number): Record<string, number> {
  return Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, port === 0 ? 0 : port + offset]))
}

/** Without a key of its own an installation shares one that Redis keeps. */
async function deviceKeyOf({ settings, redis, keys }: RoleParts): Promise<Uint8Array> {
  if (settings.deviceKey !== undefined) return deviceKeyFrom(settings.deviceKey)
  return agreeDeviceKey(redis, keys, randomBytes(32))
}
