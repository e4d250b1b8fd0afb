import { createRoute, z } from '@hono/zod-openapi'
import { compileZone } from '../../geofence/geometry/compile-zone.ts'
import { ZoneInvalid } from '../../geofence/geometry/zone-invalid.ts'
import { mapSettingsSchema, meSchema, unitPathSchema, unitSchema, zoneSchema } from '../../model/console/wire.ts'
import { newZoneSchema } from '../../model/console/wire-people.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { listUnits } from '../../store/people/list-units.ts'
import { insertZone } from '../../store/rules/insert-rules.ts'
import { listZones } from '../../store/rules/list-zones.ts'
import { Refusal } from '../answer/refusal.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import type { ApiApp, ApiParts } from './parts.ts'
import { keyHeader, writeOnce } from './write-once.ts'

const meRoute = createRoute({
  method: 'get',
  path: '/v1/me',
  ...right('account.own'),
  summary: 'Who is signed in',
  responses: { 200: json(meSchema, 'the officer'), ...refusals() },
})

const unitsRoute = createRoute({
  method: 'get',
  path: '/v1/units',
  ...right('unit.read'),
  summary: 'The units at or below one’s own',
  responses: { 200: json(z.object({ units: z.array(unitSchema) }), 'units, higher ones first'), ...refusals() },
})

const zonesRoute = createRoute({
  method: 'get',
  path: '/v1/zones',
  ...right('zone.read'),
  summary: 'The zones in sight',
  request: { query: z.object({ unit: unitPathSchema.optional() }) },
  responses: { 200: json(z.object({ zones: z.array(zoneSchema) }), 'zones'), ...refusals(400) },
})

const mapSettingsRoute = createRoute({
  method: 'get',
  path: '/v1/map-settings',
  ...right('account.own'),
  summary: 'Where the map’s tiles come from; empty where there are none',
  responses: { 200: json(mapSettingsSchema, 'settings'), ...refusals() },
})

const drawRoute = createRoute({
  method: 'post',
  path: '/v1/zones',
  ...right('zone.draw'),
  summary: 'Draw a zone; it binds nobody until a condition on it is approved',
  request: { headers: keyHeader, body: { required: true, content: { 'application/json': { schema: newZoneSchema } } } },
  responses: { 201: json(z.object({ id: z.string() }), 'the zone’s first version'), ...refusals(400, 422) },
})

/** More than any Bapas has; what a map can draw. */
const ZONES_MAX = 5000

export function addPlaces(app: ApiApp, { apiPool, mapSettings, maps }: ApiParts): void {
  app.openapi(meRoute, (c) => c.json(c.get('signedIn').officer, 200))

  app.openapi(unitsRoute, async (c) => {
    const { officerId } = c.get('signedIn').officer
    return c.json({ units: await asOfficer(apiPool, officerId, listUnits) }, 200)
  })

  app.openapi(zonesRoute, async (c) => {
    const { officer, session } = c.get('signedIn')
    const { unit } = c.req.valid('query')
    const zones = await asOfficer(apiPool, officer.officerId, async (client) => {
      const listed = await listZones(client, { limit: ZONES_MAX, ...(unit && { unit }) })
      if (listed.length > 0) await maps.note(client, session.id, officer.unitPath, 'zones')
      return listed
    })
    return c.json({ zones }, 200)
  })

  app.openapi(drawRoute, async (c) => {
    const { officer } = c.get('signedIn')
    const { name, unitPath, shared, shape } = c.req.valid('json')
    try {
      compileZone(shape)
    } catch (error) {
      if (error instanceof ZoneInvalid) throw new Refusal(400, 'invalid_input', `shape: ${error.message}`)
      throw error
    }
    const zone = { name, shared, shape, unitPath: unitPath ?? officer.unitPath, authorId: officer.officerId }
    const drawn = await writeOnce(c, apiPool, async (client) => ({ id: await insertZone(client, zone) }))
    return c.json(drawn, 201)
  })

  app.openapi(mapSettingsRoute, (c) => c.json(mapSettings, 200))
}
