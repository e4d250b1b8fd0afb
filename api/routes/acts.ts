import { createRoute, z } from '@hono/zod-openapi'
import { actRequestSchema, actSchema, idSchema } from '../../model/console/wire.ts'
import type { IncidentAct, LoggedIncident } from '../../model/incident/incident.ts'
import type { PoolClient } from '../../store/database/open-pool.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { insertAct } from '../../store/incidents/insert-act.ts'
import { readIncident } from '../../store/incidents/list-incidents.ts'
import { findWearer } from '../../store/people/find-wearer.ts'
import { listUnitsInSight } from '../../store/people/list-units-in-sight.ts'
import { notFound } from '../answer/refusal.ts'
import { requireRight } from '../sign-in/sessions.ts'
import { json, refusals } from './answers.ts'
import { OnceOnly } from './once-only.ts'
import type { ApiApp, ApiParts } from './parts.ts'

const KEYS_KEPT_MAX = 10_000

const actRoute = createRoute({
  method: 'post',
  path: '/v1/incidents/{id}/acts',
  summary: 'Acknowledge, note, escalate or resolve; everyone who sees the incident hears of it at once',
  request: {
    params: z.object({ id: idSchema }),
    headers: z.object({
      'idempotency-key': z
        .string()
        .regex(/^[\w-]{8,100}$/)
        .optional()
        .openapi({ description: 'the same key again gives the same act again' }),
    }),
    body: { required: true, content: { 'application/json': { schema: actRequestSchema } } },
  },
  responses: { 200: json(z.object({ act: actSchema }), 'the act, written down'), ...refusals(400, 404, 409) },
})

export function addActs(app: ApiApp, { apiPool, hub, tellAct }: ApiParts): void {
  const once = new OnceOnly<IncidentAct>(KEYS_KEPT_MAX)

  app.openapi(actRoute, async (c) => {
    const { officer } = c.get('signedIn')
    requireRight(officer, 'incident.act')
    const { id: incidentId } = c.req.valid('param')
    const { action, note, resolution, signs: shown } = c.req.valid('json')
    const key = c.req.valid('header')['idempotency-key']
    const act = await once.run(key && `${officer.officerId} ${incidentId} ${key}`, () =>
      asOfficer(apiPool, officer.officerId, async (client) => {
        const recorded = (await readIncident(client, incidentId))?.incident
        const told = hub.recent.incident(incidentId)
        // The officer may have seen what the recorder has not brought into PostgreSQL yet.
        const known = Math.max(recorded?.signs ?? 1, told?.signs ?? 1)
        // And their screen may not show yet what we know: an alarm that they have not seen is not resolved with the others.
        const signs = Math.max(1, Math.min(shown ?? known, known))
        const whose = await whoseInSight(client, recorded ?? told)
        return insertAct(client, {
          incidentId,
          ...whose,
          action,
          ...(note !== undefined && { note }),
          ...(resolution !== undefined && { resolution }),
          ...(signs > 1 && { signs }),
        })
      }).then((committed) => {
        tellAct(committed)
        return committed
      }),
    )
    return c.json({ act }, 200)
  })
}

/** Row-level security would refuse the act as well; here it is told apart from a failure. Throws `notFound`. */
async function whoseInSight(
  client: PoolClient,
  incident: LoggedIncident | undefined,
): Promise<{ wearerId?: number; unitPath?: string }> {
  if (incident?.wearerId !== undefined && (await findWearer(client, incident.wearerId)))
    return { wearerId: incident.wearerId }
  if (incident?.unitPath !== undefined) {
    const { unitPath } = incident
    if ((await listUnitsInSight(client)).some(({ path }) => path === unitPath)) return { unitPath }
  }
  throw notFound()
}
