// The evaluator in small: outcomes and states are saved together, the position in the log less often; it dies anywhere, and the log
// is read again from the saved position. Memory is short, and what comes later than it reaches is folded from the stored track.
import { expect, test } from 'vitest'
import { backtest, compileDocument } from '../../../geofence/inquiry/backtest.ts'
import { Fleet } from '../../../geofence/timeline/fleet.ts'
import { Rebuilding, rebuiltFromJson, rebuiltToJson } from '../../../geofence/timeline/rebuild.ts'
import type { WearerTimeline } from '../../../geofence/timeline/timeline.ts'
import { type Incident, matterOf } from '../../../model/incident/incident.ts'
import type { PlanDocument } from '../../../model/plan/plan.ts'
import type { LogReport } from '../../../model/report/report.ts'
import { compareReports } from '../compare-reports.ts'
import { eventfulLife, everyRule, HOUR, MINUTE, seeded, shuffled, verdicts, WEARER } from '../make-reports.ts'

const START = Date.UTC(2026, 2, 3, 6)
const LIMITS = { retainMs: 2 * HOUR, retainEventsMax: 60 }
/** Fewer reports than come in an hour: the memory is cut in its midst. */
const TINY = { retainMs: 2 * HOUR, retainEventsMax: 20 }

class Evaluator {
  readonly published = new Map<string, Incident>()
  /** Of each matter, the newest. */
  revisionOf = new Map<string, number>()
  deaths = 0
  beyond = 0
  readonly #rules: PlanDocument
  readonly #log: readonly LogReport[]
  readonly #random: () => number
  readonly #dying: number
  readonly #limits: typeof LIMITS
  // What outlives it.
  readonly #buckets = new Map<number, Uint8Array>()
  #state: Uint8Array | undefined
  #position = 0
  #askedFromMs = Infinity
  // What does not.
  #fleet: Fleet
  #timeline!: WearerTimeline
  #readTo = 0
  #unsavedFromMs = Infinity

  constructor(
    rules: PlanDocument,
    log: readonly LogReport[],
    random: () => number,
    dying: number,
    limits: typeof LIMITS,
  ) {
    this.#rules = rules
    this.#log = log
    this.#random = random
    this.#dying = dying
    this.#limits = limits
    this.#fleet = new Fleet(limits)
    this.#load()
  }

  run(endMs: number): void {
    while (this.#readTo < this.#log.length || this.#askedFromMs < Infinity || this.#unsavedFromMs < Infinity)
      this.#turn()
    this.#timeline.advanceTo(endMs)
    this.#commit(this.#timeline.takeChanges())
  }

  #turn(): void {
    const random = this.#random
    for (let left = 1 + Math.floor(random() * 6); left > 0 && this.#readTo < this.#log.length; left--) this.#judge()
    if (random() < 0.2) this.#timeline.advanceTo(this.#log[this.#readTo - 1]!.timeMs + random() * MINUTE)
    if (random() < 0.5) {
      // What was just seen goes out first; between the two it may die.
      this.#commit(this.#timeline.takeChanges(true))
      if (this.#dies()) return
      this.#commit(this.#timeline.takeChanges())
    }
    if (this.#dies()) return
    if (random() < 0.2 || this.#readTo === this.#log.length) {
      this.#commit(this.#timeline.takeChanges())
      this.#position = this.#readTo
      if (this.#dies()) return
    }
    if (this.#askedFromMs < Infinity && random() < 0.3) this.#rebuild()
  }

  #judge(): void {
    const report = this.#log[this.#readTo++]!
    if (this.#fleet.offer(report) !== 'beyond') return
    this.beyond++
    this.#unsavedFromMs = Math.min(this.#unsavedFromMs, report.timeMs)
  }

  #dies(): boolean {
    if (this.#random() >= this.#dying) return false
    this.deaths++
    this.#load()
    return true
  }

  #load(): void {
    const plan = this.#plan()
    this.#fleet = new Fleet(this.#limits)
    this.#timeline =
      this.#state === undefined
        ? this.#fleet.begin(WEARER, plan)
        : this.#fleet.restore(WEARER, plan, this.#state, this.#buckets)
    this.#readTo = this.#position
    this.#unsavedFromMs = Infinity
  }

  #commit(changes: Incident[]): void {
    for (const incident of changes) {
      expect(incident.revision).toBe((this.revisionOf.get(matterOf(incident)) ?? 0) + 1)
      this.revisionOf.set(matterOf(incident), incident.revision)
      this.published.set(incident.id, structuredClone(incident))
    }
    this.#state = this.#timeline.encodeState()
    for (const [key, bytes] of this.#timeline.dirtyBuckets()) this.#buckets.set(key, bytes)
    for (const key of this.#timeline.droppedBuckets()) this.#buckets.delete(key)
    this.#askedFromMs = Math.min(this.#askedFromMs, this.#unsavedFromMs)
    this.#unsavedFromMs = Infinity
  }

  #rebuild(): void {
    const { baseMs } = this.#timeline
    const rebuilding = new Rebuilding(this.#plan(), this.#askedFromMs, baseMs)
    const stored = new Map(
      this.#log
        .slice(0, this.#readTo)
        .map((report) => [`${report.timeMs} ${report.contentHi} ${report.contentLo}`, report]),
    )
    for (const report of [...stored.values()].sort(compareReports)) if (report.timeMs < baseMs) rebuilding.add(report)
    const published = structuredClone([...this.published.values()])
    expect(this.#timeline.rebase(rebuiltFromJson(rebuiltToJson(rebuilding.finish(published))))).toBe(true)
    const askedFromMs = this.#askedFromMs
    this.#askedFromMs = Infinity
    this.#commit(this.#timeline.takeChanges())
    // The answer may be taken up again by who comes after.
    if (this.#dies()) this.#askedFromMs = askedFromMs
  }

  #plan() {
    return compileDocument(this.#rules.plan, this.#rules.zones)
  }
}

/** As a network delivers: nearly in order, by hours torn apart, or any. */
function delivered(reports: readonly LogReport[], random: () => number, order: number): LogReport[] {
  const twice = [...reports, ...reports.filter(() => random() < 0.15)]
  if (order === 2) return shuffled(twice, random)
  return twice
    .map((report, i) => {
      const isLate = order === 0 ? random() < 0.15 : Math.floor(i / 20) % 3 === 1
      return { report, atMs: report.timeMs + (isLate ? random() * 6 * HOUR : 0) }
    })
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ report }) => report)
}

test.each([
  ['two hours', LIMITS, 800],
  ['some minutes', TINY, 2000],
])(
  'dying anywhere, reading the log again, with a memory of %s: what is told in the end is the in-order run',
  (_, limits, beyondMin) => {
    let [deaths, beyond, activeCount] = [0, 0, 0]
    for (let seed = 0; seed < 24; seed++) {
      const random = seeded(seed)
      const reports = eventfulLife(seed, START, 220)
      const endMs = reports[reports.length - 1]!.timeMs + 1
      const rules = everyRule(START, endMs - START)
      for (const report of reports) report.wearerId = WEARER
      const evaluator = new Evaluator(
        rules,
        delivered(reports, random, seed % 3),
        random,
        [0, 0.02, 0.2][seed % 4] ?? 0.1,
        limits,
      )
      evaluator.run(endMs)
      const active = [...evaluator.published.values()].filter(({ withdrawn }) => withdrawn === undefined)
      expect(verdicts(active)).toEqual(verdicts(backtest(rules, reports, { toMs: endMs })))
      deaths += evaluator.deaths
      beyond += evaluator.beyond
      activeCount += active.length
    }
    expect(deaths).toBeGreaterThan(200)
    expect(beyond).toBeGreaterThan(beyondMin)
    expect(activeCount).toBeGreaterThan(200)
  },
)
