// A plan is everything a wearer is held to, over time: supervisions, conditions with their windows, permits. The engine
// judges each report by what was in force at the report's own time, so a plan carries the versions, not only today's.
import { z } from 'zod'
import { SEVERITIES } from '../incident/incident.ts'
import { zoneShapeSchema } from './zone.ts'

/** UTC ms, or ISO 8601 with a zone. */
const instant = z.union([z.number(), z.iso.datetime({ offset: true }).transform((iso) => Date.parse(iso))])

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'hh:mm')
const calendarDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'yyyy-mm-dd')

/** A weekly pattern in local time; `to` at or before `from` means the next day. */
export const windowSchema = z.object({
  /** ISO weekdays on which the window begins, 1 = Monday. */
  days: z.array(z.number().int().min(1).max(7)).min(1).default([1, 2, 3, 4, 5, 6, 7]),
  from: clockTime,
  to: clockTime,
  /** Dates on which a window does not begin (holidays). */
  exceptDates: z.array(calendarDate).default([]),
  /** When given, the window begins on these dates only and `days` is not looked at. */
  onlyDates: z.array(calendarDate).optional(),
})
export type WeeklyWindow = z.infer<typeof windowSchema>

/** required and region: must be inside. avoided: must be outside. corridor: must be on it. neutral: known, no rule. */
export const CONDITION_KINDS = ['required', 'avoided', 'corridor', 'region', 'neutral'] as const
export type ConditionKind = (typeof CONDITION_KINDS)[number]

/** What turns fixes into evidence; every value has a default in geofence/, chosen from `bench truth`. */
export const evidenceParametersSchema = z
  .object({
    confirmFixes: z.number().int().min(1).max(20),
    confirmMinMs: z.number().min(0),
    returnFixes: z.number().int().min(1).max(20),
    returnMinMs: z.number().min(0),
    guardFloorM: z.number().min(0),
    /** Width of the warning ring; 0 = none. */
    warningRingM: z.number().min(0),
    /** Unsure for longer than this inside a window is an incident of its own; 0 = never. */
    unverifiableAfterMs: z.number().min(0),
  })
  .partial()
export type EvidenceParameters = z.infer<typeof evidenceParametersSchema>

/** One version of a condition. Versions of one condition share `id`, and their times of force do not overlap. */
export const conditionSchema = z.object({
  id: z.string().min(1).max(64),
  kind: z.enum(CONDITION_KINDS),
  zoneId: z.string().min(1).max(64),
  /** In force from … until …; open-ended where `toMs` is absent. */
  fromMs: instant,
  toMs: instant.optional(),
  /** When this version was made: what a fix was to it before then counts for nothing. Absent = known for ever. */
  madeMs: instant.optional(),
  /** IANA name; Asia/Jakarta (WIB), Asia/Makassar (WITA), Asia/Jayapura (WIT) by the zone's place. */
  timeZone: z.string().default('Asia/Jakarta'),
  /** When it applies; absent = always. */
  windows: z.array(windowSchema).optional(),
  severity: z.enum(SEVERITIES).optional(),
  parameters: evidenceParametersSchema.optional(),
  /** SK, article, item of the kontrak bimbingan, TPP decision. A condition without one is refused. */
  legalBasis: z.string().min(1),
})
export type Condition = z.infer<typeof conditionSchema>

/** What PostgreSQL keeps of a condition as JSON of any kind; all else has a type there. */
export const conditionJsonSchema = conditionSchema.pick({ windows: true, parameters: true })

/** A permit lifts the named conditions (all, where none is named) for a time. It is judged, not muted: outside it all holds. */
const permitSchema = z.object({
  id: z.string().min(1).max(64),
  fromMs: instant,
  toMs: instant,
  conditionIds: z.array(z.string()).optional(),
  /** While it lasts, the wearer must be in this zone instead. */
  zoneId: z.string().optional(),
  /** When the permit was decided; it never holds backwards. */
  decidedMs: instant.optional(),
  legalBasis: z.string().min(1),
})
export type Permit = z.infer<typeof permitSchema>

export const planSchema = z.object({
  wearerId: z.number().int().nonnegative().default(0),
  /** Monitoring runs within these times only. */
  supervisions: z.array(z.object({ fromMs: instant, toMs: instant })).min(1),
  conditions: z.array(conditionSchema).max(200),
  permits: z.array(permitSchema).default([]),
  /** Expected time between reports; silence beyond it plus the grace is *no communication*. */
  reportIntervalMs: z.number().positive().default(60_000),
  silenceGraceMs: z
    .number()
    .min(0)
    .default(15 * 60_000),
})
export type Plan = z.infer<typeof planSchema>

/** [from, to), UTC ms; open-ended where `toMs` is absent. */
export type Span = { fromMs: number; toMs?: number }

/** A zone as a plan refers to it. Ids name a version: a changed zone is a new id, so a shape never changes under its id. */
export const zoneSchema = z.object({
  id: z.string().min(1).max(64),
  name: z.string().default(''),
  shape: zoneShapeSchema,
})
export type Zone = z.infer<typeof zoneSchema>

/** A plan with its zones in one file: what `gelang backtest --plan` reads. */
export const planDocumentSchema = z.object({
  plan: planSchema,
  zones: z.array(zoneSchema),
})
export type PlanDocument = z.infer<typeof planDocumentSchema>

/** Every zone that some condition or permit of the plan names; an id may come more than once. */
export function zoneIdsOf(plan: Plan): string[] {
  const ids = plan.conditions.map((condition) => condition.zoneId)
  for (const permit of plan.permits) if (permit.zoneId !== undefined) ids.push(permit.zoneId)
  return ids
}
