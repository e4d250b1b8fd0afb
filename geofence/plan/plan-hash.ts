// What a plan says, as one hash: incidents carry it, so that it is known what they were judged by.
import { createHash } from 'node:crypto'
import type { Plan } from '../../model/plan/plan.ts'
import type { ZoneOf } from './plan-lineages.ts'

/** SHA-256 of the plan's canonical JSON and its zones' shapes. */
export function planHash(plan: Plan, zoneOf: ZoneOf): string {
  const zoneIds = new Set<string>()
  for (const condition of plan.conditions) zoneIds.add(condition.zoneId)
  for (const permit of plan.permits) if (permit.zoneId !== undefined) zoneIds.add(permit.zoneId)
  const shapes = [...zoneIds].sort().map((id) => {
    const zone = zoneOf(id)
    return [id, zone && [zone.kind, zone.vertices, zone.areaM2, zone.bboxE7]]
  })
  return createHash('sha256')
    .update(canonicalJson([plan, shapes]))
    .digest('hex')
}

/** JSON with sorted keys and without undefined: the same data gives the same text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
