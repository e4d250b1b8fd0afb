// What the engine makes of a stored track, as it goes over the wire: explanation, minutes ledger, back-test.
import { z } from 'zod'
import { CONDITION_KINDS, conditionSchema } from '../plan/plan.ts'
import {
  idSchema,
  ms,
  reasonKindSchema,
  reasonSchema,
  textSchema,
  unitPathSchema,
  wearerIncidentSchema,
} from './wire.ts'

const duration = z.number().meta({ description: 'milliseconds' })

export const weighingSchema = z
  .object({
    timeMs: ms,
    contentKey: z.string(),
    latE7: z.number(),
    lonE7: z.number(),
    distanceM: z.number().meta({ description: 'signed distance to the boundary, + inside' }),
    radiusM: z.number(),
    complyGuardM: z.number().meta({ description: 'metres on the right side up to which the fix proves nothing' }),
    breachGuardM: z.number().meta({ description: 'the same on the wrong side' }),
    evidence: z.enum(['breach', 'unsure', 'comply']),
    side: z.enum(['right', 'wrong']).meta({ description: 'what the engine held to be so after this fix' }),
    active: z.boolean(),
    breachRun: z.number(),
    returnRun: z.number(),
  })
  .meta({ id: 'Weighing' })

export const explanationSchema = z
  .object({
    incident: wearerIncidentSchema,
    engineVersion: z.string(),
    planHash: z.string(),
    weighings: z.array(weighingSchema).meta({
      description: 'from shortly before the incident to shortly after; empty for what the device itself said',
    }),
    hash: z.string().meta({ description: 'SHA-256 of all of the above; the same when run again' }),
    same: z.boolean().meta({ description: 'begins, is confirmed and ends as it was published' }),
  })
  .meta({ id: 'Explanation' })

export const ledgerRowSchema = z
  .object({
    conditionId: z.string().meta({ description: 'a permit’s id where the permit names a zone' }),
    kind: z.enum(CONDITION_KINDS),
    timeZone: z.string(),
    fromMs: ms.meta({ description: 'Monday 00.00 local, or where the time asked about begins' }),
    toMs: ms,
    inForceMs: duration.meta({ description: 'the condition applied: versions, windows and permits worked in' }),
    violationMs: duration.meta({ description: 'in an active incident' }),
    provenMs: duration.meta({
      description: 'of that, proven: between two fixes that say so, no further apart than three report intervals',
    }),
    servedMs: duration.meta({
      description:
        'known to be where the condition wants it: between two fixes that say so and are close enough together',
    }),
    notKnownMs: duration.meta({ description: 'in force, neither proven nor served: nobody knows' }),
  })
  .meta({ id: 'LedgerRow' })

const BACKTEST_DAYS_MAX = 30
/** Incidents returned in full, per wearer; all are counted. */
export const BACKTEST_INCIDENTS_MAX = 200

const { kind, windows, timeZone, parameters, severity } = conditionSchema.shape
export const backtestRequestSchema = z
  .strictObject({
    wearerId: idSchema.optional().meta({ description: 'this wearer' }),
    unit: unitPathSchema.optional().meta({ description: 'or all wearers in sight of this unit and those below it' }),
    days: z.number().int().min(1).max(BACKTEST_DAYS_MAX).default(BACKTEST_DAYS_MAX),
    zone: z.union([z.strictObject({ id: textSchema.min(1).max(64) }), z.strictObject({ shape: z.unknown() })]).meta({
      description: 'a zone that exists, or the shape of a proposed one',
    }),
    condition: z.strictObject({ kind, windows, timeZone, parameters, severity }),
    reasonKind: reasonKindSchema,
    reason: reasonSchema,
    after: idSchema.optional().meta({ description: '`next` of the answer before' }),
  })
  .refine((asked) => (asked.wearerId === undefined) !== (asked.unit === undefined), {
    message: 'either wearerId or unit',
  })
  .meta({ id: 'BacktestRequest' })

export const triedWearerSchema = z.object({
  wearer: z.object({ id: idSchema, n: z.number().int(), name: z.string() }),
  reports: z.number().int(),
  incidentCount: z.number().int(),
  countByType: z.record(z.string(), z.number().int()),
  incidents: z.array(wearerIncidentSchema).meta({ description: `at most ${BACKTEST_INCIDENTS_MAX}, oldest first` }),
})

export const backtestSchema = z
  .object({
    fromMs: ms,
    toMs: ms,
    wearers: z.array(triedWearerSchema),
    incidentCount: z.number().int(),
    perWearerDay: z.number().meta({ description: 'incidents per wearer and day, over this answer' }),
    smallerThanGuardM: z.number().optional().meta({
      description:
        'the avoided zone is nowhere deeper than this guard of a usual fix: a stay in it is reported late, as location_unverifiable, or not at all',
    }),
    next: z.string().optional().meta({ description: 'there are more wearers: ask again with this as `after`' }),
  })
  .meta({ id: 'Backtest' })
