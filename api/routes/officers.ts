import { createRoute, z } from '@hono/zod-openapi'
import type { OfficerView } from '../../model/console/admin.ts'
import { givenReasonSchema, idSchema, textSchema, unitPathSchema } from '../../model/console/wire.ts'
import {
  deactivationSchema,
  newOfficerSchema,
  officerChangeSchema,
  officerSchema,
} from '../../model/console/wire-admin.ts'
import type { PoolClient } from '../../store/database/open-pool.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import {
  addOfficer,
  changeOfficer,
  handOverKlien,
  klienCountOf,
  listOfficers,
  lockOfficer,
  readOfficer,
} from '../../store/people/officer-records.ts'
import { entityTag, requireMatch } from '../answer/entity-tag.ts'
import { notFound, Refusal } from '../answer/refusal.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import { changed } from './changed.ts'
import type { ApiApp, ApiParts } from './parts.ts'
import { keyHeader, matchHeader, writeOnce } from './write-once.ts'

const OFFICERS_PAGE_MAX = 500
const params = z.object({ id: idSchema })
const body = <S extends z.ZodType>(schema: S) => ({ required: true, content: { 'application/json': { schema } } })
const asItIsNow = json(officerSchema, 'the officer as they are now')

const listRoute = createRoute({
  method: 'get',
  path: '/v1/officers',
  ...right('officer.read'),
  summary: 'The officers of one’s units, by name',
  request: {
    query: z.object({
      q: textSchema.trim().max(100).optional(),
      unit: unitPathSchema.optional(),
      active: z.enum(['true', 'false']).optional(),
      limit: z.coerce.number().int().min(1).max(OFFICERS_PAGE_MAX).default(100),
      after: idSchema.optional().openapi({ description: '`next` of the page before' }),
    }),
  },
  responses: {
    200: json(z.object({ officers: z.array(officerSchema), next: z.string().optional() }), 'a page'),
    ...refusals(400),
  },
})

const readRoute = createRoute({
  method: 'get',
  path: '/v1/officers/{id}',
  ...right('officer.read'),
  summary: 'An officer of one’s units',
  request: { params },
  responses: { 200: json(officerSchema, 'the officer'), ...refusals(400, 404) },
})

const addRoute = createRoute({
  method: 'post',
  path: '/v1/officers',
  ...right('officer.write'),
  summary: 'Add an officer, who has no account until invited',
  request: { headers: keyHeader, body: body(newOfficerSchema) },
  responses: { 201: json(officerSchema, 'the officer'), ...refusals(400, 409, 422) },
})

const changeRoute = createRoute({
  method: 'patch',
  path: '/v1/officers/{id}',
  ...right('officer.write'),
  summary: 'Change an officer; another role or unit ends their sessions and needs somebody for their klien',
  request: { params, headers: matchHeader, body: body(officerChangeSchema) },
  responses: { 200: asItIsNow, ...refusals(400, 404, 409, 412, 428) },
})

const deactivateRoute = createRoute({
  method: 'post',
  path: '/v1/officers/{id}/deactivate',
  ...right('officer.write'),
  summary: 'Deactivate an officer: sessions end at once, klien are handed over',
  request: { params, headers: matchHeader, body: body(deactivationSchema) },
  responses: { 200: asItIsNow, ...refusals(400, 404, 409, 412, 428) },
})

const reactivateRoute = createRoute({
  method: 'post',
  path: '/v1/officers/{id}/reactivate',
  ...right('officer.write'),
  summary: 'Let an officer who was deactivated work again',
  request: { params, headers: matchHeader, body: body(givenReasonSchema.pick({ reason: true }).strict()) },
  responses: { 200: asItIsNow, ...refusals(400, 404, 412, 428) },
})

export function addOfficers(app: ApiApp, { apiPool, hub }: ApiParts): void {
  app.openapi(listRoute, async (c) => {
    const { q, unit, active, limit, after } = c.req.valid('query')
    const page = {
      ...{ limit, ...(q && { q }), ...(unit && { unit }), ...(after && { after }) },
      ...(active !== undefined && { active: active === 'true' }),
    }
    const { officerId } = c.get('signedIn').officer
    return c.json(await asOfficer(apiPool, officerId, (client) => listOfficers(client, page)), 200)
  })

  app.openapi(readRoute, async (c) => {
    const { id } = c.req.valid('param')
    const officer = await asOfficer(apiPool, c.get('signedIn').officer.officerId, (client) => readOfficer(client, id))
    if (officer === undefined) throw notFound()
    c.header('etag', entityTag(officer))
    return c.json(officer, 200)
  })

  app.openapi(addRoute, async (c) => {
    const { name, role, unitPath, nip, phone, email } = c.req.valid('json')
    const fields = { name, role, unitPath, ...(nip && { nip }), ...(phone && { phone }), ...(email && { email }) }
    const added = await writeOnce(c, apiPool, async (client) => {
      const id = await addOfficer(client, fields)
      return (await readOfficer(client, id))!
    })
    return c.json(added, 201)
  })

  app.openapi(changeRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { handOverTo, ...change } = c.req.valid('json')
    const officer = await writeOnce(c, apiPool, (client) =>
      changeLocked(client, c.get('signedIn').officer.officerId, id, c.req.header('if-match'), async (known) => {
        const next = changed(known, change)
        if (next.role !== known.role || next.unitPath !== known.unitPath) await handOver(client, id, handOverTo)
        return next
      }),
    )
    hub.rulesChanged()
    return c.json(officer, 200)
  })

  app.openapi(deactivateRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { handOverTo } = c.req.valid('json')
    const officer = await writeOnce(c, apiPool, (client) =>
      changeLocked(client, c.get('signedIn').officer.officerId, id, c.req.header('if-match'), async (known) => {
        await handOver(client, id, handOverTo)
        return { ...known, active: false }
      }),
    )
    hub.rulesChanged()
    return c.json(officer, 200)
  })

  app.openapi(reactivateRoute, async (c) => {
    const { id } = c.req.valid('param')
    const officer = await writeOnce(c, apiPool, (client) =>
      changeLocked(client, c.get('signedIn').officer.officerId, id, c.req.header('if-match'), async (known) => ({
        ...known,
        active: true,
      })),
    )
    return c.json(officer, 200)
  })
}

async function changeLocked(
  client: PoolClient,
  actingId: string,
  id: string,
  ifMatch: string | undefined,
  next: (known: OfficerView) => Promise<OfficerView>,
): Promise<OfficerView> {
  if (id === actingId) throw new Refusal(403, 'not_permitted', 'another Admin TI changes your own record')
  const known = await lockOfficer(client, id)
  if (known === undefined) throw notFound()
  requireMatch(ifMatch, known)
  await changeOfficer(client, id, await next(known))
  return (await readOfficer(client, id)) ?? { ...known, active: false }
}

/** Nobody's klien stay behind with an officer who can no longer guide them. */
async function handOver(client: PoolClient, id: string, to: string | undefined): Promise<void> {
  const count = await klienCountOf(client, id)
  if (count === 0) return
  if (to === undefined)
    throw new Refusal(409, 'has_klien', `guides ${count} klien: name who does from now on`, { klien: count })
  await handOverKlien(client, id, to)
}
