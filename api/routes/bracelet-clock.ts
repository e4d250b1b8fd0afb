// A bracelet's clock that is wrong by whole hours or by 1,024 weeks: Admin TI says by how much, and the next report is read so.
import { createRoute, z } from '@hono/zod-openapi'
import { braceletClockSchema, braceletSchema } from '../../model/console/wire-people.ts'
import { readBracelet, setClock } from '../../store/rules/bracelet-records.ts'
import { requireMatch } from '../answer/entity-tag.ts'
import { notFound } from '../answer/refusal.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import type { ApiApp, ApiParts } from './parts.ts'
import { matchHeader, writeOnce } from './write-once.ts'

const clockRoute = createRoute({
  method: 'post',
  path: '/v1/bracelets/{id}/clock',
  ...right('bracelet.clock'),
  summary: 'Correct the bracelet’s clock, or leave it as it is; its own `clockProposal` says what was recognised',
  request: {
    params: z.object({ id: z.coerce.number().int().min(1).max(2_147_483_647) }),
    headers: matchHeader,
    body: { required: true, content: { 'application/json': { schema: braceletClockSchema } } },
  },
  responses: { 200: json(braceletSchema, 'as it is now'), ...refusals(400, 404, 412, 428) },
})

export function addBraceletClock(app: ApiApp, { apiPool }: ApiParts): void {
  app.openapi(clockRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { correctionMs, reason } = c.req.valid('json')
    const bracelet = await writeOnce(c, apiPool, async (client) => {
      const kept = await readBracelet(client, id, true)
      if (kept === undefined) throw notFound()
      requireMatch(c.req.header('if-match'), kept)
      await setClock(client, id, correctionMs, reason)
      return (await readBracelet(client, id))!
    })
    return c.json(bracelet, 200)
  })
}
