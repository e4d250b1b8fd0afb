import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { DirectoryRecord } from '../../model/plan/directory.ts'
import { REPORT_FLAG } from '../../model/report/report.ts'
import { device, NOW_MS, type OpenIngest, openIngest, PEOPLE, SECRET } from './ingest-fixture.ts'

let open: OpenIngest
beforeAll(async () => {
  const records: DirectoryRecord[] = [
    ...PEOPLE,
    device('ANK-0042'),
    device('70218846'),
    device('coded', { settings: { alarmCodes: { '7': 'strapOpen' } } }),
  ]
  open = await openIngest({ records, limits: { protocolBodyBytesMax: 5000 } })
})
afterAll(() => open.close())
afterEach(async () => {
  await open.redis.del(...[0, 1, 2, 3].map((n) => open.keys.reports(n)))
  await open.redis.del(open.keys.quarantine)
})

const T = Math.floor(NOW_MS / 1000) - 60
const json = (value: unknown) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: typeof value === 'string' ? value : JSON.stringify(value),
})
const form = (body: string) => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body,
})

test.each<[string, string, RequestInit]>([
  ['a query', `/?id=free&timestamp=${T}&lat=-6.2&lon=106.8`, {}],
  ['a query on any path', `/some/where?deviceid=free&timestamp=${T}&location=-6.2,106.8`, {}],
  ['a query, posted', `/?id=free&timestamp=${T}&lat=-6.2&lon=106.8`, { method: 'POST' }],
  ['a form', '/', form(`id=free&timestamp=${T}&lat=-6.2&lon=106.8`)],
  ['a form whose id stands in the query', '/?id=free', form(`id=wrong&timestamp=${T}&lat=-6.2&lon=106.8`)],
  [
    'nested JSON',
    '/',
    json({
      device_id: 'free',
      location: { timestamp: new Date(T * 1000), coords: { latitude: -6.2, longitude: 106.8 } },
    }),
  ],
  ['an array of flat objects', '/', json([{ id: 'free', timestamp: T, lat: -6.2, lon: 106.8 }])],
  ['one flat object', '/', json({ id: 'free', timestamp: T, lat: '-6.2', lon: '106.8' })],
  ['milliseconds', `/?id=free&timestamp=${T}000&lat=-6.2&lon=106.8`, {}],
])('%s is understood, stored, answered 200 without a body', async (_, path, init) => {
  const answer = await open.osmand(path, init)
  expect([answer.status, await answer.text()]).toEqual([200, ''])
  expect(await open.stored()).toMatchObject([{ timeMs: T * 1000, lat: -6.2, lon: 106.8, flags: 3, protocol: 'osmand' }])
})

test('an SOS without a fix is an event without a position', async () => {
  expect((await open.osmand(`/?id=free&timestamp=${T}&batt=63&charge=true&alarm=sos`)).status).toBe(200)
  expect(await open.stored()).toMatchObject([{ flags: 0, alarms: 1 }])
})

test('a device has alarm codes of its own', async () => {
  await open.osmand(`/?id=coded&timestamp=${T}&alarm=7`)
  expect((await open.stored())[0]!.alarms).toBe(2)
})

test('a report whose time or place cannot be is heard, answered 200 and kept', async () => {
  const never = [
    `/?id=free&timestamp=yesterday&lat=1&lon=2`,
    `/?id=free&timestamp=${T}&lat=95&lon=2`,
    `/?id=free&timestamp=${T + 86_400}&lat=1&lon=2`,
    `/?id=free&timestamp=1000000000&lat=1&lon=2`,
  ]
  for (const path of never) expect([(await open.osmand(path)).status, path]).toEqual([200, path])
  const heard = await open.stored()
  expect(heard).toHaveLength(4)
  for (const { flags } of heard) expect(flags & REPORT_FLAG.defective).not.toBe(0)
  const quarantined = await open.quarantined()
  expect(quarantined.map((q) => q.reason)).toEqual(['impossible_time', 'impossible_position', 'future', 'ancient'])
  expect(Buffer.from(quarantined[0]!.raw).toString()).toBe(`GET ${never[0]}\n\n\n`)
})

test('a record whose place cannot be read is heard, without a place', async () => {
  expect((await open.osmand(`/?id=free&timestamp=${T}&lat=north&lon=2&batt=50`)).status).toBe(200)
  expect((await open.osmand('/', json({ device_id: 'free' }))).status).toBe(200)
  const stored = await open.stored()
  expect(stored).toHaveLength(2)
  for (const { flags } of stored) expect(flags & (REPORT_FLAG.hasPosition | REPORT_FLAG.fixValid)).toBe(0)
})

test('of an array the good records are stored and the bad ones heard and kept, with one answer', async () => {
  const answer = await open.osmand(
    '/',
    json([
      { id: 'free', timestamp: T },
      { id: 'free', timestamp: 'x' },
      { id: 'free', timestamp: T + 1 },
    ]),
  )
  expect(answer.status).toBe(200)
  const stored = await open.stored()
  expect(stored).toHaveLength(3)
  expect(stored.filter(({ flags }) => flags & REPORT_FLAG.defective)).toHaveLength(1)
  expect((await open.quarantined()).map((q) => q.reason)).toEqual(['impossible_time'])
})

test('a discarded report is answered', async () => {
  expect((await open.osmand(`/?id=idle&timestamp=${T}&token=${SECRET}`)).status).toBe(200)
  expect(await open.stored()).toEqual([])
})

test.each<[string, string, RequestInit, number]>([
  ['an unknown id', `/?id=nobody&timestamp=${T}`, {}, 401],
  ['no id', `/?timestamp=${T}`, {}, 400],
  ['an id that is none', '/?id=a%20b%00', {}, 400],
  ['nothing', '/', {}, 400],
  ['another method', '/?id=free', { method: 'PUT' }, 400],
  ['no JSON', '/', json('{"device_id'), 400],
  ['no credential', `/?id=b1&timestamp=${T}`, { headers: { authorization: 'none' } }, 401],
  ['a wrong credential', `/?id=b1&timestamp=${T}&token=wrong-secret`, {}, 401],
  ['a revoked one', `/?id=revoked&timestamp=${T}&token=${SECRET}`, {}, 403],
  ['too large a body', '/', form(`id=free&x=${'y'.repeat(6000)}`), 413],
])('%s is answered without a body and not stored', async (_, path, init, status) => {
  const answer = await open.osmand(path, init)
  expect([answer.status, await answer.text()]).toEqual([status, ''])
  expect(await open.stored()).toEqual([])
})

test.each<[string, string, RequestInit]>([
  ['the header', `/?id=b1&timestamp=${T}`, { headers: { authorization: `Bearer ${SECRET}` } }],
  ['a key', `/?id=b1&timestamp=${T}&token=${SECRET}`, {}],
  ['a form key', '/', form(`id=b1&timestamp=${T}&token=${SECRET}`)],
  ['the path', `/${SECRET}?id=b1&timestamp=${T}`, {}],
  ['the path with a slash', `/${SECRET}/?id=b1&timestamp=${T}`, {}],
  ['a member', '/', json({ device_id: 'b1', token: SECRET, location: { timestamp: new Date(T * 1000) } })],
])('the credential may stand in %s, and never reaches quarantine or the log', async (_, path, init) => {
  expect((await open.osmand(path, init)).status).toBe(200)
  expect(await open.stored()).toHaveLength(1)
  expect(JSON.stringify(await open.stored())).not.toContain(SECRET)
  const broken = (text: string) =>
    text.replace(String(T), 'yesterday').replace(new Date(T * 1000).toISOString(), 'yesterday')
  const brokenInit = typeof init.body === 'string' ? { ...init, body: broken(init.body) } : init
  expect((await open.osmand(broken(path), brokenInit)).status).toBe(200)
  const wrong = (text: string) => text.replace(SECRET, 'almost-the-secret')
  const wrongInit =
    typeof init.body === 'string'
      ? { ...init, body: wrong(init.body) }
      : { ...init, headers: { authorization: 'Bearer almost-the-secret' } }
  expect((await open.osmand(wrong(path), wrongInit)).status).toBe(401)
  const quarantined = await open.quarantined()
  expect(quarantined.map((q) => q.reason)).toEqual(['impossible_time', 'bad_credential'])
  for (const { raw } of quarantined) expect(Buffer.from(raw).toString()).not.toMatch(/secret/)
  expect(JSON.stringify(open.said)).not.toContain(SECRET)
})

test('a phone above its rate is asked to wait, others are not', async () => {
  const one = await openIngest({ limits: { deviceBurstReports: 3, deviceReportsPerSecond: 1 } })
  const statuses = []
  for (let i = 0; i < 5; i++) statuses.push((await one.osmand(`/?id=free&timestamp=${T + i}`)).status)
  expect(statuses).toEqual([200, 200, 200, 429, 429])
  expect((await one.osmand(`/?id=70218845&timestamp=${T}`)).status).toBe(200)
  one.clock.nowMs += 2000
  expect((await one.osmand(`/?id=free&timestamp=${T + 3}`)).status).toBe(200)
  expect(await one.stored()).toHaveLength(5)
  await one.close()
})
