// A klien's file: taken in, changed by versions, ended.
import { createRoute, z } from '@hono/zod-openapi'
import type { Me } from '../../model/console/console.ts'
import type { NewWearer, WearerFile } from '../../model/console/people.ts'
import { idSchema, ms } from '../../model/console/wire.ts'
import {
  guideSchema,
  newWearerSchema,
  supervisionEndSchema,
  wearerChangeSchema,
  wearerFileSchema,
  wearerVersionSchema,
} from '../../model/console/wire-people.ts'
import type { PoolClient } from '../../store/database/open-pool.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { findWearer } from '../../store/people/find-wearer.ts'
import {
  changeWearerFile,
  listGuides,
  listWearerVersions,
  readWearerFile,
  similarWearers,
  stopSupervision,
  takeIn,
} from '../../store/people/wearer-files.ts'
import { entityTag, requireMatch } from '../answer/entity-tag.ts'
import { Refusal } from '../answer/refusal.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import { changed } from './changed.ts'
import { hiddenWearer } from './hidden-wearer.ts'
import type { ApiApp, ApiParts } from './parts.ts'
import { keyHeader, matchHeader, writeOnce } from './write-once.ts'

const params = z.object({ id: idSchema })
const body = <S extends z.ZodType>(schema: S) => ({ required: true, content: { 'application/json': { schema } } })

const takeInRoute = createRoute({
  method: 'post',
  path: '/v1/wearers',
  ...right('klien.create'),
  summary: 'Take in a klien with the supervision; similar ones are shown first (409 similar)',
  request: { headers: keyHeader, body: body(newWearerSchema) },
  responses: { 201: json(wearerFileSchema, 'the file'), ...refusals(400, 409, 422) },
})

const fileRoute = createRoute({
  method: 'get',
  path: '/v1/wearers/{id}/file',
  ...right('klien.read'),
  summary: 'The file as it is written, with its ETag; that it was read is written down',
  request: { params },
  responses: { 200: json(wearerFileSchema, 'the file'), ...refusals(400, 404) },
})

const versionsRoute = createRoute({
  method: 'get',
  path: '/v1/wearers/{id}/versions',
  ...right('klien.read'),
  summary: 'Every version of the file: who wrote it, when and why',
  request: { params },
  responses: {
    200: json(z.object({ versions: z.array(wearerVersionSchema) }), 'newest first'),
    ...refusals(400, 404),
  },
})

const changeRoute = createRoute({
  method: 'patch',
  path: '/v1/wearers/{id}',
  ...right('klien.edit'),
  summary: 'Write the next version of the file, with a reason; who guides the klien, Kasubsi and Kepala say',
  request: { params, headers: matchHeader, body: body(wearerChangeSchema) },
  responses: { 200: json(wearerFileSchema, 'the file as it is now'), ...refusals(400, 404, 412, 428) },
})

const guidesRoute = createRoute({
  method: 'get',
  path: '/v1/guides',
  ...right('klien.create'),
  summary: 'Who may guide a klien: active PK and Asisten PK of one’s units',
  responses: { 200: json(z.object({ guides: z.array(guideSchema) }), 'by name'), ...refusals() },
})

const endRoute = createRoute({
  method: 'post',
  path: '/v1/wearers/{id}/end',
  ...right('klien.end_supervision'),
  summary: 'End the supervision now: early, by death or revocation; monitoring ends with it',
  request: { params, headers: matchHeader, body: body(supervisionEndSchema) },
  responses: {
    200: json(z.object({ endedMs: ms }), 'no report after it is judged'),
    ...refusals(400, 404, 409, 412, 428),
  },
})

export function addKlien(app: ApiApp, { apiPool, hub, watch }: ApiParts): void {
  app.openapi(guidesRoute, async (c) => {
    const { officerId } = c.get('signedIn').officer
    return c.json({ guides: await asOfficer(apiPool, officerId, listGuides) }, 200)
  })

  app.openapi(takeInRoute, async (c) => {
    const { officer } = c.get('signedIn')
    const { acceptSimilar, ...asked } = c.req.valid('json')
    const file = await writeOnce(c, apiPool, async (client) => {
      const wearer = withDefaults(officer, asked as NewWearer)
      const similar = await similarWearers(client, wearer)
      const same = similar.some(({ by }) => by === 'nik')
      if (same || (similar.length > 0 && !acceptSimilar))
        throw new Refusal(409, same ? 'exists' : 'similar', 'there are klien like this one', { similar })
      return (await readWearerFile(client, await takeIn(client, wearer)))!
    })
    hub.rulesChanged(officer.officerId)
    return c.json(file, 201)
  })

  app.openapi(fileRoute, async (c) => {
    const { id } = c.req.valid('param')
    const file = await asOfficer(apiPool, c.get('signedIn').officer.officerId, async (client) => {
      const found = (await readWearerFile(client, id)) ?? (await hiddenWearer(client, id))
      const wearer = await findWearer(client, id)
      if (wearer !== undefined) await watch.read(client, { kind: 'export', wearerId: wearer.n, detail: { file: true } })
      return found
    })
    c.header('etag', entityTag(file))
    return c.json(file, 200)
  })

  app.openapi(versionsRoute, async (c) => {
    const { id } = c.req.valid('param')
    const versions = await asOfficer(apiPool, c.get('signedIn').officer.officerId, async (client) => {
      const wearer = (await findWearer(client, id)) ?? (await hiddenWearer(client, id))
      const listed = await listWearerVersions(client, id)
      await watch.read(client, { kind: 'export', wearerId: wearer.n, detail: { versions: listed.length } })
      return listed
    })
    return c.json({ versions }, 200)
  })

  app.openapi(changeRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { reason, decree, ...change } = c.req.valid('json')
    const file = await writeOnce(c, apiPool, async (client) => {
      const known = await keptFile(client, id)
      requireMatch(c.req.header('if-match'), known)
      const supervision = decree && changed(decreeOf(known), decree)
      await changeWearerFile(client, changed(known, { ...change, ...(supervision && { supervision }) }), reason)
      return (await readWearerFile(client, id)) ?? known
    })
    hub.rulesChanged()
    return c.json(file, 200)
  })

  app.openapi(endRoute, async (c) => {
    const { id } = c.req.valid('param')
    const end = c.req.valid('json')
    const ended = await writeOnce(c, apiPool, async (client) => {
      requireMatch(c.req.header('if-match'), await keptFile(client, id))
      const endedMs = await stopSupervision(client, id, end)
      if (endedMs === undefined) throw new Refusal(409, 'not_supervised', 'no supervision runs')
      return { endedMs }
    })
    hub.rulesChanged()
    return c.json(ended, 200)
  })
}

/** A file that the acting officer keeps, locked. Throws a Refusal: somebody may see it and not keep it. */
export async function keptFile(client: PoolClient, id: string): Promise<WearerFile> {
  if ((await readWearerFile(client, id)) === undefined) return hiddenWearer(client, id)
  const kept = await readWearerFile(client, id, true)
  if (kept === undefined)
    throw new Refusal(403, 'not_permitted', 'readable for a reason only; another officer keeps the record')
  return kept
}

function decreeOf({ supervision }: WearerFile): NonNullable<WearerFile['supervision']> {
  if (supervision === undefined) throw new Refusal(409, 'not_supervised', 'there is no decree')
  return supervision
}

function withDefaults(officer: Me, wearer: NewWearer): NewWearer & { unitPath: string; pkOfficerId: string } {
  const pkOfficerId = wearer.pkOfficerId ?? (officer.role === 'pk' ? officer.officerId : undefined)
  if (pkOfficerId === undefined) throw new Refusal(400, 'invalid_input', 'pkOfficerId: which PK guides the klien')
  return { ...wearer, unitPath: wearer.unitPath ?? officer.unitPath, pkOfficerId }
}
