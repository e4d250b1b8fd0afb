// Reports as the log carries them (real content keys, 32-bit floats), and seeded lives to make them from.
import type { Incident } from '../../model/incident/incident.ts'
import { type Plan, type PlanDocument, planDocumentSchema } from '../../model/plan/plan.ts'
import { type Alarm, type DeviceReport, LogReport } from '../../model/report/report.ts'
import { ENTRY_HEADER_BYTES, ReportWriter, readReport } from '../../model/report/report-codec.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export const HOME = { lat: -6.2, lon: 106.8 }
export const WEARER = 7

const M_PER_DEG = 111_195

/**
 * A report `north`/`east` metres from `origin`; everything else as a good GPS fix unless said otherwise. No receiver says the same
 * coordinates twice, so they differ by some centimetres; see `frozen`.
 */
export function fix(
  timeMs: number,
  northM: number,
  eastM: number,
  more: Partial<DeviceReport> = {},
  origin = HOME,
): LogReport {
  const centimetres = Math.abs(Math.floor(timeMs / 1000)) % 13
  return frozen(timeMs, northM + centimetres / 100, eastM, more, origin)
}

/** The same to the digit: a stuck reading, or a place that was looked up. */
export function frozen(
  timeMs: number,
  northM: number,
  eastM: number,
  more: Partial<DeviceReport> = {},
  origin = HOME,
): LogReport {
  return logged({
    deviceId: 'b',
    timeMs,
    fixValid: true,
    latDeg: origin.lat + northM / M_PER_DEG,
    lonDeg: origin.lon + eastM / (M_PER_DEG * Math.cos((origin.lat * Math.PI) / 180)),
    source: 'gps',
    accuracyM: 8,
    alarms: [],
    archived: false,
    ...more,
  })
}

/** A report without a position. */
export function heard(timeMs: number, more: Partial<DeviceReport> = {}): LogReport {
  return logged({ deviceId: 'b', timeMs, fixValid: false, alarms: [], archived: false, ...more })
}

export function logged(report: DeviceReport, receivedMs = report.timeMs): LogReport {
  const writer = new ReportWriter(256)
  writer.add(report, WEARER, 11, receivedMs, 'own')
  const bytes = writer.take()
  const into = new LogReport()
  readReport(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), ENTRY_HEADER_BYTES, into)
  return into
}

/** mulberry32: numbers in [0, 1), the same for the same seed. */
export function seeded(seed: number): () => number {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const out = [...items]
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[out[i], out[j]] = [out[j]!, out[i]!]
  }
  return out
}

type PlanInput = Omit<Partial<Plan>, 'conditions' | 'permits' | 'supervisions'> & {
  conditions?: object[]
  permits?: object[]
  supervisions?: object[]
}

export const ZONES = [
  { id: 'home', shape: { type: 'Circle', center: [HOME.lon, HOME.lat], radiusM: 100 } },
  { id: 'school', shape: { type: 'Circle', center: [HOME.lon + 0.009, HOME.lat], radiusM: 150 } },
  { id: 'far', shape: { type: 'Circle', center: [HOME.lon + 0.1, HOME.lat], radiusM: 200 } },
  {
    id: 'road',
    shape: {
      type: 'Corridor',
      coordinates: [
        [HOME.lon, HOME.lat],
        [HOME.lon + 0.02, HOME.lat],
      ],
      widthM: 120,
    },
  },
]

/** A plan with the zones of ZONES; supervised always unless said otherwise. */
export function document(input: PlanInput, zones: object[] = ZONES): PlanDocument {
  return planDocumentSchema.parse({
    plan: { wearerId: WEARER, supervisions: [{ fromMs: 0, toMs: 4e12 }], conditions: [], ...input },
    zones,
  })
}

export function condition(more: object): object {
  return { id: 'c', kind: 'required', zoneId: 'home', fromMs: 0, legalBasis: 'SK 1', ...more }
}

/** What must be the same whatever the order: type, condition, start, confirmation, end, id, severity, depth, signs. */
export function verdicts(incidents: readonly Incident[]): string[] {
  return incidents
    .map((i) =>
      JSON.stringify([
        i.type,
        i.conditionId,
        i.startMs,
        i.confirmedMs,
        i.endMs,
        i.id,
        i.severity,
        i.depthM,
        i.signs,
        i.evidence,
      ]),
    )
    .sort()
}

export function brief(incidents: readonly Incident[]): string[] {
  return incidents.map(
    (i) =>
      `${i.type} ${minutes(i.startMs)}/${minutes(i.confirmedMs)}/${i.endMs === undefined ? '-' : minutes(i.endMs)}`,
  )
}

function minutes(timeMs: number): number {
  return Math.round((timeMs % DAY) / MINUTE)
}

/**
 * An eventful stretch of a life from `startMs`: home, out, past and into the avoided zone, bad reception, lost fixes,
 * leaps, mock fixes, strap, case, SOS, battery up and down, reports of the same millisecond.
 */
export function eventfulLife(seed: number, startMs: number, count: number): LogReport[] {
  const random = seeded(seed)
  const reports: LogReport[] = []
  let [north, east, battery, charging, strap] = [0, 0, 60, false, 'closed' as 'open' | 'closed']
  let target: [number, number] = [0, 0]
  let vague = false
  let timeMs = startMs
  for (let i = 0; i < count; i++) {
    const pause = random()
    if (pause > 0.95) timeMs += Math.floor(random() * 40) * MINUTE
    else if (pause > 0.12) timeMs += Math.floor(20 + random() * 100) * 1000
    if (random() < 0.08) target = PLACES[Math.floor(random() * PLACES.length)]!
    north += (target[0] - north) * 0.4 + (random() - 0.5) * 20
    east += (target[1] - east) * 0.4 + (random() - 0.5) * 20
    battery = Math.max(3, Math.min(100, battery + (charging ? 4 : -1)))
    if (random() < 0.03) charging = !charging
    if (random() < 0.02) strap = strap === 'open' ? 'closed' : 'open'
    const alarms: Alarm[] = []
    for (const alarm of ['sos', 'jamming', 'gnssFault', 'caseOpen', 'strapOpen', 'batteryLow'] as const)
      if (random() < 0.008) alarms.push(alarm)
    const said: Partial<DeviceReport> = { alarms }
    if (random() < 0.7) said.batteryPercent = battery
    if (random() < 0.5) said.charging = charging
    if (random() < 0.7) said.strap = strap
    if (random() < 0.1) said.case = random() < 0.3 ? 'open' : 'closed'
    if (random() < 0.02) said.mock = true
    if (random() < 0.05) vague = !vague
    const bad = random()
    if (vague && bad < 0.8) said.accuracyM = 40 + random() * 400
    else if (bad < 0.16) said.accuracyM = [0, -1, 2_147_483_647, Number.NaN][Math.floor(random() * 4)]!
    const lost = random() < 0.1 || (i % 90 > 75 && i % 90 < 88 && seed % 3 === 0)
    if (lost) reports.push(heard(timeMs, said))
    else {
      const leap = random() < 0.02 ? 60_000 : 0
      reports.push(fix(timeMs, north + leap, east, said))
    }
  }
  return reports
}

const PLACES: [number, number][] = [
  [0, 0],
  [0, 0],
  [60, 30],
  [90, 0],
  [300, 0],
  [0, 1000],
  [0, 2000],
  [5, 1150],
  [-1500, 700],
]

/** Half an hour in every hour and a half: edges as frequent as reports are rare. */
const OFTEN = Array.from({ length: 16 }, (_, i) => ({ from: clock(i * 90), to: clock(i * 90 + 30) }))

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}

/** A device that knows alarm words and no contacts, from `startMs`: now and then a word, a burst of them, or one said for long. */
export function wordsOnly(seed: number, startMs: number, count: number): LogReport[] {
  const random = seeded(seed)
  let timeMs = startMs
  let word: Alarm[] = []
  return Array.from({ length: count }, () => {
    timeMs += Math.floor(random() * 4 * MINUTE)
    if (word.length === 0 || random() < 0.6) word = random() < 0.3 ? [random() < 0.7 ? 'strapOpen' : 'tamper'] : []
    return heard(timeMs, { alarms: word })
  })
}

/** Somebody at home, from `startMs`, whose battery goes up and down around the limits and whose charging is seldom said. */
export function seldomCharging(seed: number, startMs: number, count: number): LogReport[] {
  const random = seeded(seed)
  let timeMs = startMs
  let [percent, charging] = [26, false]
  return Array.from({ length: count }, () => {
    timeMs += Math.floor((1 + random() * 9) * MINUTE)
    if (random() < 0.08) charging = !charging
    percent = Math.max(3, Math.min(40, percent + (charging ? 2 : -1)))
    return fix(timeMs, 0, 0, {
      ...(random() < 0.8 && { batteryPercent: percent }),
      ...(random() < 0.25 && { charging }),
      ...(random() < 0.03 && { alarms: ['batteryLow' as const] }),
    })
  })
}

/** Somebody who stays for hours in, at the wall of, and beside small places, from `startMs`; silent for long now and then. */
export function longStays(seed: number, startMs: number, count: number): LogReport[] {
  const random = seeded(seed)
  const stops = [0, 0, 12, 24, 36, 60, 400]
  let [timeMs, north, leftMs] = [startMs, 0, 0]
  let accuracyM = 8
  return Array.from({ length: count }, () => {
    const pauseMs = random() > 0.97 ? random() * 90 * MINUTE : (0.2 + random()) * 2 * MINUTE
    timeMs += Math.floor(pauseMs)
    leftMs -= pauseMs
    if (leftMs < 0) {
      north = stops[Math.floor(random() * stops.length)]!
      leftMs = random() * 2 * HOUR
      accuracyM = [5, 8, 15, 25, 40][Math.floor(random() * 5)]!
    }
    if (random() < 0.05) return heard(timeMs)
    const off = () => (random() - 0.5) * accuracyM
    return fix(timeMs, north + off(), off(), random() < 0.05 ? { accuracyM: 150 } : { accuracyM })
  })
}

/** Every kind of rule at once, over `eventfulLife`. */
export function everyRule(startMs: number, spanMs: number): PlanDocument {
  const part = (share: number) => Math.round((startMs + spanMs * share) / MINUTE) * MINUTE
  return document({
    supervisions: [{ fromMs: part(0.02), toMs: part(0.97) }],
    conditions: [
      condition({ id: 'curfew', windows: OFTEN, parameters: { warningRingM: 60, unverifiableAfterMs: 5 * MINUTE } }),
      condition({ id: 'day', toMs: part(0.4), parameters: { unverifiableAfterMs: 5 * MINUTE } }),
      condition({ id: 'day', fromMs: part(0.4), toMs: part(0.6), severity: 'kritis' }),
      condition({ id: 'day', fromMs: part(0.7), zoneId: 'road', kind: 'corridor' }),
      condition({ id: 'school', kind: 'avoided', zoneId: 'school', parameters: { warningRingM: 150 } }),
      condition({ id: 'far', kind: 'avoided', zoneId: 'far' }),
      condition({ id: 'known', kind: 'neutral', zoneId: 'far' }),
    ],
    permits: [
      { id: 'p1', fromMs: part(0.2), toMs: part(0.25), legalBasis: 'izin', conditionIds: ['day', 'curfew'] },
      { id: 'p2', fromMs: part(0.5), toMs: part(0.55), zoneId: 'school', decidedMs: part(0.51), legalBasis: 'izin' },
    ],
  })
}
