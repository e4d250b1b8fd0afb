// Reports later than memory reaches: after the stored track has been folded again, what was published is what an in-order
// run would have published them.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { backtest, compileDocument } from '../../../geofence/inquiry/backtest.ts'
import { Rebuilding, rebuiltFromJson, rebuiltToJson } from '../../../geofence/timeline/rebuild.ts'
import { WearerTimeline } from '../../../geofence/timeline/timeline.ts'
import { type Incident, matterOf } from '../../../model/incident/incident.ts'
import type { PlanDocument } from '../../../model/plan/plan.ts'
import type { LogReport } from '../../../model/report/report.ts'
import {
  condition,
  document,
  eventfulLife,
  everyRule,
  fix,
  HOUR,
  heard,
  MINUTE,
  seeded,
  verdicts,
  WEARER,
} from '../make-reports.ts'

const T = Date.UTC(2026, 2, 3)
const TINY = { retainMs: HOUR, retainEventsMax: 4096 }

/** The server in small: a timeline with little memory, the stored track, what was published, and the lane between them. */
class World {
  readonly plan
  readonly timeline: WearerTimeline
  readonly stored: LogReport[] = []
  readonly published = new Map<string, Incident>()
  /** Of each matter, the newest. */
  revisionOf = new Map<string, number>()
  askedFromMs = Infinity
  beyond = 0

  constructor(rules: PlanDocument) {
    this.plan = compileDocument(rules.plan, rules.zones)
    this.timeline = new WearerTimeline(WEARER, this.plan, TINY)
  }

  deliver(report: LogReport): void {
    const offered = this.timeline.offer(report)
    if (offered !== 'duplicate' && !this.stored.some((known) => identity(known) === identity(report)))
      this.stored.push(Object.assign(Object.create(Object.getPrototypeOf(report)), report))
    if (offered === 'beyond') {
      this.beyond++
      this.askedFromMs = Math.min(this.askedFromMs, report.timeMs)
    }
    this.collect()
  }

  collect(): void {
    for (const incident of this.timeline.takeChanges()) {
      const before = this.revisionOf.get(matterOf(incident)) ?? 0
      expect(incident.revision).toBe(before + 1)
      this.revisionOf.set(matterOf(incident), incident.revision)
      this.published.set(incident.id, structuredClone(incident))
    }
  }

  rebuild(): void {
    if (this.askedFromMs === Infinity) return
    const { baseMs } = this.timeline
    const rebuilding = new Rebuilding(this.plan, this.askedFromMs, baseMs)
    for (const report of this.stored.filter(({ timeMs }) => timeMs < baseMs).sort(canonical)) rebuilding.add(report)
    const rebuilt = rebuiltFromJson(rebuiltToJson(rebuilding.finish([...this.published.values()])))
    expect(this.timeline.rebase(rebuilt)).toBe(true)
    this.askedFromMs = Infinity
    this.collect()
  }

  activeIncidents(): Incident[] {
    return [...this.published.values()].filter(({ withdrawn }) => withdrawn === undefined)
  }
}

const identity = ({ timeMs, contentHi, contentLo }: LogReport) => `${timeMs} ${contentHi} ${contentLo}`
const canonical = (a: LogReport, b: LogReport) =>
  a.timeMs - b.timeMs || a.contentHi - b.contentHi || a.contentLo - b.contentLo

describe('folded from the stored track', () => {
  test('a strap-cut that comes a day late is raised, marked late, with its own time, and ends with what comes live', () => {
    const world = new World(document({ conditions: [condition({})] }))
    for (let i = 0; i < 400; i++) if (i !== 10) world.deliver(fix(T + i * MINUTE, 0, 0))
    expect(world.published.size).toBe(0)
    world.deliver(heard(T + 10 * MINUTE, { alarms: ['strapOpen'], strap: 'open' }))
    expect(world.published.size).toBe(0)
    world.rebuild()
    expect(world.activeIncidents()).toMatchObject([
      { type: 'strap_open', startMs: T + 10 * MINUTE, late: true, revision: 1 },
    ])
    world.deliver(fix(T + 401 * MINUTE, 0, 0, { strap: 'closed' }))
    expect(world.activeIncidents()).toMatchObject([
      { type: 'strap_open', endMs: T + 401 * MINUTE, late: true, revision: 2 },
    ])
  })

  test('an absence disproved by a report hours late is withdrawn with the reason; asking twice changes nothing', () => {
    const world = new World(document({ conditions: [condition({})] }))
    const at = [0, 0, 300, 300, 0, 0]
    for (const [i, north] of at.entries()) world.deliver(fix(T + i * MINUTE, north, 0))
    for (let i = 6; i < 300; i++) world.deliver(fix(T + i * MINUTE, 0, 0))
    expect(world.activeIncidents()).toHaveLength(1)
    world.deliver(fix(T + 2 * MINUTE + 30_000, 0, 0))
    world.rebuild()
    expect([...world.published.values()]).toMatchObject([
      { withdrawn: { reason: 'late_report' }, late: true, revision: 3 },
    ])
    const before = structuredClone([...world.published])
    world.deliver(fix(T + 2 * MINUTE + 30_000, 0, 0))
    world.rebuild()
    expect([...world.published]).toEqual(before)
  })

  test('what began before the first report that is still stored is not taken back', () => {
    const world = new World(document({ conditions: [condition({})] }))
    world.deliver(fix(T, 0, 0, { strap: 'open' }))
    for (let i = 1; i < 300; i++) world.deliver(fix(T + i * MINUTE, 0, 0))
    const before = structuredClone([...world.published])
    world.stored.splice(0, 60)
    world.deliver(fix(T + 100 * MINUTE + 1000, 0, 0))
    world.rebuild()
    expect([...world.published]).toEqual(before)
    expect(world.activeIncidents()).toMatchObject([{ type: 'strap_open', startMs: T, revision: 1 }])
  })

  test('what was asked for an earlier base or another plan is not taken up', () => {
    const world = new World(document({ conditions: [condition({})] }))
    for (let i = 0; i < 200; i++) world.deliver(fix(T + i * MINUTE, 0, 0))
    const rebuilt = new Rebuilding(world.plan, T, world.timeline.baseMs).finish([])
    expect(world.timeline.rebase({ ...rebuilt, planHash: 'another' })).toBe(false)
    for (let i = 200; i < 400; i++) world.deliver(fix(T + i * MINUTE, 0, 0))
    expect(world.timeline.rebase(rebuilt)).toBe(false)
  })

  test('any life, delivered hours late in pieces: what is published in the end is what the in-order run gives', () => {
    let beyond = 0
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 0, max: 3 }), (seed, often) => {
        const random = seeded(seed)
        const reports = eventfulLife(seed, T, 350)
        const rules = everyRule(T, reports[reports.length - 1]!.timeMs + 1 - T)
        const world = new World(rules)
        // Pieces of the day that come hours after the rest, each as a whole or torn.
        const due = reports.map((report, i) => ({
          report,
          at: i + (Math.floor(i / 25) % 3 === seed % 3 ? 40 + random() * 260 : random() * 4),
        }))
        due.sort((a, b) => a.at - b.at)
        for (const [i, { report }] of due.entries()) {
          world.deliver(report)
          if (often > 0 && i % (often * 15) === 0) world.rebuild()
        }
        world.rebuild()
        beyond += world.beyond
        expect(verdicts(world.activeIncidents())).toEqual(verdicts(backtest(rules, reports)))
      }),
      { numRuns: 20, seed: 3 },
    )
    expect(beyond).toBeGreaterThan(300)
  })
})
