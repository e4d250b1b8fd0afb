// Klien, bracelets and proposals, as they are written.
import { z } from 'zod'
import { BAD_DATA_REASONS, SEVERITIES } from '../incident/incident.ts'
import { CONDITION_KINDS, evidenceParametersSchema, windowSchema } from '../plan/plan.ts'
import { zoneShapeSchema } from '../plan/zone.ts'
import { UNFIT } from '../report/bench-report.ts'
import { ALARM, type Alarm, PROTOCOL, type Protocol } from '../report/report.ts'
import { CUSTODY, END_KINDS, IDENTITIES, NEEDS, PROGRAMMES, RISKS } from './file-terms.ts'
import { idSchema, ms, reasonSchema, textSchema, unitPathSchema } from './wire.ts'

const nameSchema = textSchema.trim().min(1).max(120)
const phoneSchema = z.string().regex(/^[0-9+() -]{3,30}$/, 'digits, +, brackets, blanks, hyphens')
const addressSchema = textSchema.trim().min(1).max(300)
const programmeSchema = z.enum(PROGRAMMES)
const timeMs = z.number().int().min(0).max(4_102_444_800_000).meta({ description: 'UTC milliseconds' })

const particulars = {
  birthDate: z.iso.date(),
  phone: phoneSchema,
  address: addressSchema,
  guarantorName: nameSchema,
  guarantorPhone: phoneSchema,
  sdpNumber: textSchema.trim().min(1).max(64),
  domicile: addressSchema.meta({ description: 'where they live, where that is another address' }),
  polsekName: nameSchema,
  polsekPhone: phoneSchema,
  risk: z.enum(RISKS),
  health: textSchema.trim().min(1).max(500),
  needs: z.array(z.enum(NEEDS)).min(1).max(NEEDS.length),
}
const decree = {
  skDate: z.iso.date(),
  skIssuer: textSchema.trim().min(1).max(120),
}
const optional = <S extends z.ZodRawShape>(shape: S) => z.object(shape).partial().shape

export const wearerFileSchema = z
  .object({
    id: idSchema,
    name: z.string(),
    nikMasked: z.string(),
    unitPath: z.string(),
    pkOfficerId: idSchema.optional(),
    asistenOfficerId: idSchema.optional(),
    ...optional({ ...particulars, birthDate: z.string() }),
    supervision: z
      .object({
        ...{ programme: programmeSchema, skNumber: z.string(), fromMs: ms, toMs: ms },
        ...{ skDate: z.string().optional(), skIssuer: z.string().optional(), endKind: z.string().optional() },
      })
      .optional(),
    version: z.number().int().meta({ description: 'how often it was written; 0: before versions were kept' }),
  })
  .meta({ id: 'WearerFile' })

export const newWearerSchema = z
  .strictObject({
    name: nameSchema,
    nik: z.string().regex(/^\d{16}$/, '16 digits'),
    unitPath: unitPathSchema.optional().meta({ description: 'absent: one’s own unit' }),
    pkOfficerId: idSchema.optional().meta({ description: 'absent: oneself, for a PK' }),
    asistenOfficerId: idSchema.optional(),
    ...optional(particulars),
    programme: programmeSchema,
    skNumber: textSchema.trim().min(1).max(100),
    ...optional(decree),
    fromMs: timeMs,
    toMs: timeMs,
    acceptSimilar: z.literal(true).optional().meta({ description: 'similar klien were seen and are others' }),
  })
  .refine(({ fromMs, toMs }) => fromMs < toMs, { path: ['toMs'], message: 'after fromMs' })
  .meta({ id: 'NewWearer' })

const nullable = <S extends z.ZodType>(schema: S) => schema.nullable().optional()
/** What is absent stays; null removes. */
export const wearerChangeSchema = z
  .strictObject({
    reason: reasonSchema,
    name: nameSchema.optional(),
    pkOfficerId: idSchema.optional(),
    asistenOfficerId: nullable(idSchema),
    birthDate: nullable(particulars.birthDate),
    phone: nullable(particulars.phone),
    address: nullable(particulars.address),
    guarantorName: nullable(particulars.guarantorName),
    guarantorPhone: nullable(particulars.guarantorPhone),
    sdpNumber: nullable(particulars.sdpNumber),
    domicile: nullable(particulars.domicile),
    polsekName: nullable(particulars.polsekName),
    polsekPhone: nullable(particulars.polsekPhone),
    risk: nullable(particulars.risk),
    health: nullable(particulars.health),
    needs: nullable(particulars.needs),
    decree: z
      .strictObject({
        programme: programmeSchema.optional(),
        skNumber: textSchema.trim().min(1).max(100).optional(),
        skDate: nullable(decree.skDate),
        skIssuer: nullable(decree.skIssuer),
      })
      .optional()
      .meta({ description: 'what the decree is called; its end is not corrected here' }),
  })
  .meta({ id: 'WearerChange' })

export const wearerVersionSchema = z
  .object({
    version: z.number().int(),
    atMs: ms,
    authorName: z.string().optional(),
    reason: z.string(),
    body: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'WearerVersion' })

export const accessSchema = z
  .object({
    ...{ id: z.number().int(), atMs: ms, action: z.string() },
    officerName: z.string().optional().meta({ description: 'absent: the server itself' }),
    officerRole: z.string().optional(),
    unitName: z.string().optional(),
    reason: z.string().optional(),
  })
  .meta({ id: 'Access' })

export const guideSchema = z
  .object({ id: idSchema, name: z.string(), role: z.enum(['pk', 'asisten_pk']), unitPath: z.string() })
  .meta({ id: 'Guide' })

export const supervisionEndSchema = z
  .strictObject({ kind: z.enum(END_KINDS), reason: reasonSchema })
  .meta({ id: 'SupervisionEnd' })

const ALARMS = Object.keys(ALARM) as [Alarm, ...Alarm[]]
const PROTOCOLS = Object.keys(PROTOCOL) as [Protocol, ...Protocol[]]
export const braceletSchema = z
  .object({
    id: z.number().int(),
    deviceId: z.string(),
    model: z.string(),
    unitPath: z.string(),
    protocol: z.enum(PROTOCOLS).optional(),
    custody: z.enum(CUSTODY),
    simNumber: z.string().optional(),
    simEnds: z.string().optional().meta({ description: 'the day the SIM ends' }),
    revoked: z.boolean(),
    clockCorrectionMs: z.number().int().optional().meta({ description: 'added to the times that it sends' }),
    clockSetMs: ms.optional(),
    clockProposal: z
      .object({
        reason: z.enum(BAD_DATA_REASONS),
        count: z.number().int(),
        clockOffMs: z.number().optional(),
        correctionMs: z.number().int(),
        sinceMs: ms,
      })
      .optional()
      .meta({ description: 'its clock is wrong by so much, recognised since it was set last; of one bracelet only' }),
    wearer: z
      .object({ id: idSchema, name: z.string(), sinceMs: ms })
      .optional()
      .meta({ description: 'where in sight' }),
  })
  .meta({ id: 'Bracelet' })
export const newBraceletSchema = z
  .strictObject({
    deviceId: z.string().regex(/^[\x21-\x7e]{1,64}$/, 'as the device names itself: printable, no blanks'),
    model: nameSchema,
    unitPath: unitPathSchema.optional().meta({ description: 'absent: one’s own unit' }),
    protocol: z.enum(PROTOCOLS),
    simNumber: z
      .string()
      .regex(/^[0-9+]{5,25}$/)
      .optional(),
    simEnds: z.iso.date().optional(),
    settings: z
      .strictObject({
        utcOffsetMinutes: z.number().int().min(-720).max(840).optional(),
        acceptBadChecksum: z.literal(true).optional(),
        strapCodes: z
          .record(z.string().min(1).max(16), z.enum(['open', 'closed']))
          .optional()
          .meta({ description: 'raw strap digit or bit → open | closed' }),
      })
      .optional()
      .meta({ description: 'what this device does differently from its protocol' }),
  })
  .meta({ id: 'NewBracelet' })
export const braceletSecretSchema = z
  .object({
    bracelet: braceletSchema,
    secret: z.string().optional().meta({ description: 'shown once; absent where the protocol has none' }),
  })
  .meta({ id: 'BraceletSecret' })
/** Quarters of an hour up to 14 hours, or one or two cycles of 1,024 weeks. */
const isClockCorrection = (correctionMs: number) =>
  (correctionMs % 900_000 === 0 && Math.abs(correctionMs) <= 50_400_000) ||
  (correctionMs % 619_315_200_000 === 0 && Math.abs(correctionMs) <= 1_238_630_400_000)
export const braceletClockSchema = z
  .strictObject({
    correctionMs: z
      .number()
      .int()
      .refine(isClockCorrection, 'quarters of an hour up to 14 hours, or cycles of 1,024 weeks')
      .nullable()
      .meta({ description: 'added to every time that it sends from now on; null or 0: nothing' }),
    reason: reasonSchema,
  })
  .meta({ id: 'BraceletClock' })
export const custodyChangeSchema = z
  .strictObject({ custody: z.enum(['gudang', 'servis', 'hilang', 'rusak']), reason: reasonSchema })
  .meta({ id: 'CustodyChange' })
/** For the record (berita acara): without it none can be printed. */
const signed = {
  identity: z.enum(IDENTITIES).optional().meta({ description: 'by what the klien was recognised' }),
  klienSigned: nameSchema.optional(),
  officerSigned: nameSchema.optional(),
}
export const fittingSchema = z
  .strictObject({
    braceletId: z.number().int().min(1).max(2_147_483_647),
    swap: z.literal(true).optional().meta({ description: 'in place of the one that is worn, at the same moment' }),
    ...signed,
  })
  .meta({ id: 'Fitting' })
export const takingOffSchema = z.strictObject({ reason: reasonSchema, ...signed }).meta({ id: 'TakingOff' })
export const wornSchema = z.object({ deviceId: z.string(), fromMs: ms, toMs: ms.optional() }).meta({ id: 'Worn' })

export const fittingRecordSchema = z
  .object({
    id: z.number().int(),
    act: z.enum(['pasang', 'lepas']),
    atMs: ms,
    ...{ deviceId: z.string(), model: z.string() },
    officerName: z.string().optional(),
    identity: z.enum(IDENTITIES).optional(),
    klienSigned: z.string().optional(),
    officerSigned: z.string().optional(),
    reason: z.string().optional(),
  })
  .meta({ id: 'FittingRecord' })
export const custodyEntrySchema = z
  .object({
    atMs: ms,
    custody: z.enum(CUSTODY),
    officerName: z.string().optional(),
    reason: z.string().optional(),
  })
  .meta({ id: 'CustodyEntry' })

const contactSchema = z.enum(['open', 'closed'])
const benchReportSchema = z.object({
  ...{ receivedMs: ms, timeMs: ms, protocol: z.enum(PROTOCOLS), fixValid: z.boolean(), archived: z.boolean() },
  alarms: z.array(z.enum(ALARMS)),
  ...{ accuracyM: z.number().optional(), satellites: z.number().optional(), batteryPercent: z.number().optional() },
  ...{ charging: z.boolean().optional(), strap: contactSchema.optional(), case: contactSchema.optional() },
  ...{ unknownAlarm: z.string().optional(), defect: z.string().optional(), timeFromReceipt: z.boolean().optional() },
})
export const benchSchema = z
  .object({
    testedForMs: z.number().meta({ description: 'the test goes on so long; 0: none does' }),
    state: z.object({
      reportsPerMinute: z.number(),
      batteryPercent: z.number().optional(),
      charging: z.boolean().optional(),
      strap: contactSchema.optional(),
      case: contactSchema.optional(),
      satellites: z.number().optional(),
      accuracyM: z.number().optional(),
      lastMs: ms.optional(),
      unfit: z.array(z.enum(UNFIT)).meta({ description: 'empty: fit to be fitted' }),
    }),
    reports: z.array(benchReportSchema).meta({ description: 'newest first, without places' }),
    refusals: z
      .array(z.object({ reason: z.string(), detail: z.string(), reports: z.number().int(), lastMs: ms }))
      .meta({ description: 'within a day' }),
  })
  .meta({ id: 'Bench' })

export const newZoneSchema = z
  .strictObject({
    name: nameSchema,
    unitPath: unitPathSchema.optional().meta({ description: 'absent: one’s own unit' }),
    shared: z.boolean().default(false).meta({ description: 'a place for all, not one person’s home' }),
    shape: zoneShapeSchema,
  })
  .meta({ id: 'NewZone' })

const proposedConditionSchema = z.strictObject({
  kind: z.enum(CONDITION_KINDS),
  zoneId: z.string().min(1).max(64),
  fromMs: timeMs.optional().meta({ description: 'absent, or past when it is approved: from then on' }),
  toMs: timeMs.optional(),
  timeZone: z.enum(['Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura']),
  windows: z.array(windowSchema).max(50).optional(),
  severity: z.enum(SEVERITIES).optional(),
  parameters: evidenceParametersSchema.optional(),
  legalBasis: textSchema.trim().min(1).max(500),
  replaces: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .meta({ description: 'the condition of which this is the next version' }),
})
const proposedPermitSchema = z.strictObject({
  fromMs: timeMs.optional().meta({ description: 'absent, or past when it is approved: from then on' }),
  toMs: timeMs,
  conditionIds: z.array(z.string().min(1).max(64)).min(1).max(200).optional().meta({ description: 'absent: all' }),
  zoneId: z.string().min(1).max(64).optional(),
  legalBasis: textSchema.trim().min(1).max(500),
})
export const newProposalSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.enum(['condition', 'condition_avoided']), condition: proposedConditionSchema }),
    z.strictObject({
      kind: z.enum(['permit_short', 'permit_out_of_town', 'permit_abroad']),
      permit: proposedPermitSchema,
    }),
  ])
  .meta({ id: 'NewProposal' })
export const proposalSchema = z
  .object({
    id: idSchema,
    wearer: z.object({ id: idSchema, name: z.string() }),
    proposed: newProposalSchema,
    authorId: idSchema,
    authorName: z.string().optional(),
    madeMs: ms,
    state: z.enum(['pending', 'approved', 'refused', 'returned', 'withdrawn']),
    deciderName: z.string().optional(),
    decidedMs: ms.optional(),
    reason: z.string().optional(),
    resultId: z.string().optional().meta({ description: 'the condition or permit that came of it' }),
  })
  .meta({ id: 'Proposal' })
export const decisionSchema = z
  .strictObject({ decision: z.enum(['approve', 'refuse', 'return']), reason: reasonSchema.optional() })
  .refine(({ decision, reason }) => decision === 'approve' || reason !== undefined, {
    path: ['reason'],
    message: 'what is not approved is given a reason',
  })
  .meta({ id: 'Decision' })
export const decidedSchema = z
  .object({
    proposal: proposalSchema,
    inForceFromMs: ms.optional().meta({ description: 'the evaluators judge by it within two seconds of its approval' }),
  })
  .meta({ id: 'Decided' })
