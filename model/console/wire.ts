// What goes over the wire, once: the OpenAPI document, the checks of what comes in, and the types of model/console/console.ts come from
// these. The console takes the types only, so zod is not in its bundle.
import { z } from 'zod'
import { hasContent, REASON_CHARS_MAX, REASON_KINDS, REASON_VERDICTS } from '../access/reason.ts'
import { ROLES } from '../access/roles.ts'
import {
  BAD_DATA_REASONS,
  INCIDENT_TYPES,
  type IncidentType,
  OFFICER_ACTIONS,
  RESOLUTIONS,
  SEVERITIES,
} from '../incident/incident.ts'
import { LEVELS } from '../incident/sop-table.ts'
import { CONDITION_KINDS, windowSchema } from '../plan/plan.ts'
import { zoneShapeSchema } from '../plan/zone.ts'

export const ms = z.number().meta({ description: 'UTC milliseconds' })
export const idSchema = z.uuid()
export const unitPathSchema = z
  .string()
  .max(256)
  .regex(/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/, 'labels joined by dots')
/** Text as PostgreSQL can hold it. */
export const textSchema = z.string().refine((text) => !text.includes('\0'), 'no NUL characters')
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z')
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z')
/** A time with its offset, of a year with four digits in UTC too. */
export const instantSchema = z.iso
  .datetime({ offset: true })
  .refine((text) => Date.parse(text) >= FIRST_MS && Date.parse(text) <= LAST_MS, 'a year from 0001 to 9999')
/** Why somebody looks at a person (model/access/reason.ts). */
export const reasonSchema = textSchema
  .trim()
  .max(REASON_CHARS_MAX)
  .refine(hasContent, 'a reason has three different words or more that say something')
export const reasonKindSchema = z.enum(REASON_KINDS).default('lainnya')
export const givenReasonSchema = z.strictObject({ reasonKind: reasonKindSchema, reason: reasonSchema })

export const errorSchema = z
  .object({
    type: z.string().optional(),
    title: z.string().optional().meta({ description: 'the code' }),
    status: z.number().int().optional(),
    detail: z.string().optional(),
    error: z.object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()).optional() }),
  })
  .meta({ id: 'ApiError' })

export const meSchema = z
  .object({
    officerId: idSchema,
    name: z.string(),
    role: z.enum(ROLES),
    unitPath: z.string(),
    unitName: z.string(),
    timeZone: z.string(),
  })
  .meta({ id: 'Me' })

export const unitSchema = z
  .object({
    path: z.string(),
    name: z.string(),
    kind: z.enum(['ditjenpas', 'kanwil', 'bapas', 'pos']),
    timeZone: z.string(),
  })
  .meta({ id: 'Unit' })

export const sessionIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)
export const sessionSchema = z
  .object({
    id: sessionIdSchema,
    sinceMs: ms,
    endsMs: ms.meta({ description: 'used or not' }),
    address: z.string(),
    agent: z.string().meta({ description: 'what the browser calls itself' }),
    current: z.boolean().meta({ description: 'the one that asks' }),
  })
  .meta({ id: 'Session' })

const wearerShape = {
  id: idSchema,
  n: z.number().int().meta({ description: 'Short number used by the live feed' }),
  name: z.string(),
  unitPath: z.string(),
  programme: z.string(),
  pkName: z.string(),
  supervisionEndsMs: ms,
}
export const wearerSchema = z.object(wearerShape).meta({ id: 'WearerSummary' })

export const conditionViewSchema = z
  .object({
    id: z.string(),
    kind: z.enum(CONDITION_KINDS),
    zoneId: z.string(),
    zoneName: z.string(),
    legalBasis: z.string(),
    timeZone: z.string(),
    windows: z.array(windowSchema).optional(),
    fromMs: ms,
    toMs: ms.optional(),
  })
  .meta({ id: 'Condition' })

export const wearerDetailSchema = z
  .object({
    ...wearerShape,
    skNumber: z.string(),
    supervisionBeginsMs: ms,
    nikMasked: z.string(),
    bracelet: z.object({ deviceId: z.string(), model: z.string(), sinceMs: ms }).optional(),
    conditions: z.array(conditionViewSchema),
    permits: z.array(z.object({ id: z.string(), fromMs: ms, toMs: ms, legalBasis: z.string() })),
    last: z
      .object({
        timeMs: ms,
        latDeg: z.number(),
        lonDeg: z.number(),
        accuracyM: z.number().optional(),
        batteryPercent: z.number().optional(),
      })
      .optional(),
  })
  .meta({ id: 'WearerDetail' })

export const trackFixSchema = z
  .object({
    timeMs: ms,
    latDeg: z.number(),
    lonDeg: z.number(),
    valid: z.boolean(),
    accuracyM: z.number().optional(),
    speedMps: z.number().optional(),
    batteryPercent: z.number().optional(),
    archived: z.boolean(),
  })
  .meta({ id: 'TrackFix' })

export const zoneSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    unitPath: z.string(),
    kind: z.enum(CONDITION_KINDS).meta({ description: 'worst use: how the map draws it' }),
    shape: zoneShapeSchema,
  })
  .meta({ id: 'Zone' })

export const actSchema = z
  .object({
    actId: z.number().int(),
    incidentId: idSchema,
    matterId: idSchema.optional().meta({ description: 'as the incident’s; absent: the incident itself' }),
    wearerId: z.number().int().optional(),
    unitPath: z.string().optional().meta({ description: 'instead of a wearer, where the incident is of a whole unit' }),
    action: z.enum(OFFICER_ACTIONS),
    officerName: z.string(),
    atMs: ms,
    note: z.string().optional(),
    resolution: z.enum(RESOLUTIONS).optional(),
    signs: z.number().int().optional(),
    revision: z.number().int().optional().meta({ description: 'the revision that the officer acted on' }),
    changes: z.number().int().optional().meta({ description: 'the act whose finding this resolution changes' }),
    escalatedTo: z
      .object({ level: z.enum(LEVELS), recipients: z.array(z.string()) })
      .optional()
      .meta({ description: 'whom an escalation reaches' }),
  })
  .meta({ id: 'IncidentAct' })

const INCIDENT_TYPE_NAMES = Object.keys(INCIDENT_TYPES) as [IncidentType, ...IncidentType[]]

const evidenceSchema = z.object({
  timeMs: ms,
  contentKey: z.string().optional(),
  role: z.enum(['start', 'confirm', 'deepest', 'end', 'sign']),
  latE7: z.number().optional(),
  lonE7: z.number().optional(),
  distanceM: z.number().optional(),
  radiusM: z.number().optional(),
})

const episodeShape = {
  id: idSchema,
  severity: z.enum(SEVERITIES),
  startMs: ms,
  confirmedMs: ms,
  endMs: ms.optional(),
  evidence: z.array(evidenceSchema),
  engineVersion: z.string(),
  late: z.boolean(),
  inferred: z.boolean(),
  revision: z.number().int(),
}
const wearerIncidentShape = {
  ...episodeShape,
  type: z.enum(INCIDENT_TYPE_NAMES),
  wearerId: z.number().int(),
  conditionId: z.string().optional(),
  depthM: z.number().optional(),
  signs: z.number().int().optional().meta({ description: 'How often the device raised the alarm anew; absent: once' }),
  minutes: z
    .object({ provenMs: z.number(), keptMs: z.number(), notKnownMs: z.number(), toMs: ms })
    .optional()
    .meta({ description: 'milliseconds proven by fixes, kept, and covered by none, up to toMs' }),
  gaps: z.array(z.object({ fromMs: ms, toMs: ms })).optional(),
  badData: z
    .object({
      reason: z.enum(BAD_DATA_REASONS),
      count: z.number().int(),
      clockOffMs: z.number().optional(),
      correctionMs: z.number().optional().meta({ description: "proposed: to be added to the device's clock" }),
    })
    .optional(),
  unknownAlarms: z
    .array(z.object({ code: z.number().int(), text: z.string().optional(), count: z.number().int() }))
    .optional(),
  planHash: z.string(),
  withdrawn: z.object({ reason: z.string() }).optional(),
  supersededBy: idSchema.optional().meta({ description: 'withdrawn, and goes on as this incident' }),
  successorOf: idSchema.optional().meta({ description: 'continues what was published as this incident' }),
  matterId: idSchema.optional().meta({ description: 'the first incident of the chain; absent: this one' }),
}
const unitIncidentShape = {
  ...episodeShape,
  type: z.literal('fleet_silence'),
  unitPath: z.string(),
  silentCount: z.number().int().meta({ description: 'bracelets silent when this revision was written …' }),
  ofCount: z.number().int().meta({ description: '… of so many that had reported before' }),
}
export const wearerIncidentSchema = z.object(wearerIncidentShape).meta({ id: 'WearerIncident' })
export const incidentSchema = z
  .union([wearerIncidentSchema, z.object(unitIncidentShape).meta({ id: 'UnitIncident' })])
  .meta({ id: 'Incident' })
const standingSchema = z
  .object({
    fromMs: ms.meta({ description: 'since when it has been active, by the time at which the server could know it' }),
    sinceRevision: z.number().int().optional().meta({ description: 'the revision that reinstated it' }),
    signMs: ms.optional().meta({ description: 'when its newest recurrence could be known' }),
  })
  .meta({ id: 'Standing' })
export const incidentViewSchema = z
  .union([
    z
      .object({
        ...wearerIncidentShape,
        standing: standingSchema,
        wearer: z.object({ id: idSchema, n: z.number().int(), name: z.string(), unitPath: z.string() }),
        conditionName: z.string().optional(),
        continuedBy: idSchema.optional().meta({ description: 'of a withdrawn one: the active incident of its matter' }),
        acts: z.array(actSchema),
      })
      .meta({ id: 'WearerIncidentView' }),
    z
      .object({
        ...unitIncidentShape,
        standing: standingSchema,
        unit: z.object({ path: z.string(), name: z.string() }),
        acts: z.array(actSchema),
      })
      .meta({ id: 'UnitIncidentView' }),
  ])
  .meta({ id: 'IncidentView' })

export const noticeSchema = z
  .object({
    kind: z.enum(['raised', 'withdrawn', 'escalated', 'test']),
    cause: z.enum(['overdue', 'unhandled', 'officer']).optional(),
    revision: z.number().int(),
    recipientId: z.string(),
    level: z.enum(LEVELS),
    channel: z.string(),
    queuedMs: ms,
    acceptedMs: ms.optional().meta({ description: 'the receiver’s server accepted it' }),
    failedMs: ms.optional().meta({ description: 'every attempt failed' }),
  })
  .meta({ id: 'IncidentNotice' })
const revisionFactsSchema = z
  .object({
    ...{ revision: z.number().int(), type: z.enum(INCIDENT_TYPE_NAMES), severity: z.enum(SEVERITIES) },
    ...{ startMs: ms, confirmedMs: ms, endMs: ms.optional(), late: z.boolean(), inferred: z.boolean() },
    ...{ signs: z.number().int().optional(), withdrawn: z.object({ reason: z.string() }).optional() },
  })
  .meta({ id: 'RevisionFacts' })
export const timelineEntrySchema = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('revision'), atMs: ms, revision: revisionFactsSchema }),
    z.object({ kind: z.literal('act'), atMs: ms, act: actSchema }),
    z.object({ kind: z.literal('notice'), atMs: ms, notice: noticeSchema }),
  ])
  .meta({ id: 'TimelineEntry' })

/** What an act must carry: text for a note, an outcome for a resolution, and for nothing else. */
export const actRequestSchema = z
  .strictObject({
    action: z.enum(OFFICER_ACTIONS),
    note: textSchema.trim().min(1).max(4000).optional(),
    resolution: z.enum(RESOLUTIONS).optional(),
    signs: z.number().int().min(0).optional().meta({
      description: 'signs of the incident that the officer saw; a resolution holds for no more of them',
    }),
    revision: z.number().int().min(1).optional().meta({ description: 'revision that the officer saw' }),
    changes: z.number().int().min(1).optional().meta({
      description: 'the act whose finding a resolution changes: with a reason, and by at least the rank of who made it',
    }),
  })
  .refine((act) => act.action !== 'note' || act.note !== undefined, { path: ['note'], message: 'a note has a text' })
  .refine((act) => (act.action === 'resolve') === (act.resolution !== undefined), {
    path: ['resolution'],
    message: 'a resolution has an outcome, and nothing else has one',
  })
  .refine((act) => act.changes === undefined || (act.action === 'resolve' && act.note !== undefined), {
    path: ['changes'],
    message: 'only a resolution changes a finding, and it says why',
  })
  .meta({ id: 'ActRequest' })

export const mapSettingsSchema = z
  .object({ tileUrl: z.string().optional(), tileAttribution: z.string().optional() })
  .meta({ id: 'MapSettings' })

const count = z.number().int()
export const unitFiguresSchema = z
  .object({
    path: z.string(),
    name: z.string(),
    kind: z.enum(['ditjenpas', 'kanwil', 'bapas', 'pos']),
    klien: count.meta({ description: 'under supervision now, units below included, as all of these' }),
    concerned: count.meta({ description: 'wearers with an open incident' }),
    untaken: count.meta({ description: 'open and taken by nobody' }),
    kritisOpen: count,
    seriusOpen: count,
    informasiOpen: count,
    raisedWeek: count.meta({ description: 'incidents that began in the last seven days and were not withdrawn' }),
    resolvedWeek: count.meta({ description: 'of these, resolved' }),
    falseWeek: count.meta({ description: 'of these, found to be a false alarm' }),
  })
  .meta({ id: 'UnitFigures' })

export const personFoundSchema = z
  .object({ id: idSchema, name: z.string(), unitPath: z.string(), programme: z.string() })
  .meta({ id: 'PersonFound' })

export const reasonGivenSchema = z
  .object({
    id: count,
    atMs: ms,
    officerId: idSchema.optional(),
    officerName: z.string().optional(),
    role: z.enum(ROLES).optional(),
    for: z.enum(['access.grant', 'nik.reveal', 'person.find']),
    subject: z.string(),
    kind: z.enum(REASON_KINDS),
    reason: z.string(),
    verdict: z.enum(REASON_VERDICTS).optional(),
    note: z.string().optional(),
    reviewedMs: ms.optional(),
  })
  .meta({ id: 'ReasonGiven' })

export const reasonReviewSchema = z
  .strictObject({ verdict: z.enum(REASON_VERDICTS), note: textSchema.trim().max(1000).optional() })
  .meta({ id: 'ReasonReview' })

export const readingAlarmSchema = z
  .object({
    id: count,
    atMs: ms,
    officerId: idSchema,
    officerName: z.string(),
    unitPath: z.string(),
    what: z.enum(['persons', 'niks', 'reasons']),
    per: z.enum(['hour', 'day']),
    found: count,
    allowed: count,
  })
  .meta({ id: 'ReadingAlarm' })
