import { createRoute, z } from '@hono/zod-openapi'
import { unitPathSchema } from '../../model/console/wire.ts'
import { newUnitSchema, unitChangeSchema, unitDetailSchema } from '../../model/console/wire-admin.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { addUnit, changeUnit, labelOf, readUnit } from '../../store/people/unit-records.ts'
import { entityTag, requireMatch } from '../answer/entity-tag.ts'
import { notFound, Refusal } from '../answer/refusal.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import { changed } from './changed.ts'
import type { ApiApp, ApiParts } from './parts.ts'
import { keyHeader, matchHeader, writeOnce } from './write-once.ts'

const params = z.object({ path: unitPathSchema })

const readRoute = createRoute({
  method: 'get',
  path: '/v1/units/{path}',
  ...right('unit.read'),
  summary: 'A unit at or below one’s own',
  request: { params },
  responses: { 200: json(unitDetailSchema, 'the unit'), ...refusals(400, 404) },
})

const addRoute = createRoute({
  method: 'post',
  path: '/v1/units',
  ...right('unit.write'),
  summary: 'Add a unit below one’s own: a Kanwil, a Bapas or a Pos',
  request: { headers: keyHeader, body: { required: true, content: { 'application/json': { schema: newUnitSchema } } } },
  responses: { 201: json(unitDetailSchema, 'the unit'), ...refusals(400, 409, 422) },
})

const changeRoute = createRoute({
  method: 'patch',
  path: '/v1/units/{path}',
  ...right('unit.write'),
  summary: 'Change a unit’s name, time zone, address or telephone',
  request: {
    params,
    headers: matchHeader,
    body: { required: true, content: { 'application/json': { schema: unitChangeSchema } } },
  },
  responses: { 200: json(unitDetailSchema, 'the unit as it is now'), ...refusals(400, 404, 412, 428) },
})

export function addUnits(app: ApiApp, { apiPool }: ApiParts): void {
  app.openapi(readRoute, async (c) => {
    const { path } = c.req.valid('param')
    const unit = await asOfficer(apiPool, c.get('signedIn').officer.officerId, (client) => readUnit(client, path))
    if (unit === undefined) throw notFound()
    c.header('etag', entityTag(unit))
    return c.json(unit, 200)
  })

  app.openapi(addRoute, async (c) => {
    const { parent, label, ...fields } = c.req.valid('json')
    const last = label ?? labelOf(fields.name)
    if (last === '') throw new Refusal(400, 'invalid_input', 'label: the name gives none')
    const { address, phone, ...needed } = fields
    const unit = { ...needed, path: `${parent}.${last}`, ...(address && { address }), ...(phone && { phone }) }
    const added = await writeOnce(c, apiPool, async (client) => {
      await addUnit(client, unit)
      return (await readUnit(client, unit.path)) ?? unit
    })
    return c.json(added, 201)
  })

  app.openapi(changeRoute, async (c) => {
    const { path } = c.req.valid('param')
    const change = c.req.valid('json')
    const unit = await writeOnce(c, apiPool, async (client) => {
      const known = await readUnit(client, path, true)
      if (known === undefined) throw notFound()
      requireMatch(c.req.header('if-match'), known)
      await changeUnit(client, changed(known, change))
      return (await readUnit(client, path))!
    })
    return c.json(unit, 200)
  })
}
