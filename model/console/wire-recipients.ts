// Recipients of alerts, as they go over the wire. A webhook's secret goes once only, in the answer that made it.
import { z } from 'zod'
import { LEVELS } from '../incident/sop-table.ts'
import { NOTICE_LANGUAGES } from '../notice/recipient.ts'
import { idSchema, noticeSchema, textSchema, unitPathSchema } from './wire.ts'

const WAYS_MAX = 5
const ADDRESS_CHARS_MAX = 500
/** A point of P-256, uncompressed, and 16 bytes, both in Base64url. */
const publicKey = z.string().regex(/^[A-Za-z0-9_-]{87}={0,1}$/)
const authSecret = z.string().regex(/^[A-Za-z0-9_-]{22}={0,2}$/)

const httpAddress = z
  .string()
  .max(ADDRESS_CHARS_MAX)
  .refine((url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol), 'an http or https address')
  .refine((url) => !URL.canParse(url) || new URL(url).username === '', 'without user and password')
const mailAddress = z
  .string()
  .max(254)
  .regex(/^[^@\s<>",;:\\]{1,64}@[^@\s<>",;:\\]{1,190}$/, 'an e-mail address')
const telephone = z.string().regex(/^\+\d{8,15}$/, '+ and 8 to 15 digits')

const wayInputSchema = z
  .discriminatedUnion('channel', [
    z.strictObject({ channel: z.literal('webhook'), address: httpAddress }),
    z.strictObject({ channel: z.literal('email'), address: mailAddress }),
    z.strictObject({ channel: z.literal('web_push'), address: httpAddress, p256dh: publicKey, auth: authSecret }),
    z.strictObject({
      channel: z.literal('telegram'),
      address: z.string().regex(/^(?:-?\d{1,20}|@\w{5,32})$/, 'a chat’s number, or @ and its name'),
    }),
    z.strictObject({ channel: z.literal('sms'), address: telephone }),
    z.strictObject({ channel: z.literal('whatsapp'), address: telephone }),
  ])
  .meta({ id: 'WayInput' })
const waysSchema = z.array(wayInputSchema).min(1).max(WAYS_MAX)
const nameSchema = textSchema.trim().min(1).max(120)
const levelSchema = z.enum(LEVELS)
const languageSchema = z.enum(NOTICE_LANGUAGES)

export const recipientSchema = z
  .object({
    id: idSchema,
    name: z.string(),
    unitPath: z.string().meta({ description: 'alerts of this unit and those below' }),
    level: levelSchema,
    language: languageSchema,
    active: z.boolean(),
    ways: z
      .array(z.object({ channel: z.string(), address: z.string(), signed: z.boolean().optional() }))
      .meta({ description: 'the first one first; a way that does not lead there gives the alert to the next' }),
  })
  .meta({ id: 'Recipient' })

export const newRecipientSchema = z
  .strictObject({
    name: nameSchema,
    unitPath: unitPathSchema,
    level: levelSchema,
    language: languageSchema.default('id'),
    ways: waysSchema,
  })
  .meta({ id: 'NewRecipient' })

/** What is absent stays. */
export const recipientChangeSchema = z
  .strictObject({
    name: nameSchema.optional(),
    level: levelSchema.optional(),
    language: languageSchema.optional(),
    ways: waysSchema.optional(),
    active: z.boolean().optional(),
  })
  .meta({ id: 'RecipientChange' })

export const writtenRecipientSchema = z
  .object({
    recipient: recipientSchema,
    secrets: z
      .array(z.object({ address: z.string(), secret: z.string() }))
      .optional()
      .meta({ description: 'of new webhooks: shown once' }),
  })
  .meta({ id: 'WrittenRecipient' })

export const noticeTestSchema = z
  .object({ testId: idSchema, notices: z.array(noticeSchema) })
  .meta({ id: 'NoticeTest' })
