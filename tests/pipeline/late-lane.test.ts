// Reports later than the evaluator's memory: stored by record, folded again from the stored track, published through the incident log.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compileDocument, replay } from '../../geofence/inquiry/backtest.ts'
import { INCIDENT_TYPES, type Incident } from '../../model/incident/incident.ts'
import { loadPlans, loadZones } from '../../store/rules/load-plans.ts'
import { readReports } from '../../store/track/read-reports.ts'
import { readEdges } from '../../stream/logs/log-edges.ts'
import { getPosition } from '../../stream/logs/positions.ts'
import { SLOW_TESTS } from '../setup/slow-tests.ts'
import { eventually, type Pipeline, post, SHARDS, seedWearer, startPipeline, untilKnown } from './run-pipeline.ts'

const NOW_MS = Date.parse('2026-11-23T10:00:00Z')
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const HOME = { latDeg: -7.8, lonDeg: 110.37 }
const LIVES = SLOW_TESTS ? 4 : 2
let nowMs = NOW_MS
let pipeline: Pipeline
const wearers = new Map<string, number>()
let nextLife = 0

type Report = { deviceId: string; time: number } & Record<string, unknown>

const at = (deviceId: string, timeMs: number, northM: number, more: object = {}): Report => ({
  deviceId,
  time: timeMs,
  lat: HOME.latDeg + northM / 111_320,
  lon: HOME.lonDeg,
  accuracyM: 8,
  ...more,
})

beforeAll(async () => {
  pipeline = await startPipeline(() => nowMs, undefined, { retainMs: HOUR_MS })
  const center: [number, number] = [HOME.lonDeg, HOME.latDeg]
  const away: [number, number] = [HOME.lonDeg, HOME.latDeg + 900 / 111_320]
  for (const name of ['strap', 'alibi', 'away', 'dropped', ...Array.from({ length: LIVES }, (_, i) => `life-${i}`)])
    wearers.set(
      name,
      await seedWearer(
        pipeline.database.ownerPool,
        NOW_MS,
        [
          { kind: 'required', shape: { type: 'Circle', center, radiusM: 100 } },
          {
            kind: 'avoided',
            shape: { type: 'Circle', center: away, radiusM: 150 },
            windows: [
              { days: [1, 2, 3, 4, 5, 6, 7], from: '06:00', to: '09:30', exceptDates: [] },
              { days: [1, 2, 3, 4, 5, 6, 7], from: '11:00', to: '14:00', exceptDates: [] },
            ],
          },
        ],
        name,
      ),
    )
  await untilKnown(
    pipeline,
    [...wearers.keys()].map((name) => at(name, NOW_MS - 20 * HOUR_MS, 0)),
  )
})

afterAll(() => pipeline?.stop())

/** What is published of a wearer in PostgreSQL, silence apart. */
async function published(wearerId: number): Promise<Incident[]> {
  const { rows } = await pipeline.database.ownerPool.query<{ body: Incident }>(
    'SELECT body FROM incident WHERE wearer_id = $1 ORDER BY start_at, id',
    [wearerId],
  )
  return rows.map(({ body }) => body).filter(({ type }) => INCIDENT_TYPES[type].openedBy !== 'clock')
}

/** Resolves when nothing is on its way any more. */
function caughtUp(): Promise<unknown> {
  const { redis, keys } = pipeline.redis
  return eventually(
    async () => {
      for (let shard = 0; shard < SHARDS; shard++) {
        const { lastId } = await readEdges(redis, keys.reports(shard))
        for (const reader of ['evaluate', 'record'])
          if (lastId !== '0-0' && (await getPosition(redis, keys, reader, shard)) !== lastId) return false
        if ((await redis.hlen(keys.lateRequests(shard))) > 0) return false
        const { lastId: publishedId } = await readEdges(redis, keys.incidents(shard))
        if (publishedId !== '0-0' && (await getPosition(redis, keys, 'record-incidents', shard)) !== publishedId)
          return false
      }
      return true
    },
    'everything judged and stored',
    60_000,
  )
}

describe('later than memory reaches', () => {
  test('a strap-cut of ten hours ago is raised, marked late, with its own time', async () => {
    const reports = Array.from({ length: 60 }, (_, i) => at('strap', NOW_MS - (60 - i) * 10 * MINUTE_MS, 0))
    await post(pipeline, reports)
    await caughtUp()
    expect(await published(wearers.get('strap')!)).toEqual([])
    const cutMs = NOW_MS - 9 * HOUR_MS - 1000
    await post(pipeline, [at('strap', cutMs, 0, { strap: 'open', archived: true })])
    const [incident] = await eventually(async () => {
      const all = await published(wearers.get('strap')!)
      return all.length > 0 ? all : undefined
    }, 'the strap')
    expect(incident).toMatchObject({ type: 'strap_open', severity: 'kritis', startMs: cutMs, late: true, revision: 1 })
    expect(incident!.endMs).toBeUndefined()
    await caughtUp()
    expect([...(await pipeline.incidents()).values()].filter(({ id }) => id === incident!.id)).toHaveLength(1)
    // And the memory knows of it: what comes live ends it.
    await post(pipeline, [at('strap', NOW_MS, 0, { strap: 'closed' })])
    await eventually(
      async () =>
        (await published(wearers.get('strap')!)).find(({ endMs, revision }) => endMs === NOW_MS && revision === 2),
      'its end',
    )
  })

  test('an absence that hours-old reports disprove is withdrawn with the reason, and keeps its history', async () => {
    const minutes = (...north: number[]) => north.map((m, i) => at('alibi', NOW_MS - 8 * HOUR_MS + i * MINUTE_MS, m))
    await post(pipeline, [...minutes(0, 0, 300, 320, 0, 0)])
    await post(
      pipeline,
      Array.from({ length: 40 }, (_, i) => at('alibi', NOW_MS - (40 - i) * 10 * MINUTE_MS, 0)),
    )
    await caughtUp()
    const [absence] = await published(wearers.get('alibi')!)
    expect(absence).toMatchObject({ type: 'away_from_required_zone', late: true })
    expect(absence!.endMs).toBeDefined()
    const between = [
      at('alibi', NOW_MS - 8 * HOUR_MS + 2.5 * MINUTE_MS, 0),
      at('alibi', NOW_MS - 8 * HOUR_MS + 2.6 * MINUTE_MS, 0),
    ]
    await post(pipeline, between)
    const withdrawn = await eventually(
      async () => (await published(wearers.get('alibi')!)).find((each) => each.withdrawn),
      'the withdrawal',
    )
    expect(withdrawn).toMatchObject({ id: absence!.id, withdrawn: { reason: 'late_report' } })
    expect(withdrawn.revision).toBe(absence!.revision + 1)
    await caughtUp()
    const before = await published(wearers.get('alibi')!)
    nowMs += 1000
    // The same again is known: nothing is folded, nothing changes.
    await post(pipeline, between)
    await caughtUp()
    expect(await published(wearers.get('alibi')!)).toEqual(before)
    expect(await pipeline.metrics()).toMatch(/gelang_record_late_requests_total\{outcome="known"\} [1-9]/)
  })

  test('asked while nobody records, and the one who asked dies: answered when somebody does again', async () => {
    const wearerId = wearers.get('away')!
    const { redis, keys } = pipeline.redis
    const shard = wearerId % SHARDS
    await post(
      pipeline,
      Array.from({ length: 40 }, (_, i) => at('away', NOW_MS - (40 - i) * 10 * MINUTE_MS, 0)),
    )
    await caughtUp()
    const cutMs = NOW_MS - 6 * HOUR_MS - 1000
    await pipeline.withoutRecord(async () => {
      await post(pipeline, [at('away', cutMs, 0, { strap: 'open' })])
      await eventually(async () => (await redis.hlen(keys.lateRequests(shard))) === 1, 'the request')
      await pipeline.restartEvaluate()
      // What is live goes on meanwhile, and memory moves on under the request.
      const live = (minute: number, northM: number) => at('away', NOW_MS + minute * MINUTE_MS, northM)
      nowMs = NOW_MS + 151 * MINUTE_MS
      await post(pipeline, [live(60, 0), live(150, 400), live(151, 420)])
      await eventually(
        async () =>
          [...(await pipeline.incidents()).values()].find((each) => each.startMs === NOW_MS + 150 * MINUTE_MS),
        'the violation, judged live',
      )
      expect(await redis.hlen(keys.lateRequests(shard))).toBe(1)
    })
    await eventually(async () => (await published(wearerId)).some(({ startMs }) => startMs === cutMs), 'the strap')
    await caughtUp()
    expect((await published(wearerId)).map(({ type, late }) => [type, late])).toEqual([
      ['strap_open', true],
      ['away_from_required_zone', false],
    ])
  })

  test('what is open since before the stored track begins is not taken back: nothing says that it was wrong', async () => {
    const wearerId = wearers.get('dropped')!
    const cutMs = NOW_MS - 5 * DAY_MS
    // Said once; afterwards the device only says where it is.
    await post(pipeline, [at('dropped', cutMs, 0, { strap: 'open', archived: true })])
    const hours = Array.from({ length: 16 }, (_, i) => at('dropped', cutMs + (i + 1) * 7 * HOUR_MS, 0))
    await post(pipeline, [...hours, at('dropped', NOW_MS - 2000, 0), at('dropped', NOW_MS - 1000, 0)])
    await caughtUp()
    const before = await published(wearerId)
    expect(before).toMatchObject([{ type: 'strap_open', startMs: cutMs }])
    const dropped = await pipeline.database.ownerPool.query(`SELECT drop_chunks('fix', older_than => from_ms($1))`, [
      NOW_MS - 3 * DAY_MS,
    ])
    expect(dropped.rowCount).toBeGreaterThan(0)
    await post(pipeline, [at('dropped', NOW_MS - 26 * HOUR_MS, 0, { archived: true })])
    await caughtUp()
    expect(await published(wearerId)).toEqual(before)
    expect(await pipeline.metrics()).toMatch(/gelang_evaluate_late_requests_total\{outcome="failed"\} 1/)
    // The evaluator still knows of it.
    await post(pipeline, [at('dropped', NOW_MS + 1000, 0, { strap: 'closed' })])
    await eventually(async () => (await published(wearerId)).find(({ endMs }) => endMs === NOW_MS + 1000), 'its end')
  })

  test('any life delivered hours late, evaluators dying meanwhile: what stands is what the in-order run gives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), async (random) => {
        const draw = () => random.next().value as number
        const name = `life-${nextLife++}`
        const reports = life(name, draw)
        const due = reports.map((report, i) => ({
          report,
          at: i + (Math.floor(i / 20) % 3 === 1 ? 60 + draw() * 150 : draw() * 3),
        }))
        due.sort((a, b) => a.at - b.at)
        for (let from = 0; from < due.length; from += 30) {
          await post(
            pipeline,
            due.slice(from, from + 30).map(({ report }) => report),
          )
          if (draw() < 0.15) await pipeline.restartEvaluate()
          if (draw() < 0.3) await caughtUp()
        }
        await caughtUp()
        const wearerId = wearers.get(name)!
        const active = (await published(wearerId)).filter(({ withdrawn }) => withdrawn === undefined)
        expect(active.map(verdict).sort()).toEqual((await inOrder(wearerId)).map(verdict).sort())
        expect(active.length).toBeGreaterThan(0)
      }),
      { numRuns: LIVES, seed: 11, endOnFailure: true },
    )
    expect(await pipeline.metrics()).toMatch(/gelang_evaluate_late_requests_total\{outcome="judged"\} \d/)
  }, 300_000)
})

const verdict = ({ id, type, severity, conditionId, startMs, confirmedMs, endMs, depthM, evidence }: Incident) =>
  JSON.stringify([id, type, severity, conditionId, startMs, confirmedMs, endMs, depthM, evidence.map((e) => e.timeMs)])

async function inOrder(wearerId: number): Promise<Incident[]> {
  const pool = pipeline.database.recordPool
  const [{ plan } = { plan: undefined }] = await loadPlans(pool, [wearerId])
  const zones = await loadZones(pool)
  const stored = await readReports(pool, wearerId, 0, nowMs + 1, 100_000)
  const reports = stored.map(({ report }) => report)
  return replay(compileDocument(plan!, zones), reports, { toMs: nowMs + 1 }).activeIncidents()
}

/** Fifteen hours at home, out, past and in the avoided place, a strap now and then. */
function life(deviceId: string, draw: () => number): Report[] {
  const reports: Report[] = []
  let [north, target] = [0, 0]
  for (let timeMs = NOW_MS - 15 * HOUR_MS; timeMs <= NOW_MS; timeMs += Math.round((2 + draw() * 5) * MINUTE_MS)) {
    if (draw() < 0.1) target = [0, 0, 60, 250, 900][Math.floor(draw() * 5)]!
    north += (target - north) * 0.6 + (draw() - 0.5) * 10
    const more: Record<string, unknown> = { archived: true }
    if (draw() < 0.03) more.strap = 'open'
    else if (draw() < 0.3) more.strap = 'closed'
    if (draw() < 0.2) more.batteryPercent = Math.round(5 + draw() * 60)
    reports.push(at(deviceId, timeMs, north, more))
  }
  return reports
}
