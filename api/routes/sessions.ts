import { createRoute, z } from '@hono/zod-openapi'
import { sessionIdSchema, sessionSchema } from '../../model/console/wire.ts'
import { auditSession } from '../../store/access/append-audit.ts'
import { endSessions, listSessions } from '../../store/access/sessions.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { notFound } from '../answer/refusal.ts'
import { right } from '../sign-in/right.ts'
import type { SignedIn } from '../sign-in/sessions.ts'
import { json, refusals } from './answers.ts'
import type { ApiApp, ApiParts } from './parts.ts'

const listRoute = createRoute({
  method: 'get',
  path: '/v1/sessions',
  ...right('account.own'),
  summary: 'Where one is signed in oneself',
  responses: { 200: json(z.object({ sessions: z.array(sessionSchema) }), 'newest first'), ...refusals() },
})

const endRoute = createRoute({
  method: 'delete',
  path: '/v1/sessions/{id}',
  ...right('account.own'),
  summary: 'End one of one’s own sessions; its live feeds are closed at once',
  request: { params: z.object({ id: sessionIdSchema }) },
  responses: { 204: { description: 'ended' }, ...refusals(400, 404) },
})

const endOthersRoute = createRoute({
  method: 'delete',
  path: '/v1/sessions',
  ...right('account.own'),
  summary: 'End all of one’s own sessions but this one',
  responses: { 200: json(z.object({ ended: z.number().int() }), 'how many'), ...refusals() },
})

export function addSessions(app: ApiApp, { authPool, apiPool, hub }: ApiParts): void {
  app.openapi(listRoute, async (c) => {
    const { session } = c.get('signedIn')
    const found = await listSessions(authPool, session.userId)
    return c.json({ sessions: found.map((each) => ({ ...each, current: each.id === session.id })) }, 200)
  })

  app.openapi(endRoute, async (c) => {
    const { id } = c.req.valid('param')
    const ended = await end(c.get('signedIn'), { only: id })
    if (ended === 0) throw notFound()
    return c.body(null, 204)
  })

  app.openapi(endOthersRoute, async (c) => {
    const signedIn = c.get('signedIn')
    return c.json({ ended: await end(signedIn, { allBut: signedIn.session.id }) }, 200)
  })

  async function end({ officer, session }: SignedIn, which: Parameters<typeof endSessions>[2]): Promise<number> {
    const ended = await endSessions(authPool, session.userId, which)
    for (const id of ended) hub.endSession(id, 'signed_out')
    if (ended.length > 0)
      await asOfficer(apiPool, officer.officerId, (client) =>
        auditSession(client, 'revoke', { sessions: ended.length }),
      )
    return ended.length
  }
}
