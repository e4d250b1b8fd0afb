// The document says what is there, and what is there answers as the document says.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import {
  actSchema,
  errorSchema,
  incidentViewSchema,
  meSchema,
  timelineEntrySchema,
  wearerDetailSchema,
  wearerSchema,
  zoneSchema,
} from '../../model/console/wire.ts'
import { announceRecipients } from '../../stream/logs/notified.ts'
import { DAY_MS, FROM_MS } from '../store/two-bapas.ts'
import { ACCESS_ROWS } from './access-rows.ts'
import { type ApiUnderTest, apiUnderTest, get, post, send as sendBody } from './api-under-test.ts'

/** Nobody is signed in yet, or no longer. */
const OPEN_TO_ALL = [
  'post /api/auth/sign-in/username',
  'post /api/auth/sign-out',
  'post /api/invitations/accept',
  'post /api/invitations/look',
]

let t: ApiUnderTest
let cookie: string
beforeAll(async () => {
  t = await apiUnderTest()
  cookie = await t.signIn('operatorA')
})
afterAll(() => t.close())

const documentSchema = z.object({
  openapi: z.literal('3.1.0'),
  info: z.object({ title: z.string(), version: z.string() }),
  paths: z.record(
    z.string().startsWith('/'),
    z
      .record(
        z.enum(['get', 'post', 'patch', 'delete']),
        z.object({
          summary: z.string(),
          parameters: z.array(z.object({ name: z.string(), in: z.enum(['path', 'query', 'header']) })).optional(),
          responses: z.record(z.string().regex(/^[1-5]\d\d$/), z.object({ description: z.string() })),
        }),
      )
      .or(z.record(z.string(), z.unknown())),
  ),
  components: z.object({
    schemas: z.record(z.string(), z.unknown()),
    securitySchemes: z.record(z.string(), z.unknown()),
  }),
})
type Operation = { responses: Record<string, unknown>; parameters?: { name: string; in: string }[] }

const send = (method: string, path: string, as?: string) =>
  fetch(new URL(path, t.api.baseUrl), { method, headers: { origin: t.api.baseUrl, ...(as && { cookie: as }) } })
const readDocument = async () => documentSchema.parse(await (await get(t.api, '/v1/openapi.json')).json())
const operations = (document: z.infer<typeof documentSchema>) =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation: operation as Operation })),
  )

test('it is served without a login, is whole, and every reference in it leads somewhere', async () => {
  const document = await readDocument()
  const text = JSON.stringify(document)
  const references = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name as string)
  expect(references.length).toBeGreaterThan(20)
  for (const name of references) expect(document.components.schemas).toHaveProperty(name)
  for (const { path, operation } of operations(document))
    for (const [, name] of path.matchAll(/\{(\w+)\}/g))
      expect(operation.parameters).toContainEqual(expect.objectContaining({ name, in: 'path', required: true }))
})

test('every route answers with a status that it names; without a login with 401', async () => {
  const document = await readDocument()
  const all = operations(document)
  expect(all.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(
    [...Object.keys(ACCESS_ROWS), ...OPEN_TO_ALL].sort(),
  )
  for (const { path, method, operation } of all) {
    const address = path.replace('{id}', '99999999-9999-4999-8999-999999999999').replace('{path}', 'dj.nowhere')
    const bodied = method === 'post' || method === 'patch'
    const call = (as?: string) =>
      bodied ? sendBody(t.api, method.toUpperCase(), address, {}, as) : send(method, address, as)
    if (path.startsWith('/v1/')) {
      const stranger = await call()
      expect([path, stranger.status]).toEqual([path, 401])
      errorSchema.parse(await stranger.json())
    }
    if (path === '/api/auth/sign-out') continue
    const answer = await call(cookie)
    expect(operation.responses).toHaveProperty(String(answer.status))
    if (!answer.ok) errorSchema.parse(await answer.json())
  }
})

test('the answers are what the document says', async () => {
  const { a1 } = t.seeded.wearers
  const read = async (path: string) => (await get(t.api, path, cookie)).json()
  z.strictObject(meSchema.shape).parse(await read('/v1/me'))
  z.object({ wearers: z.array(z.strictObject(wearerSchema.shape)).min(2) }).parse(await read('/v1/wearers'))
  z.strictObject(wearerDetailSchema.shape).parse(await read(`/v1/wearers/${a1.id}`))
  z.object({ zones: z.array(z.strictObject(zoneSchema.shape)).min(2) }).parse(await read('/v1/zones'))
  const viewSchema = z.union(incidentViewSchema.options.map(({ shape }) => z.strictObject(shape)))
  z.object({ incidents: z.array(viewSchema).min(2) }).parse(await read('/v1/incidents?state=all'))
  z.object({ incident: viewSchema }).parse(await read(`/v1/incidents/${a1.incidentId}`))
  expect(await read('/v1/units')).toEqual({
    units: [{ path: 'dj.jabar.bandung', name: 'Bapas Bandung', kind: 'bapas', timeZone: 'Asia/Jakarta' }],
  })
  expect(await read('/v1/map-settings')).toEqual({})
  await announceRecipients(t.redis.redis, t.redis.keys, [{ id: 'kasubsi', level: 'kasubsi' }])
  const act = await post(t.api, `/v1/incidents/${a1.incidentId}/acts`, { action: 'escalate' }, cookie)
  const entry = z.union(timelineEntrySchema.options.map(({ shape }) => z.strictObject(shape)))
  z.object({ entries: z.array(entry).min(2) }).parse(await read(`/v1/incidents/${a1.incidentId}/timeline`))
  z.strictObject(actSchema.shape).parse(((await act.json()) as { act: unknown }).act)
})

test.each([
  '/v1/wearers?limit=0',
  '/v1/wearers?limit=99999',
  '/v1/wearers?after=x',
  '/v1/wearers?unit=dj..x',
  '/v1/wearers?unit=dj%27--',
  '/v1/wearers/1',
  '/v1/incidents?state=all%27',
  '/v1/incidents?before=1',
  '/v1/incidents/1',
  '/v1/zones?unit=*',
])('%s is bad input, said so', async (path) => {
  const answer = await get(t.api, path, cookie)
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ error: { code: 'invalid_input' } })
})

test('a track is asked for with two times, in order, of a month at most', async () => {
  const track = `/v1/wearers/${t.seeded.wearers.a1.id}/track`
  const iso = (ms: number) => encodeURIComponent(new Date(ms).toISOString())
  for (const query of [
    '',
    `?from=${iso(FROM_MS)}`,
    '?from=yesterday&to=today',
    `?from=${iso(FROM_MS)}&to=${iso(FROM_MS)}`,
    `?from=${iso(FROM_MS + DAY_MS)}&to=${iso(FROM_MS)}`,
    `?from=${iso(FROM_MS)}&to=${iso(FROM_MS + 32 * DAY_MS)}`,
  ])
    expect((await get(t.api, `${track}${query}`, cookie)).status).toBe(400)
  const wib = `?from=${encodeURIComponent('2026-01-01T07:00:00+07:00')}&to=${encodeURIComponent('2026-01-02T07:00:00+07:00')}`
  expect((await get(t.api, `${track}${wib}`, cookie)).status).toBe(200)
})
