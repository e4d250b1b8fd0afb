// Gateways: machines that speak for the bracelets of a unit.
import { createRoute, z } from '@hono/zod-openapi'
import {
  gatewayParams,
  gatewayRevocationSchema,
  gatewaySchema,
  gatewaySecretSchema,
  newGatewaySchema,
} from '../../model/console/wire-devices.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { addGateway, listGateways, revokeGateway, rotateGatewaySecret } from '../../store/rules/gateway-records.ts'
import { notFound } from '../answer/refusal.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import { hashOf, newSecret } from './bracelets.ts'
import type { ApiApp, ApiParts } from './parts.ts'
import { storeRefusal } from './store-refusal.ts'
import { keyHeader, writeOnce } from './write-once.ts'

const body = <S extends z.ZodType>(schema: S) => ({ required: true, content: { 'application/json': { schema } } })

const listRoute = createRoute({
  method: 'get',
  path: '/v1/gateways',
  ...right('gateway.write'),
  summary: 'The gateways of one’s units',
  responses: { 200: json(z.object({ gateways: z.array(gatewaySchema) }), 'by id'), ...refusals() },
})

const addRoute = createRoute({
  method: 'post',
  path: '/v1/gateways',
  ...right('gateway.write'),
  summary: 'Add a gateway; its secret is made here and shown once',
  request: { body: body(newGatewaySchema) },
  responses: { 201: json(gatewaySecretSchema, 'added'), ...refusals(400, 409) },
})

const secretRoute = createRoute({
  method: 'post',
  path: '/v1/gateways/{id}/secret',
  ...right('gateway.write'),
  summary: 'Give a gateway another secret, shown once; the old one opens nothing from now on',
  request: { params: gatewayParams },
  responses: { 200: json(gatewaySecretSchema, 'the new secret'), ...refusals(400, 404) },
})

const revokeRoute = createRoute({
  method: 'post',
  path: '/v1/gateways/{id}/revoke',
  ...right('gateway.write'),
  summary: 'Take in nothing through a gateway any more, for ever',
  request: { params: gatewayParams, headers: keyHeader, body: body(gatewayRevocationSchema) },
  responses: { 200: json(gatewaySchema, 'as it is now'), ...refusals(400, 404, 422) },
})

export function addGateways(app: ApiApp, { apiPool }: ApiParts): void {
  app.openapi(listRoute, async (c) => {
    const { officerId } = c.get('signedIn').officer
    return c.json({ gateways: await asOfficer(apiPool, officerId, listGateways) }, 200)
  })

  app.openapi(addRoute, async (c) => {
    const { officer } = c.get('signedIn')
    const { id, unitPath = officer.unitPath } = c.req.valid('json')
    const secret = newSecret()
    await asOfficer(apiPool, officer.officerId, (client) =>
      addGateway(client, { id, unitPath, secretSha256: hashOf(secret) }),
    ).catch((error: unknown) => {
      throw storeRefusal(error)
    })
    return c.json({ gateway: { id, unitPath }, secret }, 201)
  })

  app.openapi(secretRoute, async (c) => {
    const { id } = c.req.valid('param')
    const secret = newSecret()
    const gateway = await asOfficer(apiPool, c.get('signedIn').officer.officerId, async (client) => {
      const rotated = await rotateGatewaySecret(client, id, hashOf(secret))
      return rotated ? (await listGateways(client)).find((one) => one.id === id) : undefined
    })
    if (gateway === undefined) throw notFound()
    return c.json({ gateway, secret }, 200)
  })

  app.openapi(revokeRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { reason } = c.req.valid('json')
    const gateway = await writeOnce(c, apiPool, async (client) => {
      const revoked = await revokeGateway(client, id, reason)
      if (revoked === undefined) throw notFound()
      return revoked
    })
    return c.json(gateway, 200)
  })
}
