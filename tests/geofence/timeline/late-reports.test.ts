import { describe, expect, test } from 'vitest'
import { compileDocument, zonesById } from '../../../geofence/inquiry/backtest.ts'
import { compilePlan } from '../../../geofence/plan/compile-plan.ts'
import { WearerTimeline } from '../../../geofence/timeline/timeline.ts'
import { TimelineUnreadable } from '../../../geofence/timeline/timeline-codec.ts'
import {
  condition,
  DAY,
  document,
  eventfulLife,
  everyRule,
  fix,
  HOUR,
  logged,
  MINUTE,
  seeded,
  verdicts,
  WEARER,
} from '../make-reports.ts'

const T = Date.UTC(2026, 2, 3)
const at = (minute: number) => T + minute * MINUTE
const { plan, zones } = document({ conditions: [condition({})] })

function timeline(options = { retainMs: DAY, retainEventsMax: 10_000 }): WearerTimeline {
  return new WearerTimeline(WEARER, compileDocument(plan, zones), options)
}

describe('late reports', () => {
  test('a violation reported late is raised with its own time, marked late', () => {
    const t = timeline()
    for (const minute of [0, 1, 30, 31]) expect(t.offer(fix(at(minute), 0, 0))).toBe('live')
    expect(t.offer(fix(at(10), 300, 0))).toBe('late')
    expect(t.offer(fix(at(11), 300, 0))).toBe('late')
    expect(t.isStale).toBe(true)
    expect(t.takeChanges()).toMatchObject([
      { type: 'away_from_required_zone', startMs: at(10), confirmedMs: at(11), endMs: at(30), late: true, revision: 1 },
    ])
  })

  test('an archived strap cut is raised with its own time', () => {
    const t = timeline()
    t.offer(fix(at(100), 0, 0))
    t.offer(fix(at(5), 0, 0, { strap: 'open', archived: true }))
    expect(t.takeChanges()).toMatchObject([{ type: 'strap_open', startMs: at(5), late: true }])
  })

  test('hours of memory uploaded in order after an outage are late too', () => {
    const t = timeline()
    t.offer(fix(at(0), 0, 0))
    t.advanceTo(at(200))
    for (const minute of [10, 11, 12]) expect(t.offer(fix(at(minute), 300, 0))).toBe('live')
    expect(t.takeChanges()).toMatchObject([{ startMs: at(10), late: true }])
  })

  test('received long after its time is late, without a clock', () => {
    const t = timeline()
    const strap = fix(at(10), 0, 0, { strap: 'open' })
    strap.receivedMs = at(40)
    expect(t.offer(strap)).toBe('live')
    expect(t.takeChanges()).toMatchObject([{ type: 'strap_open', late: true }])
  })

  test('a disproved incident is withdrawn with the reason; standing again it gets a further revision', () => {
    const t = timeline()
    for (const [minute, north] of [
      [0, 0],
      [10, 300],
      [20, 300],
      [30, 0],
      [31, 0],
    ] as const)
      t.offer(fix(at(minute), north, 0))
    const [first] = t.takeChanges()
    expect(first).toMatchObject({ startMs: at(10), confirmedMs: at(20), endMs: at(30), revision: 1, late: false })
    t.offer(fix(at(15), 0, 0))
    const [withdrawn] = t.takeChanges()
    expect(withdrawn).toMatchObject({ id: first!.id, revision: 2, withdrawn: { reason: 'late_report' }, late: true })
    t.offer(fix(at(12), 300, 0))
    const [again] = t.takeChanges()
    expect(again).toMatchObject({ id: first!.id, revision: 3, startMs: at(10), confirmedMs: at(12), endMs: at(30) })
    expect(again!.withdrawn).toBeUndefined()
  })

  test('what a late report does not change is not published again', () => {
    const t = timeline()
    for (const [minute, north] of [
      [0, 0],
      [10, 300],
      [11, 300],
      [30, 0],
      [31, 0],
    ] as const)
      t.offer(fix(at(minute), north, 0))
    expect(t.takeChanges()).toHaveLength(1)
    t.offer(fix(at(5), 0, 0))
    t.offer(fix(at(20), 299, 0))
    t.offer(fix(at(30.5), 0, 0))
    expect(t.takeChanges()).toEqual([])
  })

  test('duplicates change nothing, whenever they were received', () => {
    const t = timeline()
    const said = {
      deviceId: 'b',
      timeMs: at(1),
      fixValid: true,
      latDeg: -6.2,
      lonDeg: 106.8,
      alarms: [],
      archived: false,
    }
    expect(t.offer(logged(said))).toBe('live')
    expect(t.offer(logged({ ...said, archived: true }, at(500)))).toBe('duplicate')
    expect(t.takeChanges()).toEqual([])
  })

  test('live reports do not wait behind late ones', () => {
    const t = timeline()
    for (let minute = 0; minute < 100; minute++) t.offer(fix(at(minute), 0, 0))
    for (let minute = 0; minute < 90; minute++) t.offer(fix(at(minute + 0.5), 1, 0))
    t.offer(fix(at(101), 300, 0))
    t.offer(fix(at(102), 300, 0))
    expect(t.takeChanges(true)).toMatchObject([{ startMs: at(101), confirmedMs: at(102) }])
    expect(t.isStale).toBe(true)
    expect(t.takeChanges()).toEqual([])
    expect(t.isStale).toBe(false)
  })

  test('raised and disproved before it was published: nothing is published', () => {
    const t = timeline()
    for (const [minute, north] of [
      [0, 0],
      [10, 300],
      [20, 300],
    ] as const)
      t.offer(fix(at(minute), north, 0))
    t.offer(fix(at(15), 0, 0))
    expect(t.takeChanges()).toEqual([])
  })
})

describe('memory', () => {
  test('older than what is kept is beyond; what is kept stays bounded', () => {
    const t = timeline({ retainMs: 6 * HOUR, retainEventsMax: 200 })
    for (let minute = 0; minute < 2000; minute++) {
      t.offer(fix(at(minute), 0, 0))
      if (minute % 10 === 0) t.takeChanges()
    }
    expect(t.retainedEvents).toBeLessThanOrEqual(260)
    expect(t.offer(fix(at(100.5), 0, 0))).toBe('beyond')
    expect(t.offer(fix(at(1990.5), 0, 0))).toBe('late')
    t.encodeState()
    expect(t.droppedBuckets().length).toBeGreaterThan(25)
    expect(t.droppedBuckets()).toEqual([])
  })

  test('an incident open across everything that is kept is still ended', () => {
    const t = timeline({ retainMs: 2 * HOUR, retainEventsMax: 1000 })
    for (let minute = 0; minute < 1000; minute++) t.offer(fix(at(minute), 300, 0))
    const [open] = t.takeChanges()
    t.offer(fix(at(998.5), 301, 0))
    expect(t.takeChanges()).toEqual([])
    t.offer(fix(at(1001), 0, 0))
    t.offer(fix(at(1002), 0, 0))
    expect(t.takeChanges()).toMatchObject([{ id: open!.id, endMs: at(1001), revision: 2 }])
  })

  test('bounded memory gives the outcome of unbounded memory while nothing is beyond', () => {
    for (let seed = 1; seed < 13; seed++) {
      const reports = eventfulLife(seed, T, 300)
      const endMs = reports[reports.length - 1]!.timeMs + 1
      const rules = everyRule(T, endMs - T)
      const random = seeded(seed)
      const arrivals = reports
        .map((report) => ({ report, atMs: report.timeMs + (random() < 0.2 ? random() * 2 * HOUR : 0) }))
        .sort((a, b) => a.atMs - b.atMs)
      const outcomes = (options: { retainMs: number; retainEventsMax: number }, crashing: boolean) => {
        let t = new WearerTimeline(WEARER, compileDocument(rules.plan, rules.zones), options)
        const saved = new Map<number, Uint8Array>()
        const published = new Map<string, ReturnType<typeof t.takeChanges>[number]>()
        const hear = () => {
          for (const incident of t.takeChanges()) published.set(incident.id, incident)
        }
        for (const { report, atMs } of arrivals) {
          t.advanceTo(atMs)
          expect(t.offer(report)).not.toBe('beyond')
          if (!crashing || random() > 0.1) continue
          hear()
          const state = t.encodeState()
          for (const [key, bytes] of t.dirtyBuckets()) saved.set(key, bytes)
          for (const key of t.droppedBuckets()) saved.delete(key)
          t = WearerTimeline.decode(WEARER, compileDocument(rules.plan, rules.zones), state, saved, options)
        }
        t.advanceTo(endMs)
        hear()
        return verdicts([...published.values()].filter((incident) => !incident.withdrawn))
      }
      expect(outcomes({ retainMs: 4 * HOUR, retainEventsMax: 10_000 }, true), `seed ${seed}`).toEqual(
        outcomes({ retainMs: Infinity, retainEventsMax: Infinity }, false),
      )
    }
  })
})

describe('saved timelines', () => {
  test('sizes: a quiet day of a wearer with 20 conditions', () => {
    const many = document({
      conditions: Array.from({ length: 20 }, (_, i) =>
        condition({ id: `c${i}`, kind: i === 0 ? 'required' : 'avoided', zoneId: i === 0 ? 'home' : 'far' }),
      ),
    })
    const t = new WearerTimeline(WEARER, compileDocument(many.plan, many.zones), {
      retainMs: DAY,
      retainEventsMax: 2000,
    })
    for (let minute = 0; minute < 1440; minute++) t.offer(fix(at(minute), minute % 7, minute % 5))
    expect(t.encodeState().length).toBeLessThan(400)
    const buckets = t.dirtyBuckets()
    expect(buckets.length).toBeGreaterThan(24)
    t.offer(fix(at(1441), 0, 0))
    t.encodeState()
    expect(t.dirtyBuckets().map(([key]) => key)).toEqual([Math.floor(at(1441) / HOUR) * HOUR])
  })

  test('cut, missing, of an unknown version, or of a zone that is gone: unreadable, never guessed', () => {
    const t = timeline()
    t.offer(fix(at(0), 300, 0))
    t.offer(fix(at(1), 300, 0))
    t.takeChanges()
    const state = t.encodeState()
    const buckets = new Map(t.dirtyBuckets())
    const compiled = compileDocument(plan, zones)
    const options = { retainMs: DAY, retainEventsMax: 1000 }
    const decode = (bytes: Uint8Array, parts: Map<number, Uint8Array>, by = compiled) =>
      WearerTimeline.decode(WEARER, by, bytes, parts, options)
    expect(decode(state, buckets).encodeState()).toEqual(state)
    for (let size = 0; size < state.length; size += 7)
      expect(() => decode(state.subarray(0, size), buckets)).toThrow(TimelineUnreadable)
    expect(() =>
      decode(
        Uint8Array.from(state, (b, i) => (i === 0 ? 99 : b)),
        buckets,
      ),
    ).toThrow(/version 99/)
    expect(() => decode(state, new Map())).toThrow(TimelineUnreadable)
    const other = document({ conditions: [] })
    const without = compilePlan(other.plan, zonesById([]), { fromMs: T, toMs: T + DAY })
    expect(() => decode(state, buckets, without)).toThrow(TimelineUnreadable)
  })
})

test('a report without a time is refused', () => {
  expect(() => timeline().offer(fix(Number.NaN, 0, 0))).toThrow(RangeError)
})
