import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeJsonReport } from '../../ingest/protocols/own-json/decode-json-report.ts'
import { parseJsonReport } from '../../ingest/protocols/own-json/json-report.ts'
import { ReportWriter } from '../../model/report/report-codec.ts'

const NOW = 1_767_864_605_000
const parse = (value: unknown) => parseJsonReport(value, undefined, NOW)

test('every member comes out in our words', () => {
  expect(
    parse({
      deviceId: 'b1',
      time: '2026-01-08T16:30:05+07:00',
      deviceTime: NOW + 500,
      lat: -6.2,
      lon: 106.8,
      accuracyM: 5,
      speedMps: 1.5,
      courseDeg: 90,
      altitudeM: -3,
      hdop: 0.9,
      satellites: 9,
      batteryPercent: 64,
      batteryVolts: 3.9,
      charging: false,
      strap: 'closed',
      case: 'unknown',
      alarms: ['sos', 'tampering', 'sos', 'dragon'],
      fixValid: true,
      archived: true,
      source: 'gps',
      mock: true,
      attributes: { cell: '510,1,2', ok: true },
      firmware: 7,
      nothing: null,
    }),
  ).toEqual({
    deviceId: 'b1',
    timeMs: NOW,
    deviceTimeMs: NOW + 500,
    latDeg: -6.2,
    lonDeg: 106.8,
    accuracyM: 5,
    speedMps: 1.5,
    courseDeg: 90,
    altitudeM: -3,
    hdop: 0.9,
    satellites: 9,
    batteryPercent: 64,
    batteryVolts: 3.9,
    charging: false,
    strap: 'closed',
    alarms: ['sos', 'tamper', 'unknown'],
    unknownAlarm: 'dragon',
    fixValid: true,
    archived: true,
    source: 'gps',
    mock: true,
    attributes: { cell: '510,1,2', ok: true, firmware: 7 },
  })
})

test('a position without a word about its validity is valid; no position is never', () => {
  expect(parse({ deviceId: 'b', time: NOW, lat: 1, lon: 2 })).toMatchObject({ fixValid: true })
  expect(parse({ deviceId: 'b', time: NOW, lat: 1, lon: 2, fixValid: false })).toMatchObject({
    fixValid: false,
    latDeg: 1,
  })
  expect(parse({ deviceId: 'b', time: NOW, fixValid: true })).toMatchObject({ fixValid: false })
})

test.each([
  [7, 'a report must be an object'],
  [[], 'a report must be an object'],
  [null, 'a report must be an object'],
  [{}, 'deviceId is missing'],
  [{ deviceId: '' }, 'deviceId must be'],
  [{ deviceId: 'a b' }, 'deviceId must be'],
  [{ deviceId: 'x'.repeat(65) }, 'deviceId must be'],
  [{ time: 'yesterday' }, 'time must be'],
  [{ time: '2026-02-30T00:00:00Z' }, 'time must be'],
  [{ time: -1 }, 'time must be'],
  [{ time: true }, 'time must be'],
  [{ deviceTime: 'x' }, 'deviceTime must be'],
  [{ lat: '1' }, 'lat must be'],
  [JSON.parse('{"lat":1e999}'), 'lat must be'],
  [{ lon: false }, 'lon must be'],
  [{ lat: 1 }, 'lat and lon must come together'],
  [{ accuracyM: 'good' }, 'accuracyM must be'],
  [{ altitudeM: [] }, 'altitudeM must be'],
  [{ hdop: {} }, 'hdop must be'],
  [{ speedMps: -2 }, 'speedMps must be'],
  [{ courseDeg: 361 }, 'courseDeg must be'],
  [{ satellites: 300 }, 'satellites must be'],
  [{ batteryPercent: 101 }, 'batteryPercent must be'],
  [{ batteryVolts: 66 }, 'batteryVolts must be'],
  [{ charging: 1 }, 'charging must be'],
  [{ archived: 'no' }, 'archived must be'],
  [{ mock: 0 }, 'mock must be'],
  [{ fixValid: 'A' }, 'fixValid must be'],
  [{ strap: 'shut' }, 'strap must be'],
  [{ case: 1 }, 'case must be'],
  [{ source: 'toString' }, 'source must be'],
  [{ alarms: 'sos' }, 'alarms must be'],
  [{ alarms: [1] }, 'alarms must hold'],
  [{ alarms: Array(33).fill('sos') }, 'alarms must be'],
  [{ attributes: [] }, 'attributes must be'],
  [{ attributes: { a: {} } }, 'attributes.a must be'],
  [{ nested: {} }, 'nested must be'],
  [{ long: 'x'.repeat(513) }, 'long is longer'],
  [{ ['n'.repeat(65)]: 1 }, 'is too long a name'],
  [Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`m${i}`, i])), 'more than 64 attributes'],
])('%j is refused with the member named', (value, reason) => {
  const withId =
    typeof value === 'object' && value !== null && !Array.isArray(value) && reason !== 'deviceId is missing'
      ? { deviceId: 'b', ...value }
      : value
  expect(parse(withId)).toContain(reason)
})

test('any JSON gives a report that the log can carry, with its defects, or a reason', () => {
  const named = fc.dictionary(
    fc.constantFrom(
      'deviceId',
      'time',
      'lat',
      'lon',
      'accuracyM',
      'strap',
      'alarms',
      'attributes',
      '__proto__',
      'x',
      'battery',
    ),
    fc.oneof(fc.jsonValue(), fc.string(), fc.double(), fc.constantFrom('b1', 'open', NOW, ['sos'])),
  )
  const writer = new ReportWriter()
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), named), (value) => {
      const report = parseJsonReport(value, 'b1', NOW)
      if (typeof report === 'string') expect(report.length).toBeGreaterThan(0)
      const decoded = decodeJsonReport(value, 'b1', NOW)
      if (typeof decoded === 'string') return
      expect(decoded.defects === undefined).toBe(typeof report !== 'string')
      writer.add(decoded, 1, 1, NOW, 'own')
      writer.take()
    }),
    { numRuns: 5000, seed: 4711 },
  )
})

test('−1 is what phones send of a measure that they do not know: it costs that measure alone', () => {
  for (const name of ['batteryPercent', 'batteryVolts', 'speedMps', 'courseDeg', 'accuracyM', 'hdop', 'satellites'])
    expect(parse({ deviceId: 'b1', time: NOW, lat: -6.2, lon: 106.8, [name]: -1 })).toEqual({
      deviceId: 'b1',
      timeMs: NOW,
      latDeg: -6.2,
      lonDeg: 106.8,
      fixValid: true,
      alarms: [],
      archived: false,
    })
  expect(parse({ deviceId: 'b1', time: NOW, lat: -1, lon: -1, altitudeM: -1 })).toMatchObject({
    latDeg: -1,
    lonDeg: -1,
    altitudeM: -1,
  })
})
