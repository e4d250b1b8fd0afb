import { expect, test } from 'vitest'
import { decodeLines } from './decode-all.ts'

const receivedMs = Date.parse('2026-01-08T09:31:00Z')
const decode = (protocol: string, ...lines: string[]) =>
  [...decodeLines(protocol, lines, { receivedMs })].map((line) => JSON.parse(JSON.stringify(line)))

test('text frames, one a line, of one connection', () => {
  const frame = '@GPSD,860000000000058,R,20260108,093005,59.91325,N,010.73801,E,36,187,23,64,L,$'
  expect(
    decode('r16h', frame, '', '@LINK,860000000000058$', frame.slice(0, 30), frame.replace('0108', '0230'), `x${frame}`),
  ).toEqual([
    {
      reports: [
        {
          deviceId: '860000000000058',
          fixTime: '2026-01-08T09:30:05.000Z',
          fixValid: true,
          lat: 59.91325,
          lon: 10.73801,
          source: 'gps',
          speedMps: 10,
          courseDeg: 187,
          altitudeM: 23,
          batteryPercent: 64,
          strap: 'closed',
          alarms: [],
          archived: false,
        },
      ],
      reply: null,
      heard: true,
      error: null,
      warning: null,
    },
    { reports: [], reply: null, heard: true, error: null, warning: null },
    { reports: [], reply: null, heard: true, error: 'a frame is not whole: 32 bytes left over', warning: null },
    {
      reports: [expect.objectContaining({ fixTime: null, fixValid: false, strap: 'closed', batteryPercent: 64 })],
      reply: null,
      heard: true,
      error: null,
      warning: 'impossible_time: no such date or time',
    },
    {
      reports: [expect.objectContaining({ strap: 'closed' })],
      reply: null,
      heard: true,
      error: '1 bytes outside any frame',
      warning: null,
    },
  ])
})

test('HTTP requests as JSON, one a line', () => {
  const line = (value: object) => JSON.stringify(value)
  expect(
    decode(
      'osmand',
      line({ method: 'GET', url: 'http://host:5055/?id=a&lat=1&lon=2&speed=10&timestamp=1767864605&alarm=sos' }),
      line({ method: 'POST', url: '/', contentType: 'application/x-www-form-urlencoded', body: 'id=a&timestamp=x' }),
      line({ method: 'POST', url: '/' }),
      'none',
      '7',
    ),
  ).toEqual([
    {
      reports: [
        expect.objectContaining({
          deviceId: 'a',
          fixTime: '2026-01-08T09:30:05.000Z',
          lat: 1,
          lon: 2,
          alarms: ['sos'],
        }),
      ],
      reply: '',
      heard: true,
      error: null,
      warning: null,
    },
    {
      reports: [expect.objectContaining({ fixTime: null, deviceId: 'a' })],
      reply: '',
      heard: true,
      error: null,
      warning: 'impossible_time: timestamp is no time',
    },
    { reports: [], reply: null, heard: false, error: 'malformed: no device id', warning: null },
    { reports: [], reply: null, heard: false, error: 'the line is no JSON', warning: null },
    { reports: [], reply: null, heard: false, error: 'the line must be a JSON object', warning: null },
  ])
})

test('a protocol that nobody knows', () => {
  expect(() => decode('smoke-signals', 'puff')).toThrow('no protocol is called smoke-signals')
})

test('0/0 is what a receiver without a fix says, and no place', () => {
  const url = '/?id=free&lat=0&lon=0&timestamp=1767864605'
  expect(decode('osmand', JSON.stringify({ method: 'GET', url }))[0].reports).toMatchObject([{ fixValid: false }])
})
