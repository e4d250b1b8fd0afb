import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { REFUSAL_REASONS } from '../../model/report/quarantine.ts'
import { type DeviceReport, REPORT_FLAG } from '../../model/report/report.ts'
import { CompactEncoder, readCompactAnswer } from '../../simulators/compact-frame.ts'
import { ownReport } from '../../simulators/send-gateway.ts'
import { GATEWAY_SECRET, NOW_MS, type OpenIngest, openIngest, WARDS } from './ingest-fixture.ts'

let open: OpenIngest
beforeAll(async () => {
  open = await openIngest({ records: WARDS, limits: { gatewayMalformedFramesMax: 100_000, gatewayHandlesMax: 1000 } })
})
afterAll(() => open.close())
afterEach(async () => {
  open.directory.replaceAll(WARDS)
  await open.redis.del(...[0, 1, 2, 3].map((n) => open.keys.reports(n)), open.keys.quarantine)
})

async function connect() {
  const socket = new WebSocket(`ws://127.0.0.1:${open.ingest.ports.own}/v1/gateway`, {
    headers: { authorization: `Bearer g1:${GATEWAY_SECRET}` },
  })
  const answers: (Buffer | string)[] = []
  let wake = () => undefined as undefined
  socket.on('message', (data, isBinary) => {
    answers.push(isBinary ? (data as Buffer) : String(data))
    wake()
  })
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  return {
    socket,
    answers: async (count: number) => {
      while (answers.length < count)
        await new Promise<void>((resolve) => {
          wake = () => void resolve()
        })
      return answers
    },
  }
}

const report = (changes: Partial<DeviceReport> = {}): DeviceReport => ({
  deviceId: 'b1',
  timeMs: NOW_MS - 1000,
  fixValid: true,
  latDeg: -6.2,
  lonDeg: 106.8,
  alarms: [],
  archived: false,
  ...changes,
})

const FULL = report({
  source: 'wifi',
  speedMps: 1.25,
  courseDeg: 359.5,
  altitudeM: -3.5,
  accuracyM: 12.3,
  hdop: 0.9,
  satellites: 11,
  batteryPercent: 71,
  batteryVolts: 3.712,
  charging: false,
  strap: 'open',
  case: 'closed',
  alarms: ['sos', 'strapOpen'],
  archived: true,
  mock: true,
})

test('a compact frame and a JSON frame of the same reports leave the same in the log, identity and all', async () => {
  const reports = [report(), FULL, report({ deviceId: 'b2', timeMs: NOW_MS - 5 }), bare()]
  const client = await connect()
  client.socket.send(new CompactEncoder().encode(7, reports))
  await client.answers(1)
  const compact = await logBytes()
  await open.redis.del(...[0, 1, 2, 3].map((n) => open.keys.reports(n)))
  client.socket.send(JSON.stringify({ seq: 8, reports: reports.map(ownReport) }))
  const [answer, json] = await client.answers(2)
  expect(readCompactAnswer(answer as Buffer)).toEqual({ ack: 7, refused: [] })
  expect(JSON.parse(json as string).results).toEqual(Array(4).fill({ ok: true }))
  expect(compact).toEqual(await logBytes())
  client.socket.close()
})

test('bracelets are named once; each report has its verdict', async () => {
  const client = await connect()
  const encoder = new CompactEncoder()
  client.socket.send(encoder.encode(1, [report(), report({ deviceId: 'nobody' }), report({ deviceId: 'far' })]))
  client.socket.send(
    encoder.encode(2, [
      report({ timeMs: NOW_MS }),
      report({ latDeg: 0, lonDeg: 0 }),
      report({ latDeg: 95 }),
      report({ latDeg: 95, strap: 'open' }),
      report({ timeMs: NOW_MS + 3_600_000 }),
      report({ deviceId: 'idle' }),
    ]),
  )
  const [first, second] = (await client.answers(2)).map((bytes) => readCompactAnswer(bytes as Buffer))
  const words = (answer: typeof first) =>
    answer!.refused.map(({ index, reason }) => [index, REFUSAL_REASONS[reason - 1]])
  expect(first!.ack).toBe(1)
  expect(words(first)).toEqual([
    [1, 'not_of_this_gateway'],
    [2, 'not_of_this_gateway'],
  ])
  expect(words(second)).toEqual([
    [2, 'impossible_position'],
    [4, 'future'],
  ])
  const stored = await open.stored()
  expect(stored.map(({ attributes }) => attributes)).toEqual(
    expect.arrayContaining([undefined, { zeroPosition: true }, { refusedPosition: '95,106.8' }]),
  )
  expect(stored).toHaveLength(6)
  expect(stored.filter(({ flags }) => flags & REPORT_FLAG.defective)).toHaveLength(2)
  expect(await open.quarantined()).toHaveLength(5)
  client.socket.close()
})

test('a handle that was not named is refused, and names hold for their connection only', async () => {
  const encoder = new CompactEncoder()
  encoder.encode(1, [report()])
  const client = await connect()
  client.socket.send(encoder.encode(2, [report()]))
  const [answer] = await client.answers(1)
  expect(readCompactAnswer(answer as Buffer).refused).toEqual([{ index: 0, reason: 1, retry: false }])
  client.socket.close()
})

test('frames cut short or too long are refused whole, with nothing of them taken', async () => {
  const whole = new CompactEncoder().encode(3, [report(), FULL])
  const client = await connect()
  for (let bytes = 0; bytes < whole.length; bytes++) client.socket.send(whole.subarray(0, bytes))
  client.socket.send(Buffer.concat([whole, Buffer.of(0)]))
  const answers = await client.answers(whole.length + 1)
  for (const answer of answers) expect(JSON.parse(answer as string).error.code).toBe('malformed')
  expect(await open.stored()).toHaveLength(0)
  client.socket.send(whole)
  expect(readCompactAnswer((await client.answers(whole.length + 2)).at(-1) as Buffer).refused).toEqual([])
  expect(await open.stored()).toHaveLength(2)
  client.socket.close()
})

test('lengths that lie are not believed', async () => {
  const client = await connect()
  const whole = new CompactEncoder().encode(3, [report()])
  const lies: [at: number, value: number][] = [
    [2, 0xffff], // devices
    [8, 0xffff], // reports
  ]
  for (const [at, value] of lies) {
    const lie = Buffer.from(whole)
    lie.writeUInt16LE(value, at)
    client.socket.send(lie)
  }
  const handle = Buffer.from(whole)
  handle.writeUInt32LE(1000, 12)
  client.socket.send(handle)
  const id = Buffer.from(whole)
  id.writeUInt8(255, 16)
  client.socket.send(id)
  const empty = Buffer.from(whole)
  empty.writeUInt8(0, 16)
  client.socket.send(empty)
  for (const answer of await client.answers(5)) expect(JSON.parse(answer as string).error.code).toBe('malformed')
  client.socket.close()
})

test('each bit flipped, and random bytes: answered, and what is taken is a report that the log can read', async () => {
  const whole = new CompactEncoder().encode(3, [FULL])
  const client = await connect()
  let frames = 0
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const flipped = Buffer.from(whole)
    flipped[bit >> 3]! ^= 1 << (bit & 7)
    client.socket.send(flipped)
    frames++
  }
  let state = 42
  for (let n = 0; n < 300; n++) {
    const noise = Buffer.alloc(n % 200)
    for (let i = 0; i < noise.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      noise[i] = state >>> 24
    }
    if (noise.length > 0 && n % 2 === 0) noise[0] = 1
    client.socket.send(noise)
    frames++
  }
  expect(await client.answers(frames)).toHaveLength(frames)
  for (const { timeMs, lat, lon, flags } of await open.stored()) {
    // A gateway cannot say that its sender is in dispute or unproven.
    expect(flags & (REPORT_FLAG.disputed | REPORT_FLAG.unproven)).toBe(0)
    expect(Number.isFinite(timeMs)).toBe(true)
    expect(Math.abs(lat)).toBeLessThanOrEqual(90)
    expect(Math.abs(lon)).toBeLessThanOrEqual(180)
  }
  client.socket.close()
})

function bare(): DeviceReport {
  return { deviceId: 'b2', timeMs: NOW_MS - 77, fixValid: false, alarms: [], archived: false, batteryPercent: 3 }
}

async function logBytes(): Promise<string[]> {
  const found: string[] = []
  for (let shard = 0; shard < 4; shard++)
    for (const [, fields] of await open.redis.xrangeBuffer(open.keys.reports(shard), '-', '+'))
      found.push((fields[1] as Buffer).toString('hex'))
  return found.sort()
}
