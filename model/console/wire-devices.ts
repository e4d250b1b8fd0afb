// Gateways and what was not let in, as the console and the API exchange them.
import { z } from 'zod'
import { REFUSAL_REASONS } from '../report/quarantine.ts'
import { ms, reasonSchema, unitPathSchema } from './wire.ts'

const gatewayIdSchema = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'letters, digits, dot, hyphen, underscore')
export const gatewaySchema = z
  .object({ id: z.string(), unitPath: z.string(), revokedMs: ms.optional() })
  .meta({ id: 'Gateway' })
export const newGatewaySchema = z
  .strictObject({
    id: gatewayIdSchema,
    unitPath: unitPathSchema.optional().meta({ description: 'absent: one’s own unit' }),
  })
  .meta({ id: 'NewGateway' })
export const gatewaySecretSchema = z
  .object({ gateway: gatewaySchema, secret: z.string().meta({ description: 'shown once' }) })
  .meta({ id: 'GatewaySecret' })
export const gatewayRevocationSchema = z.strictObject({ reason: reasonSchema }).meta({ id: 'GatewayRevocation' })
export const gatewayParams = z.object({ id: gatewayIdSchema })

export const quarantineReasonSchema = z.enum(REFUSAL_REASONS)
export const quarantinedSchema = z
  .object({
    receivedMs: ms,
    sourceId: z.string(),
    protocol: z.string(),
    reason: z.string(),
    detail: z.string(),
    deviceId: z.string().optional(),
    bytes: z.number().int(),
    cut: z.boolean(),
  })
  .meta({ id: 'Quarantined' })
export const quarantinedBytesSchema = z
  .object({
    hex: z.string().optional(),
    text: z.string().optional().meta({ description: 'where the bytes are printable' }),
    hidden: z.boolean().meta({ description: 'they may hold where a person is, whom one may not see' }),
  })
  .meta({ id: 'QuarantinedBytes' })
