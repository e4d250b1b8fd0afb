// `bench engine`: the fold at full size, then zones alone.

import type { Bench } from '../measure/report.ts'
import { measureFold } from './engine-fold.ts'
import { measurePlans, type PlanCost } from './engine-plans.ts'
import { engineZones } from './engine-zones.ts'

const WEARERS = 150_000

export const engine: Bench = async (task) => {
  const { say, seed, args } = task
  const at = args.indexOf('--wearers')
  const wearers = at < 0 ? WEARERS : Number(args[at + 1])
  const fold = measureFold(seed, wearers, say)
  const mebibytes = Object.fromEntries(Object.entries(fold.mebibytes).map(([part, size]) => [part, Math.round(size)]))
  say(
    `offer    ${whole(fold.offerPerCpuSecond)} fixes a processor second, ${whole(fold.offerPerWallSecond)} on the wall`,
  )
  say(`         ${whole(fold.curfewPerCpuSecond)} in the quarter of an hour in which the curfew begins`)
  say(`step     ${whole(fold.stepPerCpuSecond)} fixes a processor second, ${whole(fold.stepPerWallSecond)} on the wall`)
  say(`filling the report alone: ${whole(fold.fillPerCpuSecond)} a processor second (contained in both)`)
  say(
    `heap     ${fold.fastHeapBytesPerFix.toFixed(2)} bytes a fix on the fast path (${(100 * fold.fastShare).toFixed(1)} % of them), ${fold.weighedHeapBytesPerFix.toFixed(0)} a fix that is weighed`,
  )
  say(`memory   ${JSON.stringify(mebibytes)} MiB with ${fold.keptReportsPerWearer} kept reports each`)
  say(`${fold.incidentRevisions} incident revisions`)
  const costs = measurePlans(seed, say)
  const zones = args.includes('--fold-only') ? { marks: {} } : await engineZones(task)
  return {
    fold: { ...fold, mebibytes },
    ...costs,
    zones,
    marks: {
      'engine.fixesPerSecond': whole(fold.offerPerCpuSecond),
      'engine.curfewFixesPerSecond': whole(fold.curfewPerCpuSecond),
      'engine.stepsPerSecond': whole(fold.stepPerCpuSecond),
      'engine.heapBytesPerFix': Number(fold.fastHeapBytesPerFix.toFixed(2)),
      'engine.weighedHeapBytesPerFix': Number(fold.weighedHeapBytesPerFix.toFixed(0)),
      'engine.mebibytes150000': Math.round((fold.mebibytes.all / fold.wearers) * WEARERS),
      'engine.costAt10000ZonesOver10': ratio(costs.plans),
      'engine.costAt10000ZonesOver10OneInTenTravels': ratio(costs.manyTravel),
      'engine.costAt10000ZonesOver10AsDense': ratio(costs.asDense),
      ...zones.marks,
    },
  }
}

/** Of the last to the first. */
function ratio(plans: readonly PlanCost[]): number {
  return Number((plans[plans.length - 1]!.nsPerFix / plans[0]!.nsPerFix).toFixed(2))
}

function whole(value: number): number {
  return Number(value.toPrecision(3))
}
