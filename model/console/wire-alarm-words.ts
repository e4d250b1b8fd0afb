// Alarms that no table knows, and what they were mapped to.
import { z } from 'zod'
import { ALARM, type Alarm, PROTOCOL, type Protocol, unknownAlarmText } from '../report/report.ts'
import { ms, reasonSchema, textSchema, unitPathSchema } from './wire.ts'

const PROTOCOLS = Object.keys(PROTOCOL) as [Protocol, ...Protocol[]]
const ALARMS = Object.keys(ALARM) as [Alarm, ...Alarm[]]

/** `none`: routine. `unknown`: what it was before it was mapped. */
export const alarmMeaningSchema = z.enum([
  ...['none', 'strap=open', 'strap=closed', 'case=open', 'case=closed'],
  ...ALARMS,
] as const)

const wordSchema = z
  .string()
  .refine((word) => word !== '?' && word !== '' && unknownAlarmText(word) === word, 'as the list gives it')

const named = { model: z.string(), protocol: z.enum(PROTOCOLS), word: z.string() }

export const alarmWordSchema = z
  .object({
    ...named,
    reports: z.number().int().meta({ description: 'reports that said it' }),
    bracelets: z.number().int(),
    firstMs: ms,
    lastMs: ms,
    meaning: alarmMeaningSchema.optional().meta({ description: 'what it is mapped to in one’s whole unit' }),
  })
  .meta({ id: 'AlarmWord' })

export const alarmMappingSchema = z
  .object({
    ...named,
    unitPath: z.string().meta({ description: 'it holds here and below, but where a unit below has its own' }),
    meaning: alarmMeaningSchema,
    reason: z.string(),
    officerName: z.string().optional().meta({ description: 'where in sight' }),
    mappedMs: ms,
  })
  .meta({ id: 'AlarmMapping' })

export const alarmWordsSchema = z
  .object({
    words: z.array(alarmWordSchema).meta({ description: 'newest first' }),
    mappings: z.array(alarmMappingSchema).meta({ description: 'of one’s own unit, those above and those below' }),
    cut: z.literal(true).optional().meta({ description: 'there are more than were asked for' }),
  })
  .meta({ id: 'AlarmWords' })

export const newAlarmMappingSchema = z
  .strictObject({
    model: textSchema.trim().min(1).max(120),
    protocol: z.enum(PROTOCOLS),
    word: wordSchema,
    meaning: alarmMeaningSchema,
    unitPath: unitPathSchema.optional().meta({ description: 'absent: one’s own unit' }),
    reason: reasonSchema,
  })
  .meta({ id: 'NewAlarmMapping' })
