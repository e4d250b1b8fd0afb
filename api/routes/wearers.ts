import { createRoute, z } from '@hono/zod-openapi'
import {
  givenReasonSchema,
  idSchema,
  textSchema,
  unitPathSchema,
  wearerDetailSchema,
  wearerSchema,
} from '../../model/console/wire.ts'
import { grantAccess } from '../../store/access/grant-access.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { listWearers } from '../../store/people/list-wearers.ts'
import { readWearer } from '../../store/people/read-wearer.ts'
import { revealNik } from '../../store/people/reveal-nik.ts'
import { notFound } from '../answer/refusal.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import { hiddenWearer } from './hidden-wearer.ts'
import type { ApiApp, ApiParts } from './parts.ts'

const PAGE_DEFAULT = 200
export const PAGE_MAX = 1000
/** A grant of access ends by itself. */
export const GRANT_MS = 12 * 3600_000

const byId = z.object({ id: idSchema })
const withReason = {
  required: true,
  content: { 'application/json': { schema: givenReasonSchema } },
}

const listRoute = createRoute({
  method: 'get',
  path: '/v1/wearers',
  ...right('klien.list'),
  summary: 'The wearers in sight, by name',
  request: {
    query: z.object({
      q: textSchema.trim().max(100).optional(),
      unit: unitPathSchema.optional(),
      limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
      after: idSchema.optional().openapi({ description: '`next` of the page before' }),
    }),
  },
  responses: {
    200: json(z.object({ wearers: z.array(wearerSchema), next: z.string().optional() }), 'a page'),
    ...refusals(400),
  },
})

const readRoute = createRoute({
  method: 'get',
  path: '/v1/wearers/{id}',
  ...right('klien.read'),
  summary: 'A wearer with conditions, permits and bracelet',
  request: { params: byId },
  responses: { 200: json(wearerDetailSchema, 'the wearer'), ...refusals(400, 404) },
})

const accessRoute = createRoute({
  method: 'post',
  path: '/v1/wearers/{id}/access',
  ...right('access.ask'),
  summary: 'Ask to see a wearer who is not one’s own, with a reason, which is written down',
  request: { params: byId, body: withReason },
  responses: { 204: { description: 'seen from now on, for 12 hours' }, ...refusals(400, 404) },
})

const nikRoute = createRoute({
  method: 'post',
  path: '/v1/wearers/{id}/nik',
  ...right('klien.reveal_nik'),
  summary: 'The full NIK, with a reason, which is written down',
  request: { params: byId, body: withReason },
  responses: { 200: json(z.object({ nik: z.string() }), 'the number'), ...refusals(400, 404) },
})

export function addWearers(app: ApiApp, { apiPool, hub, watch }: ApiParts): void {
  app.openapi(listRoute, async (c) => {
    const { officerId } = c.get('signedIn').officer
    const { limit, ...query } = c.req.valid('query')
    const given = { limit, ...(query.q && { q: query.q }), ...(query.unit && { unit: query.unit }) }
    const page = await asOfficer(apiPool, officerId, (client) =>
      listWearers(client, { ...given, ...(query.after && { after: query.after }) }),
    )
    return c.json(page, 200)
  })

  app.openapi(readRoute, async (c) => {
    const { officerId } = c.get('signedIn').officer
    const { id } = c.req.valid('param')
    const wearer = await asOfficer(apiPool, officerId, async (client) => {
      const found = (await readWearer(client, id)) ?? (await hiddenWearer(client, id))
      // The file holds the last position and, by the conditions, where the person lives.
      const detail = { conditions: found.conditions.length }
      await watch.read(client, { kind: found.last ? 'position' : 'zones', wearerId: found.n, detail })
      return found
    })
    return c.json(wearer, 200)
  })

  app.openapi(accessRoute, async (c) => {
    const { officer } = c.get('signedIn')
    const { reasonKind: kind, reason } = c.req.valid('json')
    const { id } = c.req.valid('param')
    const granted = await asOfficer(apiPool, officer.officerId, async (client) => {
      const untilMs = await grantAccess(client, { wearerId: id, kind, reason, forMs: GRANT_MS })
      if (untilMs !== undefined) await watch.count(client)
      return untilMs
    })
    if (granted === undefined) throw notFound()
    hub.rulesChanged(officer.officerId)
    return c.body(null, 204)
  })

  app.openapi(nikRoute, async (c) => {
    const { officer } = c.get('signedIn')
    const { reasonKind: kind, reason } = c.req.valid('json')
    const { id } = c.req.valid('param')
    const nik = await asOfficer(apiPool, officer.officerId, async (client) => {
      const shown = (await revealNik(client, id, { kind, reason })) ?? (await hiddenWearer(client, id))
      await watch.count(client)
      return shown
    })
    watch.nikShown(officer.role)
    return c.json({ nik }, 200)
  })
}
