// Each line of lessons.md that concerns evaluation, as a test named after the complaint.
import { expect, test } from 'vitest'
import { errorRadiusM } from '../../../geofence/evidence.ts'
import { backtest, compileDocument } from '../../../geofence/inquiry/backtest.ts'
import { compilePlan } from '../../../geofence/plan/compile-plan.ts'
import { judgeSilence, type Silence } from '../../../geofence/silence/silence.ts'
import { WearerTimeline } from '../../../geofence/timeline/timeline.ts'
import { POSITION_SOURCE } from '../../../model/report/report.ts'
import { brief, condition, DAY, document, fix, HOME, HOUR, MINUTE, seeded, verdicts, WEARER } from '../make-reports.ts'

const T = Date.UTC(2026, 2, 3, 12)
const at = (minute: number) => T + minute * MINUTE
const home = document({ conditions: [condition({})] })
const OPTIONS = { retainMs: DAY, retainEventsMax: 10_000 }

test('traccar 2189, 3609, 6019; owntracks/ios 360: a device at rest by the wall raises nothing; an absence is one incident', () => {
  const random = seeded(1)
  const resting = Array.from({ length: 1440 }, (_, i) =>
    fix(at(i), 85 + (random() - 0.5) * 60, (random() - 0.5) * 60, { accuracyM: 15 + random() * 40 }),
  )
  expect(backtest(home, resting)).toEqual([])
  const away = Array.from({ length: 300 }, (_, i) =>
    fix(at(1500 + i), 190 + (random() - 0.5) * 60, 0, { accuracyM: 10 + random() * 40 }),
  )
  expect(backtest(home, [...resting, ...away])).toHaveLength(1)
})

test('traccar 3897: already outside when the schedule starts is a violation at the edge, without a ping', () => {
  const rules = document({ conditions: [condition({ windows: [{ from: '20:00', to: '05:00' }] })] })
  const out = [55, 57, 59].map((minute) => fix(at(minute), 400, 0))
  expect(backtest(rules, out, { toMs: at(61) })).toMatchObject([{ startMs: at(60), confirmedMs: at(60) }])
})

test('traccar 4417, 6015; traccar-web 1090: newest first, the same incidents, none twice', () => {
  const track = Array.from({ length: 200 }, (_, i) => fix(at(i), i % 50 < 20 ? 0 : 400, 0))
  const t = new WearerTimeline(WEARER, compileDocument(home.plan, home.zones), OPTIONS)
  const published = new Map<string, ReturnType<typeof t.takeChanges>[number]>()
  for (const report of [...track].reverse()) {
    t.offer(report)
    for (const incident of t.takeChanges()) published.set(incident.id, incident)
  }
  expect(verdicts([...published.values()].filter((i) => !i.withdrawn))).toEqual(verdicts(backtest(home, track)))
})

test('traccar: an alarm older than the newest position, or older than 15 minutes, is raised all the same, marked late', () => {
  const t = new WearerTimeline(WEARER, compileDocument(home.plan, home.zones), OPTIONS)
  t.offer(fix(at(300), 0, 0))
  t.advanceTo(at(301))
  t.offer(fix(at(10), 0, 0, { strap: 'open' }))
  t.offer(fix(at(20), 0, 0, { strap: 'closed' }))
  expect(t.takeChanges()).toMatchObject([{ type: 'strap_open', startMs: at(10), endMs: at(20), late: true }])
})

test('traccar 4316, 3779: a crossing between two pings is inferred, and marked so', () => {
  const avoided = document({ conditions: [condition({ kind: 'avoided' })] })
  expect(backtest(avoided, [fix(at(0), -800, 0), fix(at(2), 900, 0)])).toMatchObject([
    { type: 'inferred_crossing', inferred: true },
  ])
})

test('traccar 4832, 2736: online and offline never flap', () => {
  const plan = compileDocument(home.plan, home.zones)
  let silence: Silence | undefined
  const changes: string[] = []
  let lastReceivedMs = T
  for (let minute = 0; minute < 24 * 60; minute++) {
    if (minute % 14 === 0 || minute === 500) lastReceivedMs = at(minute) // hardly ever, but within the grace
    const look = judgeSilence(WEARER, plan, { lastReceivedMs }, silence, at(minute))
    silence = look.silence
    changes.push(...look.changes.map(({ type }) => type))
  }
  expect(changes).toEqual([])
})

test('tile38 491, 245: a wearer with 200 zones costs no more distances a fix than one with 10; none while nothing can change', () => {
  /** Distances measured over a day at home, in the middle of so many zones a kilometre apart. */
  const measured = (count: number): number => {
    const zones = Array.from({ length: count }, (_, i) => {
      const [ring, side] = [1 + Math.floor(i / 4), i % 4]
      const away = ring * 0.01
      const [east, north] = [[away, 0][side % 2]! * (side < 2 ? 1 : -1), [0, away][side % 2]! * (side < 2 ? 1 : -1)]
      return { id: `z${i}`, shape: { type: 'Circle', center: [HOME.lon + east, HOME.lat + north], radiusM: 150 } }
    })
    const conditions = zones.map(({ id }, i) => condition({ id: `c${i}`, zoneId: id, kind: 'avoided' }))
    const rules = document({ conditions }, zones)
    const { zoneOf, horizon } = compileDocument(rules.plan, rules.zones)
    let distances = 0
    const counted = new Map(
      zones.map(({ id }) => {
        const zone = zoneOf(id)!
        const signedDistanceM: typeof zone.signedDistanceM = (...at) => {
          distances++
          return zone.signedDistanceM(...at)
        }
        const measure: typeof zone.measure = (...at) => {
          distances++
          zone.measure(...at)
        }
        const { kind, bboxE7, areaM2, vertices } = zone
        return [id, { kind, bboxE7, areaM2, vertices, signedDistanceM, measure }]
      }),
    )
    const t = new WearerTimeline(
      WEARER,
      compilePlan(rules.plan, (id) => counted.get(id), horizon),
      OPTIONS,
    )
    const random = seeded(3)
    t.offer(fix(at(0), 0, 0))
    const first = distances
    expect(first).toBeGreaterThan(0)
    for (let i = 1; i < 1440; i++) t.offer(fix(at(i), (random() - 0.5) * 40, (random() - 0.5) * 40))
    return distances - first
  }
  const [ten, twoHundred] = [measured(10), measured(200)]
  expect(twoHundred).toBeLessThanOrEqual(ten)
  expect(ten).toBeLessThan(10)
})

test('tile38 635: a rule that ends while inside closes its incident', () => {
  const rules = document({ conditions: [condition({ kind: 'avoided', toMs: at(30) })] })
  expect(backtest(rules, [fix(at(0), 0, 0), fix(at(1), 0, 0)], { toMs: at(31) })).toMatchObject([{ endMs: at(30) }])
})

test('tile38 522: two reports of the same second are both judged, in one order', () => {
  const strap = fix(at(1), 0, 0, { strap: 'open' })
  const sos = fix(at(1), 1, 0, { alarms: ['sos'] })
  const types = (reports: Parameters<typeof backtest>[1]) =>
    backtest(home, reports)
      .map(({ type }) => type)
      .sort()
  expect(types([strap, sos])).toEqual(['sos', 'strap_open'])
  expect(verdicts(backtest(home, [sos, strap]))).toEqual(verdicts(backtest(home, [strap, sos])))
})

test('GPS-Tracker 119: with 200 zones the first sight raises nothing but a breach', () => {
  const zones = Array.from({ length: 200 }, (_, i) => ({
    id: `z${i}`,
    shape: { type: 'Circle', center: [106.8 + i * 0.01, -6.2], radiusM: 150 },
  }))
  const conditions = zones.map(({ id }, i) => condition({ id: `c${i}`, zoneId: id, kind: 'avoided' }))
  const rules = document({ conditions }, zones)
  expect(backtest(rules, [fix(at(0), 600, 0), fix(at(1), 600, 0)])).toEqual([])
  expect(backtest(rules, [fix(at(0), 0, 0), fix(at(1), 0, 0)])).toMatchObject([{ conditionId: 'c0', startMs: at(0) }])
})

test('Tracelet 274: a fix of ±150 m is no exit, however often; and cannot hide an absence either', () => {
  const vague = Array.from({ length: 60 }, (_, i) => fix(at(1 + i), 200 + (i % 3), 0, { accuracyM: 150 }))
  expect(brief(backtest(home, [fix(at(0), 0, 0), ...vague.slice(0, 25)]))).toEqual([])
  expect(backtest(home, [fix(at(0), 0, 0), ...vague]).map(({ type }) => type)).toEqual(['location_unverifiable'])
})

test('home-assistant/core 2830; MoJ sample data: accuracy 0, −1, 2147483647, NaN mean unknown', () => {
  for (const sentinel of [0, -1, 2_147_483_647, Math.fround(2_147_483_647), Number.NaN, 1e9])
    for (const [name, source] of Object.entries(POSITION_SOURCE))
      expect(errorRadiusM(sentinel, Number.NaN, source), `${sentinel} ${name}`).toBeGreaterThanOrEqual(10)
  expect(errorRadiusM(2_147_483_647, Number.NaN, POSITION_SOURCE.gps)).toBeLessThan(50)
  const exits = (accuracyM: number) =>
    backtest(
      home,
      [0, 1, 2].map((m) => fix(at(m), 400, 0, { accuracyM })),
    )
  for (const sentinel of [0, -1, 2_147_483_647, Number.NaN]) expect(exits(sentinel)).toHaveLength(1)
})

test('thingsboard 11566: many zones for one wearer, each its own rule', () => {
  const rules = document({
    conditions: [
      condition({ id: 'a' }),
      condition({ id: 'b', zoneId: 'far' }),
      condition({ id: 'c', kind: 'corridor', zoneId: 'road' }),
    ],
  })
  expect(
    backtest(rules, [fix(at(0), 400, 0), fix(at(1), 400, 0)])
      .map(({ conditionId }) => conditionId)
      .sort(),
  ).toEqual(['a', 'b', 'c'])
})

test('traccar-client-android 382: a live report goes out before hours of late ones are folded in', () => {
  const t = new WearerTimeline(WEARER, compileDocument(home.plan, home.zones), OPTIONS)
  t.offer(fix(at(600), 0, 0))
  for (let minute = 599; minute > 0; minute--) t.offer(fix(at(minute), 0, 0))
  t.offer(fix(at(601), 0, 0, { strap: 'open' }))
  expect(t.takeChanges(true)).toMatchObject([{ type: 'strap_open', startMs: at(601) }])
  expect(t.isStale).toBe(true)
})

test('traccar-web 136: between edges the clock has nothing to do', () => {
  const rules = document({ conditions: [condition({ windows: [{ from: '20:00', to: '05:00' }] })] })
  const t = new WearerTimeline(WEARER, compileDocument(rules.plan, rules.zones), OPTIONS)
  t.offer(fix(at(0), 0, 0))
  expect(t.nextEdgeMs()).toBe(at(60))
  t.advanceTo(at(60))
  expect(t.nextEdgeMs()).toBe(at(60) + 9 * HOUR)
})
