// A bracelet is tested before it is put on somebody: what it says now, and whether it is fit. And everywhere it has been.
import { createRoute, z } from '@hono/zod-openapi'
import type { Bench } from '../../model/console/people.ts'
import { benchSchema, custodyEntrySchema } from '../../model/console/wire-people.ts'
import { BENCH, judgeBench } from '../../model/report/bench-report.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { listCustody, readBracelet, refusalsOf } from '../../store/rules/bracelet-records.ts'
import { readWornReports } from '../../store/track/worn-reports.ts'
import { notFound } from '../answer/refusal.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import type { ApiApp, ApiParts } from './parts.ts'

const params = z.object({ id: z.coerce.number().int().min(1).max(2_147_483_647) })

const custodyRoute = createRoute({
  method: 'get',
  path: '/v1/bracelets/{id}/custody',
  ...right('bracelet.list'),
  summary: 'The chain of custody: where the bracelet was, who said so and why',
  request: { params },
  responses: { 200: json(z.object({ entries: z.array(custodyEntrySchema) }), 'newest first'), ...refusals(400, 404) },
})

const testRoute = createRoute({
  method: 'post',
  path: '/v1/bracelets/{id}/test',
  ...right('bracelet.test'),
  summary: 'Test a bracelet for ten minutes from now: meanwhile what it says is kept, though nobody wears it',
  request: { params },
  responses: { 204: { description: 'tested' }, ...refusals(400, 404) },
})

const stateRoute = createRoute({
  method: 'get',
  path: '/v1/bracelets/{id}/test',
  ...right('bracelet.test'),
  summary: 'What a bracelet said of late, without places, and whether it is fit to be fitted',
  request: { params },
  responses: { 200: json(benchSchema, 'the test'), ...refusals(400, 404) },
})

export function addBench(app: ApiApp, { apiPool, bench, clock }: ApiParts): void {
  app.openapi(custodyRoute, async (c) => {
    const { id } = c.req.valid('param')
    const entries = await asOfficer(apiPool, c.get('signedIn').officer.officerId, async (client) => {
      if ((await readBracelet(client, id)) === undefined) throw notFound()
      return listCustody(client, id)
    })
    return c.json({ entries }, 200)
  })

  app.openapi(testRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { officerId } = c.get('signedIn').officer
    if ((await asOfficer(apiPool, officerId, (client) => readBracelet(client, id))) === undefined) throw notFound()
    await bench.want(id)
    return c.body(null, 204)
  })

  app.openapi(stateRoute, async (c) => {
    const { id } = c.req.valid('param')
    const nowMs = clock()
    const { bracelet, worn, refused } = await asOfficer(
      apiPool,
      c.get('signedIn').officer.officerId,
      async (client) => ({
        bracelet: await readBracelet(client, id),
        worn: await readWornReports(client, id),
        refused: await refusalsOf(client, id),
      }),
    )
    if (bracelet === undefined) throw notFound()
    const heard = await bench.read(id)
    const reports = [...heard.reports, ...worn].sort((a, b) => b.receivedMs - a.receivedMs)
    const refusedReports = refused.filter(({ lastMs }) => lastMs > nowMs - BENCH.freshMs).length
    const device = { inStore: bracelet.custody === 'gudang', revoked: bracelet.revoked, refusedReports }
    const answer: Bench = {
      testedForMs: heard.forMs,
      state: judgeBench(reports, device, nowMs),
      reports: reports.slice(0, 20),
      refusals: refused,
    }
    return c.json(answer, 200)
  })
}
