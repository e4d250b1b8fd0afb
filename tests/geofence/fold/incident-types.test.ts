// Every incident type that the fold decides, opened and closed.
import { describe, expect, test } from 'vitest'
import { backtest } from '../../../geofence/inquiry/backtest.ts'
import { INCIDENT_TYPES, type Incident } from '../../../model/incident/incident.ts'
import type { LogReport } from '../../../model/report/report.ts'
import { brief, condition, DAY, document, fix, heard, MINUTE, WEARER } from '../make-reports.ts'

const T = Date.UTC(2026, 2, 3)
const at = (minute: number) => T + minute * MINUTE

function judge(conditions: object[], reports: LogReport[], toMinute?: number): Incident[] {
  return backtest(document({ conditions }), reports, toMinute === undefined ? {} : { toMs: at(toMinute) })
}

/** One fix a minute at these metres north of home. */
function walk(north: number[], from = 0, east = 0): LogReport[] {
  return north.map((metres, i) => fix(at(from + i), metres, east))
}

test('every type of the table of incident types, with its default severity', () => {
  const severities = Object.fromEntries(Object.entries(INCIDENT_TYPES).map(([type, { severity }]) => [type, severity]))
  expect(severities).toEqual({
    ...{ strap_open: 'kritis', case_opened: 'kritis', sos: 'kritis' },
    ...{ inside_avoided_zone: 'kritis', away_from_required_zone: 'serius', off_corridor: 'serius' },
    ...{ inferred_crossing: 'informasi', warning_ring: 'informasi' },
    ...{ location_unverifiable: 'serius', position_not_credible: 'serius', suspected_jamming: 'serius' },
    ...{ no_communication: 'serius', no_fix: 'informasi', fleet_silence: 'serius' },
    ...{ battery_low: 'informasi', battery_critical: 'serius', battery_dead: 'serius' },
    ...{ forgery_suspected: 'serius', whereabouts_uncertain: 'informasi' },
    ...{ device_alarm_unknown: 'informasi', bad_data: 'informasi' },
  })
})

describe('zones', () => {
  const required = [condition({})]

  test('away from a required zone: start and end are the first fix of each run', () => {
    const incidents = judge(required, walk([0, 0, 300, 320, 310, 0, 5]))
    expect(brief(incidents)).toEqual(['away_from_required_zone 2/3/5'])
    const [away] = incidents
    expect(away).toMatchObject({ severity: 'serius', conditionId: 'c', wearerId: WEARER, inferred: false, late: false })
    expect(away!.depthM).toBeCloseTo(220, -1)
    expect(away!.evidence.map((e) => e.role)).toEqual(['start', 'confirm', 'deepest', 'end'])
    expect(away!.evidence[0]).toMatchObject({
      timeMs: at(2),
      radiusM: 8,
      contentKey: expect.stringMatching(/^[0-9a-f]{16}$/),
    })
  })

  test('still away: open, no end', () => {
    expect(brief(judge(required, walk([0, 300, 300])))).toEqual(['away_from_required_zone 1/2/-'])
  })

  test('one fix outside confirms nothing; one fix inside ends nothing', () => {
    expect(judge(required, walk([0, 300, 0, 0, 300, 0]))).toEqual([])
    expect(brief(judge(required, walk([0, 300, 300, 0, 300, 0, 0])))).toEqual(['away_from_required_zone 1/2/5'])
  })

  test('near the wall it takes one more fix, unless the condition says how many', () => {
    expect(brief(judge(required, walk([105, 108, 150, 155, 150, 0, 0])))).toEqual(['away_from_required_zone 2/4/5'])
    expect(judge(required, walk([105, 108, 150, 155, 0, 0]))).toEqual([])
    // From rest in one leap, and it stands: what a reflection looks like.
    expect(judge(required, walk([0, 150, 155, 150, 0, 0]))).toEqual([])
    expect(brief(judge(required, walk([0, 150, 155, 150, 152, 0, 0])))).toEqual(['away_from_required_zone 1/4/5'])
    // On the way already, or moving on out there: two are enough.
    expect(brief(judge(required, walk([0, 60, 150, 155, 0, 0])))).toEqual(['away_from_required_zone 2/3/4'])
    expect(brief(judge(required, walk([0, 150, 190, 195])))).toEqual(['away_from_required_zone 1/2/-'])
    const two = [condition({ parameters: { confirmFixes: 2 } })]
    expect(brief(judge(two, walk([0, 150, 155, 0, 0])))).toEqual(['away_from_required_zone 1/2/3'])
  })

  test('back home, but near the wall: after half an hour on the right side it is over, since the first fix there', () => {
    const home = (count: number, more = {}) =>
      Array.from({ length: count }, (_, i) => fix(at(4 + i), 88 + (i % 4), 0, more))
    const away = walk([0, 300, 310, 320])
    expect(brief(judge(required, [...away, ...home(30)]))).toEqual(['away_from_required_zone 1/2/-'])
    expect(brief(judge(required, [...away, ...home(31)]))).toEqual(['away_from_required_zone 1/2/4'])
    // Few, or poor ones, or one beyond the line among them, prove nothing.
    expect(brief(judge(required, [...away, ...home(60).filter((_, i) => i % 7 === 0)]))).toEqual([
      'away_from_required_zone 1/2/-',
    ])
    expect(brief(judge(required, [...away, ...home(60, { accuracyM: 40 })]))).toEqual(['away_from_required_zone 1/2/-'])
    const beside = home(80).map((report, i) => (i % 25 === 24 ? fix(report.timeMs, 104, 0) : report))
    expect(brief(judge(required, [...away, ...beside]))).toEqual(['away_from_required_zone 1/2/-'])
    const lane = [condition({ kind: 'corridor', zoneId: 'lane' })]
    const zones = [
      {
        id: 'lane',
        shape: {
          type: 'Corridor',
          coordinates: [
            [106.79, -6.2],
            [106.82, -6.2],
          ],
          widthM: 30,
        },
      },
    ]
    const drive = Array.from({ length: 40 }, (_, i) => fix(at(i), i < 4 ? 300 + i : i % 3, 50 * i))
    expect(brief(backtest(document({ conditions: lane }, zones), drive))).toEqual(['off_corridor 0/1/4'])
  })

  test('as many fixes and as much time as the condition asks for', () => {
    const slow = [condition({ parameters: { confirmFixes: 3, confirmMinMs: 4 * MINUTE, returnFixes: 1 } })]
    expect(brief(judge(slow, walk([0, 300, 300, 300, 300, 300, 300, 0])))).toEqual(['away_from_required_zone 1/5/7'])
  })

  test('two fixes with hours between them and none within are no absence of hours', () => {
    const lost = [60, 180, 300, 420].map((minute) => heard(at(minute)))
    const absences = (reports: LogReport[], conditions = required) =>
      brief(judge(conditions, reports)).filter((line) => !line.startsWith('no_fix'))
    const outlier = [...walk([0, 300]), ...lost]
    expect(absences([...outlier, fix(at(480), 300, 0), fix(at(481), 0, 0)])).toEqual([])
    // Who is really away is, from when that is known again: by two fixes after it, as ever, or by a third over another gap.
    expect(absences([...outlier, ...walk([300, 310], 480)])).toEqual(['away_from_required_zone 480/481/-'])
    const hourly = [fix(at(480), 310, 0), heard(at(520)), fix(at(560), 320, 0), fix(at(640), 0, 0), fix(at(641), 0, 0)]
    expect(absences([...outlier, ...hourly])).toEqual(['away_from_required_zone 560/560/640'])
    // Near the wall one more, each way.
    const near = [...walk([0, 150, 150]), ...lost]
    expect(absences([...near, fix(at(480), 150, 0)])).toEqual([])
    expect(absences([...near, ...walk([150, 155], 480)])).toEqual(['away_from_required_zone 480/481/-'])
    // A condition that wants it to last a while gets its while.
    const lasting = [condition({ parameters: { confirmMinMs: 20 * MINUTE } })]
    const seldom = [1, 61, 121, 181, 241].map((minute) => fix(at(minute), 300, 0))
    expect(absences([fix(at(0), 0, 0), ...seldom], lasting)).toEqual(['away_from_required_zone 181/241/-'])
    // Half an hour, or three report intervals, is no gap.
    expect(absences([...walk([0, 300]), fix(at(31), 300, 0)])).toEqual(['away_from_required_zone 1/31/-'])
    const rare = document({ conditions: required, reportIntervalMs: 30 * MINUTE })
    expect(brief(backtest(rare, [...walk([0, 300]), fix(at(91), 300, 0)]))).toEqual(['away_from_required_zone 1/91/-'])
  })

  test('region: the same, over an area', () => {
    expect(brief(judge([condition({ kind: 'region' })], walk([0, 400, 400, 0, 0])))).toEqual([
      'away_from_required_zone 1/2/3',
    ])
  })

  test('corridor', () => {
    const road = [condition({ kind: 'corridor', zoneId: 'road' })]
    expect(brief(judge(road, walk([0, 200, 220, 10, 0], 0, 600)))).toEqual(['off_corridor 1/2/3'])
  })

  test('inside an avoided zone is kritis', () => {
    const [inside] = judge([condition({ kind: 'avoided' })], walk([400, 10, 0, 400, 400]))
    expect(brief([inside!])).toEqual(['inside_avoided_zone 1/2/3'])
    expect(inside!.severity).toBe('kritis')
    expect(inside!.depthM).toBeCloseTo(100, -1)
  })

  test('a neutral zone judges nothing; a condition may set its own severity', () => {
    expect(judge([condition({ kind: 'neutral' })], walk([300, 300, 0, 0]))).toEqual([])
    expect(judge([condition({ severity: 'informasi' })], walk([300, 300]))[0]!.severity).toBe('informasi')
  })

  test('the warning ring speaks before the violation and is silent from then on', () => {
    const ringed = [condition({ parameters: { warningRingM: 60 } })]
    expect(brief(judge(ringed, walk([0, 70, 75, 0, 0])))).toEqual(['warning_ring 1/2/3'])
    expect(brief(judge(ringed, walk([0, 70, 75, 200, 230, 0, 0])))).toEqual([
      'warning_ring 1/2/3',
      'away_from_required_zone 3/4/5',
    ])
    expect(brief(judge(ringed, walk([0, 300, 310, 0, 0])))).toEqual(['away_from_required_zone 1/2/3'])
    const around = [condition({ kind: 'avoided', parameters: { warningRingM: 80 } })]
    expect(brief(judge(around, walk([400, 140, 135, 400, 400])))).toEqual(['warning_ring 1/2/3'])
  })

  test('the warning ring ends for whoever stays on its line, after half an hour on the right side of it', () => {
    const ringed = [condition({ parameters: { warningRingM: 60 } })]
    const staying = (count: number, north: number, more = {}) =>
      Array.from({ length: count }, (_, i) => fix(at(3 + i), north + (i % 3), 0, more))
    const warned = walk([0, 70, 75])
    expect(brief(judge(ringed, [...warned, ...staying(30, 36)]))).toEqual(['warning_ring 1/2/-'])
    expect(brief(judge(ringed, [...warned, ...staying(31, 36)]))).toEqual(['warning_ring 1/2/3'])
    expect(brief(judge(ringed, [...warned, ...staying(90, 36, { accuracyM: 35 })]))).toEqual(['warning_ring 1/2/-'])
    expect(brief(judge(ringed, [...warned, ...staying(90, 44)]))).toEqual(['warning_ring 1/2/-'])
    const over = staying(90, 36).map((report, i) => (i % 25 === 24 ? fix(report.timeMs, 44, 0) : report))
    expect(brief(judge(ringed, [...warned, ...over]))).toEqual(['warning_ring 1/2/-'])
  })

  test('inferred crossing: straight through an avoided zone between two fixes', () => {
    const [crossing, ...rest] = judge([condition({ kind: 'avoided' })], walk([-600, 700]))
    expect(rest).toEqual([])
    expect(crossing).toMatchObject({ type: 'inferred_crossing', severity: 'informasi', inferred: true })
    expect([crossing!.startMs, crossing!.endMs]).toEqual([at(0), at(1)])
    expect(crossing!.depthM).toBeCloseTo(100, -1)
  })

  test('no inferred crossing past the zone, through its edge, or over a long gap', () => {
    const avoided = [condition({ kind: 'avoided' })]
    expect(judge(avoided, walk([-600, 700], 0, 150))).toEqual([])
    expect(judge(avoided, walk([-600, 700], 0, 90))).toEqual([])
    expect(judge(avoided, [fix(at(0), -600, 0), fix(at(30), 700, 0)])).toEqual([])
  })

  test('a leap that no vehicle can make crosses nothing, also when the new place persists', () => {
    const avoided = [condition({ kind: 'avoided' })]
    expect(judge(avoided, walk([-600, -600, 60_000, 60_020, 60_000]))).toEqual([])
    // Nor does one fix inside, at which the leap ended.
    expect(judge(avoided, [fix(at(0), -60_000, 0), ...walk([-59_000, 60, 10, 700]).slice(1)])).toEqual([])
  })

  test('seen once inside while passing is an inferred crossing; out and back to one place is an outlier', () => {
    const avoided = [condition({ kind: 'avoided' })]
    expect(brief(judge(avoided, walk([-600, 0, 700])))).toEqual(['inferred_crossing 0/2/2'])
    expect(judge(avoided, walk([-600, 0, -600]))).toEqual([])
  })

  test('location unverifiable: unsure for too long, ended by the next decisive fix', () => {
    const strict = [condition({ parameters: { unverifiableAfterMs: 30 * MINUTE } })]
    const vague = (minute: number) => fix(at(minute), 0, 0, { accuracyM: 300 })
    const reports = [fix(at(0), 0, 0), ...[5, 15, 25, 34, 35, 45].map(vague), fix(at(50), 0, 0)]
    const [unverifiable, ...rest] = judge(strict, reports)
    expect(rest).toEqual([])
    expect(brief([unverifiable!])).toEqual(['location_unverifiable 5/35/50'])
    expect(unverifiable!.severity).toBe('serius')
    expect(brief(judge(strict, [...reports.slice(0, 7), fix(at(50), 300, 0), fix(at(51), 300, 0)]))).toEqual([
      'location_unverifiable 5/35/50',
      'away_from_required_zone 50/51/-',
    ])
  })
})

describe('credibility', () => {
  test('a leap that no vehicle can make is not evidence; two are an incident, which ends', () => {
    const leaps = [0, 50_000, 0, 0, 50_000, 0].map((m, i) => fix(at(i), m, 0))
    const [forged, ...rest] = judge([condition({})], [...leaps, fix(at(19), 0, 0), fix(at(20), 0, 0)])
    expect(rest).toEqual([])
    expect(brief([forged!])).toEqual(['position_not_credible 1/4/19'])
    expect(forged!.evidence).toHaveLength(3)
    expect(judge([condition({})], leaps.slice(0, 4))).toEqual([])
  })

  test('when the new place persists, the wearer is there', () => {
    expect(brief(judge([condition({})], walk([0, 50_000, 50_010, 50_020, 50_000])))).toEqual([
      'away_from_required_zone 2/3/-',
    ])
  })

  test('the mock flag: no evidence, and twice is an incident', () => {
    const mock = (minute: number, metres: number) => fix(at(minute), metres, 0, { mock: true })
    expect(
      brief(judge([condition({})], [fix(at(0), 0, 0), mock(1, 300), mock(2, 300), mock(3, 300), fix(at(20), 0, 0)])),
    ).toEqual(['position_not_credible 1/2/20'])
  })

  test('an aeroplane whose receiver says so, and a landing far away, are no leaps', () => {
    const flying = [0, 1, 2, 3].map((i) => fix(at(i), i * 15_000, 0, { speedMps: 248 }))
    const landed = fix(at(63), 700_000, 0)
    expect(judge([], [...flying, landed])).toEqual([])
  })
})

describe('device', () => {
  const said = (minute: number, more: Parameters<typeof fix>[3]) => fix(at(minute), 0, 0, more)

  test('strap: at once, until the contact closes', () => {
    const incidents = judge(
      [],
      [
        said(0, { strap: 'closed' }),
        said(1, { strap: 'open' }),
        said(2, { strap: 'open' }),
        said(3, {}),
        said(4, { strap: 'closed' }),
      ],
    )
    expect(brief(incidents)).toEqual(['strap_open 1/1/4'])
    expect(incidents[0]!.severity).toBe('kritis')
  })

  test('strap: an alarm word alone opens it, is over when not repeated, and the next one is another', () => {
    const alarm = { alarms: ['strapOpen' as const] }
    expect(
      brief(judge([], [said(1, alarm), said(2, {}), said(20, alarm), said(49, {}), said(51, {}), said(60, alarm)])),
    ).toEqual(['strap_open 1/1/51', 'strap_open 60/60/-'])
  })

  test('strap: the word said anew is one more occurrence; said for long, or in a burst, it is none', () => {
    const alarm = { alarms: ['strapOpen' as const] }
    const [one] = judge([], [said(1, alarm), said(2, alarm), said(2.2, {}), said(2.4, alarm), said(3, {})])
    expect(one!.signs).toBeUndefined()
    expect(one!.evidence).toHaveLength(1)

    const words = [
      said(1, alarm),
      said(2, {}),
      said(5, alarm),
      said(6, {}),
      said(20, alarm),
      said(21, {}),
      said(51, {}),
    ]
    const [again] = judge([], words)
    expect(brief([again!])).toEqual(['strap_open 1/1/51'])
    expect(again!.signs).toBe(3)
    expect(again!.evidence.map(({ role, timeMs }) => [role, (timeMs - T) / MINUTE])).toEqual([
      ['start', 1],
      ['sign', 5],
      ['sign', 20],
      ['end', 51],
    ])

    const many = Array.from({ length: 80 }, (_, i) => said(1 + i, i % 2 === 0 ? alarm : {}))
    const [often] = judge([], many)
    expect(often!.signs).toBe(40)
    expect(often!.evidence[0]).toMatchObject({ role: 'start', timeMs: at(1) })
    expect(often!.evidence.at(-1)).toMatchObject({ role: 'sign', timeMs: at(79) })
    expect(often!.evidence.length).toBeLessThanOrEqual(16)
  })

  test('strap: a contact that is known to be open makes words superfluous', () => {
    const open = said(1, { strap: 'open', alarms: ['strapOpen'] })
    const [one] = judge([], [open, said(2, {}), said(5, { alarms: ['strapOpen'] }), said(9, { strap: 'closed' })])
    expect(brief([one!])).toEqual(['strap_open 1/1/9'])
    expect(one!.signs).toBeUndefined()
  })

  test('case and SOS are their own incidents, and need no position', () => {
    expect(
      brief(
        judge([], [heard(at(1), { case: 'open', alarms: ['sos'] }), heard(at(2), { case: 'closed' }), said(40, {})]),
      ),
    ).toEqual(expect.arrayContaining(['case_opened 1/1/2', 'sos 1/1/40']))
  })

  test('SOS said again is one incident that says how often; held, or pressed in a burst, it is one call', () => {
    const sos = (minute: number) => heard(at(minute), { alarms: ['sos'] })
    const calls = (reports: LogReport[]) => judge([], reports).map(({ signs = 1 }) => signs)
    expect(brief(judge([], [sos(1), said(2, {}), said(5, {}), sos(6), said(7, {})]))).toEqual(['sos 1/1/-'])
    expect(calls([sos(1), said(2, {}), said(5, {}), sos(6), said(7, {})])).toEqual([2])
    expect(calls([sos(1), sos(2), sos(3), sos(4), said(30, {})])).toEqual([1])
    expect(calls([sos(1), said(1.2, {}), sos(1.4), said(2, {})])).toEqual([1])
    // A tracker that says nothing else until it is answered, every three minutes; after half an hour it is another call.
    expect(calls([1, 4, 7, 10, 13].map(sos))).toEqual([5])
    expect(brief(judge([], [sos(1), sos(4), said(20, {}), sos(40)]))).toEqual(['sos 1/1/40', 'sos 40/40/-'])
  })

  test('battery: low, critical, with hysteresis; charging clears', () => {
    const levels = [25, 20, 21, 19, 25, 10, 11, 14, 15, 29, 30, 9]
    const reports = levels.map((batteryPercent, i) => said(i, { batteryPercent }))
    expect(brief(judge([], reports))).toEqual([
      'battery_low 1/1/10',
      'battery_critical 5/5/8',
      'battery_critical 11/11/-',
    ])
    expect(brief(judge([], [...reports, said(12, { charging: true }), said(13, { batteryPercent: 10 })])).at(-1)).toBe(
      'battery_critical 11/11/12',
    )
  })

  test('charging clears battery low and critical at once, whatever the level; off the charger they are raised anew', () => {
    const reports = [said(0, { batteryPercent: 20 }), said(1, { batteryPercent: 9 })]
    reports.push(said(2, { batteryPercent: 9, charging: true }), said(3, { batteryPercent: 12, charging: true }))
    expect(brief(judge([], reports))).toEqual(['battery_low 0/0/2', 'battery_critical 1/1/2'])
    expect(brief(judge([], [...reports, said(4, { batteryPercent: 12, charging: false })])).at(-1)).toBe(
      'battery_low 4/4/-',
    )
  })

  test('charging said once and never again holds for half an hour from the first low level, and no longer', () => {
    const plugged = [said(0, { batteryPercent: 60, charging: true }), said(60, { batteryPercent: 50 })]
    const falling = [20, 20, 19, 18, 10, 9].map((batteryPercent, i) => said(600 + 15 * i, { batteryPercent }))
    expect(brief(judge([], [...plugged, ...falling]))).toEqual(['battery_low 630/630/-', 'battery_critical 660/660/-'])
    const words = [0, 15, 31].map((minute) => said(600 + minute, { alarms: ['batteryLow'] }))
    expect(brief(judge([], [said(0, { charging: true }), ...words]))).toEqual(['battery_low 631/631/-'])
  })

  test('charging said in some reports only holds between them, however low the level', () => {
    const reports = Array.from({ length: 40 }, (_, i) =>
      said(5 * i, { batteryPercent: 8 + Math.floor(i / 8), ...(i % 5 === 0 && { charging: true }) }),
    )
    expect(judge([], reports)).toEqual([])
    const unplugged = [said(200, { batteryPercent: 12 }), said(210, { batteryPercent: 11 })]
    expect(brief(judge([], [...reports, ...unplugged]))).toEqual(['battery_low 210/210/-'])
  })

  test('battery: the alarm word where no level is sent', () => {
    expect(brief(judge([], [said(0, { alarms: ['batteryLow'] }), said(1, { charging: true })]))).toEqual([
      'battery_low 0/0/1',
    ])
  })

  test('battery: the alarm word where no level is sent is over when half a day went by without it', () => {
    const word = { alarms: ['batteryLow' as const] }
    const heard = [said(0, word), said(300, {}), said(719, {})]
    expect(brief(judge([], heard))).toEqual(['battery_low 0/0/-'])
    expect(brief(judge([], [...heard, said(720, {}), said(800, word)]))).toEqual([
      'battery_low 0/0/720',
      'battery_low 800/800/-',
    ])
    expect(brief(judge([], [said(0, word), said(600, word), said(721, {}), said(1320, {})]))).toEqual([
      'battery_low 0/0/1320',
    ])
    // A level says more than silence on it.
    expect(
      brief(judge([], [said(0, { batteryPercent: 9 }), said(719, {}), said(800, { batteryPercent: 14 })])),
    ).toEqual(['battery_critical 0/0/-', 'battery_low 800/800/-'])
  })

  test('no fix: heard without a position for long, informasi, then serius, ended by valid fixes', () => {
    const reports = [said(0, {})]
    for (let minute = 6; minute <= 140; minute += 6) reports.push(heard(at(minute)))
    const [early] = judge([], reports.slice(0, 8))
    expect(early).toMatchObject({ type: 'no_fix', severity: 'informasi', startMs: at(0), confirmedMs: at(30) })
    const [late] = judge([], [...reports, said(150, {}), said(151, {})])
    expect(late).toMatchObject({ id: early!.id, severity: 'serius', endMs: at(150) })
    expect(judge([], reports.slice(0, 5))).toEqual([])
    // One incident that grows graver, not two.
    expect(judge([], reports)).toHaveLength(1)
    expect(judge([], reports.slice(0, 20))[0]!.severity).toBe('informasi')
  })

  test('suspected jamming needs two independent signs', () => {
    const alarmed = heard(at(2), { alarms: ['jamming'] })
    expect(brief(judge([], [said(0, {}), said(1, {}), alarmed, said(20, {})]))).toEqual(['suspected_jamming 2/2/20'])
    expect(judge([], [said(0, {}), said(1, { alarms: ['jamming'] }), said(2, { alarms: ['jamming'] })])).toEqual([])
    expect(brief(judge([], [said(0, { alarms: ['jamming'] }), said(4, { alarms: ['gnssFault'] })]))).toEqual([
      'suspected_jamming 0/4/-',
    ])
    // Too far apart; a fix lost on the way indoors; the same sign however often.
    expect(judge([], [said(0, { alarms: ['jamming'] }), said(11, { alarms: ['gnssFault'] })])).toEqual([])
    expect(judge([], [said(0, { accuracyM: 60 }), heard(at(1), { alarms: ['jamming'] })])).toEqual([])
    expect(
      judge(
        [],
        [0, 1, 2, 3].map((minute) => heard(at(minute), { alarms: ['gnssFault'] })),
      ),
    ).toEqual([])
  })

  test('contact without a time of its own lost no position: it neither raises suspected jamming nor keeps it open', () => {
    const contact = (minute: number) => heard(at(minute), { timeFromReceipt: true })
    expect(judge([], [said(0, {}), said(1, { alarms: ['jamming'] }), contact(2)])).toEqual([])
    const jammed = [said(0, {}), said(1, {}), heard(at(2), { alarms: ['jamming'] }), said(3, {})]
    for (const resent of [[], [contact(4)]])
      expect(brief(judge([], [...jammed, ...resent, said(12, {})]))).toEqual(['suspected_jamming 2/2/12'])
  })

  test('an invalid fix repeating the last place proves nothing', () => {
    const stale = [1, 2, 3].map((i) => fix(at(i), 0, 0, { fixValid: false }))
    expect(brief(judge([condition({})], [fix(at(0), 300, 0), ...stale, fix(at(4), 300, 0)]))).toEqual([
      'away_from_required_zone 0/4/-',
    ])
  })
})

test('ids are UUID-shaped, differ by type and start, and are the same in every run', () => {
  const reports = [...walk([0, 300, 300, 0, 0, 300, 300]), fix(T + DAY, 0, 0, { strap: 'open' })]
  const ids = judge([condition({})], reports).map(({ id }) => id)
  expect(new Set(ids).size).toBe(3)
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/)
  expect(judge([condition({})], [...reports].reverse()).map(({ id }) => id)).toEqual(ids)
})
