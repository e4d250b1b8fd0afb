import type { PlanDocument } from '../../model/plan.ts'
import { loadPlans, loadZones } from '../../store/load-plans.ts'
import type { Db } from '../../store/open-pool.ts'

/** A wearer's plan with its zones, where the acting officer sees them; undefined where there is none. */
export async function readDocument(db: Db, wearerId: number): Promise<PlanDocument | undefined> {
  const found = (await loadPlans(db, [wearerId]))[0]
  if (found === undefined) return undefined
  const { plan } = found
  const zoneIds = [...plan.conditions, ...plan.permits].flatMap(({ zoneId }) => zoneId ?? [])
  return { plan, zones: await loadZones(db, zoneIds) }
}
