import type { PlanDocument } from '../../model/plan/plan.ts'
import type { Db } from '../../store/database/open-pool.ts'
import { loadPlans, loadZones } from '../../store/rules/load-plans.ts'

/** A wearer's plan with its zones, where the acting officer sees them; undefined where there is none. */
export async function readDocument(db: Db, wearerId: number): Promise<PlanDocument | undefined> {
  const found = (await loadPlans(db, [wearerId]))[0]
  if (found === undefined) return undefined
  const { plan } = found
  const zoneIds = [...plan.conditions, ...plan.permits].flatMap(({ zoneId }) => zoneId ?? [])
  return { plan, zones: await loadZones(db, zoneIds) }
}
