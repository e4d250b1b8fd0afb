// Which klien wears which bracelet, from now on.
import { createRoute, z } from '@hono/zod-openapi'
import { givenReasonSchema, idSchema } from '../../model/console/wire.ts'
import { fittingSchema, wornSchema } from '../../model/console/wire-people.ts'
import { fitBracelet, readBracelet, takeOffBracelets } from '../../store/rules/bracelet-records.ts'
import { Refusal } from '../answer/refusal.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import { keptFile } from './klien.ts'
import type { ApiApp, ApiParts } from './parts.ts'
import { keyHeader, writeOnce } from './write-once.ts'

const params = z.object({ id: idSchema })
const body = <S extends z.ZodType>(schema: S) => ({ required: true, content: { 'application/json': { schema } } })

const fitRoute = createRoute({
  method: 'post',
  path: '/v1/wearers/{id}/bracelet',
  ...right('bracelet.fit'),
  summary: 'Put a bracelet that is in store on a klien, now; or swap it for the one that is worn, without a gap',
  request: { params, headers: keyHeader, body: body(fittingSchema) },
  responses: { 201: json(wornSchema, 'worn from now on'), ...refusals(400, 404, 409, 422) },
})

const takeOffRoute = createRoute({
  method: 'post',
  path: '/v1/wearers/{id}/bracelet/take-off',
  ...right('bracelet.take_off'),
  summary: 'Take the bracelet off a klien, now, with a reason',
  request: { params, headers: keyHeader, body: body(givenReasonSchema.pick({ reason: true }).strict()) },
  responses: { 200: json(wornSchema, 'worn until now'), ...refusals(400, 404, 409, 422) },
})

export function addFittings(app: ApiApp, { apiPool, hub }: ApiParts): void {
  app.openapi(fitRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { braceletId, swap } = c.req.valid('json')
    const worn = await writeOnce(c, apiPool, async (client) => {
      await keptFile(client, id)
      const bracelet = await readBracelet(client, braceletId)
      if (bracelet === undefined || bracelet.revoked || bracelet.custody !== 'gudang')
        throw new Refusal(409, 'not_in_store', 'there is no such bracelet in store')
      const before = await takeOffBracelets(client, id)
      if (before.length > 0 && !swap) throw new Refusal(409, 'wears_one', 'a bracelet is worn already: swap it')
      return fitBracelet(client, id, braceletId)
    })
    hub.rulesChanged()
    return c.json(worn, 201)
  })

  app.openapi(takeOffRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { reason } = c.req.valid('json')
    const worn = await writeOnce(c, apiPool, async (client) => {
      await keptFile(client, id)
      const [last] = await takeOffBracelets(client, id, reason)
      if (last === undefined) throw new Refusal(409, 'wears_none', 'no bracelet is worn')
      return last
    })
    hub.rulesChanged()
    return c.json(worn, 200)
  })
}
