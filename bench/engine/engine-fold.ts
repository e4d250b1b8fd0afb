// The fold at full size: every wearer's timeline in memory, one fix a minute and wearer, twenty conditions each.
import v8 from 'node:v8'
import vm from 'node:vm'
import type { Sink } from '../../geofence/fold/state/episode.ts'
import { WearerState } from '../../geofence/fold/state/state.ts'
import { step } from '../../geofence/fold/step.ts'
import { compileZone } from '../../geofence/geometry/compile-zone.ts'
import type { CompiledZone } from '../../geofence/geometry/compiled-zone.ts'
import { type CompiledPlan, compilePlan } from '../../geofence/plan/compile-plan.ts'
import { Fleet } from '../../geofence/timeline/fleet.ts'
import { LogReport } from '../../model/report/report.ts'
import { randomFrom } from '../measure/random.ts'
import { chooseHome, type Fixes, type Home, makeFixes, makeWorld, planOf, START_MS } from './engine-world.ts'
import { touchMemory } from './touch-memory.ts'

const WARM_ROUNDS = 4
/** The quarter of an hour about the curfew, in which everybody passes an edge and begins a new hour of reports. */
const CURFEW_ROUNDS = 18
/** Memory is taken with so many reports kept. */
const KEPT_ROUNDS = 20
/** All but two of an hour. */
const HOUR_ROUNDS = 58
const ROUNDS = 60
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** More than the process ever holds. */
const TOUCHED_MIB = 3072
const RETAIN = { retainMs: DAY_MS, retainEventsMax: 4096 }

export type FoldFigures = {
  wearers: number
  compileUsPerPlan: number
  /** Of processor time on all threads of the process, collections included. */
  curfewPerCpuSecond: number
  offerPerCpuSecond: number
  offerPerWallSecond: number
  stepPerCpuSecond: number
  stepPerWallSecond: number
  fillPerCpuSecond: number
  fastShare: number
  fastHeapBytesPerFix: number
  /** Of the others: travellers, absences, edges, incidents. */
  weighedHeapBytesPerFix: number
  incidentRevisions: number
  mebibytes: { zones: number; plans: number; timelines: number; keptReports: number; all: number }
  keptReportsPerWearer: number
}

/** Judges `wearers` wearers; what is kept between measurements is what an evaluator keeps. */
export function measureFold(seed: number, wearers: number, say: (line: string) => void): FoldFigures {
  const touched = touchMemory(TOUCHED_MIB)
  say(`memory touched, ${touched.nsPerPage.toFixed(0)} ns a page (${touched.pages} pages)`)
  const random = randomFrom(seed)
  const emptyMiB = usedMiB()
  const { units, zones } = makeWorld(random)
  const homes: Home[] = []
  for (let w = 0; w < wearers; w++) homes.push(chooseHome(random, units))
  const fixes = makeFixes(random, homes, ROUNDS)
  const drawnMiB = usedMiB()
  say(`${wearers} wearers drawn, ${zones.size} shared zones, ${fixes.rounds} fixes each`)

  let compileUs = 0
  const plans: CompiledPlan[] = []
  const homeZones = new Map<string, CompiledZone>()
  const zoneOf = (id: string): CompiledZone | undefined => zones.get(id) ?? homeZones.get(id)
  for (const [w, { lat, lon }] of homes.entries())
    homeZones.set(`home-${w}`, compileZone({ type: 'Circle', center: [lon, lat], radiusM: 100 }))
  const zonedMiB = usedMiB()
  for (const [w, home] of homes.entries()) {
    const plan = planOf(w, home, random)
    const began = process.cpuUsage()
    plans.push(compilePlan(plan, zoneOf, { fromMs: START_MS - 2 * DAY_MS, toMs: START_MS + 8 * DAY_MS }))
    compileUs += cpuUsSince(began)
  }
  const plannedMiB = usedMiB()
  say(`plans compiled: ${(compileUs / wearers).toFixed(0)} µs each, ${(plannedMiB - zonedMiB).toFixed(0)} MiB`)

  warm(seed, homes, plans)
  let fleet = new Fleet(RETAIN)
  for (const [w, plan] of plans.entries()) fleet.begin(w, plan)
  const report = newReport()
  let fast = 0
  const offer = (): void => {
    if (fleet.offer(report) === 'fast') fast++
  }
  run(fixes, report, 0, WARM_ROUNDS, offer, fleet)
  const firstMiB = usedMiB() + fleet.reportBytes / 1_048_576
  const curfew = timed(() => run(fixes, report, WARM_ROUNDS, CURFEW_ROUNDS, offer, fleet))
  run(fixes, report, CURFEW_ROUNDS, KEPT_ROUNDS, offer, fleet)
  const keptMiB = (KEPT_ROUNDS * wearers * 52) / 1_048_576
  const fullMiB = usedMiB() + fleet.reportBytes / 1_048_576
  const after = timed(() => run(fixes, report, KEPT_ROUNDS, HOUR_ROUNDS, offer, fleet))
  const hour = together(curfew, after)
  countAllocations(fixes, report, HOUR_ROUNDS, fleet) // what the compiler does when it first sees the counting
  const allocated = countAllocations(fixes, report, ROUNDS - 1, fleet)
  let incidentRevisions = 0
  for (let w = 0; w < wearers; w++) incidentRevisions += fleet.get(w)!.takeChanges().length
  say(`offered: ${(fullMiB - plannedMiB).toFixed(0)} MiB of timelines (${(firstMiB - plannedMiB).toFixed(0)} at first)`)
  fleet = new Fleet(RETAIN)

  const sink: Sink = { change: () => undefined }
  const states = plans.map((_, w) => new WearerState(w))
  const fold = (wearer: number): void => step(states[wearer]!, plans[wearer]!, report, sink)
  run(fixes, report, 0, WARM_ROUNDS, fold)
  usedMiB()
  const folded = timed(() => run(fixes, report, WARM_ROUNDS, HOUR_ROUNDS, fold))
  const filled = timed(() => run(fixes, report, WARM_ROUNDS, HOUR_ROUNDS, () => undefined))
  return {
    wearers,
    compileUsPerPlan: compileUs / wearers,
    curfewPerCpuSecond: perSecond(curfew.fixes, curfew.cpuUs),
    offerPerCpuSecond: perSecond(hour.fixes, hour.cpuUs),
    offerPerWallSecond: perSecond(hour.fixes, hour.wallUs),
    stepPerCpuSecond: perSecond(folded.fixes, folded.cpuUs),
    stepPerWallSecond: perSecond(folded.fixes, folded.wallUs),
    fillPerCpuSecond: perSecond(filled.fixes, filled.cpuUs),
    fastShare: fast / (wearers * HOUR_ROUNDS),
    fastHeapBytesPerFix: allocated.fast,
    weighedHeapBytesPerFix: allocated.weighed,
    incidentRevisions,
    mebibytes: {
      zones: zonedMiB - drawnMiB + sharedZonesMiB(emptyMiB),
      plans: plannedMiB - zonedMiB,
      timelines: fullMiB - plannedMiB - keptMiB,
      keptReports: keptMiB,
      all: fullMiB - drawnMiB + sharedZonesMiB(emptyMiB),
    },
    keptReportsPerWearer: KEPT_ROUNDS,
  }

  /** The shared zones are drawn among the fleet; they are compiled once more to know what they take. */
  function sharedZonesMiB(_emptyMiB: number): number {
    const before = usedMiB()
    const again = makeWorld(randomFrom(seed))
    const after = usedMiB()
    return again.zones.size > 0 ? after - before : 0
  }
}

/** An evaluator runs for months; what the compiler does in its first seconds is not measured. */
function warm(seed: number, homes: Home[], plans: CompiledPlan[]): void {
  const few = homes.slice(0, 2000)
  const fixes = makeFixes(randomFrom(seed + 1), few, 150)
  const report = newReport()
  const fleet = new Fleet(RETAIN)
  for (let w = 0; w < few.length; w++) fleet.begin(w, plans[w]!)
  run(fixes, report, 0, fixes.rounds, () => fleet.offer(report), fleet)
  const states = few.map((_, w) => new WearerState(w))
  const sink: Sink = { change: () => undefined }
  run(fixes, report, 0, fixes.rounds, (wearer) => step(states[wearer]!, plans[wearer]!, report, sink))
}

function newReport(): LogReport {
  const report = new LogReport()
  report.flags = 3
  report.source = 1
  report.strap = 1
  report.case = 1
  report.hdop = 0.9
  report.speedMps = 0.5
  report.charging = 1
  return report
}

/** As many as a gateway's frame brings: the evaluator fetches the wearers of an entry before it judges its reports. */
const ENTRY_REPORTS = 200

function run(
  fixes: Fixes,
  report: LogReport,
  from: number,
  to: number,
  judge: (wearer: number) => void,
  fleet?: Fleet,
): void {
  const { order } = fixes
  for (let round = from; round < to; round++)
    for (let k = 0; k < order.length; k += ENTRY_REPORTS) {
      const end = Math.min(order.length, k + ENTRY_REPORTS)
      if (fleet !== undefined) {
        for (let i = k; i < end; i++) fleet.expect(order[i]!)
        fleet.fetch()
      }
      runPart(fixes, report, round, k, end, judge)
      offered += end - k
    }
}

function runPart(
  { order, latE7, lonE7, accuracyM }: Fixes,
  report: LogReport,
  round: number,
  from: number,
  to: number,
  judge: (wearer: number) => void,
): void {
  const wearers = order.length
  for (let k = from; k < to; k++) {
    const wearer = order[k]!
    const at = round * wearers + k
    report.wearerId = wearer
    report.braceletId = wearer
    report.timeMs = START_MS + round * MINUTE_MS + Math.floor((k * 60) / wearers) * 1000
    report.receivedMs = report.timeMs + 1500
    report.contentHi = Math.imul(at + 1, 0x9e3779b1) >>> 0
    report.contentLo = Math.imul(at + 1, 0x85ebca6b) >>> 0
    report.latE7 = latE7[at]!
    report.lonE7 = lonE7[at]!
    report.accuracyM = accuracyM[at]!
    report.batteryPercent = 40 + (wearer % 60)
    judge(wearer)
  }
}

type Timed = { fixes: number; cpuUs: number; wallUs: number }

let offered = 0

function timed(work: () => void): Timed {
  const before = offered
  const wallMs = performance.now()
  const cpu = process.cpuUsage()
  work()
  return { cpuUs: cpuUsSince(cpu), wallUs: (performance.now() - wallMs) * 1000, fixes: offered - before }
}

function together(a: Timed, b: Timed): Timed {
  return { fixes: a.fixes + b.fixes, cpuUs: a.cpuUs + b.cpuUs, wallUs: a.wallUs + b.wallUs }
}

function perSecond(count: number, us: number): number {
  return (count / us) * 1e6
}

type Allocated = { fast: number; weighed: number }

/**
 * Bytes allocated a fix, counted fix by fix over one round: the heap before and after each offer, less what asking allocates
 * itself. Fixes in which a collection fell are left out.
 */
function countAllocations(fixes: Fixes, report: LogReport, round: number, fleet: Fleet): Allocated {
  let before = 0
  let own = 0
  const bytes = { fast: 0, weighed: 0 }
  const count = { fast: 0, weighed: 0 }
  const used = (): number => v8.getHeapStatistics().used_heap_size
  runPart(fixes, report, round, 0, fixes.order.length, () => {
    before = used()
    own = used() - before
    before = used()
    const way = fleet.offer(report) === 'fast' ? 'fast' : 'weighed'
    const grown = used() - before - own
    if (grown < 0 || own < 0) return
    bytes[way] += grown
    count[way]++
  })
  return { fast: bytes.fast / count.fast, weighed: bytes.weighed / count.weighed }
}

v8.setFlagsFromString('--expose-gc')
const collect = vm.runInNewContext('gc') as () => void

/** Heap and buffers outside it, after collecting. */
function usedMiB(): number {
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 1_048_576
}

function cpuUsSince(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began)
  return user + system
}
