import { expect, test } from 'vitest'
import { compileDocument } from '../../geofence/inquiry/backtest.ts'
import { LogReport, TRISTATE } from '../../model/report/report.ts'
import { SilenceWatch } from '../../pipeline/evaluate/silence-watch.ts'
import { document, MINUTE } from '../geofence/make-reports.ts'

const T = Date.UTC(2026, 2, 3)
const rules = document({ reportIntervalMs: MINUTE, silenceGraceMs: 15 * MINUTE })
const plan = compileDocument(rules.plan, rules.zones)
const unitOf = (wearerId: number) => (wearerId % 2 === 0 ? 'dj.a' : 'dj.b')
const NEWS = { listening: { sinceMs: 0, toMs: Number.MAX_SAFE_INTEGER, gaps: [] }, outages: new Map() }

function said(wearerId: number, receivedMs: number): LogReport {
  const report = new LogReport()
  return Object.assign(report, { wearerId, timeMs: receivedMs, receivedMs, batteryPercent: 80 })
}

test('traccar-web 136: nobody is looked at who is not due: an hour of looks each second costs a few looks a wearer', () => {
  const watch = new SilenceWatch()
  const count = 500
  let looks = 0
  const of = (wearerId: number) => {
    looks++
    return { plan, unitPath: unitOf(wearerId) }
  }
  for (let second = 0; second < 3600; second++) {
    const nowMs = T + second * 1000
    if (second % 60 === 0) for (let id = 1; id <= count; id++) watch.hear(said(id, nowMs), plan, unitOf)
    watch.caughtUp(nowMs)
    watch.look(NEWS, of)
  }
  expect(watch.counts()!.units).toEqual({ 'dj.a': { heard: 250, quiet: [] }, 'dj.b': { heard: 250, quiet: [] } })
  // Once each eight minutes or so.
  expect(looks).toBeLessThanOrEqual(count * 8)
})

test('counts are kept as wearers fall silent, come back, move to another unit and go', () => {
  const watch = new SilenceWatch()
  let units: (wearerId: number) => string = unitOf
  const look = (minute: number) => {
    watch.caughtUp(T + minute * MINUTE)
    watch.look(NEWS, (wearerId) => ({ plan, unitPath: units(wearerId) }))
    return watch.counts()!.units
  }
  for (let id = 1; id <= 6; id++) watch.hear(said(id, T + 30_000), plan, units)
  expect(look(8)).toEqual({ 'dj.a': { heard: 3, quiet: [] }, 'dj.b': { heard: 3, quiet: [] } })
  expect(look(9)).toEqual({ 'dj.a': { heard: 0, quiet: [[T, 3]] }, 'dj.b': { heard: 0, quiet: [[T, 3]] } })
  watch.hear(said(2, T + 9 * MINUTE), plan, units)
  expect(look(10)['dj.a']).toEqual({ heard: 1, quiet: [[T, 2]] })
  units = () => 'dj.b'
  expect(look(18)).toEqual({
    'dj.b': {
      heard: 0,
      quiet: [
        [T, 5],
        [T + 9 * MINUTE, 1],
      ],
    },
  })
  watch.delete(2)
  watch.hear(said(1, T + 19 * MINUTE), plan, units)
  expect(look(20)['dj.b']).toEqual({ heard: 1, quiet: [[T, 4]] })
  expect(look(24 * 60 + 10)['dj.b']).toEqual({ heard: 0, quiet: [[T + 19 * MINUTE, 1]] })
})

test('one whose supervision is over is no silent bracelet of the unit', () => {
  const short = document({ supervisions: [{ fromMs: 0, toMs: T + 5 * MINUTE }], reportIntervalMs: MINUTE })
  const over = compileDocument(short.plan, short.zones)
  const watch = new SilenceWatch()
  watch.hear(said(1, T), over, unitOf)
  watch.caughtUp(T + 30 * MINUTE)
  expect(watch.look(NEWS, () => ({ plan: over, unitPath: 'dj.b' }))).toEqual([])
  expect(watch.counts()!.units).toEqual({})
})

test('a battery that was charged once, fell since and went silent nearly empty is taken for dead', () => {
  const typesAfter = (...reports: Partial<LogReport>[]) => {
    const watch = new SilenceWatch()
    for (const [i, more] of reports.entries()) watch.hear(Object.assign(said(1, T + i * MINUTE), more), plan, unitOf)
    watch.caughtUp(T)
    watch.caughtUp(T + 30 * MINUTE)
    const changes = watch.look(NEWS, () => ({ plan, unitPath: 'dj.b' }))
    return changes.flatMap(([, incidents]) => incidents.map(({ type }) => type))
  }
  const plugged = { batteryPercent: 60, charging: TRISTATE.yes }
  expect(typesAfter(plugged, { batteryPercent: 6 })).toEqual(['no_communication', 'battery_dead'])
  expect(typesAfter(plugged, { batteryPercent: 6, charging: TRISTATE.yes })).toEqual(['no_communication'])
  const filling = { batteryPercent: 5, charging: TRISTATE.yes }
  expect(typesAfter(filling, { batteryPercent: 6 }, { batteryPercent: 255 })).toEqual(['no_communication'])
})

test('never reported: missed from when the bracelet was put on, counted in no outage, saved and put back', () => {
  const rules = { plan, unitPath: 'dj.b', worn: [{ fromMs: T + 5 * MINUTE }] }
  const look = (watch: SilenceWatch, minute: number) => {
    watch.caughtUp(T + minute * MINUTE)
    return watch.look(NEWS, () => rules).flatMap(([, incidents]) => incidents)
  }
  const watch = new SilenceWatch()
  watch.expect(1)
  for (const minute of [0, 5, 14, 20]) expect(look(watch, minute)).toEqual([])
  const [raised] = look(watch, 21)
  expect(raised).toMatchObject({ startMs: T + 5 * MINUTE, confirmedMs: T + 21 * MINUTE, revision: 1 })
  expect(watch.counts()!.units).toEqual({})
  const taken = new SilenceWatch()
  taken.restore(1, watch.encode(1)!)
  taken.expect(1)
  expect(look(taken, 22)).toEqual([])
  expect(taken.openOf(1)).toEqual([raised])
  expect(taken.hear(said(1, T + 23 * MINUTE), plan, unitOf)).toMatchObject([{ id: raised!.id, revision: 2 }])
  const early = new SilenceWatch()
  early.expect(1)
  look(early, 10)
  const before = new SilenceWatch()
  before.restore(1, early.encode(1)!)
  before.expect(1)
  before.caughtUp(T)
  expect(look(before, 21)).toEqual([raised])
})

test('a bracelet entered an hour after it was put on is given its time; other changes of the rules give nobody more', () => {
  const watch = new SilenceWatch()
  let worn = [] as { fromMs: number }[]
  const look = (minute: number) => {
    watch.caughtUp(T + minute * MINUTE)
    return watch.look(NEWS, () => ({ plan, unitPath: 'dj.b', worn })).flatMap(([, incidents]) => incidents)
  }
  watch.expect(1)
  expect(look(0)).toEqual([])
  worn = [{ fromMs: T }]
  watch.expect(1, T + 60 * MINUTE)
  expect(look(60)).toEqual([])
  watch.expect(1, T + 70 * MINUTE)
  expect(look(75)).toEqual([])
  expect(look(76)).toMatchObject([{ startMs: T, confirmedMs: T + 76 * MINUTE }])
})

test('a report read again after a takeover ends nothing, and brings nothing back that an outage took', () => {
  const outages = new Map([['dj.b', { incident: { startMs: T } }]]) as never
  const rules = { plan, unitPath: 'dj.b' }
  const watch = new SilenceWatch()
  watch.caughtUp(T)
  watch.hear(said(1, T), plan, unitOf)
  watch.caughtUp(T + 16 * MINUTE)
  watch.look(NEWS, () => rules)
  const held = watch.look({ ...NEWS, outages }, () => rules).flatMap(([, incidents]) => incidents)
  expect(held).toMatchObject([{ withdrawn: { reason: 'fleet_silence' } }])
  const taken = new SilenceWatch()
  taken.restore(1, watch.encode(1)!)
  expect(taken.hear(said(1, T), plan, unitOf)).toEqual([])
})

test('one who keeps silent into the next supervision is missed from its beginning, after a restart as without one', () => {
  const again = document({
    supervisions: [
      { fromMs: 0, toMs: T + 30 * MINUTE },
      { fromMs: T + 100 * MINUTE, toMs: T + 900 * MINUTE },
    ],
    reportIntervalMs: MINUTE,
    silenceGraceMs: 15 * MINUTE,
  })
  const twice = compileDocument(again.plan, again.zones)
  for (const restartedAt of [undefined, 25, 60, 105]) {
    let watch = new SilenceWatch()
    watch.hear(said(1, T + 20 * MINUTE), twice, unitOf)
    const published: unknown[] = []
    for (let minute = 20; minute < 140; minute++) {
      watch.caughtUp(T + minute * MINUTE)
      for (const [, changes] of watch.look(NEWS, () => ({ plan: twice, unitPath: 'dj.b' })))
        for (const { type, startMs, confirmedMs } of changes)
          published.push([type, (startMs - T) / MINUTE, (confirmedMs - T) / MINUTE])
      if (minute !== restartedAt) continue
      const saved = watch.encode(1)!
      watch = new SilenceWatch()
      watch.restore(1, saved)
    }
    expect(published).toEqual([['no_communication', 100, 116]])
  }
})

/** Whose bracelet falls silent at minute 0, with nobody listening in these minutes: the minute of the incident. */
function missedAt(gaps: [from: number, to: number][], minutes = 24 * 60): number | undefined {
  const watch = new SilenceWatch()
  const inMs = gaps.map(([from, to]) => ({ fromMs: T + from * MINUTE, toMs: T + to * MINUTE }))
  watch.hear(said(1, T), plan, unitOf)
  watch.caughtUp(T)
  for (let minute = 0; minute <= minutes; minute += 0.5) {
    const nowMs = T + minute * MINUTE
    if (inMs.some(({ fromMs, toMs }) => nowMs >= fromMs && nowMs < toMs)) continue
    watch.caughtUp(nowMs)
    const listening = { sinceMs: 0, toMs: nowMs, gaps: inMs.filter(({ toMs }) => toMs <= nowMs) }
    const changes = watch.look({ listening, outages: new Map() }, () => ({ plan, unitPath: 'dj.b' }))
    if (changes.length > 0) return minute
  }
  return undefined
}

test('a stall of a minute each quarter of an hour hides no silence', () => {
  expect(missedAt([])).toBe(16)
  const stalls = Array.from({ length: 96 }, (_, i): [number, number] => [i * 15 + 14, i * 15 + 15])
  expect(missedAt(stalls)).toBeLessThan(20)
})

test('an outage of ours is nobody’s silence, and who was in it has time to come back', () => {
  expect(missedAt([[1, 61]])).toBe(77)
  expect(missedAt([[15.5, 75.5]])).toBe(91.5)
  expect(missedAt([[-60, 0]])).toBe(16)
  expect(missedAt([[20, 80]])).toBe(16)
})
