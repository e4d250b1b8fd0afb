import { createHash, randomBytes } from 'node:crypto'
import { Directory } from '../../ingest/admission/directory.ts'
import { followDirectory } from '../../ingest/admission/follow-directory.ts'
import type { DeviceProtocol } from '../../ingest/protocols/decoder.ts'
import { DEVICE_PROTOCOLS, protocolNamed } from '../../ingest/protocols/protocols.ts'
import { keepSayingListening } from '../../ingest/say-listening.ts'
import { startIngest } from '../../ingest/start-ingest.ts'
import { ReportAppender } from '../../stream/logs/append-reports.ts'
import { appendQuarantine } from '../../stream/logs/quarantine-log.ts'
import { agreeDeviceKey } from '../../stream/ownership/agree-device-key.ts'
import { disputesVersion, noteSenders, raiseDispute, readDisputes } from '../../stream/publication/disputes.ts'
import { followDirectoryRecords } from '../../stream/publication/publications.ts'
import { openRuleAlarm } from '../../stream/publication/rule-alarm.ts'
import { watchVersion } from '../../stream/publication/watch-version.ts'
import { gaugeLogAvailable } from './gauge-log.ts'
import type { RoleParts, RunningRole } from './role.ts'

/** A lone report waits so long for company on its way to disk: a sync costs as much for one as for hundreds. */
const LINGER_MS = 1
const DEVICE_KEY_CHARS_MIN = 32

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
  const ingest = await startIngest({
    ports: { own: settings.ingestPort, ...ports },
    udpPorts,
    ...mqttOf(settings),
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
    },
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

function mqttOf({ mqttPort, mqttTlsCert: cert, mqttTlsKey: key }: RoleParts['settings']) {
  if ((cert === undefined) !== (key === undefined))
    throw new Error('GELANG_MQTT_TLS_CERT and GELANG_MQTT_TLS_KEY belong together')
  if (mqttPort === 0) return {}
  return { mqtt: { port: mqttPort, ...(cert !== undefined && key !== undefined && { tls: { cert, key } }) } }
}

function udpPortOf(name: string): number {
  const protocol: DeviceProtocol | undefined = protocolNamed(name)
  if (protocol?.transport !== 'tcp' || protocol.udp === undefined)
    throw new Error(`GELANG_UDP_PROTOCOLS: "${name}" is no device protocol that has UDP`)
  return protocol.port
}

/** Without a key of its own an installation shares one that Redis keeps. */
async function deviceKeyOf({ settings, redis, keys }: RoleParts): Promise<Uint8Array> {
  if (settings.deviceKey !== undefined && settings.deviceKey.length < DEVICE_KEY_CHARS_MIN)
    throw new Error(`GELANG_DEVICE_KEY must have at least ${DEVICE_KEY_CHARS_MIN} characters`)
  if (settings.deviceKey !== undefined) return createHash('sha256').update(settings.deviceKey, 'utf8').digest()
  return agreeDeviceKey(redis, keys, randomBytes(32))
}
