// What goes over the wire, for the OpenAPI document and for checking what comes in. The types are those of model/console/console.ts;
// `satisfies` keeps the two together.
import { z } from '@hono/zod-openapi'
import type {
  ActRequest,
  ApiError,
  IncidentView,
  MapSettings,
  Me,
  SessionView,
  TrackFix,
  UnitView,
  WearerDetail,
  WearerSummary,
  ZoneView,
} from '../../model/console/console.ts'
import { ROLES } from '../../model/console/console.ts'
import type { Incident, IncidentAct, IncidentType, LoggedIncident } from '../../model/incident/incident.ts'
import {
  BAD_DATA_REASONS,
  INCIDENT_TYPES,
  OFFICER_ACTIONS,
  RESOLUTIONS,
  SEVERITIES,
} from '../../model/incident/incident.ts'
import { LEVELS } from '../../model/incident/sop-table.ts'
import type { TimelineEntry } from '../../model/incident/timeline.ts'
import { CONDITION_KINDS } from '../../model/plan/plan.ts'

export const ms = z.number().openapi({ description: 'UTC milliseconds' })
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
/** Why somebody looks at a wearer who is not theirs. */
export const reasonSchema = textSchema.trim().min(5).max(500)

export const errorSchema = z
  .object({ error: z.object({ code: z.string(), message: z.string() }) })
  .openapi('ApiError') satisfies z.ZodType<ApiError>

export const meSchema = z
  .object({
    officerId: idSchema,
    name: z.string(),
    role: z.enum(ROLES),
    unitPath: z.string(),
    unitName: z.string(),
    timeZone: z.string(),
  })
  .openapi('Me') satisfies z.ZodType<Me>

export const unitSchema = z
  .object({
    path: z.string(),
    name: z.string(),
    kind: z.enum(['ditjenpas', 'kanwil', 'bapas', 'pos']),
    timeZone: z.string(),
  })
  .openapi('Unit') satisfies z.ZodType<UnitView>

export const sessionIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)
export const sessionSchema = z
  .object({
    id: sessionIdSchema,
    sinceMs: ms,
    endsMs: ms.openapi({ description: 'used or not' }),
    address: z.string(),
    agent: z.string().openapi({ description: 'what the browser calls itself' }),
    current: z.boolean().openapi({ description: 'the one that asks' }),
  })
  .openapi('Session') satisfies z.ZodType<SessionView>

const wearerShape = {
  id: idSchema,
  n: z.number().int().openapi({ description: 'Short number used by the live feed' }),
  name: z.string(),
  unitPath: z.string(),
  programme: z.string(),
  pkName: z.string(),
  supervisionEndsMs: ms,
}
export const wearerSchema = z.object(wearerShape).openapi('WearerSummary') satisfies z.ZodType<WearerSummary>

const weeklyWindowSchema = z.object({
  days: z.array(z.number().int()),
  from: z.string(),
  to: z.string(),
  exceptDates: z.array(z.string()),
  onlyDates: z.array(z.string()).optional(),
})

const conditionSchema = z
  .object({
    id: z.string(),
    kind: z.enum(CONDITION_KINDS),
    zoneId: z.string(),
    zoneName: z.string(),
    legalBasis: z.string(),
    timeZone: z.string(),
    windows: z.array(weeklyWindowSchema).optional(),
    fromMs: ms,
    toMs: ms.optional(),
  })
  .openapi('Condition')

export const wearerDetailSchema = z
  .object({
    ...wearerShape,
    skNumber: z.string(),
    supervisionBeginsMs: ms,
    nikMasked: z.string(),
    bracelet: z.object({ deviceId: z.string(), model: z.string(), sinceMs: ms }).optional(),
    conditions: z.array(conditionSchema),
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
  .openapi('WearerDetail')

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
  .openapi('TrackFix')

const position = z.array(z.number()).min(2).max(3).openapi({ description: 'longitude, latitude in degrees' })
const ring = z.array(position)
const shapeSchema = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('Circle'), center: position, radiusM: z.number() }),
    z.object({ type: z.literal('Polygon'), coordinates: z.array(ring) }),
    z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(z.array(ring)) }),
    z.object({ type: z.literal('Corridor'), coordinates: ring, widthM: z.number() }),
  ])
  .openapi('ZoneShape')

export const zoneSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    unitPath: z.string(),
    kind: z.enum(CONDITION_KINDS),
    shape: shapeSchema,
  })
  .openapi('Zone')

export const actSchema = z
  .object({
    actId: z.number().int(),
    incidentId: idSchema,
    wearerId: z.number().int().optional(),
    unitPath: z
      .string()
      .optional()
      .openapi({ description: 'instead of a wearer, where the incident is of a whole unit' }),
    action: z.enum(OFFICER_ACTIONS),
    officerName: z.string(),
    atMs: ms,
    note: z.string().optional(),
    resolution: z.enum(RESOLUTIONS).optional(),
    signs: z.number().int().optional(),
    revision: z.number().int().optional().openapi({ description: 'the revision that the officer acted on' }),
    changes: z.number().int().optional().openapi({ description: 'the act whose finding this resolution changes' }),
    escalatedTo: z
      .object({ level: z.enum(LEVELS), recipients: z.array(z.string()) })
      .optional()
      .openapi({ description: 'whom an escalation reaches' }),
  })
  .openapi('IncidentAct')

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
  signs: z
    .number()
    .int()
    .optional()
    .openapi({ description: 'How often the device raised the alarm anew; absent: once' }),
  minutes: z
    .object({ provenMs: z.number(), keptMs: z.number(), notKnownMs: z.number(), toMs: ms })
    .optional()
    .openapi({ description: 'milliseconds proven by fixes, kept, and covered by none, up to toMs' }),
  gaps: z.array(z.object({ fromMs: ms, toMs: ms })).optional(),
  badData: z
    .object({
      reason: z.enum(BAD_DATA_REASONS),
      count: z.number().int(),
      clockOffMs: z.number().optional(),
      correctionMs: z.number().optional().openapi({ description: "proposed: to be added to the device's clock" }),
    })
    .optional(),
  unknownAlarms: z
    .array(z.object({ code: z.number().int(), text: z.string().optional(), count: z.number().int() }))
    .optional(),
  planHash: z.string(),
  withdrawn: z.object({ reason: z.string() }).optional(),
  supersededBy: idSchema.optional().openapi({ description: 'withdrawn, and goes on as this incident' }),
  successorOf: idSchema.optional().openapi({ description: 'goes on what was told as this incident' }),
  matterId: idSchema.optional().openapi({ description: 'the first incident of the chain; absent: this one' }),
}
const unitIncidentShape = {
  ...episodeShape,
  type: z.literal('fleet_silence'),
  unitPath: z.string(),
  silentCount: z.number().int().openapi({ description: 'bracelets silent when this revision was written …' }),
  ofCount: z.number().int().openapi({ description: '… of so many that had been heard of before' }),
}
export const wearerIncidentSchema = z.object(wearerIncidentShape).openapi('WearerIncident')
export const incidentSchema = z
  .union([wearerIncidentSchema, z.object(unitIncidentShape).openapi('UnitIncident')])
  .openapi('Incident')
const standingSchema = z
  .object({
    fromMs: ms.openapi({ description: 'since when it stands as it does, by when it could be known here' }),
    sinceRevision: z.number().int().optional().openapi({ description: 'the revision that reinstated it' }),
    signMs: ms.optional().openapi({ description: 'when its newest recurrence could be known' }),
  })
  .openapi('Standing')
export const incidentViewSchema = z
  .union([
    z
      .object({
        ...wearerIncidentShape,
        standing: standingSchema,
        wearer: z.object({ id: idSchema, n: z.number().int(), name: z.string(), unitPath: z.string() }),
        conditionName: z.string().optional(),
        acts: z.array(actSchema),
      })
      .openapi('WearerIncidentView'),
    z
      .object({
        ...unitIncidentShape,
        standing: standingSchema,
        unit: z.object({ path: z.string(), name: z.string() }),
        acts: z.array(actSchema),
      })
      .openapi('UnitIncidentView'),
  ])
  .openapi('IncidentView')

const noticeSchema = z
  .object({
    kind: z.enum(['raised', 'withdrawn', 'escalated']),
    cause: z.enum(['overdue', 'unhandled', 'officer']).optional(),
    revision: z.number().int(),
    recipientId: z.string(),
    level: z.enum(LEVELS),
    channel: z.string(),
    queuedMs: ms,
    acceptedMs: ms.optional().openapi({ description: 'the receiver’s server accepted it' }),
    failedMs: ms.optional().openapi({ description: 'every attempt failed' }),
  })
  .openapi('IncidentNotice')
const revisionFactsSchema = z
  .object({
    ...{ revision: z.number().int(), type: z.enum(INCIDENT_TYPE_NAMES), severity: z.enum(SEVERITIES) },
    ...{ startMs: ms, confirmedMs: ms, endMs: ms.optional(), late: z.boolean(), inferred: z.boolean() },
    ...{ signs: z.number().int().optional(), withdrawn: z.object({ reason: z.string() }).optional() },
  })
  .openapi('RevisionFacts')
export const timelineEntrySchema = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('revision'), atMs: ms, revision: revisionFactsSchema }),
    z.object({ kind: z.literal('act'), atMs: ms, act: actSchema }),
    z.object({ kind: z.literal('notice'), atMs: ms, notice: noticeSchema }),
  ])
  .openapi('TimelineEntry')

/** What an act must carry: text for a note, an outcome for a resolution, and for nothing else. */
export const actRequestSchema = z
  .strictObject({
    action: z.enum(OFFICER_ACTIONS),
    note: textSchema.trim().min(1).max(4000).optional(),
    resolution: z.enum(RESOLUTIONS).optional(),
    signs: z.number().int().min(0).optional().openapi({
      description: 'signs of the incident that the officer saw; a resolution holds for no more of them',
    }),
    revision: z.number().int().min(1).optional().openapi({ description: 'revision that the officer saw' }),
    changes: z.number().int().min(1).optional().openapi({
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
  .openapi('ActRequest')

export const mapSettingsSchema = z
  .object({ tileUrl: z.string().optional(), tileAttribution: z.string().optional() })
  .openapi('MapSettings')

/** Fails to compile where the words of the model and of the wire come apart. */
type Fits<_Wire, _Model extends _Wire> = true
export type WireFitsModel = [
  Fits<z.input<typeof wearerDetailSchema>, WearerDetail>,
  Fits<z.input<typeof trackFixSchema>, TrackFix>,
  Fits<z.input<typeof zoneSchema>, ZoneView>,
  Fits<z.input<typeof actSchema>, IncidentAct>,
  Fits<z.input<typeof wearerIncidentSchema>, Incident>,
  Fits<z.input<typeof incidentSchema>, LoggedIncident>,
  Fits<z.input<typeof incidentViewSchema>, IncidentView>,
  Fits<z.input<typeof actRequestSchema>, ActRequest>,
  Fits<z.input<typeof timelineEntrySchema>, TimelineEntry>,
  Fits<z.input<typeof mapSettingsSchema>, MapSettings>,
]
