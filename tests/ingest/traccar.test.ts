// Traccar as a gateway: what it forwards comes into the log by the rules of gateways, and what was not stored it sends again.
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { decodeJsonReport } from '../../ingest/protocols/own-json/decode-json-report.ts'
import { traccarReport } from '../../ingest/protocols/own-json/traccar-position.ts'
import { ALARM, REPORT_FLAG } from '../../model/report/report.ts'
import { GATEWAY_SECRET, gateway, NOW_MS, type OpenIngest, openIngest, ward } from './ingest-fixture.ts'

let open: OpenIngest
beforeEach(async () => {
  open = await openIngest({
    records: [ward('860000000000058'), ward('far', { unitPath: 'ditjenpas.papua' }), gateway('g1')],
    limits: { deviceBurstReports: 20, deviceReportsPerSecond: 0.001 },
  })
})
afterEach(() => open.close())

/** As Traccar writes a time. */
const at = (secondsAgo: number) => new Date(NOW_MS - secondsAgo * 1000).toISOString().replace('Z', '+0000')
const forwarded = (position: object = {}, attributes: object = {}, uniqueId = '860000000000058') => ({
  position: {
    id: 42,
    deviceId: 7,
    protocol: 'gt06',
    serverTime: at(0),
    deviceTime: at(5),
    fixTime: at(5),
    outdated: false,
    valid: true,
    latitude: -6.2088,
    longitude: 106.8456,
    altitude: 12,
    speed: 10,
    course: 90,
    address: null,
    accuracy: 0,
    network: null,
    geofenceIds: null,
    attributes: {
      batteryLevel: 71,
      charge: true,
      sat: 9,
      distance: 12.5,
      totalDistance: 1e6,
      motion: true,
      ...attributes,
    },
    ...position,
  },
  device: {
    id: 7,
    uniqueId,
    name: 'Budi S.',
    phone: '0812',
    contact: 'Ibu',
    model: 'X1',
    attributes: {},
    status: 'online',
  },
})
const post = (body: unknown, secret = GATEWAY_SECRET) =>
  fetch(open.url('own', '/v1/traccar/positions'), {
    method: 'POST',
    headers: { authorization: `Bearer g1:${secret}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

test('a position is stored with its members in our units, and without names and numbers of persons', async () => {
  expect((await post(forwarded())).status).toBe(200)
  const [row] = await open.stored()
  expect(row).toMatchObject({ timeMs: NOW_MS - 5000, lat: -6.2088, lon: 106.8456, protocol: 'own', flags: 3 })
  expect(row!.attributes).toEqual({ motion: true, traccarProtocol: 'gt06', model: 'X1' })
  expect(decodeJsonReport(traccarReport(forwarded()), undefined, NOW_MS)).toMatchObject({
    batteryPercent: 71,
    charging: true,
    satellites: 9,
    speedMps: expect.closeTo(5.1444, 3),
    courseDeg: 90,
  })
})

test('alarm words, one or several, and one that nobody knows', async () => {
  await post(forwarded({ fixTime: at(1), deviceTime: at(1) }, { alarm: 'sos' }))
  await post(forwarded({ fixTime: at(2), deviceTime: at(2) }, { alarm: 'removing,lowBattery' }))
  await post(forwarded({ fixTime: at(3), deviceTime: at(3) }, { alarm: 'tampering' }))
  await post(forwarded({ fixTime: at(4), deviceTime: at(4) }, { alarm: 'quixotic' }))
  expect((await open.stored()).map(({ alarms }) => alarms)).toEqual([
    ALARM.unknown,
    ALARM.tamper,
    ALARM.strapOpen | ALARM.batteryLow,
    ALARM.sos,
  ])
})

test('an old place is heard at the time of its message, and is no presence', async () => {
  await post(forwarded({ outdated: true, fixTime: at(4000), deviceTime: at(3) }))
  await post(forwarded({ valid: false, deviceTime: at(2) }))
  await post(forwarded({ fixTime: at(600), deviceTime: at(1) }))
  const rows = await open.stored()
  expect(rows.map(({ timeMs, flags }) => [NOW_MS - timeMs, (flags & REPORT_FLAG.fixValid) !== 0])).toEqual([
    [600_000, false],
    [3000, false],
    [2000, false],
  ])
})

test('what can never be taken is kept and answered 200, so that it does not come again', async () => {
  for (const body of [
    forwarded({}, {}, 'far'),
    forwarded({}, {}, 'nobody'),
    forwarded({ fixTime: at(-3600), deviceTime: at(-3600) }),
  ])
    expect((await post(body)).status).toBe(200)
  expect((await open.quarantined()).map(({ reason }) => reason)).toEqual([
    'not_of_this_gateway',
    'unknown_device',
    'future',
  ])
  expect(JSON.stringify((await open.quarantined()).map(({ raw }) => Buffer.from(raw).toString()))).not.toContain('Budi')
  expect((await post('{"position":{}}')).status).toBe(400)
  expect((await post(forwarded(), 'wrong-secret-000')).status).toBe(401)
})

test('429 above the bracelet’s rate, an SOS excepted; 503 while the log takes nothing', async () => {
  for (let second = 40; second > 20; second--) expect((await post(forwarded({ fixTime: at(second) }))).status).toBe(200)
  const limited = await post(forwarded({ fixTime: at(10) }))
  expect([limited.status, limited.headers.has('retry-after')]).toEqual([429, true])
  expect((await post(forwarded({ fixTime: at(9) }, { alarm: 'sos' }))).status).toBe(200)
})

test('whatever the body, it is a report, a text that says what is wrong, or nobody’s', () => {
  fc.assert(
    fc.property(fc.object({ maxDepth: 3 }), fc.object({ maxDepth: 2 }), fc.json(), (position, attributes, noise) => {
      for (const value of [forwarded(position, attributes), JSON.parse(noise), { position, device: attributes }]) {
        const report = traccarReport(value)
        if (report !== undefined)
          expect(['object', 'string']).toContain(typeof decodeJsonReport(report, undefined, NOW_MS))
      }
    }),
    { numRuns: 500 },
  )
})
