// Real recordings (tracks/README.md of the data names their origin).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { backtest } from '../../../geofence/inquiry/backtest.ts'
import type { LogReport } from '../../../model/report/report.ts'
import { brief, condition, document, fix, logged, MINUTE, seeded, shuffled, verdicts } from '../make-reports.ts'

const TRACKS = join(import.meta.dirname, '../../tracks')
const ZURICH = join(TRACKS, 'google-timeline-zurich-1min.csv')
const MUNICH = join(TRACKS, 'barefoot-munich-car-1hz.json')

type Row = { timeMs: number; lat: number; lon: number; accuracyM: number }

function zurich(): Row[] {
  return readFileSync(ZURICH, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(';'))
    .map((f) => ({ timeMs: Date.parse(f[1]!), lat: Number(f[2]), lon: Number(f[3]), accuracyM: Number(f[5]) }))
}

function reportOf({ timeMs, lat, lon, accuracyM }: Row): LogReport {
  return logged({
    deviceId: 'b',
    timeMs,
    fixValid: true,
    latDeg: lat,
    lonDeg: lon,
    accuracyM,
    alarms: [],
    archived: false,
  })
}

/** Stays found by hand on the map, UTC; what a required zone would be drawn around. */
const STAYS = [
  { name: 'noon, by the station', from: '12:21', to: '13:27', lat: 47.37733, lon: 8.54685 },
  { name: 'early afternoon', from: '13:55', to: '14:58', lat: 47.3779, lon: 8.5528 },
  { name: 'south, mostly one cell', from: '15:31', to: '15:50', lat: 47.36768, lon: 8.54074 },
  { name: 'late afternoon, one cell of 697 m', from: '16:13', to: '19:13', lat: 47.37767, lon: 8.54887 },
  { name: 'evening, two access points in turn', from: '19:20', to: '21:31', lat: 47.3772, lon: 8.547 },
]

describe('a phone in Zürich, one fix a minute, half of them worse than 55 m', () => {
  const reports = zurich().map(reportOf)
  const random = seeded(42)
  for (const { name, from, to, lat, lon } of STAYS)
    for (const radiusM of [100, 150])
      test(`no false exit: ${name}, ${radiusM} m`, () => {
        const stay = {
          kind: 'required',
          zoneId: 'stay',
          timeZone: 'UTC',
          windows: [{ from, to }],
        }
        const rules = document({ conditions: [condition(stay)] }, [
          { id: 'stay', shape: { type: 'Circle', center: [lon, lat], radiusM } },
        ])
        const incidents = backtest(rules, reports)
        expect(brief(incidents.filter(({ type }) => type !== 'location_unverifiable'))).toEqual([])
        for (let i = 0; i < 5; i++)
          expect(verdicts(backtest(rules, shuffled(reports, random)))).toEqual(verdicts(incidents))
      })

  test('three hours of cell fixes are not proof of presence: unverifiable, and said so', () => {
    const cell = STAYS[3]!
    const rules = document(
      { conditions: [condition({ zoneId: 'stay', timeZone: 'UTC', windows: [{ from: cell.from, to: cell.to }] })] },
      [{ id: 'stay', shape: { type: 'Circle', center: [cell.lon, cell.lat], radiusM: 100 } }],
    )
    expect(backtest(rules, reports).map(({ type }) => type)).toContain('location_unverifiable')
  })
})

describe('a car in Munich, one fix a second, one leap of 1,693 km/h', () => {
  const rows = JSON.parse(readFileSync(MUNICH, 'utf8')) as { point: string; time: string }[]
  const reports = rows.map(({ point, time }) => {
    const [lon, lat] = point.slice(6, -1).split(' ').map(Number)
    const timeMs = Date.parse(time.replace(' ', 'T').replace(/\+(\d\d)(\d\d)$/, '+$1:$2'))
    return fix(timeMs, 0, 0, { accuracyM: Number.NaN, latDeg: lat!, lonDeg: lon! })
  })
  test('the leap alone accuses nobody, and the drive is followed on both sides of it', () => {
    const last = rows[rows.length - 1]!.point.slice(6, -1).split(' ').map(Number)
    const rules = document({ conditions: [condition({ kind: 'avoided', zoneId: 'end' })] }, [
      { id: 'end', shape: { type: 'Circle', center: last, radiusM: 200 } },
    ])
    const incidents = backtest(rules, reports)
    expect(incidents.map(({ type }) => type)).toEqual(['inside_avoided_zone'])
    expect(incidents[0]!.confirmedMs - incidents[0]!.startMs).toBeLessThan(MINUTE)
    expect(verdicts(backtest(rules, [...reports].reverse()))).toEqual(verdicts(incidents))
  })
})
