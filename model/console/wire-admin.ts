// Units, officers and invitations, as they go over the wire.
import { z } from 'zod'
import { ROLES } from '../access/roles.ts'
import { idSchema, ms, reasonSchema, textSchema, unitPathSchema, unitSchema } from './wire.ts'

const nameSchema = textSchema.trim().min(1).max(120)
const phoneSchema = z.string().regex(/^[0-9+() -]{3,30}$/, 'digits, +, brackets, blanks, hyphens')
const addressSchema = textSchema.trim().min(1).max(300)
const timeZoneSchema = z.enum(['Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura'])
const nipSchema = z.string().regex(/^\d{18}$/, '18 digits')
export const usernameSchema = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9._-]{3,64}$/, '3 to 64 letters, digits, dots, hyphens')

export const unitDetailSchema = z
  .object({ ...unitSchema.shape, address: z.string().optional(), phone: z.string().optional() })
  .meta({ id: 'UnitDetail' })

export const newUnitSchema = z
  .strictObject({
    parent: unitPathSchema,
    label: z
      .string()
      .regex(/^[a-z0-9_-]{1,40}$/)
      .optional()
      .meta({ description: 'last label of its path; absent: made from the name' }),
    name: nameSchema,
    kind: z.enum(['kanwil', 'bapas', 'pos']),
    timeZone: timeZoneSchema,
    address: addressSchema.optional(),
    phone: phoneSchema.optional(),
  })
  .meta({ id: 'NewUnit' })

/** What is absent stays; null removes. */
export const unitChangeSchema = z
  .strictObject({
    name: nameSchema.optional(),
    timeZone: timeZoneSchema.optional(),
    address: addressSchema.nullable().optional(),
    phone: phoneSchema.nullable().optional(),
  })
  .meta({ id: 'UnitChange' })

export const officerSchema = z
  .object({
    id: idSchema,
    name: z.string(),
    role: z.enum(ROLES),
    unitPath: z.string(),
    active: z.boolean(),
    hasAccount: z.boolean().meta({ description: 'has set a password' }),
    nip: z.string().optional(),
    phone: z.string().optional(),
    email: z.string().optional(),
    invitedUntilMs: ms.optional().meta({ description: 'a link that was not used yet; for Admin TI' }),
  })
  .meta({ id: 'Officer' })

export const newOfficerSchema = z
  .strictObject({
    name: nameSchema,
    role: z.enum(ROLES),
    unitPath: unitPathSchema,
    nip: nipSchema.optional(),
    phone: phoneSchema.optional(),
    email: z.email().max(254).optional(),
  })
  .meta({ id: 'NewOfficer' })

/** What is absent stays; null removes. */
export const officerChangeSchema = z
  .strictObject({
    name: nameSchema.optional(),
    role: z.enum(ROLES).optional(),
    unitPath: unitPathSchema.optional(),
    nip: nipSchema.nullable().optional(),
    phone: phoneSchema.nullable().optional(),
    email: z.email().max(254).nullable().optional(),
    handOverTo: idSchema.optional().meta({ description: 'who guides the officer’s klien from now on' }),
  })
  .meta({ id: 'OfficerChange' })

export const deactivationSchema = z
  .strictObject({ reason: reasonSchema, handOverTo: idSchema.optional() })
  .meta({ id: 'Deactivation' })

export const inviteSchema = z
  .strictObject({ username: usernameSchema.optional().meta({ description: 'absent: the NIP' }) })
  .meta({ id: 'Invite' })

export const invitationSchema = z
  .object({
    link: z.string().meta({ description: 'shown once; sets the password' }),
    username: z.string(),
    endsMs: ms,
  })
  .meta({ id: 'Invitation' })

const tokenSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'the part of the link after #')
export const invitationLookSchema = z.strictObject({ token: tokenSchema }).meta({ id: 'InvitationLook' })
export const invitationAcceptSchema = z
  .strictObject({ token: tokenSchema, password: textSchema.min(12).max(128) })
  .meta({ id: 'InvitationAccept' })
