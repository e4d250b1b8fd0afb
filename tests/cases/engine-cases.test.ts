// Inputs that failed at others, the whole way: what a device sends is decoded, admitted, read from the log and judged.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runBacktest } from '../../bin/commands/backtest.ts'
import { backtest } from '../../geofence/inquiry/backtest.ts'
import { planDocumentSchema } from '../../model/plan/plan.ts'
import { LogReport } from '../../model/report/report.ts'
import { ENTRY_HEADER_BYTES, entryCount, readReport } from '../../model/report/report-codec.ts'
import { readEntries } from '../../stream/logs/read-reports.ts'
import { NOW_MS, type OpenIngest, openIngest, SHARDS } from '../ingest/ingest-fixture.ts'

const MINUTE = 60_000
const START = NOW_MS
const HOME = { lat: -6.2088, lon: 106.8456 }
const GHOST = { lat: -6.209608, lon: 106.887166 }
const FAR_GHOST = { lat: -6.2301, lon: 106.8999 }
let open: OpenIngest

beforeEach(async () => {
  open = await openIngest()
})
afterEach(() => open.close())

/** 3 m of noise, the same for the same minute. */
const atHome = (minute: number) => ({
  lat: HOME.lat + Math.sin(minute * 1.7) * 2.7e-5,
  lon: HOME.lon + Math.cos(minute * 2.3) * 2.7e-5,
})
const at = (minute: number) => START + minute * MINUTE

/** Sends at its minute what each line says, and judges what the log has then. */
async function judged(minutes: number, send: (minute: number) => Promise<Response>[]) {
  for (let minute = 0; minute <= minutes; minute++) {
    open.clock.nowMs = at(minute)
    for (const answer of await Promise.all(send(minute))) expect(answer.status).toBe(200)
  }
  const reports: LogReport[] = []
  for (let shard = 0; shard < SHARDS; shard++)
    for (const { bytes } of await readEntries(open.redis, open.keys.reports(shard), '0-0', { count: 10_000 })) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      let from = ENTRY_HEADER_BYTES
      for (let left = entryCount(view); left > 0; left--) {
        const report = new LogReport()
        from = readReport(view, from, report)
        reports.push(report)
      }
    }
  const rule = { fromMs: 0, legalBasis: 'uji' }
  const circle = ({ lat, lon }: typeof HOME, radiusM: number) => ({ type: 'Circle', center: [lon, lat], radiusM })
  const document = planDocumentSchema.parse({
    zones: [
      { id: 'home', shape: circle(HOME, 150) },
      { id: 'gz', shape: circle(GHOST, 300) },
    ],
    plan: {
      wearerId: 1,
      supervisions: [{ fromMs: 0, toMs: 4e12 }],
      conditions: [
        { ...rule, id: 'rumah', kind: 'required', zoneId: 'home' },
        { ...rule, id: 'korban', kind: 'avoided', zoneId: 'gz' },
      ],
    },
  })
  return backtest(document, reports)
}

const own = (minute: number, more: object = {}) =>
  open.post({ deviceId: 'b1', time: new Date(at(minute)).toISOString(), ...more })

describe('02 a record that is sent again and again is heard, and is no new fix', () => {
  const osmand = (minute: number, more = '') =>
    open.osmand(`/?id=free&timestamp=${at(minute) / 1000}&lat=${HOME.lat}&lon=${HOME.lon}&accuracy=8&batt=80${more}`)
  const noFix = [{ type: 'no_fix', startMs: at(10) }]

  test('OsmAnd, byte for byte', async () => {
    expect(await judged(60, (minute) => [osmand(Math.min(10, minute))])).toMatchObject(noFix)
  })
  test('OsmAnd, with another battery each time', async () => {
    expect(await judged(60, (minute) => [osmand(Math.min(10, minute), `&speed=${minute % 7}`)])).toMatchObject(noFix)
  })
  test('our own JSON', async () => {
    const send = (minute: number) => [own(Math.min(10, minute), { ...HOME, accuracyM: 8 })]
    expect(await judged(60, send)).toMatchObject(noFix)
  })
  test('a retry within minutes is the same report, and a new fix ends it', async () => {
    const send = (minute: number) => [
      own(minute < 50 ? Math.min(10, minute) : minute, { ...atHome(minute < 50 ? 10 : minute) }),
    ]
    expect(await judged(60, send)).toMatchObject([{ ...noFix[0], endMs: at(50) }])
    expect((await open.stored()).filter(({ timeMs }) => timeMs === at(10)).length).toBeGreaterThan(1)
  })
})

describe('17 a device at two places in turn is not credible, and proves nothing', () => {
  const types = async (minutes: number, place: (minute: number) => typeof HOME) => {
    const incidents = await judged(minutes, (minute) => [own(minute, { ...place(minute), accuracyM: 8 })])
    return incidents.map(({ type }) => type)
  }
  test('as recorded', () => {
    const lines: string[] = []
    const file = (name: string) => join(import.meta.dirname, '17-ghost-every-other-minute', name)
    expect(readFileSync(file('track.csv'), 'utf8').length).toBeGreaterThan(1000)
    runBacktest({ plan: file('plan.json'), track: file('track.csv'), json: true }, (line) => lines.push(line))
    const { incidents } = JSON.parse(lines.join('\n')) as { incidents: { type: string }[] }
    expect(incidents.map(({ type }) => type)).toEqual(['position_not_credible'])
  })
  test('every other minute', async () => {
    expect(await types(75, (minute) => (minute % 2 ? GHOST : atHome(minute)))).toEqual(['position_not_credible'])
  })
  test('two far places in turn with home', async () => {
    const place = (minute: number) => (minute % 2 ? (minute % 4 === 1 ? GHOST : FAR_GHOST) : atHome(minute))
    expect(await types(75, place)).toEqual(['position_not_credible'])
  })
  test('every third minute', async () => {
    expect(await types(75, (minute) => (minute % 3 === 1 ? GHOST : atHome(minute)))).toEqual(['position_not_credible'])
  })
})

describe('18 one stuck reading is one witness', () => {
  const pairs = (minutes: number, ghost: (minute: number) => object | undefined) =>
    judged(minutes, (minute) => [own(minute, { ...atHome(minute), source: 'gps', ...ghost(minute) })])
  const accused = (incidents: readonly { type: string }[]) =>
    incidents.filter(({ type }) => type === 'inside_avoided_zone' || type === 'away_from_required_zone')
  const isPair = (minute: number) => minute >= 20 && minute % 20 < 2

  test('two a minute apart, each twenty minutes', async () => {
    expect(accused(await pairs(180, (minute) => (isPair(minute) ? GHOST : undefined)))).toEqual([])
  })
  test('the same by Wi-Fi', async () => {
    const ghost = (minute: number) => (isPair(minute) ? { ...GHOST, source: 'wifi', accuracyM: 30 } : undefined)
    expect(accused(await pairs(90, ghost))).toEqual([])
  })
  test('a burst of four within ten seconds, some metres apart', async () => {
    const burst = (minute: number) =>
      [0, 3, 6, 9].map((s) =>
        own(minute + s / 60, { lat: GHOST.lat + s * 1e-6, lon: GHOST.lon - s * 1e-6, source: 'gps' }),
      )
    const incidents = await judged(90, (minute) =>
      minute % 20 === 19 ? burst(minute) : [own(minute, { ...atHome(minute), source: 'gps' })],
    )
    expect(accused(incidents)).toEqual([])
  })
  test('but a stay of ten minutes there, frozen to the digit, is raised', async () => {
    const stay = (minute: number) => (minute >= 20 && minute < 31 ? GHOST : undefined)
    expect(accused(await pairs(45, stay)).length).toBeGreaterThan(0)
  })
})

describe('20 a strap that flaps is one incident that says how often', () => {
  const straps = async (minutes: number, isOpen: (minute: number) => boolean) =>
    (
      await judged(minutes, (minute) => [own(minute, { ...atHome(minute), strap: isOpen(minute) ? 'open' : 'closed' })])
    ).filter(({ type }) => type === 'strap_open')
  test('each minute, for forty minutes', async () => {
    const incidents = await straps(80, (minute) => minute >= 15 && minute < 55 && minute % 2 === 1)
    expect(incidents).toMatchObject([{ startMs: at(15), signs: 20 }])
  })
  test('each three minutes', async () => {
    expect(await straps(80, (minute) => minute >= 15 && minute < 45 && minute % 3 === 0)).toMatchObject([{ signs: 10 }])
  })
  test('cut once, closed an hour later: one incident, once', async () => {
    expect(await straps(90, (minute) => minute >= 15 && minute < 75)).toMatchObject([
      { startMs: at(15), endMs: at(75) },
    ])
  })
  test('opened again half an hour later: two incidents', async () => {
    const opened = await straps(90, (minute) => minute === 15 || minute === 46)
    expect(opened).toMatchObject([{ startMs: at(15) }, { startMs: at(46) }])
  })
})
