import { createRoute, z } from '@hono/zod-openapi'
import type { IncidentView } from '../../model/console/console.ts'
import { idSchema, incidentSchema, incidentViewSchema } from '../../model/console/wire.ts'
import type { LoggedIncident } from '../../model/incident/incident.ts'
import type { PoolClient } from '../../store/database/open-pool.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { listIncidents, readIncident } from '../../store/incidents/list-incidents.ts'
import { findWearer } from '../../store/people/find-wearer.ts'
import { listUnitsInSight } from '../../store/people/list-units-in-sight.ts'
import type { LiveHub } from '../live/hub.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import { hiddenIncident } from './hidden-wearer.ts'
import type { ApiApp, ApiParts } from './parts.ts'
import { PAGE_MAX } from './wearers.ts'

const listRoute = createRoute({
  method: 'get',
  path: '/v1/incidents',
  ...right('incident.list'),
  summary: 'Incidents in sight, newest beginning first',
  request: {
    query: z.object({
      state: z.enum(['open', 'closed', 'all']).default('open'),
      limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(200),
      before: idSchema.optional().openapi({ description: '`next` of the page before' }),
      wearer: idSchema.optional(),
    }),
  },
  responses: {
    200: json(z.object({ incidents: z.array(incidentViewSchema), next: z.string().optional() }), 'a page'),
    ...refusals(400),
  },
})

const readRoute = createRoute({
  method: 'get',
  path: '/v1/incidents/{id}',
  ...right('incident.read'),
  summary: 'An incident with all revisions of its matter',
  request: { params: z.object({ id: idSchema }) },
  responses: {
    200: json(z.object({ incident: incidentViewSchema, revisions: z.array(incidentSchema) }), 'the incident'),
    ...refusals(400, 404),
  },
})

export function addIncidents(app: ApiApp, { apiPool, hub, watch, maps }: ApiParts): void {
  app.openapi(listRoute, async (c) => {
    const { officer, session } = c.get('signedIn')
    const { wearer, before, ...page } = c.req.valid('query')
    const found = await asOfficer(apiPool, officer.officerId, async (client) => {
      const given = { ...page, ...(before && { before }), ...(wearer && { wearerId: wearer }) }
      const listed = await listIncidents(client, given)
      if (listed.incidents.some(showsPlaces)) await maps.note(client, session.id, officer.unitPath, 'incidents')
      return listed
    })
    return c.json(found, 200)
  })

  app.openapi(readRoute, async (c) => {
    const { officerId } = c.get('signedIn').officer
    const { id } = c.req.valid('param')
    const found = await asOfficer(apiPool, officerId, async (client) => {
      const read = await findIncident(client, hub, id)
      if (read === undefined) return hiddenIncident(client, id)
      const { incident } = read
      if (incident.wearer !== undefined && read.revisions.some(showsPlaces))
        await watch.read(client, { kind: 'evidence', wearerId: incident.wearer.n, detail: { incident: id } })
      return read
    })
    return c.json(found, 200)
  })
}

type Found = { incident: IncidentView; revisions: LoggedIncident[] }

/** In sight of the acting officer, with its revisions, oldest first. */
export async function findIncident(client: PoolClient, hub: LiveHub, id: string): Promise<Found | undefined> {
  return (await readIncident(client, id)) ?? (await fromMemory(client, hub, id))
}

const showsPlaces = ({ evidence }: LoggedIncident): boolean => evidence.some(({ latE7 }) => latE7 !== undefined)

/** An incident so new that the recorder has not brought it into PostgreSQL; who may see whose it is, PostgreSQL knows. */
async function fromMemory(client: PoolClient, hub: LiveHub, incidentId: string): Promise<Found | undefined> {
  const incident = hub.recent.incident(incidentId)
  if (incident === undefined) return undefined
  const acts = hub.recent.acts(incident)
  const standing = hub.recent.standing(incident, incident.confirmedMs)
  if (incident.unitPath !== undefined) {
    const unit = (await listUnitsInSight(client)).find(({ path }) => path === incident.unitPath)
    return unit && { incident: { ...incident, standing, unit, acts }, revisions: [incident] }
  }
  const wearer = await findWearer(client, incident.wearerId)
  if (wearer === undefined) return undefined
  const { id, n, name, unitPath } = wearer
  return { incident: { ...incident, standing, wearer: { id, n, name, unitPath }, acts }, revisions: [incident] }
}
