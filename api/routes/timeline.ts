import { createRoute, z } from '@hono/zod-openapi'
import { idSchema, timelineEntrySchema } from '../../model/console/wire.ts'
import { matterOf } from '../../model/incident/incident.ts'
import { timelineOf } from '../../model/incident/timeline.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { readKnownTimes } from '../../store/incidents/list-incidents.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import { hiddenIncident } from './hidden-wearer.ts'
import { findIncident } from './incidents.ts'
import type { ApiApp, ApiParts } from './parts.ts'

const timelineRoute = createRoute({
  method: 'get',
  path: '/v1/incidents/{id}/timeline',
  ...right('incident.read'),
  summary:
    'Everything that happened to an incident: revisions, acts with their notes, who was notified and what came of it',
  request: { params: z.object({ id: idSchema }) },
  responses: {
    200: json(z.object({ entries: z.array(timelineEntrySchema) }), 'oldest first'),
    ...refusals(400, 404),
  },
})

export function addTimeline(app: ApiApp, { apiPool, hub, noticesOf }: ApiParts): void {
  app.openapi(timelineRoute, async (c) => {
    const { officerId } = c.get('signedIn').officer
    const { id } = c.req.valid('param')
    const { found, times } = await asOfficer(apiPool, officerId, async (client) => {
      const read = await findIncident(client, hub, id)
      return { found: read ?? (await hiddenIncident(client, id)), times: await readKnownTimes(client, id) }
    })
    const { acts, standing } = found.incident
    const revisions = found.revisions.map((incident) => ({
      incident,
      knownMs: times.get(incident.revision) ?? (incident.revision === 1 ? standing.fromMs : incident.confirmedMs),
    }))
    return c.json({ entries: timelineOf({ revisions, acts, notices: await noticesOf(matterOf(found.incident)) }) }, 200)
  })
}
