// Who opened the data of a klien: what the Kepala shows a klien who asks, and the auditor checks.
import { createRoute, z } from '@hono/zod-openapi'
import { idSchema } from '../../model/console/wire.ts'
import { accessSchema } from '../../model/console/wire-people.ts'
import { readAccessHistory } from '../../store/access/access-history.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import type { ApiApp, ApiParts } from './parts.ts'

const PAGE_MAX = 499

const historyRoute = createRoute({
  method: 'get',
  path: '/v1/wearers/{id}/access-history',
  ...right('klien.access_history'),
  summary: 'Who opened the data of a klien, newest first; none of a klien who is not of one’s units',
  request: {
    params: z.object({ id: idSchema }),
    query: z.object({
      limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(100),
      before: z.coerce.number().int().min(1).optional().openapi({ description: '`next` of the page before' }),
    }),
  },
  responses: {
    200: json(z.object({ accesses: z.array(accessSchema), next: z.number().optional() }), 'a page'),
    ...refusals(400),
  },
})

export function addAccessHistory(app: ApiApp, { apiPool }: ApiParts): void {
  app.openapi(historyRoute, async (c) => {
    const { limit, before } = c.req.valid('query')
    const page = { limit, ...(before !== undefined && { before }) }
    const { officerId } = c.get('signedIn').officer
    const { id } = c.req.valid('param')
    return c.json(await asOfficer(apiPool, officerId, (client) => readAccessHistory(client, id, page)), 200)
  })
}
