// A cut strap, an opened case, an SOS is not lost because something else of the report cannot be.
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { ALARM, CONTACT, REPORT_FLAG } from '../../model/report/report.ts'
import { CompactEncoder, readCompactAnswer } from '../../simulators/compact-frame.ts'
import { GATEWAY_SECRET, idOnly, NOW_MS, type OpenIngest, openIngest, PEOPLE, SECRET, ward } from './ingest-fixture.ts'
import { nmea } from './wire-envelopes.ts'

let open: OpenIngest
beforeAll(async () => {
  open = await openIngest({ records: [...PEOPLE, ward('77'), idOnly('70218845', 'laipac')] })
})
afterAll(() => open.close())
afterEach(() => open.redis.del(...[0, 1, 2, 3].map((n) => open.keys.reports(n)), open.keys.quarantine))

const TIME_MS = NOW_MS - 60_000
const URGENT = { deviceId: 'b1', time: TIME_MS, lat: -6.2, lon: 106.8, strap: 'open' }

test.each<[string, object, object]>([
  ['course −2', { courseDeg: -2 }, { refusedCourseDeg: '-2' }],
  ['speed −2', { speedMps: -2 }, { refusedSpeedMps: '-2' }],
  ['battery 101', { batteryPercent: 101 }, { refusedBatteryPercent: '101' }],
  ['battery of 66 V', { batteryVolts: 66 }, { refusedBatteryVolts: '66' }],
  ['satellites 255', { satellites: 255 }, { refusedSatellites: '255' }],
  ['an accuracy in words', { accuracyM: 'good' }, { refusedAccuracyM: 'good' }],
  ['archived in words', { archived: 'no' }, { refusedArchived: 'no' }],
  ['a source nobody knows', { source: 'toString' }, { refusedSource: 'toString' }],
  ['a case that is neither', { case: 'ajar' }, { refusedCase: 'ajar' }],
  ['a device time that is none', { deviceTime: 'noon' }, { refusedDeviceTime: 'noon' }],
  ['an attribute that is an object', { extra: { a: 1 } }, { refusedExtra: 'an object' }],
  ['attributes that are none', { attributes: [1] }, { refusedAttributes: 'an array' }],
  ['one attribute of several', { attributes: { a: {}, cell: 'x' } }, { refusedA: 'an object', cell: 'x' }],
  ['a name too long', { ['n'.repeat(65)]: 1 }, { [`refused${'N'.padEnd(48, 'n')}`]: '1' }],
  ['two at once', { courseDeg: 999, hdop: [] }, { refusedCourseDeg: '999', refusedHdop: 'an array' }],
  ['an invalid timestamp', { time: '2026-02-30T10:00:00Z' }, { refusedTime: '2026-02-30T10:00:00Z' }],
  ['a latitude in words', { lat: '-6.2' }, { refusedPosition: '-6.2,106.8' }],
  ['half a position', { lat: null }, { refusedPosition: 'null,106.8' }],
])('own API: %s', async (_, wrong, attributes) => {
  const response = await open.post({ ...URGENT, ...wrong })
  expect([response.status, await response.json()]).toMatchObject([200, { results: [{ ok: true }] }])
  const noTime = 'time' in wrong
  const noPlace = 'lat' in wrong
  const flags = noPlace ? 0 : REPORT_FLAG.hasPosition | (noTime ? REPORT_FLAG.timeFromReceipt : REPORT_FLAG.fixValid)
  expect(await open.stored()).toMatchObject([
    { strap: CONTACT.open, timeMs: noTime ? NOW_MS : TIME_MS, flags, attributes },
  ])
  const reason = noTime ? 'impossible_time' : noPlace ? 'impossible_position' : 'malformed'
  expect(await open.quarantined()).toMatchObject([{ reason, deviceId: 'b1' }])
})

test.each<[string, object, number]>([
  ['an opened case', { strap: 'closed', case: 'open' }, 0],
  ['an SOS', { strap: 'closed', alarms: ['SOS'] }, ALARM.sos],
  ['an SOS in a text', { strap: 'closed', alarms: 'sos' }, ALARM.sos],
  ['an SOS among what is no word', { strap: 'closed', alarms: [1, 'sos', {}] }, ALARM.sos],
  [
    'an SOS among too many words',
    { strap: 'closed', alarms: [...Array(40).fill('shock'), 'sos'] },
    ALARM.sos | ALARM.vibration,
  ],
])('own API: %s', async (_, says, alarms) => {
  await open.post({ ...URGENT, courseDeg: -2, ...says })
  expect(await open.stored()).toMatchObject([{ alarms }])
})

test('who speaks is known by the credential, where the report names nobody rightly', async () => {
  const headers = { 'x-device-id': 'b1' }
  await open.post({ ...URGENT, deviceId: 7 }, headers)
  await open.post({ ...URGENT, deviceId: 'b 1' }, headers)
  expect(await open.stored()).toHaveLength(2)
  const { deviceId, ...nameless } = URGENT
  const gateway = { authorization: `Bearer g1:${GATEWAY_SECRET}` }
  const answer = await open.post({ reports: [{ ...nameless, deviceId: 77 }, nameless] }, gateway)
  expect((await answer.json()).results).toMatchObject([{ ok: true }, { ok: false, reason: 'malformed' }])
  expect(await open.stored()).toHaveLength(3)
})

test.each([
  ['no alarm', { strap: 'closed' }],
  ['an alarm that can wait', { strap: 'closed', alarms: ['lowbattery'] }],
])('%s and a member that cannot be: the member alone is lost', async (_, says) => {
  const { results } = await (await open.post({ ...URGENT, courseDeg: -2, ...says })).json()
  expect(results).toEqual([{ ok: true, detail: 'courseDeg must be a number from 0 to 360' }])
  expect(await open.stored()).toMatchObject([{ flags: REPORT_FLAG.hasPosition | REPORT_FLAG.fixValid }])
  expect(await open.quarantined()).toMatchObject([{ reason: 'malformed', deviceId: 'b1' }])
})

test('a bracelet that is another’s does not get in by a bad member', async () => {
  const { results } = await (
    await open.post({ ...URGENT, deviceId: 'b2', courseDeg: -2 }, { 'x-device-id': 'b1' })
  ).json()
  expect(results).toMatchObject([{ ok: false, reason: 'bad_credential' }])
  expect(await open.stored()).toEqual([])
})

test.each<[string, (report: Buffer) => void, object | undefined]>([
  ['course −1', (b) => b.writeFloatLE(-1, 36), { refusedCourseDeg: -1 }],
  ['speed −1', (b) => b.writeFloatLE(-1, 32), { refusedSpeedMps: -1 }],
  ['battery 101', (b) => b.writeUInt8(101, 48), { refusedBatteryPercent: 101 }],
  ['65,001 mV', (b) => b.writeUInt16LE(65_001, 50), { refusedBatteryMillivolts: 65_001 }],
  ['an infinite accuracy', (b) => b.writeFloatLE(Number.POSITIVE_INFINITY, 28), { refusedAccuracyM: 'Infinity' }],
  ['an infinite HDOP', (b) => b.writeFloatLE(Number.NEGATIVE_INFINITY, 44), { refusedHdop: '-Infinity' }],
  ['an invalid timestamp', (b) => b.writeDoubleLE(Number.NaN, 8), { refusedTime: 'NaN' }],
  ['source 4', (b) => b.writeUInt8(4, 5), { refusedSource: 4 }],
  ['a case that is neither', (b) => b.writeUInt8(2 | (3 << 2), 49), { refusedCase: 3 }],
  ['bits without a meaning', (b) => b.writeUInt8(b.readUInt8(49) | 0x80, 49), undefined],
  ['alarm bits without a meaning', (b) => b.writeUInt32LE(1 << 30, 16), { refusedAlarms: 1 << 30 }],
  ['flags without a meaning', (b) => b.writeUInt8(b.readUInt8(4) | 0x80, 4), { refusedFlags: 0x80 }],
])('compact frame: %s', async (_, spoil, attributes) => {
  const socket = new WebSocket(`ws://127.0.0.1:${open.ingest.ports.own}/v1/gateway`, {
    headers: { authorization: `Bearer g1:${GATEWAY_SECRET}` },
  })
  await new Promise((resolve) => socket.once('open', resolve))
  const says = { deviceId: 'w1', timeMs: TIME_MS, fixValid: true, latDeg: -6.2, lonDeg: 106.8, archived: false }
  const frame = Buffer.from(new CompactEncoder().encode(1, [{ ...says, alarms: [], strap: 'open' }]))
  spoil(frame.subarray(frame.length - 52))
  const answer = new Promise<Buffer>((resolve) => socket.once('message', (data) => resolve(data as Buffer)))
  socket.send(frame)
  expect(readCompactAnswer(await answer)).toEqual({ ack: 1, refused: [] })
  const noTime = attributes !== undefined && 'refusedTime' in attributes
  expect(await open.stored()).toMatchObject([
    {
      strap: CONTACT.open,
      timeMs: noTime ? NOW_MS : TIME_MS,
      flags: REPORT_FLAG.hasPosition | (noTime ? REPORT_FLAG.timeFromReceipt : REPORT_FLAG.fixValid),
    },
  ])
  expect((await open.stored())[0]!.attributes).toEqual(attributes)
  expect(await open.quarantined()).toMatchObject([{ reason: noTime ? 'impossible_time' : 'malformed', deviceId: 'w1' }])
  socket.close()
})

const json = (value: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: `Bearer ${SECRET}` },
  body: JSON.stringify(value),
})
const nested = (location: object) => json({ device_id: 'b1', location: { alarm: 'sos', ...location } })

test.each<[string, string, RequestInit, string[]]>([
  [
    'a date that is none',
    `/?id=b1&token=${SECRET}&timestamp=2026-02-30T10:00:00Z&lat=1&lon=2&alarm=sos`,
    {},
    ['impossible_time'],
  ],
  ['the alarm before the date', `/?id=b1&token=${SECRET}&alarm=sos&timestamp=soon`, {}, ['impossible_time']],
  ['nested, a date that is none', '/', nested({ timestamp: '2026-02-30T10:00:00Z' }), ['impossible_time']],
  ['nested, half a position', '/', nested({ timestamp: TIME_MS, coords: { latitude: 1 } }), ['impossible_position']],
  ['beside a record that is none', '/', json([7, { id: 'b1', timestamp: TIME_MS, alarm: 'sos' }]), ['malformed']],
])('OsmAnd: an SOS with %s', async (_, path, init, kept) => {
  expect((await open.osmand(path, init)).status).toBe(200)
  expect(await open.stored()).toMatchObject([{ alarms: ALARM.sos }])
  expect((await open.stored())[0]!.flags & REPORT_FLAG.fixValid).toBe(0)
  expect((await open.quarantined()).map(({ reason }) => reason)).toEqual(kept)
})

const R16H = '@GPSD,860000000000058,Q,20260108,093001,59.91325,N,010.73801,E,4,187,23,64,R,ULK$'
const LAIPAC = nmea('AVRMC,70218845,093001,X,0612.0000,S,10648.0000,E,0.0,0,080126,T,4076,0,1,0,0')

test.each([
  ['r16h', 'neither live nor stored', R16H, ALARM.strapOpen],
  ['laipac', 'a status nobody knows', `${LAIPAC}\r\n`, ALARM.tamper],
] as const)('%s: %s', async (protocol, _, bytes, alarms) => {
  const socket = connect(open.ingest.ports[protocol]!, '127.0.0.1')
  socket.write(bytes)
  await expect.poll(async () => (await open.stored()).length).toBe(1)
  expect(await open.stored()).toMatchObject([{ alarms }])
  expect(await open.quarantined()).toMatchObject([{ reason: 'malformed' }])
  socket.destroy()
})
