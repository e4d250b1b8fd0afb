// A made-up unit for the console's tests and screenshots: three Bapas, seeded, the same at every run.
import type {
  LivePositionRow,
  Me,
  TrackFix,
  UnitView,
  WearerDetail,
  WearerIncidentView,
  WearerSummary,
  ZoneView,
} from '../../model/console/console.ts'
import { INCIDENT_TYPES, type IncidentType } from '../../model/incident/incident.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

export const UNITS: UnitView[] = [
  { path: 'ditjenpas.dki.jakpus', name: 'Bapas Jakarta Pusat', kind: 'bapas', timeZone: 'Asia/Jakarta' },
  { path: 'ditjenpas.sulsel.makassar', name: 'Bapas Makassar', kind: 'bapas', timeZone: 'Asia/Makassar' },
  { path: 'ditjenpas.papua.jayapura', name: 'Bapas Jayapura', kind: 'bapas', timeZone: 'Asia/Jayapura' },
]
const CENTRES: Record<string, [latDeg: number, lonDeg: number, spreadDeg: number]> = {
  'ditjenpas.dki.jakpus': [-6.195, 106.84, 0.075],
  'ditjenpas.sulsel.makassar': [-5.145, 119.44, 0.03],
  'ditjenpas.papua.jayapura': [-2.585, 140.66, 0.02],
}

export const ME: Me = {
  officerId: '00000000-0000-4000-8000-000000000001',
  name: 'Ratna Wulandari',
  role: 'operator',
  unitPath: 'ditjenpas',
  unitName: 'Ruang Kendali Ditjenpas',
  timeZone: 'Asia/Jakarta',
}

const FIRST =
  'Agus Bayu Candra Dedi Eko Fajar Gilang Hendra Indra Joko Kurnia Lukman Made Nanda Oki Putra Rizky Surya Taufik Wahyu'
const LAST =
  'Pratama Saputra Wijaya Hidayat Nugroho Santoso Kurniawan Setiawan Ramadhan Firmansyah Gunawan Siregar Tandi Wenda Yoku'
const PK = ['Siti Rahmawati', 'Andi Baso', 'Maria Kogoya', 'Dwi Lestari', 'Yusuf Hakim']
const PROGRAMMES = ['PB', 'CB', 'CMB', 'asimilasi', 'pidana pengawasan']

/** mulberry32: the same numbers for the same seed. */
export function seeded(seed: number): () => number {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const uuid = (group: number, n: number) =>
  `${String(group).padStart(8, '0')}-0000-4000-8000-${String(n).padStart(12, '0')}`

export type Sample = ReturnType<typeof makeSample>

/** A fleet of `count` wearers as it is at `nowMs`. */
export function makeSample(count: number, nowMs: number, seed = 7) {
  const random = seeded(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const bell = () => (random() + random() + random()) / 1.5 - 1
  const wearers: WearerSummary[] = []
  const rows: LivePositionRow[] = []
  const zones: ZoneView[] = []
  for (let n = 1; n <= count; n++) {
    const unit = UNITS[random() < 0.6 ? 0 : random() < 0.65 ? 1 : 2]!
    const [lat, lon, spread] = CENTRES[unit.path]!
    wearers.push({
      id: uuid(1, n),
      n,
      name: `${pick(FIRST.split(' '))} ${pick(LAST.split(' '))}`,
      unitPath: unit.path,
      programme: pick(PROGRAMMES),
      pkName: pick(PK),
      supervisionEndsMs: nowMs + (30 + Math.floor(random() * 500)) * DAY_MS,
    })
    const latDeg = lat + bell() * spread
    const lonDeg = lon + bell() * spread
    const dice = random()
    const state = dice < 0.9 ? 0 : dice < 0.95 ? 1 : dice < 0.985 ? 2 : 3
    const ageMs = random() < 0.05 ? (20 + random() * 120) * MINUTE_MS : random() * 2 * MINUTE_MS
    const flags = random() < 0.96 ? 1 : 0
    rows.push([
      n,
      state,
      flags,
      20 + Math.floor(random() * 80),
      1,
      nowMs - ageMs,
      nowMs - ageMs,
      latDeg,
      lonDeg,
      5 + random() * 25,
      random() * 9,
      0,
    ])
    if (n % 4 === 0)
      zones.push({
        id: `home-${n}`,
        name: `Rumah ${n}`,
        unitPath: unit.path,
        kind: 'required',
        shape: { type: 'Circle', center: [lonDeg + bell() * 0.004, latDeg + bell() * 0.004], radiusM: 150 },
      })
  }
  zones.push(...namedZones())
  // The wearer of the story: away from home in Menteng while the curfew holds.
  const first = wearers[0]!
  Object.assign(first, { name: 'Bayu Pratama', unitPath: UNITS[0]!.path, programme: 'PB', pkName: PK[0] })
  rows[0] = [1, 2, 1, 64, 1, nowMs - 20_000, nowMs - 18_000, -6.1862, 106.8341, 38, 1.2, 90]
  return { nowMs, wearers, rows, zones, incidents: sampleIncidents(wearers, rows, nowMs) }
}

function namedZones(): ZoneView[] {
  const unitPath = UNITS[0]!.path
  return [
    {
      id: 'z-rumah',
      name: 'Rumah Menteng',
      unitPath,
      kind: 'required',
      shape: { type: 'Circle', center: [106.832, -6.1965], radiusM: 220 },
    },
    {
      id: 'z-korban',
      name: 'Kawasan saksi',
      unitPath,
      kind: 'avoided',
      shape: {
        type: 'Polygon',
        coordinates: [
          [
            [106.838, -6.181],
            [106.8475, -6.1795],
            [106.849, -6.1875],
            [106.841, -6.1895],
            [106.838, -6.181],
          ],
          [
            [106.8425, -6.1835],
            [106.8445, -6.1835],
            [106.8445, -6.1855],
            [106.8425, -6.1855],
            [106.8425, -6.1835],
          ],
        ],
      },
    },
    {
      id: 'z-jalur',
      name: 'Jalur kerja',
      unitPath,
      kind: 'corridor',
      shape: {
        type: 'Corridor',
        widthM: 300,
        coordinates: [
          [106.832, -6.1965],
          [106.8285, -6.199],
          [106.823, -6.2035],
          [106.8225, -6.213],
          [106.8175, -6.2215],
          [106.811, -6.2265],
        ],
      },
    },
    {
      id: 'z-pasar',
      name: 'Masjid Cut Meutia',
      unitPath,
      kind: 'neutral',
      shape: { type: 'Circle', center: [106.8335, -6.1872], radiusM: 110 },
    },
    {
      id: 'z-wilayah',
      name: 'Kota Administrasi Jakarta Pusat',
      unitPath,
      kind: 'region',
      shape: {
        type: 'MultiPolygon',
        coordinates: [
          [
            [
              [106.797, -6.172],
              [106.806, -6.148],
              [106.824, -6.138],
              [106.848, -6.143],
              [106.868, -6.152],
              [106.882, -6.172],
              [106.874, -6.194],
              [106.852, -6.203],
              [106.838, -6.208],
              [106.822, -6.225],
              [106.802, -6.226],
              [106.793, -6.205],
              [106.797, -6.172],
            ],
          ],
        ],
      },
    },
  ]
}

let incidentCount = 0

/** An open incident of a wearer. */
export function incidentOf(
  wearer: WearerSummary,
  type: IncidentType,
  startMs: number,
  more: Partial<WearerIncidentView> = {},
): WearerIncidentView {
  return {
    id: more.id ?? uuid(2, ++incidentCount),
    type,
    severity: INCIDENT_TYPES[type].severity,
    wearerId: wearer.n,
    startMs,
    confirmedMs: startMs + MINUTE_MS,
    evidence: [],
    engineVersion: '1',
    planHash: 'sample',
    late: false,
    inferred: false,
    revision: 1,
    standing: { fromMs: more.confirmedMs ?? startMs + MINUTE_MS },
    wearer: { id: wearer.id, n: wearer.n, name: wearer.name, unitPath: wearer.unitPath },
    acts: [],
    ...more,
  }
}

function sampleIncidents(wearers: WearerSummary[], rows: LivePositionRow[], nowMs: number): WearerIncidentView[] {
  const at = (n: number) => ({
    timeMs: nowMs,
    role: 'confirm' as const,
    latE7: Math.round(rows[n - 1]![7] * 1e7),
    lonE7: Math.round(rows[n - 1]![8] * 1e7),
  })
  const w = (n: number) => wearers[n - 1]!
  const taken = (incidentId: string, wearerId: number) => ({
    actId: wearerId,
    incidentId,
    wearerId,
    action: 'acknowledge' as const,
    revision: 1,
    officerName: 'Dwi Lestari',
    atMs: nowMs - 9 * MINUTE_MS,
  })
  incidentCount = 0
  return [
    incidentOf(w(12), 'strap_open', nowMs - 2 * MINUTE_MS - 20_000, {
      confirmedMs: nowMs - 2 * MINUTE_MS - 20_000,
      evidence: [at(12)],
    }),
    incidentOf(w(31), 'inside_avoided_zone', nowMs - 11 * MINUTE_MS, {
      depthM: 140,
      conditionName: 'Rumah saksi',
      evidence: [at(31)],
      late: true,
    }),
    incidentOf(w(1), 'away_from_required_zone', nowMs - 38 * MINUTE_MS, {
      confirmedMs: nowMs - 37 * MINUTE_MS,
      depthM: 1150,
      conditionId: 'c-1',
      conditionName: 'Rumah Menteng',
      evidence: [at(1)],
    }),
    incidentOf(w(44), 'no_communication', nowMs - 52 * MINUTE_MS, { id: uuid(2, 90), acts: [taken(uuid(2, 90), 44)] }),
    incidentOf(w(57), 'off_corridor', nowMs - 6 * MINUTE_MS, {
      depthM: 410,
      conditionName: 'Jalur kerja Sudirman',
      evidence: [at(57)],
    }),
    incidentOf(w(63), 'suspected_jamming', nowMs - 4 * MINUTE_MS),
    incidentOf(w(70), 'battery_low', nowMs - 3 * HOUR_MS),
    incidentOf(w(71), 'inferred_crossing', nowMs - 25 * MINUTE_MS, { inferred: true, conditionName: 'Pasar Senen' }),
    incidentOf(w(80), 'warning_ring', nowMs - 8 * MINUTE_MS, { conditionName: 'Rumah Tebet' }),
  ]
}

export function detailOf(wearer: WearerSummary, nowMs: number): WearerDetail {
  const legalBasis = 'SK PAS-1042.PK.05.09 Tahun 2026, butir 4'
  const fromMs = nowMs - 60 * DAY_MS
  const every = [1, 2, 3, 4, 5, 6, 7]
  return {
    ...wearer,
    skNumber: 'PAS-1042.PK.05.09 Tahun 2026',
    supervisionBeginsMs: fromMs,
    nikMasked: '•••••••••••• 4821',
    bracelet: { deviceId: '863921035512207', model: 'MT100X', sinceMs: fromMs },
    conditions: [
      {
        id: 'c-1',
        kind: 'required',
        zoneId: 'z-rumah',
        zoneName: 'Rumah Menteng',
        legalBasis,
        timeZone: 'Asia/Jakarta',
        fromMs,
        windows: [{ days: every, from: '20:00', to: '05:00', exceptDates: [] }],
      },
      {
        id: 'c-2',
        kind: 'avoided',
        zoneId: 'z-korban',
        zoneName: 'Kawasan saksi',
        legalBasis: 'Kontrak bimbingan, butir 7',
        timeZone: 'Asia/Jakarta',
        fromMs,
      },
      {
        id: 'c-3',
        kind: 'corridor',
        zoneId: 'z-jalur',
        zoneName: 'Jalur kerja',
        legalBasis: 'Kontrak bimbingan, butir 9',
        timeZone: 'Asia/Jakarta',
        fromMs,
        windows: [{ days: [1, 2, 3, 4, 5], from: '06:30', to: '17:30', exceptDates: ['2026-12-25'] }],
      },
      {
        id: 'c-4',
        kind: 'region',
        zoneId: 'z-wilayah',
        zoneName: 'Kota Administrasi Jakarta Pusat',
        legalBasis,
        timeZone: 'Asia/Jakarta',
        fromMs,
      },
    ],
    permits: [
      {
        id: 'p-1',
        fromMs: nowMs + 2 * DAY_MS,
        toMs: nowMs + 2 * DAY_MS + 6 * HOUR_MS,
        legalBasis: 'Izin sementara Kepala Bapas No. 88',
      },
    ],
    last: { timeMs: nowMs - 20_000, latDeg: -6.1862, lonDeg: 106.8341, accuracyM: 38, batteryPercent: 64 },
  }
}

/** A day: at home, to work down the corridor, back, a silence, then away in the evening; some archived, some invalid. */
export function trackOfStory(nowMs: number): TrackFix[] {
  const random = seeded(3)
  const stops: [number, number, number][] = [
    [0, 106.832, -6.1965],
    [9, 106.832, -6.1965],
    [9.2, 106.8285, -6.199],
    [9.4, 106.823, -6.2035],
    [9.6, 106.8225, -6.213],
    [9.8, 106.8175, -6.2215],
    [10, 106.811, -6.2265],
    [18, 106.811, -6.2265],
    [18.3, 106.8175, -6.2215],
    [18.6, 106.8225, -6.213],
    [19.6, 106.823, -6.2035],
    [19.8, 106.8285, -6.199],
    [20, 106.832, -6.1965],
    [22.6, 106.832, -6.1965],
    [23, 106.8335, -6.1872],
    [24, 106.8341, -6.1862],
  ]
  const fixes: TrackFix[] = []
  for (let hour = 0, leg = 1; hour <= 24; hour += 1 / 20) {
    while (stops[leg]![0] < hour && leg < stops.length - 1) leg++
    const [h0, lon0, lat0] = stops[leg - 1]!
    const [h1, lon1, lat1] = stops[leg]!
    const k = Math.min(1, Math.max(0, (hour - h0) / (h1 - h0)))
    if (hour > 18.7 && hour < 19.5) continue
    const accuracyM = 6 + random() * 22
    const noise = () => (random() - 0.5) * accuracyM * 1.2e-5
    fixes.push({
      timeMs: nowMs - (24 - hour) * HOUR_MS,
      latDeg: lat0 + (lat1 - lat0) * k + noise(),
      lonDeg: lon0 + (lon1 - lon0) * k + noise(),
      valid: random() > 0.02,
      accuracyM,
      speedMps: 1,
      batteryPercent: 80,
      archived: hour > 18.3 && hour < 20,
    })
  }
  return fixes
}
