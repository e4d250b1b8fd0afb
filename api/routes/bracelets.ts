// The bracelets of a Bapas: registered, kept, and put on klien.
import { createHash, randomBytes } from 'node:crypto'
import { createRoute, z } from '@hono/zod-openapi'
import type { Bracelet } from '../../model/console/people.ts'
import { givenReasonSchema, textSchema, unitPathSchema } from '../../model/console/wire.ts'
import {
  braceletSchema,
  braceletSecretSchema,
  custodyChangeSchema,
  newBraceletSchema,
} from '../../model/console/wire-people.ts'
import type { Protocol } from '../../model/report/report.ts'
import type { PoolClient } from '../../store/database/open-pool.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import {
  listBracelets,
  readBracelet,
  registerBracelet,
  revokeNow,
  rotateSecret,
  setCustody,
} from '../../store/rules/bracelet-records.ts'
import { entityTag, requireMatch } from '../answer/entity-tag.ts'
import { notFound, Refusal } from '../answer/refusal.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import type { ApiApp, ApiParts } from './parts.ts'
import { storeRefusal } from './store-refusal.ts'
import { matchHeader, writeOnce } from './write-once.ts'

const BRACELETS_PAGE_MAX = 500
/** Whose reports carry the bracelet's secret. For `gateway` a gateway speaks; the others' own protocols have none. */
const WITH_SECRET: ReadonlySet<Protocol> = new Set(['own', 'osmand', 'owntracks'])

const rowId = z.coerce.number().int().min(1).max(2_147_483_647)
const params = z.object({ id: rowId })
const body = <S extends z.ZodType>(schema: S) => ({ required: true, content: { 'application/json': { schema } } })

const listRoute = createRoute({
  method: 'get',
  path: '/v1/bracelets',
  ...right('bracelet.list'),
  summary: 'The bracelets of one’s units, and those that one’s klien wear',
  request: {
    query: z.object({
      q: textSchema.trim().max(64).optional(),
      unit: unitPathSchema.optional(),
      custody: braceletSchema.shape.custody.optional(),
      protocol: newBraceletSchema.shape.protocol.optional(),
      limit: z.coerce.number().int().min(1).max(BRACELETS_PAGE_MAX).default(100),
      after: rowId.optional().openapi({ description: '`next` of the page before' }),
    }),
  },
  responses: {
    200: json(z.object({ bracelets: z.array(braceletSchema), next: z.number().optional() }), 'a page'),
    ...refusals(400),
  },
})

const readRoute = createRoute({
  method: 'get',
  path: '/v1/bracelets/{id}',
  ...right('bracelet.list'),
  summary: 'A bracelet, with its ETag',
  request: { params },
  responses: { 200: json(braceletSchema, 'the bracelet'), ...refusals(400, 404) },
})

const registerRoute = createRoute({
  method: 'post',
  path: '/v1/bracelets',
  ...right('bracelet.register'),
  summary: 'Register a bracelet; its secret, where its protocol has one, is made here and shown once',
  request: { body: body(newBraceletSchema) },
  responses: { 201: json(braceletSecretSchema, 'registered'), ...refusals(400, 409) },
})

const custodyRoute = createRoute({
  method: 'post',
  path: '/v1/bracelets/{id}/custody',
  ...right('bracelet.keep'),
  summary: 'Say where a bracelet is that nobody wears, with a reason',
  request: { params, headers: matchHeader, body: body(custodyChangeSchema) },
  responses: { 200: json(braceletSchema, 'as it is now'), ...refusals(400, 404, 412, 428) },
})

const secretRoute = createRoute({
  method: 'post',
  path: '/v1/bracelets/{id}/secret',
  ...right('bracelet.secret'),
  summary: 'Give a bracelet another secret, shown once; the old one opens nothing from now on',
  request: { params, headers: matchHeader },
  responses: { 200: json(braceletSecretSchema, 'the new secret'), ...refusals(400, 404, 409, 412, 428) },
})

const revokeRoute = createRoute({
  method: 'post',
  path: '/v1/bracelets/{id}/revoke',
  ...right('bracelet.secret'),
  summary: 'Take in nothing in the bracelet’s name any more, for ever',
  request: { params, headers: matchHeader, body: body(givenReasonSchema.pick({ reason: true }).strict()) },
  responses: { 200: json(braceletSchema, 'as it is now'), ...refusals(400, 404, 412, 428) },
})

export function addBracelets(app: ApiApp, { apiPool }: ApiParts): void {
  app.openapi(listRoute, async (c) => {
    const { q, unit, custody, protocol, limit, after } = c.req.valid('query')
    const page = {
      ...{ limit, ...(q && { q }), ...(unit && { unit }), ...(after && { after }) },
      ...(custody && { custody }),
      ...(protocol && { protocol }),
    }
    const { officerId } = c.get('signedIn').officer
    return c.json(await asOfficer(apiPool, officerId, (client) => listBracelets(client, page)), 200)
  })

  app.openapi(readRoute, async (c) => {
    const { id } = c.req.valid('param')
    const bracelet = await asOfficer(apiPool, c.get('signedIn').officer.officerId, (client) => readBracelet(client, id))
    if (bracelet === undefined) throw notFound()
    c.header('etag', entityTag(bracelet))
    return c.json(bracelet, 200)
  })

  app.openapi(registerRoute, async (c) => {
    const { officer } = c.get('signedIn')
    const { unitPath, simNumber, simEnds, settings, ...fields } = c.req.valid('json')
    const secret = WITH_SECRET.has(fields.protocol) ? newSecret() : undefined
    const idSuffices = secret === undefined && fields.protocol !== 'gateway'
    const bracelet = await asOfficer(apiPool, officer.officerId, async (client) => {
      const id = await registerBracelet(client, {
        ...{ ...fields, unitPath: unitPath ?? officer.unitPath, idSuffices },
        ...(simNumber && { simNumber }),
        ...(simEnds && { simEnds }),
        ...(settings && { settings }),
        ...(secret && { secretSha256: hashOf(secret) }),
      })
      return (await readBracelet(client, id))!
    }).catch((error: unknown) => {
      throw storeRefusal(error)
    })
    c.header('etag', entityTag(bracelet))
    return c.json({ bracelet, ...(secret && { secret }) }, 201)
  })

  app.openapi(custodyRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { custody, reason } = c.req.valid('json')
    const bracelet = await writeOnce(c, apiPool, async (client) => {
      requireMatch(c.req.header('if-match'), await keptBracelet(client, id))
      await setCustody(client, id, custody, reason)
      return (await readBracelet(client, id))!
    })
    return c.json(bracelet, 200)
  })

  app.openapi(secretRoute, async (c) => {
    const { id } = c.req.valid('param')
    const secret = newSecret()
    const bracelet = await asOfficer(apiPool, c.get('signedIn').officer.officerId, async (client) => {
      const known = await keptBracelet(client, id)
      requireMatch(c.req.header('if-match'), known)
      if (known.protocol === undefined || !WITH_SECRET.has(known.protocol))
        throw new Refusal(409, 'no_secret', 'its protocol carries no secret')
      await rotateSecret(client, id, hashOf(secret))
      return known
    }).catch((error: unknown) => {
      throw storeRefusal(error)
    })
    return c.json({ bracelet, secret }, 200)
  })

  app.openapi(revokeRoute, async (c) => {
    const { id } = c.req.valid('param')
    const bracelet = await writeOnce(c, apiPool, async (client) => {
      requireMatch(c.req.header('if-match'), await keptBracelet(client, id))
      await revokeNow(client, id)
      return (await readBracelet(client, id))!
    })
    return c.json(bracelet, 200)
  })
}

async function keptBracelet(client: PoolClient, id: number): Promise<Bracelet> {
  const kept = await readBracelet(client, id, true)
  if (kept === undefined) throw notFound()
  return kept
}

export const newSecret = (): string => randomBytes(18).toString('base64url')
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')
