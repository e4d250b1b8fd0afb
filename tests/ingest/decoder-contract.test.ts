// What holds for every decoder in the table, now and to come: the worked frames come out as stated, and whatever is done to
// their bytes, nothing crashes and nothing is made up.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { INGEST_LIMITS } from '../../ingest/limits.ts'
import type {
  DecodeContext,
  Decoded,
  DecodedReport,
  DeviceProtocol,
  HttpProtocol,
  StreamProtocol,
} from '../../ingest/protocols/decoder.ts'
import { gt06 } from '../../ingest/protocols/gt06/gt06.ts'
import { DEVICE_PROTOCOLS } from '../../ingest/protocols/protocols.ts'
import { ALARM } from '../../model/report/report.ts'

type Example = {
  protocol: string
  name: string
  encoding: 'http' | 'text' | 'hex'
  data:
    | string
    | {
        method: string
        path: string
        contentType: string | null
        headers?: Record<string, string>
        body: string | null
      }
  expect: Record<string, unknown> | Record<string, unknown>[]
  reply: null | string | { status: number; body: string }
  /** Says who speaks on the connection; the other frames of the protocol do not. */
  login?: true
}

const EXAMPLES: Example[] = ['wire-examples.json', 'wire-examples-3.json'].flatMap((name) =>
  JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')),
)
const RECEIVED_MS = Date.parse('2026-01-08T10:00:00Z')
const context: DecodeContext = { receivedMs: RECEIVED_MS, settingsOf: () => undefined, authorize: () => true }
/** A protocol, or a form of one that other devices speak. */
type Form = { form: string; protocol: DeviceProtocol }
const forms: readonly Form[] = [
  ...DEVICE_PROTOCOLS.map((protocol) => ({ form: protocol.name, protocol })),
  { form: 'gt06 without CRC', protocol: { ...gt06, checksummed: false } },
]
const examplesOf = (form: string) => EXAMPLES.filter((example) => example.protocol === form)

/** Everything that is promised of a report, whatever the bytes were. */
function checkReport(report: DecodedReport): void {
  expect(report.deviceId.length).toBeGreaterThan(0)
  expect(report.deviceId).toMatch(/^[\x20-\x7e]{1,64}$/)
  expect((report.latDeg === undefined) === (report.lonDeg === undefined)).toBe(true)
  if (report.fixValid) expect(report.latDeg).toBeDefined()
  for (const alarm of report.alarms) expect(Object.hasOwn(ALARM, alarm)).toBe(true)
  // A time that cannot be read is NaN; whatever else is a number is one.
  for (const [name, value] of Object.entries(report))
    if (typeof value === 'number' && name !== 'timeMs') expect([name, Number.isFinite(value)]).toEqual([name, true])
  if (report.alarms.includes('unknown')) expect(report.unknownAlarm).toMatch(/^[\x20-\x7e]{1,40}$/)
  for (const { detail } of report.defects ?? []) expect(detail.length).toBeGreaterThan(0)
}

function checkDecoded({ reports, error }: Pick<Decoded, 'reports' | 'error'>): void {
  for (const report of reports) checkReport(report)
  if (error !== undefined) expect(error.detail.length).toBeGreaterThan(0)
}

/** What an example says, in our words and units. */
function checkExpected(report: DecodedReport, wanted: Record<string, unknown>): void {
  const near = (value: number | undefined, to: unknown) => expect(value).toBeCloseTo(to as number, 6)
  if (wanted.deviceId !== undefined) expect(report.deviceId).toBe(wanted.deviceId)
  if (wanted.time !== undefined) expect(new Date(report.timeMs).toISOString()).toBe(wanted.time)
  if (wanted.valid !== undefined) expect(report.fixValid).toBe(wanted.valid)
  if (wanted.archived !== undefined) expect(report.archived).toBe(wanted.archived)
  if (wanted.lat === null) expect(report.latDeg).toBeUndefined()
  else if (wanted.lat !== undefined) near(report.latDeg, wanted.lat)
  if (wanted.lon === null) expect(report.lonDeg).toBeUndefined()
  else if (wanted.lon !== undefined) near(report.lonDeg, wanted.lon)
  if (wanted.speedKnots === null) expect(report.speedMps).toBeUndefined()
  else if (wanted.speedKnots !== undefined) near(report.speedMps, ((wanted.speedKnots as number) * 1852) / 3600)
  if (wanted.speedKmh !== undefined) near(report.speedMps, (wanted.speedKmh as number) / 3.6)
  if (wanted.course === null) expect(report.courseDeg).toBeUndefined()
  else if (wanted.course !== undefined) near(report.courseDeg, wanted.course)
  if (wanted.alt !== undefined) near(report.altitudeM, wanted.alt)
  if (wanted.acc !== undefined) near(report.accuracyM, wanted.acc)
  if (wanted.hdop !== undefined && wanted.valid) near(report.hdop, wanted.hdop)
  if (wanted.sats !== undefined) expect(report.satellites).toBe(wanted.sats)
  if (wanted.batt !== undefined) expect(Math.floor(report.batteryPercent!)).toBe(wanted.batt)
  if (wanted.volt !== undefined) near(report.batteryVolts, wanted.volt)
  if (wanted.charging !== undefined) expect(report.charging).toBe(wanted.charging)
  if (wanted.strap !== undefined) expect(report.strap).toBe(wanted.strap)
  const word = wanted.alarm === 'removed' ? 'strapOpen' : wanted.alarm
  if (word === null) expect(report.alarms).toEqual([])
  else if (word !== undefined) expect(report.alarms).toContain(word)
}

const GARBAGE = [
  '7878',
  '7979ffff0d0a',
  '78780d0a',
  'fc1fcf',
  'fc1ff0cfcf',
  '7e7d',
  '7e',
  '244d4756',
  '393939392c3b21',
  '244d475630',
].map((hex) => Buffer.from(hex, 'hex'))

for (const { form, protocol } of forms)
  describe(form, () => {
    test('has worked examples', () => expect(examplesOf(form).length).toBeGreaterThan(0))
    if (protocol.transport === 'tcp') streamContract(protocol, examplesOf(form))
    else httpContract(protocol)
  })

function streamContract(protocol: StreamProtocol, examples: Example[]): void {
  const login = examples.filter(isLogin).map(bytesOf)
  const frames = examples.map(bytesOf)

  /** What a new connection makes of these chunks. */
  function run(chunks: Uint8Array[], frameBytesMax = INGEST_LIMITS.frameBytesMax) {
    const framer = protocol.newFramer(frameBytesMax)
    const decoder = protocol.newDecoder()
    const all: { reports: DecodedReport[]; replies: string[]; errors: number; frames: number } = {
      reports: [],
      replies: [],
      errors: 0,
      frames: 0,
    }
    for (const chunk of chunks) {
      for (const frame of framer.push(chunk)) {
        const decoded = decoder.decode(frame, context)
        checkDecoded(decoded)
        all.frames++
        all.reports.push(...decoded.reports)
        if (decoded.reply !== undefined) all.replies.push(Buffer.from(decoded.reply).toString('hex'))
        if (decoded.error !== undefined) all.errors++
      }
      expect(framer.pendingBytes).toBeLessThanOrEqual(frameBytesMax)
    }
    return { ...all, garbage: framer.garbageBytes, pending: framer.pendingBytes }
  }

  for (const example of examples)
    test(`worked frame: ${example.name}`, () => {
      const before = isLogin(example) ? run([]) : run(login)
      const after = run([...(isLogin(example) ? [] : login), bytesOf(example)])
      const reports = after.reports.slice(before.reports.length)
      const wanted = Array.isArray(example.expect) ? example.expect : [example.expect]
      if (wanted.some((w) => w.time !== undefined || w.alarm !== undefined)) {
        expect(reports).toHaveLength(wanted.length)
        wanted.forEach((w, i) => void checkExpected(reports[i]!, w))
      } else expect(reports).toEqual([])
      const replies = after.replies.slice(before.replies.length)
      const reply =
        example.encoding === 'hex' ? example.reply : example.reply && Buffer.from(String(example.reply)).toString('hex')
      expect(replies.join('')).toBe(reply ?? '')
      expect(after.errors).toBe(0)
    })

  test('split at each byte, byte by byte, and joined: the same', () => {
    const whole = run(frames)
    const joined = Buffer.concat(frames)
    expect(run([joined])).toEqual(whole)
    expect(run([...joined].map((byte) => Uint8Array.of(byte)))).toEqual(whole)
    for (let at = 1; at < joined.length; at++) expect(run([joined.subarray(0, at), joined.subarray(at)])).toEqual(whole)
  })

  test('each bit flipped: no crash, no report more than frames sent, and none at all where there is a checksum', () => {
    for (const frame of frames) {
      const whole = run([...login, frame])
      // Without a checksum a login with another type is a frame of that type.
      const reportsMax = Math.max(whole.reports.length, protocol.checksummed ? 0 : 1)
      for (let bit = 0; bit < frame.length * 8; bit++) {
        const damaged = Uint8Array.from(frame)
        damaged[bit >> 3]! ^= 1 << (bit & 7)
        const got = run([...login, damaged])
        expect(got.reports.length).toBeLessThanOrEqual(reportsMax)
        if (!protocol.checksummed) continue
        for (const report of got.reports) expect(whole.reports).toContainEqual(report)
      }
    }
  })

  test('cut short anywhere: nothing is made of it, and the next frame is understood', () => {
    for (const frame of frames) {
      const sound = run([...login, ...frames])
      for (let end = 0; end < frame.length; end++) {
        const cut = run([...login, frame.subarray(0, end)])
        const before = run(login)
        expect(cut.reports.length - before.reports.length).toBeLessThanOrEqual(run([...login, frame]).reports.length)
        const later = run([...login, frame.subarray(0, end), ...frames, ...frames])
        for (const report of sound.reports) expect(later.reports).toContainEqual(report)
      }
    }
  })

  test('extreme lengths: a frame that never ends is given up at the limit', () => {
    const start = frames[0]!.subarray(0, Math.max(1, Math.floor(frames[0]!.length / 2)))
    for (const filler of [0x00, 0x30, 0x41, 0x7f, 0xff]) {
      const chunks = Array.from({ length: 40 }, () => new Uint8Array(8192).fill(filler))
      const got = run([start, ...chunks])
      expect(got.reports).toEqual([])
      expect(run([start, ...chunks, ...frames, ...frames]).reports.length).toBeGreaterThan(0)
    }
  })

  test('garbage made of heads and tails: cheap, and a frame behind it is found', () => {
    const sound = run([...login, ...frames]).reports
    for (const piece of GARBAGE) {
      // Four frames' limits long: looked through anew from each head, it would take longer than any test is given.
      const got = run([Buffer.alloc(4 * INGEST_LIMITS.frameBytesMax, piece), ...login, ...login, ...frames, ...frames])
      for (const report of sound) expect(got.reports).toContainEqual(report)
    }
  })

  test('random bytes, and random bytes between frames: no crash, nothing made up', () => {
    const sound = run([...login, ...frames]).reports
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (chunks) => {
        const noise = run(chunks)
        if (protocol.checksummed) expect(noise.reports).toEqual([])
        const between = run([
          ...login,
          ...frames.flatMap((frame, i) => [chunks[i] ?? Uint8Array.of(), frame]),
          ...frames,
        ])
        if (protocol.checksummed) for (const report of between.reports) expect(sound).toContainEqual(report)
      }),
      { numRuns: 300, seed: 4711 },
    )
  })
}

function httpContract(protocol: HttpProtocol): void {
  const requests = examplesOf(protocol.name).map(requestOf)

  for (const example of examplesOf(protocol.name))
    test(`worked request: ${example.name}`, () => {
      const decoded = protocol.decode(requestOf(example), context)
      checkDecoded(decoded)
      const wanted = example.expect as Record<string, unknown>
      if (wanted.time === undefined) expect(decoded.reports).toEqual([])
      else {
        expect(decoded.reports).toHaveLength(1)
        checkExpected(decoded.reports[0]!, wanted)
      }
      const { status, body } = decoded.reply
      expect({ status, body }).toEqual(example.reply)
      expect(decoded.error).toBeUndefined()
    })

  test('each bit of body and address flipped, cut short, and repeated', () => {
    for (const request of requests) {
      const most = protocol.decode(request, context).reports.length
      for (const part of ['body', 'url'] as const) {
        const bytes = Buffer.from(request[part])
        const withBytes = (changed: Buffer) => ({
          ...request,
          [part]: part === 'url' ? changed.toString('latin1') : changed,
        })
        for (let bit = 0; bit < bytes.length * 8; bit++) {
          const damaged = Buffer.from(bytes)
          damaged[bit >> 3]! ^= 1 << (bit & 7)
          const decoded = protocol.decode(withBytes(damaged), context)
          checkDecoded(decoded)
          expect(decoded.reports.length).toBeLessThanOrEqual(Math.max(most, 1))
        }
        for (let end = 0; end < bytes.length; end++)
          checkDecoded(protocol.decode(withBytes(bytes.subarray(0, end)), context))
        checkDecoded(protocol.decode(withBytes(Buffer.concat(Array(200).fill(bytes))), context))
      }
    }
  })

  test('random addresses, kinds and bodies: no crash, nothing made up', () => {
    const anything = fc.record({
      method: fc.constantFrom('GET', 'POST', 'PUT', 'BREW'),
      url: fc.oneof(
        fc.string(),
        fc.string().map((s) => `/?${s}`),
        fc.webUrl({ withQueryParameters: true }),
      ),
      contentType: fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/plain', ''),
      headers: fc.constant({}),
      body: fc.oneof(
        fc.uint8Array({ maxLength: 500 }),
        fc.json().map((json) => Buffer.from(json)),
      ),
    })
    fc.assert(
      fc.property(anything, (request) => {
        checkDecoded(protocol.decode(request, context))
        expect(protocol.redact(request)).toBeInstanceOf(Uint8Array)
      }),
      { numRuns: 2000, seed: 4711 },
    )
  })
}

function isLogin(example: Example): boolean {
  return example.login === true || (example.protocol === 'gt06' && example.name === 'login')
}

function bytesOf(example: Example): Uint8Array {
  return Buffer.from(example.data as string, example.encoding === 'hex' ? 'hex' : 'latin1')
}

function requestOf(example: Example) {
  const { method, path, contentType, headers = {}, body } = example.data as Exclude<Example['data'], string>
  return {
    method,
    url: path,
    ...(contentType === null ? {} : { contentType }),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(body ?? ''),
  }
}
