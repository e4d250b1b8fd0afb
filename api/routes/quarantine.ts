// What was not let in: why, from whom, and the bytes themselves where they tell of nobody whom one may not see.
import { createRoute, z } from '@hono/zod-openapi'
import { textSchema } from '../../model/console/wire.ts'
import { quarantinedBytesSchema, quarantinedSchema, quarantineReasonSchema } from '../../model/console/wire-devices.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { listQuarantine, openQuarantined } from '../../store/track/read-quarantine.ts'
import { notFound } from '../answer/refusal.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import type { ApiApp, ApiParts } from './parts.ts'

const timeMs = z.coerce.number().min(0).max(4_102_444_800_000)
const timeInPath = z
  .string()
  .regex(/^\d{1,13}(?:\.\d{1,6})?$/)
  .transform(Number)

const listRoute = createRoute({
  method: 'get',
  path: '/v1/quarantine',
  ...right('quarantine.read'),
  summary:
    'What was not let in of one’s bracelets, of the last 31 days; of unknown senders, for the Admin TI of the whole tree',
  request: {
    query: z.object({
      device: textSchema.trim().min(1).max(64).optional(),
      reason: quarantineReasonSchema.optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      before: timeMs.optional().openapi({ description: '`next` of the page before' }),
    }),
  },
  responses: {
    200: json(z.object({ entries: z.array(quarantinedSchema), next: z.number().optional() }), 'newest first'),
    ...refusals(400),
  },
})

const openRoute = createRoute({
  method: 'get',
  path: '/v1/quarantine/{received}/{source}',
  ...right('quarantine.read'),
  summary:
    'The bytes of one entry; where somebody wore the bracelet, for whoever may read their track, and that is written down',
  request: { params: z.object({ received: timeInPath, source: z.string().regex(/^\d{1,16}-\d{1,15}$/) }) },
  responses: { 200: json(quarantinedBytesSchema, 'the bytes'), ...refusals(400, 404) },
})

export function addQuarantine(app: ApiApp, { apiPool, watch }: ApiParts): void {
  app.openapi(listRoute, async (c) => {
    const { device, reason, before, limit } = c.req.valid('query')
    const page = {
      ...{ limit, ...(device !== undefined && { deviceId: device }) },
      ...(reason !== undefined && { reason }),
      ...(before !== undefined && { beforeMs: before }),
    }
    const { officerId } = c.get('signedIn').officer
    return c.json(await asOfficer(apiPool, officerId, (client) => listQuarantine(client, page)), 200)
  })

  app.openapi(openRoute, async (c) => {
    const { received, source } = c.req.valid('param')
    const found = await asOfficer(apiPool, c.get('signedIn').officer.officerId, async (client) => {
      const opened = await openQuarantined(client, received, source)
      if (opened?.raw !== undefined && opened.wearerId !== undefined)
        await watch.read(client, { kind: 'track', wearerId: opened.wearerId, detail: { quarantine: source } })
      return opened
    })
    if (found === undefined) throw notFound()
    const { raw } = found
    if (raw === undefined) return c.json({ hidden: true }, 200)
    const text = raw.toString('latin1')
    const isText = /^[\x20-\x7e\r\n\t]*$/.test(text)
    return c.json({ hidden: false, hex: raw.toString('hex'), ...(isText && { text }) }, 200)
  })
}
