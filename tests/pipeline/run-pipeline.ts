// All of the server but the API in this process, on services of the test's own, with a clock that the test sets.
import { randomBytes } from 'node:crypto'
import { sha256 } from '../../bin/demo/seed-fleet.ts'
import { openMeter } from '../../bin/process/meter.ts'
import { Directory } from '../../ingest/admission/directory.ts'
import { followDirectory } from '../../ingest/admission/follow-directory.ts'
import { keepSayingListening } from '../../ingest/say-listening.ts'
import { type Ingest, startIngest } from '../../ingest/start-ingest.ts'
import type { Incident } from '../../model/incident/incident.ts'
import type { Clock, Log, Meter } from '../../model/observe.ts'
import type { Condition } from '../../model/plan/plan.ts'
import type { ZoneShape } from '../../model/plan/zone.ts'
import { startEvaluate } from '../../pipeline/evaluate/evaluate.ts'
import type { EvaluatorLimits } from '../../pipeline/evaluate/evaluator-limits.ts'
import { startPublishRules } from '../../pipeline/publish-rules/publish-rules.ts'
import { startRecord } from '../../pipeline/record/record.ts'
import type { Pool } from '../../store/database/open-pool.ts'
import { insertOfficer, insertSupervision, insertUnit, insertWearer } from '../../store/people/insert-people.ts'
import { insertAssignment, insertBracelet, insertGateway } from '../../store/rules/insert-devices.ts'
import { insertCondition, insertZone } from '../../store/rules/insert-rules.ts'
import { ReportAppender } from '../../stream/logs/append-reports.ts'
import { readIncidents } from '../../stream/logs/incident-log.ts'
import { appendQuarantine } from '../../stream/logs/quarantine-log.ts'
import { followDirectoryRecords } from '../../stream/publication/publications.ts'
import { watchVersion } from '../../stream/publication/watch-version.ts'
import { connectRedis, duplicateRedis, type RedisClient, untilReady } from '../../stream/redis/connect.ts'
import type { Keys } from '../../stream/redis/keys.ts'
import type { RedisRole } from '../../stream/redis/rights.ts'
import { disputeKeeper } from '../setup/dispute-keeper.ts'
import { PATIENCE_MS } from '../setup/patience-ms.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'
import { createTestRedis, silentLog, type TestRedis } from '../setup/test-redis.ts'

export const SHARDS = 4
export const GATEWAY_SECRET = 'gateway-secret-of-a-test'
const DAY_MS = 86_400_000

export type Pipeline = {
  database: TestDatabase
  redis: TestRedis
  ingest: Ingest
  metrics(): Promise<string>
  /** Newest revision of every active incident in the incident log. */
  incidents(): Promise<Map<string, Incident>>
  fixes(): Promise<number>
  /** `meanwhile`: while none evaluates. */
  restartEvaluate(meanwhile?: () => Promise<unknown>): Promise<void>
  /** No process records while `work` runs. */
  withoutRecord(work: () => Promise<void>): Promise<void>
  stop(): Promise<void>
}

export async function startPipeline(
  clock: Clock,
  log: Log = silentLog,
  limits: Partial<EvaluatorLimits> = {},
): Promise<Pipeline> {
  const database = await createTestDatabase()
  const redis = await createTestRedis()
  const { meter, text } = openMeter()
  const failures: unknown[] = []
  const opened: RedisClient[] = []
  /** Each role as the user that it is in production. */
  const openAs = async (role: RedisRole): Promise<RedisClient> => {
    const client = connectRedis(redis.as(role), role, silentLog)
    opened.push(client)
    await untilReady(client, PATIENCE_MS)
    return client
  }
  const [asIngest, asEvaluate, asRecord] = [await openAs('ingest'), await openAs('evaluate'), await openAs('record')]
  const common = {
    keys: redis.keys,
    shardCount: SHARDS,
    clock,
    log,
    meter,
    onFatal: (error: unknown) => failures.push(error),
  }
  const publishing = startPublishRules({
    ...common,
    redis: asRecord,
    pool: database.recordPool,
    ownerId: 'test',
    zonesKeptMs: 3_600_000,
  })
  const record = () =>
    startRecord({ ...common, redis: asRecord, pool: database.recordPool, ownerId: 'test', leaseTtlMs: 1500 })
  let recording = record()
  const readers = new Set<{ disconnect(): void }>()
  const evaluate = () =>
    startEvaluate({
      ...common,
      redis: asEvaluate,
      ownerId: `test-${randomBytes(3).toString('hex')}`,
      leaseTtlMs: 1500,
      openReader: () => {
        const reader = duplicateRedis(asEvaluate, 'reader')
        readers.add(reader)
        return reader
      },
      limits: { checkpointMs: 50, liveMs: 20, newsMs: 50, ...limits },
    })
  let evaluating = evaluate()
  const { ingest, stopIngest } = await openIngest({ ...common, redis: asIngest })
  return {
    database,
    redis,
    ingest,
    metrics: text,
    async incidents() {
      const newest = new Map<string, Incident>()
      for (let shard = 0; shard < SHARDS; shard++)
        for (const { json } of await readIncidents(redis.redis, redis.keys, shard, '0-0', { count: 10_000 })) {
          const incident = JSON.parse(json) as Incident
          newest.set(incident.id, incident)
        }
      return newest
    },
    async fixes() {
      const { rows } = await database.ownerPool.query<{ n: number }>('SELECT count(*)::int AS n FROM fix')
      return rows[0]!.n
    },
    async restartEvaluate(meanwhile) {
      await evaluating.stop()
      await meanwhile?.()
      evaluating = evaluate()
    },
    async withoutRecord(work) {
      await recording.stop()
      await work().finally(() => {
        recording = record()
      })
    },
    async stop() {
      await stopIngest()
      await evaluating.stop()
      await publishing.stop()
      await recording.stop()
      for (const client of [...readers, ...opened]) client.disconnect()
      await redis.cleanup()
      await database.drop()
      if (failures.length > 0) throw failures[0]
    },
  }
}

async function openIngest(parts: { redis: RedisClient; keys: Keys; clock: Clock; log: Log; meter: Meter }) {
  const { redis, keys, clock, log, meter } = parts
  const directory = new Directory()
  const source = {
    news: followDirectoryRecords(redis, keys),
    watch: (onChange: () => void) => watchVersion(redis, keys, 'directory', onChange),
  }
  const unfollow = followDirectory(directory, source, log)
  const ingest = await startIngest({
    disputes: disputeKeeper(redis, keys),
    deviceKey: new Uint8Array(32),
    ports: { own: 0, osmand: 0 },
    host: '127.0.0.1',
    appender: new ReportAppender(redis, keys, { shardCount: SHARDS }),
    directory,
    quarantine: (items, askedFor) => appendQuarantine(redis, keys, items, { askedFor }),
    log,
    meter,
    clock,
  })
  const saying = keepSayingListening({ redis, keys, clock, log, ready: ingest.ready, everyMs: 50 })
  return {
    ingest,
    async stopIngest() {
      await saying.stop()
      await ingest.close()
      unfollow()
    },
  }
}

export type TestCondition = Pick<Condition, 'kind'> & Partial<Condition> & { shape: ZoneShape }

/** One Bapas, one wearer with one bracelet and these conditions, in force for a year around `nowMs`. */
export async function seedWearer(
  pool: Pool,
  nowMs: number,
  conditions: TestCondition[],
  deviceId = 'T-1',
  protocol: 'gateway' | 'osmand' = 'gateway',
): Promise<number> {
  const bapas = 'ditjenpas.kanwil.bapas'
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM officer ORDER BY role')
  let [officerId, pkId] = rows.map(({ id }) => id)
  if (officerId === undefined) {
    await insertUnit(pool, { path: 'ditjenpas', name: 'Ditjenpas', kind: 'ditjenpas', timeZone: 'Asia/Jakarta' })
    await insertUnit(pool, { path: 'ditjenpas.kanwil', name: 'Kanwil', kind: 'kanwil', timeZone: 'Asia/Jakarta' })
    await insertUnit(pool, { path: bapas, name: 'Bapas', kind: 'bapas', timeZone: 'Asia/Jakarta' })
    officerId = await insertOfficer(pool, { name: 'Kepala', role: 'kepala_bapas', unitPath: bapas })
    pkId = await insertOfficer(pool, { name: 'PK', role: 'pk', unitPath: bapas })
    await insertGateway(pool, { gatewayId: 'gw', unitPath: bapas, secretSha256: sha256(GATEWAY_SECRET) })
  }
  const nik = String(3_300_000_000_000_000 + (randomBytes(4).readUInt32BE() % 1_000_000_000))
  const { n: wearerId } = await insertWearer(pool, {
    name: 'Klien',
    nik,
    unitPath: bapas,
    pkOfficerId: officerId,
    reportIntervalMs: 60_000,
    silenceGraceMs: 900_000,
  })
  const fromMs = nowMs - 180 * DAY_MS
  await insertSupervision(pool, {
    wearerId,
    programme: 'PB',
    skNumber: 'SK 1',
    fromMs,
    toMs: nowMs + 180 * DAY_MS,
    madeMs: fromMs,
  })
  for (const { shape, ...condition } of conditions) {
    const zoneId = await insertZone(pool, { name: 'zona', unitPath: bapas, shape, authorId: officerId, madeMs: fromMs })
    await insertCondition(pool, {
      fromMs,
      timeZone: 'Asia/Jakarta',
      legalBasis: 'Kontrak bimbingan butir 3',
      ...condition,
      wearerId,
      zoneId,
      authorId: pkId!,
      approverId: officerId,
      madeMs: fromMs,
    })
  }
  const braceletId = await insertBracelet(pool, {
    deviceId,
    model: 'uji',
    unitPath: bapas,
    protocol,
    ...(protocol === 'osmand' && { secretSha256: sha256(`secret-${deviceId}`) }),
  })
  await insertAssignment(pool, { braceletId, wearerId, fromMs })
  return wearerId
}

/** Sends reports in one request as the gateway; gives the verdicts. */
export async function post(pipeline: Pipeline, reports: object[]): Promise<{ ok: boolean; reason?: string }[]> {
  const response = await send(pipeline, reports)
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return ((await response.json()) as { results: { ok: boolean; reason?: string }[] }).results
}

function send(pipeline: Pipeline, reports: object[], gateway = `gw:${GATEWAY_SECRET}`): Promise<Response> {
  return fetch(`http://127.0.0.1:${pipeline.ingest.ports.own}/v1/reports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway}`, 'content-type': 'application/json' },
    body: JSON.stringify({ reports }),
  })
}

/** Resolves when ingest has heard of the gateway and of these bracelets. */
export function untilKnown(pipeline: Pipeline, reports: object[], gateway?: string): Promise<unknown> {
  return eventually(async () => {
    const response = await send(pipeline, reports, gateway)
    if (response.status === 401 || response.status === 503) return false
    return ((await response.json()) as { results: { ok: boolean }[] }).results.every(({ ok }) => ok)
  }, 'ingest knows the bracelets')
}

/** Looks until `see` gives something, for the work of other loops; throws after `ms`. */
export async function eventually<T>(
  see: () => Promise<T | undefined | false>,
  what: string,
  ms = PATIENCE_MS,
): Promise<T> {
  const deadlineMs = performance.now() + ms
  for (;;) {
    const seen = await see()
    if (seen !== undefined && seen !== false) return seen
    if (performance.now() > deadlineMs) throw new Error(`not seen within ${ms} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
