// One damage, one outcome: whatever format carries a report, the same part of it is lost and the same part is used.
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { DEFECT, REPORT_FLAG } from '../../model/report/report.ts'
import { CompactEncoder } from '../../simulators/compact-frame.ts'
import { device, GATEWAY_SECRET, NOW_MS, type OpenIngest, openIngest, PEOPLE, SECRET } from './ingest-fixture.ts'

let open: OpenIngest
beforeAll(async () => {
  open = await openIngest({ records: [...PEOPLE, device('owntracks/ph/phone', { protocol: 'owntracks' })] })
})
afterAll(() => open.close())
afterEach(() => open.redis.del(...[0, 1, 2, 3].map((n) => open.keys.reports(n)), open.keys.quarantine))

type Says = { timeMs: number; latDeg: number; urgent: boolean }
const SOUND: Says = { timeMs: NOW_MS - 60_000, latDeg: -6.2, urgent: false }
const LON = 106.8
const gateway = { headers: { authorization: `Bearer g1:${GATEWAY_SECRET}` } }

function ownJson(deviceId: string, { timeMs, latDeg, urgent }: Says) {
  const alarms = urgent ? ['sos'] : []
  return { deviceId, time: Number.isNaN(timeMs) ? 'noon' : timeMs, lat: latDeg, lon: LON, batteryPercent: 40, alarms }
}

async function overGateway(frame: string | Buffer): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${open.ingest.ports.own}/v1/gateway`, gateway)
  await new Promise((resolve) => socket.once('open', resolve))
  socket.send(frame)
  await new Promise((resolve) => socket.once('message', resolve))
  socket.close()
}

async function overTcp(text: string): Promise<void> {
  const socket = connect(open.ingest.ports.r16h!, '127.0.0.1')
  socket.write(text)
  await expect.poll(async () => (await open.stored()).length).toBe(1)
  socket.destroy()
}

const FORMATS: Record<string, (says: Says) => Promise<unknown>> = {
  'own JSON': (says) => open.post(ownJson('b1', says)),
  'gateway JSON': (says) => overGateway(JSON.stringify({ seq: 1, reports: [ownJson('w1', says)] })),
  'compact frame': ({ timeMs, latDeg, urgent }) => {
    const report = { deviceId: 'w1', timeMs, fixValid: true, latDeg, lonDeg: LON, batteryPercent: 40, archived: false }
    return overGateway(Buffer.from(new CompactEncoder().encode(1, [{ ...report, alarms: urgent ? ['sos'] : [] }])))
  },
  OsmAnd: ({ timeMs, latDeg, urgent }) =>
    open.osmand(`/?id=free&timestamp=${timeMs}&lat=${latDeg}&lon=${LON}&batt=40${urgent ? '&alarm=sos' : ''}`),
  R16H: ({ timeMs, latDeg, urgent }) => {
    const at = Number.isNaN(timeMs) ? '20261399999999' : new Date(timeMs).toISOString().replace(/\D/g, '').slice(0, 14)
    const place = `${Math.abs(latDeg)},S,${LON},E`
    const alarm = urgent ? 'SOS' : ''
    return overTcp(`@GPSD,860000000000058,R,${at.slice(0, 8)},${at.slice(8)},${place},4,187,23,40,L,${alarm}$`)
  },
}
const ENTRIES = Object.entries(FORMATS)
const DAY_MS = 86_400_000
const DAMAGE: [string, Partial<Says>, number, string][] = [
  ['no such time', { timeMs: Number.NaN }, DEFECT.time, 'impossible_time'],
  ['a clock one day ahead', { timeMs: NOW_MS + DAY_MS }, DEFECT.clock, 'future'],
  ['a clock of 2014', { timeMs: Date.parse('2014-01-01T00:00:00Z') }, DEFECT.clock, 'ancient'],
  ['a latitude of −95°', { latDeg: -95 }, DEFECT.position, 'impossible_position'],
]
const USED = REPORT_FLAG.hasPosition | REPORT_FLAG.fixValid | REPORT_FLAG.defective | REPORT_FLAG.timeFromReceipt

for (const [format, send] of ENTRIES) {
  test(`${format}: a sound report is evidence`, async () => {
    await send(SOUND)
    const [stored] = await open.stored()
    expect(stored).toMatchObject({ timeMs: SOUND.timeMs, lat: -6.2 })
    expect(stored!.flags & USED).toBe(REPORT_FLAG.hasPosition | REPORT_FLAG.fixValid)
    expect(await open.quarantined()).toEqual([])
  })

  test.each(DAMAGE)(`${format}, %s: heard and kept`, async (_, damage, defect, reason) => {
    await send({ ...SOUND, ...damage })
    const [stored, ...others] = await open.stored()
    expect(others).toEqual([])
    const hasTime = defect === DEFECT.position
    expect(stored!.timeMs).toBe(hasTime ? SOUND.timeMs : NOW_MS)
    expect(stored!.flags & USED).toBe(REPORT_FLAG.defective | (hasTime ? 0 : REPORT_FLAG.timeFromReceipt))
    expect(Math.round(stored!.lat * 1e7)).toBe(defect)
    expect(await open.quarantined()).toMatchObject([{ reason }])
  })

  test.each(DAMAGE)(`${format}, %s and an SOS: the SOS is accepted`, async (_, damage, defect, reason) => {
    await send({ ...SOUND, ...damage, urgent: true })
    const [stored, ...others] = await open.stored()
    expect(others).toEqual([])
    expect(stored!.alarms & 1).toBe(1)
    const hasTime = defect === DEFECT.position
    expect(stored!.timeMs).toBe(hasTime ? SOUND.timeMs : NOW_MS)
    const place = hasTime ? 0 : REPORT_FLAG.hasPosition | REPORT_FLAG.timeFromReceipt
    expect(stored!.flags & USED).toBe(place)
    expect(await open.quarantined()).toMatchObject([{ reason }])
  })
}

test('OwnTracks: a fix from next month is heard and kept', async () => {
  const answer = await fetch(open.url('owntracks', '/'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${btoa(`ph:${SECRET}`)}` },
    body: JSON.stringify({
      _type: 'location',
      lat: -6.2,
      lon: LON,
      tst: Math.round(NOW_MS / 1000) + 30 * 86_400,
      tid: 'ph',
      topic: 'owntracks/ph/phone',
    }),
  })
  expect(answer.status).toBe(200)
  const [stored] = await open.stored()
  expect(stored!.flags & USED).toBe(REPORT_FLAG.defective | REPORT_FLAG.timeFromReceipt)
})
