// A whole ingest on free ports, writing to a real Redis under a prefix of its own, with a hand-set clock.
import { createHash } from 'node:crypto'
import { Directory } from '../../ingest/admission/directory.ts'
import type { DeviceTls } from '../../ingest/devices/tls/tls-door.ts'
import type { IngestLimits } from '../../ingest/limits.ts'
import { DEVICE_PROTOCOLS } from '../../ingest/protocols/protocols.ts'
import { startIngest } from '../../ingest/start-ingest.ts'
import type { Labels, Meter } from '../../model/observe.ts'
import type { DirectoryDevice, DirectoryRecord } from '../../model/plan/directory.ts'
import type { Protocol } from '../../model/report/report.ts'
import { LogReport, PROTOCOL } from '../../model/report/report.ts'
import { ENTRY_HEADER_BYTES, entryCount, readAttributes, readReport } from '../../model/report/report-codec.ts'
import { ReportAppender } from '../../stream/logs/append-reports.ts'
import { appendQuarantine, readQuarantine } from '../../stream/logs/quarantine-log.ts'
import { readEntries } from '../../stream/logs/read-reports.ts'
import { disputeKeeper } from '../setup/dispute-keeper.ts'
import { createTestRedis, silentLog } from '../setup/test-redis.ts'

export const NOW_MS = Date.parse('2026-01-08T10:00:00Z')
export const NOW_ISO = new Date(NOW_MS).toISOString()
export const SECRET = 'bracelet-secret-0001'
export const GATEWAY_SECRET = 'gateway-secret-0001'
export const DEVICE_KEY = new Uint8Array(32).fill(7)
export const SHARDS = 4

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

let nextId = 1
export function device(deviceId: string, changes: Partial<DirectoryDevice> = {}): DirectoryRecord {
  const id = nextId++
  return {
    kind: 'device',
    device: {
      braceletId: id,
      deviceId,
      unitPath: 'ditjenpas.jabar.bandung',
      secretSha256: sha256(SECRET),
      idSuffices: false,
      revoked: false,
      assignments: [{ wearerId: 1000 + id, fromMs: 0 }],
      ...changes,
    },
  }
}

export function gateway(gatewayId: string, unitPath = 'ditjenpas.jabar', revoked = false): DirectoryRecord {
  return { kind: 'gateway', gateway: { gatewayId, unitPath, secretSha256: sha256(GATEWAY_SECRET), revoked } }
}

/** A bracelet whose protocol carries no secret: its id is enough. */
export function idOnly(deviceId: string, protocol: Protocol, changes: Partial<DirectoryDevice> = {}): DirectoryRecord {
  const { secretSha256: _, ...rest } = (device(deviceId) as { device: DirectoryDevice }).device
  return { kind: 'device', device: { ...rest, protocol, idSuffices: true, ...changes } }
}

/** A bracelet for which gateways speak. */
export function ward(deviceId: string, changes: Partial<DirectoryDevice> = {}): DirectoryRecord {
  return idOnly(deviceId, 'gateway', { idSuffices: false, ...changes })
}

/** Who is there in nearly every test. */
export const PEOPLE = [
  device('b1'),
  device('b2'),
  device('revoked', { revoked: true }),
  device('idle', { assignments: [] }),
  device('ended', { assignments: [{ wearerId: 77, fromMs: 0, toMs: NOW_MS - 60_000 }] }),
  device('free', { protocol: 'osmand' }),
  device('far', { unitPath: 'ditjenpas.papua.jayapura' }),
  ward('w1'),
  ward('w2'),
  idOnly('860000000000058', 'r16h'),
  device('70218845', { protocol: 'osmand' }),
  gateway('g1'),
  gateway('gone', 'ditjenpas.jabar', true),
]

/** The same people, where gateways speak for the bracelets. */
export const WARDS = [
  ...['b1', 'b2'].map((id) => ward(id)),
  ward('revoked', { revoked: true }),
  ward('idle', { assignments: [] }),
  ward('ended', { assignments: [{ wearerId: 77, fromMs: 0, toMs: NOW_MS - 60_000 }] }),
  ward('far', { unitPath: 'ditjenpas.papua.jayapura' }),
  gateway('g1'),
  gateway('gone', 'ditjenpas.jabar', true),
]

/** A meter that adds up, so that tests can ask. */
export class CountingMeter implements Meter {
  readonly values = new Map<string, number>()

  counter(name: string) {
    return { inc: (labels?: Labels, by = 1) => this.#add(name, labels, by) }
  }

  gauge(name: string) {
    return { set: (value: number, labels?: Labels) => void this.values.set(keyOf(name, labels), value) }
  }

  histogram(name: string) {
    return { observe: (_: number, labels?: Labels) => this.#add(name, labels, 1) }
  }

  of(name: string, labels?: Labels): number {
    return this.values.get(keyOf(name, labels)) ?? 0
  }

  #add(name: string, labels: Labels | undefined, by: number): void {
    const key = keyOf(name, labels)
    this.values.set(key, (this.values.get(key) ?? 0) + by)
  }
}

function keyOf(name: string, labels: Labels = {}): string {
  return `${name}${Object.entries(labels)
    .map(([k, v]) => `,${k}=${v}`)
    .join('')}`
}

export type Stored = {
  wearerId: number
  braceletId: number
  timeMs: number
  receivedMs: number
  protocol: string
  flags: number
  alarms: number
  strap: number
  lat: number
  lon: number
  attributes: Record<string, unknown> | undefined
}

export async function openIngest(
  options: {
    limits?: Partial<IngestLimits>
    records?: DirectoryRecord[]
    loaded?: boolean
    redisUrl?: string
    tls?: DeviceTls
  } = {},
) {
  const test = await createTestRedis(options.redisUrl ?? process.env.REDIS_URL)
  const directory = new Directory()
  const records = options.records ?? PEOPLE
  if (options.loaded !== false) directory.replaceAll(records)
  const meter = new CountingMeter()
  const clock = { nowMs: NOW_MS }
  const appender = new ReportAppender(test.redis, test.keys, { shardCount: SHARDS })
  const said: { level: string; fields: object; message: string }[] = []
  const say = (level: string) => (fields: object, message: string) => void said.push({ level, fields, message })
  const ports = { own: 0, ...Object.fromEntries(DEVICE_PROTOCOLS.map(({ name }) => [name, 0])) }
  const ingest = await startIngest({
    disputes: disputeKeeper(test.redis, test.keys),
    deviceKey: DEVICE_KEY,
    ports,
    tls: options.tls,
    tlsPorts: ports,
    udpPorts: Object.fromEntries(DEVICE_PROTOCOLS.flatMap((one) => ('udp' in one ? [[one.name, 0]] : []))),
    mqttPorts: { plain: 0, tls: 0 },
    host: '127.0.0.1',
    appender,
    directory,
    quarantine: (items, askedFor) =>
      appendQuarantine(test.redis, test.keys, items, { askedFor, quotaMax: options.limits?.quarantineQuotaMax }),
    log: { ...silentLog, debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') },
    meter,
    clock: () => clock.nowMs,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  })
  const url = (name: Protocol, path: string) => `http://127.0.0.1:${ingest.ports[name]}${path}`

  return {
    ...test,
    ingest,
    directory,
    meter,
    clock,
    said,
    url,
    /** Everything in the log, over all shards, by time. */
    async stored(): Promise<Stored[]> {
      const found: Stored[] = []
      for (let shard = 0; shard < SHARDS; shard++)
        for (const entry of await readEntries(test.redis, test.keys.reports(shard), '0-0', { count: 10_000 }))
          found.push(...reportsOf(entry.bytes))
      return found.sort((a, b) => a.timeMs - b.timeMs)
    },
    async quarantined() {
      return (await readQuarantine(test.redis, test.keys, '0-0', { count: 10_000 })).map(({ item }) => item)
    },
    post(body: unknown, headers: Record<string, string> = {}) {
      return fetch(url('own', '/v1/reports'), {
        method: 'POST',
        headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      })
    },
    /** With the token of all bracelets here, unless another is in the path, the query, the body or the header. */
    osmand(path: string, init: RequestInit = {}) {
      const says = /token=|^\/bracelet-secret/.test(path) || /token/.test(String(init.body))
      const headers = new Headers(init.headers)
      if (!says && !headers.has('authorization')) headers.set('authorization', `Bearer ${SECRET}`)
      return fetch(url('osmand', path), { ...init, headers })
    },
    async close() {
      await ingest.close()
      await test.cleanup()
    },
  }
}

export type OpenIngest = Awaited<ReturnType<typeof openIngest>>

export function reportsOf(bytes: Uint8Array): Stored[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const report = new LogReport()
  const found: Stored[] = []
  let at = ENTRY_HEADER_BYTES
  for (let left = entryCount(view); left > 0; left--) {
    const next = readReport(view, at, report)
    found.push({
      wearerId: report.wearerId,
      braceletId: report.braceletId,
      timeMs: report.timeMs,
      receivedMs: report.receivedMs,
      protocol: Object.entries(PROTOCOL).find(([, code]) => code === report.protocol)![0],
      flags: report.flags,
      alarms: report.alarms,
      strap: report.strap,
      lat: report.latE7 / 1e7,
      lon: report.lonE7 / 1e7,
      attributes: readAttributes(view, at),
    })
    at = next
  }
  return found
}
