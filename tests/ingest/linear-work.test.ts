// What a sender puts into a field costs time in proportion to its length, whatever it is: one request must not stop ingest for
// everybody else. Measured against a plain walk over text of the same length beside it, so that a slow machine changes nothing;
// what grows with the square of the length is over the allowance at 32 KiB even where a step costs a fiftieth of one of the walk's,
// and hundreds of times over it at 256 KiB, the nightly size.
import { expect, test } from 'vitest'
import { INGEST_LIMITS } from '../../ingest/limits.ts'
import type { DecodeContext, HttpProtocolRequest } from '../../ingest/protocols/decoder.ts'
import { osmand } from '../../ingest/protocols/osmand/osmand.ts'
import { decodeJsonReport } from '../../ingest/protocols/own-json/decode-json-report.ts'
import { parseJsonReport } from '../../ingest/protocols/own-json/json-report.ts'
import { owntracks } from '../../ingest/protocols/owntracks.ts'
import { DEVICE_PROTOCOLS, protocolNamed } from '../../ingest/protocols/protocols.ts'
import { SLOW_TESTS } from '../setup/slow-tests.ts'
import { decodeLines } from './decode-all.ts'
import { hexOfText, nmea } from './wire-envelopes.ts'

const SIZE = (SLOW_TESTS ? 256 : 32) * 1024
const KIB = `${SIZE / 1024} KiB`
const context: DecodeContext = {
  receivedMs: Date.parse('2026-11-30T13:05:01Z'),
  settingsOf: () => undefined,
  authorize: () => true,
}
/** Rows that make patterns backtrack, and searches begin again. */
const FILLERS = ['0', '1.', ' ', 'ab', '-', ',', ';', '|', '"', '\\', '%', 'e1', '[', 'T ']
const ENDINGS = ['', 'x']
const WALKS = 400

const fill = (filler: string, size: number) => filler.repeat(Math.ceil(size / filler.length)).slice(0, size)

let sink = 0
function walkTimeNs(text: string): bigint {
  const start = process.hrtime.bigint()
  for (let i = 0; i < text.length; i++) sink ^= text.charCodeAt(i)
  return process.hrtime.bigint() - start
}

/** The best of three: what only interrupts counts for neither. */
function expectLinear(name: string, text: string, work: () => void): void {
  let walk: bigint | undefined
  let best: bigint | undefined
  for (let i = 0; i < 3; i++) {
    const walked = walkTimeNs(text)
    if (walk === undefined || walked > walk) walk = walked
    const start = process.hrtime.bigint()
    work()
    const took = process.hrtime.bigint() - start
    if (best === undefined || took < best) best = took
    if (best <= walk * BigInt(WALKS)) return
  }
  expect.fail(`${name}: ${best} ns, where a walk over the same text takes ${walk} ns`)
}

function* worst(size: number): Generator<[name: string, text: string]> {
  for (const filler of FILLERS)
    for (const ending of ENDINGS) yield [`rows of ${JSON.stringify(filler + ending)}`, fill(filler, size) + ending]
}

/** A small one first: what is wrong shows there within seconds. */
function eachWorst(of: string, size: number, work: (text: string) => () => void): void {
  for (const chars of [size / 16, size])
    for (const [name, text] of worst(chars)) expectLinear(`${of}: ${chars} of ${name}`, text, work(text))
}

const request = (part: Partial<HttpProtocolRequest>): HttpProtocolRequest => ({
  method: 'POST',
  url: '/',
  headers: {},
  body: Buffer.alloc(0),
  ...part,
})

function readAndRedact(asked: HttpProtocolRequest): void {
  osmand.decode(asked, context)
  osmand.redact(asked)
}

// biome-ignore format: one list
const OSMAND_KEYS = ['id', 'deviceid', 'token', 'timestamp', 'lat', 'lon', 'location', 'valid', 'speed', 'bearing', 'heading', 'altitude',
  'accuracy', 'hdop', 'batt', 'charge', 'mock', 'alarm', 'cell', 'wifi', 'anything']

test(`OsmAnd: ${KIB} in any key of a form, of JSON, in the path, in the header`, { timeout: 300_000 }, () => {
  for (const key of OSMAND_KEYS) {
    eachWorst(`form ${key}`, SIZE, (text) => {
      const pairs = new URLSearchParams({ id: 'b1', lat: '-6.2', lon: '106.8' })
      pairs.set(key, text)
      const body = Buffer.from(pairs.toString())
      const asked = request({ contentType: 'application/x-www-form-urlencoded', body })
      return () => void readAndRedact(asked)
    })
    eachWorst(`flat JSON ${key}`, SIZE, (text) => {
      const body = Buffer.from(JSON.stringify({ id: 'b1', lat: -6.2, lon: 106.8, [key]: text }))
      return () => void osmand.decode(request({ contentType: 'application/json', body }), context)
    })
  }
  for (const key of ['timestamp', 'event', 'odometer', 'is_moving', 'alarm', 'extras', 'coords', 'battery', 'activity'])
    eachWorst(`nested JSON ${key}`, SIZE, (text) => {
      const body = Buffer.from(JSON.stringify({ device_id: 'b1', location: { [key]: text, extras: { [text]: text } } }))
      return () => void osmand.decode(request({ contentType: 'application/json', body }), context)
    })
  const { headerBytesMax } = INGEST_LIMITS
  for (const [name, text] of worst(headerBytesMax / 2)) {
    const half = text.replaceAll(/\s/g, 'a')
    const body = fill(half[0]!, SIZE)
    const asked = request({ headers: { authorization: `Bearer ${half}b${half}` }, body: Buffer.from(body) })
    expectLinear(`secret: ${name}`, body, () => readAndRedact(asked))
  }
  eachWorst('path', headerBytesMax, (text) => {
    const asked = request({ url: `/${text}?${text}`, body: Buffer.from(text) })
    return () => void readAndRedact(asked)
  })
})

test('OsmAnd: one key again and again, and as many keys as fit', () => {
  for (const key of OSMAND_KEYS) {
    const body = Buffer.from(fill(`${key}=0&`, SIZE))
    expectLinear(`${key} again and again`, fill('0', SIZE), () => osmand.decode(request({ body }), context))
  }
  const body = Buffer.from(`id=b1&${Array.from({ length: SIZE / 6 }, (_, i) => `${i.toString(36)}=`).join('&')}`)
  expectLinear('many keys', fill('0', SIZE), () => osmand.decode(request({ body }), context))
})

// biome-ignore format: one list
const OWNTRACKS_MEMBERS = ['_type', 'topic', 'tid', 'lat', 'lon', 'tst', 'acc', 'alt', 'vel', 'cog', 'batt', 'bs', 't', 'conn', 'created_at',
  'event', 'desc', 'inregions', 'SSID', 'data']

test(`OwnTracks: ${KIB} in any member and in the header`, { timeout: 300_000 }, () => {
  const location = { _type: 'location', tid: '17', lat: -6.2, lon: 106.8, tst: 1796043901 }
  for (const member of OWNTRACKS_MEMBERS)
    eachWorst(member, SIZE, (text) => {
      const body = Buffer.from(JSON.stringify({ ...location, [member]: text }))
      return () => void owntracks.decode(request({ url: '/pub', body }), context)
    })
  eachWorst('header', INGEST_LIMITS.headerBytesMax, (text) => {
    const body = Buffer.from(JSON.stringify(location))
    const headers = { authorization: `Basic ${text}`, 'x-limit-u': text, 'x-limit-d': text }
    return () => void owntracks.decode(request({ url: `/${text}?${text}`, headers, body }), context)
  })
})

// biome-ignore format: one list
const OWN_MEMBERS = ['deviceId', 'time', 'deviceTime', 'lat', 'accuracyM', 'speedMps', 'courseDeg', 'satellites', 'batteryPercent',
  'charging', 'fixValid', 'strap', 'source', 'alarms', 'attributes', 'anything']

test(`the own API: ${KIB} in any member`, { timeout: 300_000 }, () => {
  for (const member of OWN_MEMBERS)
    eachWorst(member, SIZE, (text) => {
      const report = { deviceId: 'b1', strap: 'open', alarms: ['sos', text.slice(0, 500)], [member]: text }
      return () => {
        parseJsonReport(report, 'b1', 0)
        decodeJsonReport({ ...report, [`${text.slice(0, 60)}`]: text }, 'b1', 0)
      }
    })
})

/** One line of each text format with places for each of its fields. */
const TEXT_FRAMES: [protocol: string, line: string, wrap: (body: string) => string][] = [
  [
    'megastek',
    '$MGV002,860000000000058,B-17,R,301126,130501,A,0612.52800,S,10650.73600,E,00,07,00,1.20,0.000,0.00,12.0,1.5,510,10,1F2E,2A3B,25,0000,0000,0,0,0,28.5,28.3,,10,083,Timer,a0b1c2d3e4f5:55|0011223344aa:71,,0',
    (body) => `${body};!`,
  ],
  [
    'megastek',
    'STX,860000000000058,$GPRMC,130501.000,A,0612.5280,S,10650.7360,E,0.00,182.19,301126,,E,A*3E,F,Help,imei:860000000000058,8,577.0,Battery=38%,0,510,10,03E8,3139',
    (body) => `${body};7A\r\n`,
  ],
  [
    'laipac',
    'AVRMC,70218845,130501,a,0612.5280,S,10650.7360,E,0.00,0.00,301126,T,3.900,1200,1,0,0,2F1A01C3,242001',
    (body) => `${nmea(body)}\r\n`,
  ],
  ['laipac', 'AVSYS,70218845,V1.17,SN0000103,32768', (body) => `${nmea(body)}\r\n`],
  ['r16h', '@GPSD,860000000000058,R,20261130,130501,6.208800,S,106.845600,E,0.0,0,12,83,R,ULK', (body) => `${body}$`],
  ['r16h', '@LBSD,860000000000058,S,20261130,044500,242-1-2f1a-1c3d5:-87,,,63,R,ULK', (body) => `${body}$`],
  [
    'iw',
    'IWAP10,261130A0612.5280S10650.7360E000.1130501182.1906000908000102,510,10,12058,115669,01,en,00,rumah|a0-b1-c2-d3-e4-f5|67',
    (body) => `IWAP00860000000000058#${body.replace(',', '')}#`,
  ],
  ['iw', 'IWAP07,20261130130501,1,1,9,sound', (body) => `IWAP00860000000000058#${body}#`],
  [
    'watch',
    'AL,301126,130501,A,6.208800,S,106.845600,E,0.10,182.1,12.0,9,60,83,5555,3,00110000,1,0,510,10,12058,115669,142,1,rumah,a0:b1:c2:d3:e4:f5,-67,12.5',
    (body) => `[3G*8600000058*0080*${body}]`,
  ],
  [
    'h02',
    'V1,130501,A,0612.5280,S,10650.7360,E,000.10,182,301126,FFFFFBFD,510,10,12058,115669',
    (body) => `*HQ,8600000058,${body}#`,
  ],
  ['h02', 'NBR,130501,510,10,0,1,12058,115669,32,301126,FFFFFBFD,64', (body) => `*HQ,8600000058,${body}#`],
]

for (const [name, line, wrap] of TEXT_FRAMES)
  test(`${name}: ${KIB}, or a whole frame, in any field of ${line.slice(0, 12)}…`, {
    timeout: 300_000,
  }, () => {
    const protocol = protocolNamed(name)
    if (protocol?.transport !== 'tcp') throw new Error(`${name} is no stream protocol`)
    const size = Math.min(INGEST_LIMITS.frameBytesMax - 512, SIZE)
    const fields = line.split(',')
    for (let at = 0; at < fields.length; at++)
      eachWorst(`field ${at}`, size, (text) => {
        const bytes = Buffer.from(wrap([...fields.slice(0, at), text, ...fields.slice(at + 1)].join(',')), 'latin1')
        return () => {
          const decoder = protocol.newDecoder()
          for (const frame of protocol.newFramer(INGEST_LIMITS.frameBytesMax).push(bytes))
            decoder.decode(frame, context)
        }
      })
  })

test(`every stream protocol: ${KIB} of any two bytes, whole and in pieces of 100`, { timeout: 300_000 }, () => {
  const heads = [
    '7878',
    '7979',
    '7e',
    '7e7d',
    '244d',
    '2a48',
    '5b33',
    '4957',
    '0d0a',
    '2c',
    '23',
    'fc1f',
    'cf',
    '4053',
    '2400',
    '3939',
    '0000',
    'ffff',
    '000000000ff008',
    '000f38',
    '5b5d',
  ]
  for (const protocol of DEVICE_PROTOCOLS) {
    if (protocol.transport !== 'tcp') continue
    for (const head of [...heads, hexOfText('$MGV'), hexOfText('STX,'), hexOfText('$AVRMC,')]) {
      const bytes = Buffer.alloc(SIZE, Buffer.from(head, 'hex'))
      for (const piece of [SIZE, 100])
        expectLinear(`${protocol.name}: ${head} in pieces of ${piece}`, fill('0', SIZE), () => {
          const framer = protocol.newFramer(INGEST_LIMITS.frameBytesMax)
          const decoder = protocol.newDecoder()
          for (let at = 0; at < bytes.length; at += piece)
            for (const frame of framer.push(bytes.subarray(at, at + piece))) decoder.decode(frame, context)
        })
    }
  }
})

test('a line of `gelang decode`', { timeout: 300_000 }, () => {
  for (const { name } of DEVICE_PROTOCOLS)
    eachWorst(
      name,
      SIZE,
      (text) => () => void [...decodeLines(name, [`${text}\n\n\n${fill('\n', text.length)}x`], { receivedMs: 0 })],
    )
})

test('the walk was walked', () => expect(Number.isInteger(sink)).toBe(true))
