import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { backtest, compileDocument } from '../../../geofence/inquiry/backtest.ts'
import { Fleet } from '../../../geofence/timeline/fleet.ts'
import { WearerTimeline } from '../../../geofence/timeline/timeline.ts'
import type { TimelineOptions } from '../../../geofence/timeline/timeline-memory.ts'
import { type Incident, matterOf } from '../../../model/incident/incident.ts'
import type { LogReport } from '../../../model/report/report.ts'
import {
  condition,
  document as documentOf,
  eventfulLife,
  everyRule,
  fix,
  HOME,
  HOUR,
  longStays,
  MINUTE,
  seeded,
  seldomCharging,
  shuffled,
  verdicts,
  WEARER,
  wordsOnly,
} from '../make-reports.ts'

const START = Date.UTC(2026, 2, 3, 6)
const OPTIONS: TimelineOptions = { retainMs: Infinity, retainEventsMax: Infinity }

function life(seed: number, count: number) {
  const reports = eventfulLife(seed, START, count)
  const endMs = reports[reports.length - 1]!.timeMs
  return { reports, document: everyRule(START, endMs - START), endMs: endMs + 1 }
}

/** A timeline that is saved and put back now and then, as a crashed evaluator's would be; and what was published. */
class Crashing {
  published = new Map<string, Incident>()
  /** Of each matter, the newest. */
  revisionOf = new Map<string, number>()
  revisions = 0
  #saved = new Map<number, Uint8Array>()
  #document
  #fleet: Fleet
  timeline: WearerTimeline

  constructor(document: ReturnType<typeof everyRule>, options = OPTIONS) {
    this.#document = document
    this.#fleet = new Fleet(options)
    this.timeline = this.#fleet.begin(WEARER, compileDocument(document.plan, document.zones))
  }

  /** The short way where the fleet may take it. */
  offer(report: LogReport): void {
    report.wearerId = WEARER
    this.#fleet.offer(report)
  }

  hear(): void {
    for (const incident of this.timeline.takeChanges()) {
      if (incident.revision !== (this.revisionOf.get(matterOf(incident)) ?? 0) + 1)
        throw new Error(`revision ${incident.revision}`)
      this.revisionOf.set(matterOf(incident), incident.revision)
      this.published.set(incident.id, incident)
      this.revisions++
    }
  }

  crash(): void {
    this.hear()
    const state = this.timeline.encodeState()
    for (const [key, bytes] of this.timeline.dirtyBuckets()) this.#saved.set(key, bytes)
    for (const key of this.timeline.droppedBuckets()) this.#saved.delete(key)
    const plan = compileDocument(this.#document.plan, this.#document.zones)
    this.timeline = this.#fleet.restore(WEARER, plan, state, this.#saved)
    expect(Buffer.compare(this.timeline.encodeState(), state)).toBe(0)
  }

  activeIncidents(): Incident[] {
    this.hear()
    return [...this.published.values()].filter((incident) => !incident.withdrawn)
  }
}

function inOrder(reports: LogReport[], document: ReturnType<typeof everyRule>, toMs: number): string[] {
  return verdicts(backtest(document, reports, { toMs }))
}

describe('any order, any duplication, any crash point, one outcome', () => {
  test('the life used here raises incidents of many types', () => {
    const types = new Set<string>()
    for (let seed = 0; seed < 12; seed++) {
      const { reports, document, endMs } = life(seed, 400)
      for (const incident of backtest(document, reports, { toMs: endMs })) types.add(incident.type)
    }
    for (const type of [
      'strap_open',
      'case_opened',
      'sos',
      'inside_avoided_zone',
      'away_from_required_zone',
      'off_corridor',
      'inferred_crossing',
      'warning_ring',
      'location_unverifiable',
      'position_not_credible',
      'suspected_jamming',
      'no_fix',
      'battery_low',
      'battery_critical',
    ])
      expect(types).toContain(type)
  })

  test('permuted, duplicated, advanced at will, saved and put back', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.integer({ min: 20, max: 260 }), fc.nat(1e6), (seed, count, orderSeed) => {
        const { reports, document, endMs } = life(seed, count)
        const random = seeded(orderSeed)
        const offers = shuffled([...reports, ...reports.filter(() => random() < 0.2)], random)
        const run = new Crashing(document)
        for (const report of offers) {
          run.offer(report)
          if (random() < 0.1) run.timeline.advanceTo(START + random() * (endMs - START))
          if (random() < 0.05) run.hear()
          if (random() < 0.02) run.crash()
        }
        run.timeline.advanceTo(endMs)
        expect(verdicts(run.activeIncidents())).toEqual(inOrder(reports, document, endMs))
        expect(verdicts(run.timeline.activeIncidents())).toEqual(inOrder(reports, document, endMs))
      }),
      { numRuns: 60, seed: 20260303 },
    )
  })

  test('alarm words without contacts: as many signs whichever came first', () => {
    let signs = 0
    for (let seed = 300; seed < 340; seed++) {
      const reports = wordsOnly(seed, START, 120)
      const endMs = reports[reports.length - 1]!.timeMs + 1
      const document = everyRule(START, endMs - START)
      const random = seeded(seed)
      const run = new Crashing(document)
      for (const report of shuffled([...reports, ...reports.slice(0, 20)], random)) {
        run.timeline.offer(report)
        if (random() < 0.1) run.hear()
        if (random() < 0.05) run.crash()
      }
      run.timeline.advanceTo(endMs)
      expect(verdicts(run.activeIncidents())).toEqual(inOrder(reports, document, endMs))
      signs += run.activeIncidents().reduce((sum, incident) => sum + (incident.signs ?? 1) - 1, 0)
    }
    expect(signs).toBeGreaterThan(100)
  })

  test('charging that is seldom said: the same outcome whichever report came first, by the fast path and the whole fold', () => {
    let raised = 0
    for (let seed = 400; seed < 440; seed++) {
      const reports = seldomCharging(seed, START, 150)
      const endMs = reports[reports.length - 1]!.timeMs + 1
      const document = documentOf({ conditions: [condition({})] })
      const random = seeded(seed)
      const run = new Crashing(document)
      for (const report of seed % 2 === 0 ? reports : shuffled([...reports, ...reports.slice(0, 20)], random)) {
        run.offer(report)
        if (random() < 0.1) run.hear()
        if (random() < 0.05) run.crash()
      }
      run.timeline.advanceTo(endMs)
      const plan = compileDocument(document.plan, document.zones)
      const exact = new WearerTimeline(WEARER, plan, { ...OPTIONS, shortcut: false })
      for (const report of reports) exact.offer(report)
      exact.advanceTo(endMs)
      expect(verdicts(run.activeIncidents())).toEqual(verdicts(exact.activeIncidents()))
      raised += run.activeIncidents().length
    }
    expect(raised).toBeGreaterThan(40)
  })

  test('long stays in and beside small places: one outcome, by the short way and the long one', () => {
    const zones = [20, 30, 50].map((radiusM) => ({
      id: `of-${radiusM}`,
      shape: { type: 'Circle', center: [HOME.lon, HOME.lat], radiusM },
    }))
    const conditions = zones.flatMap(({ id }, k) => [
      condition({ id, kind: 'avoided', zoneId: id, ...(k === 1 && { parameters: { warningRingM: 60 } }) }),
      condition({
        ...{ id: `in-${id}`, zoneId: id, parameters: { warningRingM: 10, unverifiableAfterMs: 20 * MINUTE } },
        ...(k === 2 && { windows: [{ from: '12:00', to: '16:00' }], kind: 'avoided' }),
      }),
    ])
    const types: Record<string, number> = {}
    for (let seed = 600; seed < 610; seed++) {
      const reports = longStays(seed, START, 250)
      const endMs = reports[reports.length - 1]!.timeMs + 1
      const document = documentOf({ conditions }, zones)
      const random = seeded(seed)
      const run = new Crashing(document)
      for (const report of seed % 2 === 0 ? reports : shuffled([...reports, ...reports.slice(0, 20)], random)) {
        run.offer(report)
        if (random() < 0.1) run.hear()
        if (random() < 0.02) run.crash()
      }
      run.timeline.advanceTo(endMs)
      const plan = compileDocument(document.plan, document.zones)
      const exact = new WearerTimeline(WEARER, plan, { ...OPTIONS, shortcut: false })
      for (const report of reports) exact.offer(report)
      exact.advanceTo(endMs)
      expect(verdicts(run.activeIncidents())).toEqual(verdicts(exact.activeIncidents()))
      for (const { type, conditionId } of run.activeIncidents()) {
        const key = `${type} ${conditionId}`
        types[key] = (types[key] ?? 0) + 1
      }
    }
    expect(types['location_unverifiable of-20']).toBeGreaterThan(5)
    expect(types['inside_avoided_zone of-50']).toBeGreaterThan(5)
  })

  test('nearly in order, as a network delivers: some late, the clock running on', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), (seed, orderSeed) => {
        const { reports, document, endMs } = life(seed, 300)
        const random = seeded(orderSeed)
        const arrivals = reports
          .map((report) => ({
            report,
            atMs: report.timeMs + (random() < 0.1 ? random() * 7_200_000 : random() * 5000),
          }))
          .sort((a, b) => a.atMs - b.atMs)
        const run = new Crashing(document)
        for (const { report, atMs } of arrivals) {
          run.timeline.advanceTo(atMs)
          run.offer(report)
          if (random() < 0.5) run.hear()
          if (random() < 0.02) run.crash()
        }
        run.timeline.advanceTo(endMs)
        expect(verdicts(run.activeIncidents())).toEqual(inOrder(reports, document, endMs))
      }),
      { numRuns: 40, seed: 20260304 },
    )
  })

  test('a change of plan, announced at any time between the reports', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), (seed, orderSeed) => {
        const { reports, document, endMs } = life(seed, 150)
        const random = seeded(orderSeed)
        const changed = { ...document, plan: { ...document.plan, conditions: document.plan.conditions.slice(2) } }
        const plans = () => [document, changed].map(({ plan, zones }) => compileDocument(plan, zones))
        const changedMs = START + Math.floor(random() * (endMs - START))
        const run = (offers: LogReport[], announcedAt: number) => {
          const [first, second] = plans()
          const published = new Map<string, Incident>()
          const fleet = new Fleet(OPTIONS)
          const timeline = fleet.begin(WEARER, first!)
          for (const [i, report] of offers.entries()) {
            if (i === announcedAt) timeline.setPlan(second!, changedMs)
            fleet.offer(report)
            if (random() < 0.1) timeline.advanceTo(START + random() * (endMs - START))
            if (random() < 0.1) for (const incident of timeline.takeChanges()) published.set(incident.id, incident)
          }
          timeline.advanceTo(endMs)
          for (const incident of timeline.takeChanges()) published.set(incident.id, incident)
          return verdicts([...published.values()].filter((incident) => !incident.withdrawn))
        }
        const inOrder = run(reports, 0)
        expect(run(shuffled(reports, random), Math.floor(random() * reports.length))).toEqual(inOrder)
      }),
      { numRuns: 30, seed: 20260305 },
    )
  })

  test('the shortcut changes nothing', () => {
    for (let seed = 100; seed < 130; seed++) {
      const { reports, document, endMs } = life(seed, 300)
      const exact = new WearerTimeline(WEARER, compileDocument(document.plan, document.zones), {
        ...OPTIONS,
        shortcut: false,
      })
      for (const report of reports) exact.offer(report)
      exact.advanceTo(endMs)
      expect(verdicts(exact.activeIncidents())).toEqual(inOrder(reports, document, endMs))
    }
  })

  test('the index of a plan with hundreds of avoided zones changes nothing, on foot, by car and across midnight', () => {
    let raised = 0
    for (let seed = 0; seed < 6; seed++) {
      const random = seeded(500 + seed)
      const zones = Array.from({ length: 300 }, (_, k) => ({
        id: `zone-${k}`,
        shape: {
          type: 'Circle',
          center: [HOME.lon + 0.06 * (random() - 0.5), HOME.lat + 0.06 * (random() - 0.5)],
          radiusM: 20 + 120 * random() * random(),
        },
      }))
      const hours = [{ windows: [{ from: '22:00', to: '02:00' }], timeZone: 'Asia/Jakarta' }, {}]
      const conditions = zones.map(({ id }, k) =>
        condition({
          ...{ id: `c-${k}`, zoneId: id, kind: k % 40 === 0 ? 'required' : 'avoided', ...hours[k % 2] },
          ...(k % 5 === 0 && { parameters: { warningRingM: 80 } }),
        }),
      )
      const rules = documentOf({}, zones)
      const parsed = conditions.flatMap((each) => documentOf({ conditions: [each] }, zones).plan.conditions)
      const strideM = [2, 60, 400][seed % 3]!
      let [north, east] = [0, 0]
      const reports = Array.from({ length: 500 }, (_, i) => {
        north = Math.max(-3500, Math.min(3500, north + (random() - 0.5) * 2 * strideM))
        east = Math.max(-3500, Math.min(3500, east + (random() - 0.5) * 2 * strideM))
        return fix(START + 8 * HOUR + i * MINUTE, north, east, { accuracyM: 4 + 30 * random() })
      })
      const activeIncidents = [true, false].map((shortcut) => {
        const plan = compileDocument({ ...rules.plan, conditions: parsed }, rules.zones)
        expect(plan.index).toBeDefined()
        const timeline = new WearerTimeline(WEARER, plan, { ...OPTIONS, shortcut })
        for (const report of reports) timeline.offer(report)
        return verdicts(timeline.activeIncidents())
      })
      expect(activeIncidents[0]).toEqual(activeIncidents[1])
      raised += activeIncidents[0]!.length
    }
    expect(raised).toBeGreaterThan(50)
  })

  test('the shortcut changes nothing on a walk along every wall', () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = seeded(seed)
      const [stepM, accuracyM] = [5 + random() * 60, 4 + random() * 30]
      let [north, east] = [0, 600 * Math.floor(random() * 3)]
      const reports = Array.from({ length: 600 }, (_, i) => {
        north = Math.max(-260, Math.min(260, north + (random() - 0.5) * 2 * stepM))
        east = Math.max(-260, Math.min(1400, east + (random() - 0.5) * 2 * stepM))
        return fix(START + i * 30_000, north, east, { accuracyM })
      })
      const document = everyRule(START, 600 * 30_000)
      const [quick, exact] = [true, false].map((shortcut) => {
        const plan = compileDocument(document.plan, document.zones)
        const timeline = new WearerTimeline(WEARER, plan, { ...OPTIONS, shortcut })
        for (const report of reports) timeline.offer(report)
        return verdicts(timeline.activeIncidents())
      })
      expect(quick!.length).toBeGreaterThan(3)
      expect(quick).toEqual(exact)
    }
  })

  test('a clock that fires every edge on its own, or never until the end', () => {
    for (let seed = 200; seed < 215; seed++) {
      const { reports, document, endMs } = life(seed, 200)
      const run = new Crashing(document)
      for (const report of reports) {
        for (let edgeMs = run.timeline.nextEdgeMs(); edgeMs < report.timeMs; edgeMs = run.timeline.nextEdgeMs())
          run.timeline.advanceTo(edgeMs)
        run.offer(report)
      }
      run.timeline.advanceTo(endMs)
      expect(verdicts(run.activeIncidents())).toEqual(inOrder(reports, document, endMs))
    }
  })
})
