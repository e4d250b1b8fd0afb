import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { REPORT_FLAG } from '../../model/report/report.ts'
import { GATEWAY_SECRET, NOW_ISO, NOW_MS, type OpenIngest, openIngest, PEOPLE, WARDS } from './ingest-fixture.ts'

let open: OpenIngest
beforeAll(async () => {
  open = await openIngest({
    limits: { bodyBytesMax: 20_000, batchReportsMax: 50, deviceBurstReports: 60, deviceReportsPerSecond: 1 },
  })
})
afterAll(() => open.close())
afterEach(async () => {
  open.directory.replaceAll(PEOPLE)
  await open.redis.del(...[0, 1, 2, 3].map((n) => open.keys.reports(n)))
  await open.redis.del(open.keys.quarantine)
  open.clock.nowMs += 600_000
})

const fix = (changes: object = {}) => ({ deviceId: 'b1', time: NOW_ISO, lat: -6.2, lon: 106.8, ...changes })
const asGateway = { authorization: `Bearer g1:${GATEWAY_SECRET}` }

test('a report is in the log when it is answered', async () => {
  const answer = await open.post(fix({ accuracyM: 5, strap: 'open', alarms: ['sos'], colour: 'red' }))
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({ results: [{ ok: true }] })
  const stored = await open.stored()
  expect(stored).toHaveLength(1)
  expect(stored[0]).toMatchObject({ timeMs: NOW_MS, lat: -6.2, lon: 106.8, alarms: 1, strap: 2, protocol: 'own' })
  expect(stored[0]!.attributes).toEqual({ colour: 'red' })
})

test('each report of a batch has its own verdict, in order, and what is refused is in quarantine', async () => {
  open.directory.replaceAll(WARDS)
  const time = new Date(open.clock.nowMs).toISOString()
  const answer = await open.post(
    {
      reports: [
        fix({ time }),
        fix({ time, lat: 'x' }),
        fix({ time, deviceId: 'nobody' }),
        fix({ time, deviceId: 'revoked' }),
        fix({ time, deviceId: 'far' }),
        fix({ time, lat: 91 }),
        fix({ time: open.clock.nowMs + 11 * 60_000 }),
        fix({ time: '2019-01-01T00:00:00Z' }),
        fix({ time, deviceId: 'idle' }),
        fix({ time, deviceId: 'b2' }),
      ],
    },
    asGateway,
  )
  const { results } = (await answer.json()) as { results: { ok: boolean; reason?: string; detail?: string }[] }
  expect(results.map((r) => r.reason ?? 'ok')).toEqual([
    'ok',
    'impossible_position',
    'not_of_this_gateway',
    'revoked_device',
    'not_of_this_gateway',
    'impossible_position',
    'future',
    'ancient',
    'ok',
    'ok',
  ])
  expect(results[1]!.detail).toBe('lat must be a number')
  const stored = await open.stored()
  expect(stored).toHaveLength(6)
  expect(stored.filter(({ flags }) => flags & REPORT_FLAG.defective)).toHaveLength(4)
  const quarantined = await open.quarantined()
  expect(quarantined.map((q) => q.reason)).toEqual([
    'impossible_position',
    'unknown_device',
    'revoked_device',
    'not_of_this_gateway',
    'impossible_position',
    'future',
    'ancient',
  ])
  expect(JSON.parse(Buffer.from(quarantined[1]!.raw).toString())).toEqual(fix({ time, deviceId: 'nobody' }))
  expect(open.meter.of('gelang_ingest_reports_total', { protocol: 'own', verdict: 'discarded' })).toBe(1)
  expect(open.meter.of('gelang_ingest_refusals_total', { protocol: 'own', reason: 'not_of_this_gateway' })).toBe(1)
})

test('a supervision that has ended leaves no track, and a report from before its end still does', async () => {
  open.directory.replaceAll(WARDS)
  const answer = await open.post(
    { reports: [fix({ deviceId: 'ended', time: NOW_MS - 60_000 }), fix({ deviceId: 'ended', time: NOW_MS - 60_001 })] },
    asGateway,
  )
  expect(await answer.json()).toEqual({ results: [{ ok: true }, { ok: true }] })
  expect((await open.stored()).map((s) => [s.wearerId, s.timeMs])).toEqual([[77, NOW_MS - 60_001]])
  expect(await open.quarantined()).toEqual([])
})

test('exactly 0/0 is kept without a position', async () => {
  await open.post(fix({ lat: 0, lon: 0 }))
  const [stored] = await open.stored()
  expect(stored!.flags).toBe(0)
  expect(stored!.attributes).toEqual({ zeroPosition: true })
})

test('a cut strap is not lost to an impossible position', async () => {
  const answer = await open.post(fix({ lat: 123, strap: 'open' }))
  expect(await answer.json()).toEqual({ results: [{ ok: true, detail: 'lat must be within ±90 and lon within ±180' }] })
  const [stored] = await open.stored()
  expect(stored).toMatchObject({ flags: 0, strap: 2, attributes: { refusedPosition: '123,106.8' } })
})

test('without a time the time of receipt is taken and marked', async () => {
  await open.post({ deviceId: 'b1', alarms: ['sos'] })
  const [stored] = await open.stored()
  expect(stored).toMatchObject({ timeMs: open.clock.nowMs, flags: 16, alarms: 1 })
})

test('a bracelet speaks for itself only, named by header or by its report', async () => {
  expect((await open.post({ lat: 1, lon: 2 }, { 'x-device-id': 'b1' })).status).toBe(200)
  const other = await open.post({ reports: [fix(), fix({ deviceId: 'b2' })] })
  const { results } = (await other.json()) as { results: { reason?: string }[] }
  expect(results.map((r) => r.reason)).toEqual([undefined, 'bad_credential'])
})

test.each([
  ['no credential', fix(), { authorization: '' }, 401, 'bad_credential'],
  ['a wrong secret', fix(), { authorization: 'Bearer wrong' }, 401, 'bad_credential'],
  ['a name nobody knows', fix({ deviceId: 'nobody' }), {}, 401, 'bad_credential'],
  ['a wrong gateway secret', fix(), { authorization: 'Bearer g1:wrong' }, 401, 'bad_credential'],
  ['an id that suffices elsewhere', fix({ deviceId: 'free' }), { authorization: '' }, 401, 'bad_credential'],
  ['a revoked bracelet', fix({ deviceId: 'revoked' }), {}, 403, 'revoked_device'],
  ['a revoked gateway', fix(), { authorization: `Bearer gone:${GATEWAY_SECRET}` }, 403, 'revoked_device'],
  ['no JSON', '{"reports":[', { 'x-device-id': 'b1' }, 400, 'malformed'],
  ['no reports', '[1]', { 'x-device-id': 'b1' }, 400, 'malformed'],
  ['a body too large', 'x'.repeat(20_001), { 'x-device-id': 'b1' }, 413, 'oversized'],
  ['too many reports', { reports: Array(51).fill({}) }, { 'x-device-id': 'b1' }, 413, 'oversized'],
] as const)('%s is refused, kept and counted', async (_, body, headers, status, reason) => {
  const labels = { protocol: 'own', reason }
  const before = open.meter.of('gelang_ingest_refusals_total', labels)
  const answer = await open.post(body, headers)
  expect([answer.status, ((await answer.json()) as { error: { code: string } }).error.code]).toEqual([status, reason])
  expect(open.meter.of('gelang_ingest_refusals_total', labels)).toBe(before + 1)
  expect(await open.stored()).toEqual([])
  if (status !== 413) expect((await open.quarantined()).map((q) => q.reason)).toEqual([reason])
})

test('a flood is limited for its bracelet alone and nothing of the request is taken', async () => {
  const many = (deviceId: string) => ({
    reports: Array.from({ length: 50 }, (_, i) => fix({ deviceId, time: NOW_MS - i })),
  })
  expect((await open.post(many('b1'))).status).toBe(200)
  const flooded = await open.post(many('b1'))
  expect([flooded.status, flooded.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)])
  expect((await open.post(many('b2'))).status).toBe(200)
  expect(await open.stored()).toHaveLength(100)
  open.directory.replaceAll(WARDS)
  const mixed = await open.post(
    {
      reports: Array(20)
        .fill(fix())
        .concat(fix({ deviceId: 'b2' })),
    },
    asGateway,
  )
  const { results } = (await mixed.json()) as { results: { ok: boolean; retry?: boolean }[] }
  expect(results.filter((r) => r.retry)).toHaveLength(10)
  expect(results[20]).toEqual({ ok: true })
})

test('a body without a length is cut off where the limit is', async () => {
  const socket = connect(open.ingest.ports.own!, '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.write('POST /v1/reports HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
  socket.on('error', () => undefined)
  for (let i = 0; i < 30; i++) socket.write(`400\r\n${'x'.repeat(1024)}\r\n`)
  await new Promise((resolve) => socket.on('close', resolve))
  expect(answer).toMatch(/^HTTP\/1\.1 413 /)
})

test('what is no HTTP is answered 400 and hurts nobody', async () => {
  const socket = connect(open.ingest.ports.own!, '127.0.0.1')
  socket.end('\x16\x03\x01 rubbish\r\n\r\n')
  const answer = await new Promise<string>((resolve) => socket.on('data', (chunk) => resolve(String(chunk))))
  expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  expect((await open.post(fix())).status).toBe(200)
})

test('no id, name or coordinate is in what is said', () => {
  expect(JSON.stringify(open.said)).not.toMatch(/106\.8|secret|b1/)
})
