import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, type Pipeline, post, seedWearer, startPipeline, untilKnown } from './run-pipeline.ts'

const NOW_MS = Date.parse('2026-11-23T10:00:00Z')
const HOME = { latDeg: -7.8, lonDeg: 110.37 }
const MINUTE_MS = 60_000
let nowMs = NOW_MS
let pipeline: Pipeline
let wearerId: number

const at = (minute: number, northM: number, deviceId = 'T-1') => ({
  deviceId,
  time: NOW_MS + minute * MINUTE_MS,
  lat: HOME.latDeg + northM / 111_320,
  lon: HOME.lonDeg,
  accuracyM: 8,
  batteryPercent: 80,
})

beforeAll(async () => {
  pipeline = await startPipeline(() => nowMs)
  const shape = { type: 'Circle' as const, center: [HOME.lonDeg, HOME.latDeg] as [number, number], radiusM: 100 }
  wearerId = await seedWearer(pipeline.database.ownerPool, NOW_MS, [{ kind: 'required', shape }])
  await seedWearer(
    pipeline.database.ownerPool,
    NOW_MS,
    [{ kind: 'required', shape, fromMs: NOW_MS + 60 * MINUTE_MS }],
    'T-2',
  )
  await untilKnown(pipeline, [at(-30, 0), at(-30, 0, 'T-2')])
})

afterAll(() => pipeline?.stop())

describe('the way of a report', () => {
  test('a wearer who leaves home is in violation with the second fix, from the first', async () => {
    nowMs = NOW_MS + 5 * MINUTE_MS
    await post(pipeline, [at(0, 0), at(1, 5), at(2, 300)])
    await post(pipeline, [at(3, 420)])
    const incident = await eventually(
      async () => [...(await pipeline.incidents()).values()].find((i) => i.wearerId === wearerId),
      'the incident',
    )
    expect(incident).toMatchObject({
      type: 'away_from_required_zone',
      startMs: NOW_MS + 2 * MINUTE_MS,
      confirmedMs: NOW_MS + 3 * MINUTE_MS,
      late: false,
    })
    expect(incident.endMs).toBeUndefined()
  })

  test('reports are stored once, sent twice or not', async () => {
    await post(pipeline, [at(0, 0), at(1, 5), at(3, 420)])
    await eventually(async () => (await pipeline.fixes()) === 6, 'six rows')
    await eventually(
      async () => /gelang_record_reports_total\{outcome="repeat"\} (?:[3-9]|\d\d)/.test(await pipeline.metrics()),
      'the repeats',
    )
    expect(await pipeline.fixes()).toBe(6)
  })

  test('after another evaluator has taken over, coming home ends it; both revisions are in the record', async () => {
    await pipeline.restartEvaluate()
    nowMs = NOW_MS + 20 * MINUTE_MS
    await post(pipeline, [at(5, 0), at(6, 2)])
    const [ended] = await eventually(async () => {
      const all = [...(await pipeline.incidents()).values()].filter((i) => i.type === 'away_from_required_zone')
      return all.some((i) => i.endMs !== undefined) ? all : undefined
    }, 'the end')
    expect(ended).toMatchObject({ endMs: NOW_MS + 5 * MINUTE_MS, revision: 2 })
    await eventually(async () => {
      const { rows } = await pipeline.database.ownerPool.query(
        'SELECT 1 FROM incident_revision WHERE incident_id = $1',
        [ended!.id],
      )
      return rows.length === 2
    }, 'two revisions in the record')
  })

  test('a late report that disproves an incident withdraws it, with the reason', async () => {
    await post(pipeline, [at(10, 300), at(12, 315)])
    const raised = await eventually(
      async () => [...(await pipeline.incidents()).values()].find((i) => i.startMs === NOW_MS + 10 * MINUTE_MS),
      'the incident',
    )
    expect(raised.withdrawn).toBeUndefined()
    await post(pipeline, [at(11, 0), at(13, 0), at(14, 0)])
    const withdrawn = await eventually(async () => {
      const now = (await pipeline.incidents()).get(raised.id)
      return now?.withdrawn === undefined ? undefined : now
    }, 'the withdrawal')
    expect(withdrawn.revision).toBeGreaterThan(raised.revision)
    expect(withdrawn.withdrawn!.reason).not.toBe('')
  })

  test('the edge of a rule fires by the clock, without a ping', async () => {
    nowMs = NOW_MS + 59.5 * MINUTE_MS
    await post(pipeline, [at(57, 700, 'T-2'), at(59, 720, 'T-2')])
    await eventually(async () => (await pipeline.fixes()) >= 15, 'both reports in the record')
    nowMs = NOW_MS + 60 * MINUTE_MS + 1
    const incident = await eventually(
      async () =>
        [...(await pipeline.incidents()).values()].find(
          (i) => i.wearerId !== wearerId && i.type === 'away_from_required_zone',
        ),
      'the incident at the edge',
    )
    expect(incident.startMs).toBe(NOW_MS + 60 * MINUTE_MS)
  })

  test('silence is an incident after interval and grace, and one report ends it', async () => {
    nowMs = NOW_MS + 80 * MINUTE_MS
    const silent = await eventually(
      async () =>
        [...(await pipeline.incidents()).values()].find(
          (i) => i.wearerId === wearerId && i.type === 'no_communication',
        ),
      'no communication',
    )
    await post(pipeline, [at(79, 0)])
    await eventually(async () => (await pipeline.incidents()).get(silent.id)?.endMs === nowMs, 'its end')
  })

  test('what cannot be believed is refused, quarantined and in the record with its reason', async () => {
    const verdicts = await post(pipeline, [
      { ...at(79, 0), lat: 95 },
      at(60 * 24 * 30, 0),
      { ...at(79, 0), deviceId: 'nobody' },
    ])
    expect(verdicts.map(({ ok }) => ok)).toEqual([false, false, false])
    await eventually(async () => {
      const { rows } = await pipeline.database.ownerPool.query<{ reason: string }>('SELECT reason FROM quarantine')
      return rows.length >= 2 && rows.some(({ reason }) => reason === 'future')
    }, 'quarantined rows')
  })
})
