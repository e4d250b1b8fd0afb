// For those who oversee: figures of units, persons found for a reason, and for the auditor the reasons themselves and who reads much.
import { createRoute, z } from '@hono/zod-openapi'
import {
  givenReasonSchema,
  idSchema,
  personFoundSchema,
  readingAlarmSchema,
  reasonGivenSchema,
  reasonReviewSchema,
  textSchema,
  unitFiguresSchema,
} from '../../model/console/wire.ts'
import { findPersons, wearerToAskFor } from '../../store/access/find-persons.ts'
import { grantAccess } from '../../store/access/grant-access.ts'
import { listReadingAlarms } from '../../store/access/reading-alarms.ts'
import { listReasons, reviewReason } from '../../store/access/review-reasons.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { readUnitFigures } from '../../store/people/unit-figures.ts'
import { notFound } from '../answer/refusal.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import type { ApiApp, ApiParts } from './parts.ts'
import { GRANT_MS, PAGE_MAX } from './wearers.ts'

const ALARMS_MAX = 500
const rowId = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER)

const figuresRoute = createRoute({
  method: 'get',
  path: '/v1/figures',
  ...right('figures.read'),
  summary: 'What is known of one’s units without knowing a person',
  responses: { 200: json(z.object({ units: z.array(unitFiguresSchema) }), 'higher units first'), ...refusals() },
})

const findRoute = createRoute({
  method: 'post',
  path: '/v1/persons/find',
  ...right('access.ask'),
  summary:
    'Whom one may ask to see, by a part of the name, an SK number or a device; for a reason, which is written down',
  request: {
    body: {
      required: true,
      content: {
        'application/json': { schema: givenReasonSchema.extend({ q: textSchema.trim().min(3).max(100) }) },
      },
    },
  },
  responses: { 200: json(z.object({ persons: z.array(personFoundSchema) }), 'at most 20'), ...refusals(400) },
})

const incidentAccessRoute = createRoute({
  method: 'post',
  path: '/v1/incidents/{id}/access',
  ...right('access.ask'),
  summary: 'Ask to see whose incident it is, with a reason, which is written down',
  request: {
    params: z.object({ id: idSchema }),
    body: { required: true, content: { 'application/json': { schema: givenReasonSchema } } },
  },
  responses: { 200: json(z.object({ wearerId: idSchema }), 'seen from now on, for 12 hours'), ...refusals(400, 404) },
})

const reasonsRoute = createRoute({
  method: 'get',
  path: '/v1/reasons',
  ...right('reason.review'),
  summary: 'Why officers looked at persons who were not theirs, for the auditor; newest first',
  request: {
    query: z.object({
      unreviewed: z.enum(['true', 'false']).default('false'),
      limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(200),
      before: rowId.optional().openapi({ description: '`next` of the page before' }),
    }),
  },
  responses: {
    200: json(z.object({ reasons: z.array(reasonGivenSchema), next: z.number().optional() }), 'a page'),
    ...refusals(400),
  },
})

const reviewRoute = createRoute({
  method: 'post',
  path: '/v1/reasons/{id}/review',
  ...right('reason.review'),
  summary: 'What the auditor makes of a reason, once; one that does not hold ends the access that was taken for it',
  request: {
    params: z.object({ id: rowId }),
    body: { required: true, content: { 'application/json': { schema: reasonReviewSchema } } },
  },
  responses: { 204: { description: 'judged' }, ...refusals(400, 404) },
})

const alarmsRoute = createRoute({
  method: 'get',
  path: '/v1/reading-alarms',
  ...right('alarm.read'),
  summary: 'Officers who read more than is usual for their role, for the auditor and Admin TI; newest first',
  responses: { 200: json(z.object({ alarms: z.array(readingAlarmSchema) }), `at most ${ALARMS_MAX}`), ...refusals() },
})

export function addOversight(app: ApiApp, { apiPool, hub, watch }: ApiParts): void {
  app.openapi(figuresRoute, async (c) => {
    const { officer } = c.get('signedIn')
    return c.json({ units: await asOfficer(apiPool, officer.officerId, readUnitFigures) }, 200)
  })

  app.openapi(findRoute, async (c) => {
    const { officer } = c.get('signedIn')
    const { q, reasonKind: kind, reason } = c.req.valid('json')
    const persons = await asOfficer(apiPool, officer.officerId, async (client) => {
      const found = await findPersons(client, q, { kind, reason })
      await watch.count(client)
      return found
    })
    return c.json({ persons }, 200)
  })

  app.openapi(incidentAccessRoute, async (c) => {
    const { officer } = c.get('signedIn')
    const { reasonKind: kind, reason } = c.req.valid('json')
    const { id } = c.req.valid('param')
    const wearerId = await asOfficer(apiPool, officer.officerId, async (client) => {
      const whose = await wearerToAskFor(client, id)
      if (whose === undefined) throw notFound()
      await grantAccess(client, { wearerId: whose, kind, reason, forMs: GRANT_MS })
      await watch.count(client)
      return whose
    })
    hub.rulesChanged(officer.officerId)
    return c.json({ wearerId }, 200)
  })

  app.openapi(reasonsRoute, async (c) => {
    const { officer } = c.get('signedIn')
    const { unreviewed, limit, before } = c.req.valid('query')
    const page = { limit: limit + 1, unreviewed: unreviewed === 'true', ...(before !== undefined && { before }) }
    const found = await asOfficer(apiPool, officer.officerId, (client) => listReasons(client, page))
    const reasons = found.slice(0, limit)
    const last = reasons.at(-1)
    return c.json({ reasons, ...(found.length > limit && last && { next: last.id }) }, 200)
  })

  app.openapi(reviewRoute, async (c) => {
    const { officer } = c.get('signedIn')
    const { id } = c.req.valid('param')
    const judged = await asOfficer(apiPool, officer.officerId, (client) =>
      reviewReason(client, id, c.req.valid('json')),
    )
    if (!judged) throw notFound()
    hub.rulesChanged()
    return c.body(null, 204)
  })

  app.openapi(alarmsRoute, async (c) => {
    const { officer } = c.get('signedIn')
    return c.json(
      { alarms: await asOfficer(apiPool, officer.officerId, (client) => listReadingAlarms(client, ALARMS_MAX)) },
      200,
    )
  })
}
