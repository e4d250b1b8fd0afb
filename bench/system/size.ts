// `npx tsx bench/system/size.ts [--wearers n] [--interval s] [--seed n]`: what a wearer's day costs in Redis and in TimescaleDB, in bytes, with the
// services that REDIS_URL and DATABASE_URL name. Writes under a key prefix and into a database of its own and removes both.
import { randomBytes } from 'node:crypto'
import { zonesById } from '../../geofence/inquiry/backtest.ts'
import { compilePlan } from '../../geofence/plan/compile-plan.ts'
import { WearerTimeline } from '../../geofence/timeline/timeline.ts'
import type { Plan, Zone } from '../../model/plan/plan.ts'
import { LogReport } from '../../model/report/report.ts'
import { ENTRY_HEADER_BYTES, ReportWriter, readReport } from '../../model/report/report-codec.ts'
import { LiveBoard } from '../../pipeline/evaluate/live-board.ts'
import { braceletOf } from '../../simulators/bracelet.ts'
import { makeFleet } from '../../simulators/fleet.ts'
import type { Fleet } from '../../simulators/fleet-people.ts'
import { migrate } from '../../store/database/migrate.ts'
import { openPool } from '../../store/database/open-pool.ts'
import { inTransaction } from '../../store/database/transaction.ts'
import { FixRows } from '../../store/track/encode-fixes.ts'
import { insertFixes } from '../../store/track/insert-fixes.ts'
import { commitShard } from '../../stream/ownership/checkpoint.ts'
import { publishAllPlans } from '../../stream/publication/publications.ts'
import { connectRedis, untilReady } from '../../stream/redis/connect.ts'
import { keysOf, type PublicationKeys } from '../../stream/redis/keys.ts'
import { machine } from '../measure/machine.ts'

const DAY_MS = 86_400_000
const FROM_MS = Date.parse('2026-02-04T00:00:00Z')
const BATCH_REPORTS = 50

const option = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? otherwise : Number(process.argv[at + 1])
}
const wearers = option('wearers', 200)
const intervalMs = option('interval', 60) * 1000
const seed = option('seed', 1)

const fleet = makeFleet({ seed, wearers, intervalMs, playersPerScript: 0 })
const zones: Zone[] = fleet.zones.map(({ key, name, shape }) => ({ id: key, name, shape }))
const log = { debug: () => undefined, info: () => undefined, warn: console.error, error: console.error }
const redis = connectRedis({ url: process.env.REDIS_URL ?? '', prefix: 'x' }, 'size', log)
await untilReady(redis, 10_000)
const keys = keysOf(`size-${randomBytes(4).toString('hex')}`)
try {
  console.log(
    JSON.stringify({ seed, wearers, intervalMs, machine: machine(), ...(await inRedis()), ...(await inStore()) }),
  )
} finally {
  const used = ['reports', 'incidents', 'states', 'events', 'latest'] as const
  await redis.unlink(...used.map((name) => keys[name](0)), ...publishedKeys(keys.plansOf(0)), keys.lease('evaluate', 0))
  await redis.unlink(...publishedKeys(keys.allPlans))
  redis.disconnect()
}

function planOf(wearer: Fleet['wearers'][number]): Plan {
  const { number, timeZone } = wearer
  const supervisions = [{ fromMs: FROM_MS - DAY_MS, toMs: FROM_MS + 365 * DAY_MS }]
  const conditions = wearer.conditions.map(({ zoneKey, ...condition }, i) => {
    return { ...condition, id: `${number}-${i}`, zoneId: zoneKey, fromMs: FROM_MS - DAY_MS, timeZone }
  })
  return {
    wearerId: number,
    supervisions,
    conditions,
    permits: [],
    reportIntervalMs: intervalMs,
    silenceGraceMs: 900_000,
  }
}

/** A wearer's day as the log carries it, one entry a report. */
function* dayOf(wearer: Fleet['wearers'][number]): Generator<Uint8Array> {
  const bracelet = braceletOf(seed, wearer, undefined)
  const writer = new ReportWriter()
  for (let timeMs = FROM_MS; timeMs < FROM_MS + DAY_MS; timeMs += intervalMs) {
    writer.add(bracelet.reportAt(timeMs), wearer.number, wearer.number, timeMs + 500, 'gateway')
    yield writer.take()
  }
}

async function inRedis() {
  await redis.set(keys.lease('evaluate', 0), '1|size')
  const zoneOf = zonesById(zones)
  const report = new LogReport()
  for (const wearer of fleet.wearers) {
    const plan = compilePlan(planOf(wearer), zoneOf, { fromMs: FROM_MS - 2 * DAY_MS, toMs: FROM_MS + 8 * DAY_MS })
    const timeline = new WearerTimeline(wearer.number, plan, { retainMs: DAY_MS, retainEventsMax: 4096 })
    const board = new LiveBoard()
    for (const entry of dayOf(wearer)) {
      readReport(new DataView(entry.buffer, entry.byteOffset, entry.byteLength), ENTRY_HEADER_BYTES, report)
      timeline.offer(report)
      board.see(report, 0)
    }
    timeline.advanceTo(FROM_MS + DAY_MS)
    await commitShard(redis, keys, {
      shard: 0,
      token: 1,
      incidents: timeline.takeChanges().map((incident) => JSON.stringify(incident)),
      states: [[wearer.number, timeline.encodeState()]],
      events: timeline.dirtyBuckets().map(([bucketMs, bytes]) => [`${wearer.number}:${bucketMs}`, bytes]),
      dropEvents: [],
      latest: [[wearer.number, board.snapshot(wearer.number)!]],
    })
  }
  await publishAllPlans(
    redis,
    keys,
    1,
    fleet.wearers.map((wearer) => ({ wearerId: wearer.number, changedMs: FROM_MS, plan: planOf(wearer) })),
  )
  const each = async (key: string) => Math.round(Number(await redis.memory('USAGE', key, 'SAMPLES', 0)) / wearers)
  const perWearer = {
    states: await each(keys.states(0)),
    eventsOfADay: await each(keys.events(0)),
    latest: await each(keys.latest(0)),
    plans: await each(keys.plansOf(0).records),
  }
  return {
    redisBytesPerWearer: perWearer,
    redisBytesPerIncidentRevision: await incidentBytes(),
    redisBytesPerLoggedReport: { single: await logBytes(1), batchesOf50: await logBytes(BATCH_REPORTS) },
  }
}

/** Of a revision in the incident log: every kind of violation is played once. */
async function incidentBytes(): Promise<number> {
  const playing = makeFleet({ seed, wearers: 20, intervalMs: 5000, playersPerScript: 1 })
  const zoneOf = zonesById(playing.zones.map(({ key, name, shape }) => ({ id: key, name, shape })))
  const report = new LogReport()
  const writer = new ReportWriter()
  await redis.unlink(keys.incidents(0))
  for (const wearer of playing.wearers.filter(({ script }) => script !== undefined)) {
    const plan = compilePlan(planOf(wearer), zoneOf, { fromMs: FROM_MS - 2 * DAY_MS, toMs: FROM_MS + 8 * DAY_MS })
    const timeline = new WearerTimeline(wearer.number, plan, { retainMs: DAY_MS, retainEventsMax: 4096 })
    const bracelet = braceletOf(seed, wearer, { startMs: FROM_MS + 60_000, stretch: 4 })
    for (let timeMs = FROM_MS; timeMs < FROM_MS + 600_000; timeMs += 5000) {
      writer.add(bracelet.reportAt(timeMs), wearer.number, 1, timeMs, 'gateway')
      const entry = writer.take()
      readReport(new DataView(entry.buffer, entry.byteOffset, entry.byteLength), ENTRY_HEADER_BYTES, report)
      timeline.offer(report)
      for (const incident of timeline.takeChanges())
        await redis.xadd(keys.incidents(0), '*', 'json', JSON.stringify(incident))
    }
  }
  const revisions = await redis.xlen(keys.incidents(0))
  return Math.round(Number(await redis.memory('USAGE', keys.incidents(0), 'SAMPLES', 0)) / revisions)
}

/** What a report takes in the log until both readers have it behind them. */
async function logBytes(reportsPerEntry: number): Promise<number> {
  const key = keys.reports(0)
  await redis.unlink(key)
  const writer = new ReportWriter()
  let count = 0
  const bracelet = braceletOf(seed, fleet.wearers[0]!, undefined)
  for (; count < 10_000; count++) {
    writer.add(bracelet.reportAt(FROM_MS + count * 1000), 1, 1, FROM_MS, 'gateway')
    if (writer.count === reportsPerEntry) await redis.xadd(key, '*', 'b', Buffer.from(writer.take()))
  }
  return Math.round(Number(await redis.memory('USAGE', key, 'SAMPLES', 0)) / count)
}

async function inStore() {
  const url = new URL(process.env.DATABASE_URL ?? '')
  const server = openPool({ url: url.href, applicationName: 'size', max: 1 })
  const name = `size_${randomBytes(4).toString('hex')}`
  await server.query(`CREATE DATABASE ${name} TEMPLATE template0`)
  url.pathname = `/${name}`
  const pool = openPool({ url: url.href, applicationName: 'size', max: 1 })
  try {
    await migrate(url.href)
    let rows = 0
    const moments = DAY_MS / intervalMs
    const days = fleet.wearers.map(dayOf)
    const batch = new FixRows()
    // As they come: all wearers' first reports, then all wearers' second ones.
    for (let i = 0; i < moments; i++) {
      for (const day of days) {
        const entry = day.next().value!
        batch.add(new DataView(entry.buffer, entry.byteOffset, entry.byteLength), ENTRY_HEADER_BYTES)
      }
      if (batch.count < 10_000 && i + 1 < moments) continue
      rows += (await inTransaction(pool, (client) => insertFixes(client, { fresh: batch }))).fresh
      batch.clear()
    }
    const { rows: sizes } = await pool.query<{ bytes: string }>(`SELECT hypertable_size('fix') AS bytes`)
    const { rows: chunks } = await pool.query<{ table: string; index: string }>(
      `SELECT sum(table_bytes) AS table, sum(index_bytes) AS index FROM chunks_detailed_size('fix')`,
    )
    const per = (bytes: string) => Math.round(Number(bytes) / rows)
    return {
      rows,
      storeBytesPerRow: { all: per(sizes[0]!.bytes), table: per(chunks[0]!.table), index: per(chunks[0]!.index) },
    }
  } finally {
    await pool.end()
    await server.query(`DROP DATABASE ${name} WITH (FORCE)`)
    await server.end()
  }
}

function publishedKeys({ records, head, version, changes, fence }: PublicationKeys): string[] {
  return [records, head, version, changes, fence]
}
