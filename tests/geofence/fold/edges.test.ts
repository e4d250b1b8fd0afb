// Rules begin and end by the clock, without a ping.
import { describe, expect, test } from 'vitest'
import { backtest, compileDocument } from '../../../geofence/inquiry/backtest.ts'
import { compilePlan } from '../../../geofence/plan/compile-plan.ts'
import { PlanInvalid } from '../../../geofence/plan/plan-rules.ts'
import { WearerTimeline } from '../../../geofence/timeline/timeline.ts'
import type { LogReport } from '../../../model/report/report.ts'
import { brief, condition, DAY, document, fix, HOUR, MINUTE, WEARER } from '../make-reports.ts'

/** 19.00 WIB; the curfew begins an hour later. */
const T = Date.UTC(2026, 2, 3, 12)
const at = (minute: number) => T + minute * MINUTE
const EDGE = at(60)
const curfew = condition({ id: 'curfew', windows: [{ from: '20:00', to: '05:00' }] })
const OPTIONS = { retainMs: DAY, retainEventsMax: 10_000 }

function timeline(input: Parameters<typeof document>[0]): WearerTimeline {
  const { plan, zones } = document(input)
  return new WearerTimeline(WEARER, compileDocument(plan, zones), OPTIONS)
}

function out(fromMinute: number, toMinute: number, north = 300): LogReport[] {
  const reports: LogReport[] = []
  for (let minute = fromMinute; minute <= toMinute; minute++) reports.push(fix(at(minute), north, 0))
  return reports
}

function clock(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(11, 16)
}

describe('the curfew begins', () => {
  test('a wearer known to be out is in violation at the edge, by the clock, without a ping', () => {
    const t = timeline({ conditions: [curfew] })
    for (const report of out(50, 58)) t.offer(report)
    expect(t.nextEdgeMs()).toBe(EDGE)
    t.advanceTo(EDGE - 1)
    expect(t.takeChanges()).toEqual([])
    t.advanceTo(EDGE)
    const [incident] = t.takeChanges()
    expect(incident).toMatchObject({
      type: 'away_from_required_zone',
      startMs: EDGE,
      confirmedMs: EDGE,
      revision: 1,
      late: false,
    })
    expect(t.worstState()).toBe(2)
    t.offer(fix(EDGE + 30 * MINUTE, 0, 0))
    t.offer(fix(EDGE + 31 * MINUTE, 0, 0))
    expect(t.takeChanges()).toMatchObject([{ id: incident!.id, endMs: EDGE + 30 * MINUTE, revision: 2 }])
    expect(t.worstState()).toBe(0)
  })

  test('an old last word makes whereabouts uncertain and no absence', () => {
    const t = timeline({ conditions: [curfew] })
    for (const report of out(30, 45)) t.offer(report)
    t.advanceTo(EDGE + 4 * HOUR)
    expect(brief(t.takeChanges())).toEqual(['whereabouts_uncertain 780/780/-'])
  })

  test('nothing when the last word was of home, or one fix only', () => {
    for (const reports of [
      [...out(50, 57), fix(at(58), 0, 0)],
      [fix(at(57), 0, 0), ...out(58, 58)],
    ]) {
      const t = timeline({ conditions: [curfew] })
      for (const report of reports) t.offer(report)
      t.advanceTo(EDGE + 4 * HOUR)
      expect(t.takeChanges()).toEqual([])
    }
  })

  test('a run left unfinished in the last window is no part of the next one', () => {
    const t = timeline({ conditions: [curfew] })
    const lastOfNight = fix(Date.UTC(2026, 2, 2, 21, 59), 300, 0)
    for (const report of [fix(Date.UTC(2026, 2, 2, 21, 58), 0, 0), lastOfNight, ...out(55, 55)]) t.offer(report)
    t.advanceTo(EDGE + MINUTE)
    expect(brief(t.takeChanges())).toEqual(['whereabouts_uncertain 780/780/-'])
  })

  test('doubt counts from the beginning of the window, not from before it', () => {
    const vague = (minute: number) => fix(at(minute), 0, minute % 7, { accuracyM: 300 })
    const t = timeline({ conditions: [{ ...curfew, parameters: { unverifiableAfterMs: 30 * MINUTE } }] })
    const night = 24 * 60
    for (let minute = 51 + night; minute <= 89 + night; minute++) t.offer(vague(minute))
    t.offer(fix(at(30), 0, 0))
    expect(t.takeChanges()).toEqual([])
    t.offer(vague(90 + night))
    expect(t.takeChanges()).toMatchObject([{ type: 'location_unverifiable', startMs: at(60 + night) }])
  })

  test('doubt of the last window is no part of the next one', () => {
    const vague = (timeMs: number) => fix(timeMs, 0, 0, { accuracyM: 300 })
    const t = timeline({ conditions: [curfew] })
    t.offer(vague(Date.UTC(2026, 2, 2, 21, 50)))
    t.offer(vague(at(61)))
    t.offer(vague(at(62)))
    expect(t.takeChanges()).toEqual([])
  })

  test('unsure since the last word: it takes one more fix outside', () => {
    const vague = fix(at(59), 200, 0, { accuracyM: 400 })
    const t = timeline({ conditions: [curfew] })
    for (const report of [...out(50, 58), vague]) t.offer(report)
    t.advanceTo(EDGE)
    expect(t.takeChanges()).toEqual([])
    t.offer(fix(at(62), 300, 0))
    expect(brief(t.takeChanges())).toEqual(['away_from_required_zone 780/782/-'])
  })

  test('one fix before the edge and one after: in violation from the edge on', () => {
    const t = timeline({ conditions: [curfew] })
    for (const report of [fix(at(57), 0, 0), ...out(59, 59), ...out(61, 61)]) t.offer(report)
    expect(brief(t.takeChanges())).toEqual([`away_from_required_zone 780/781/-`])
  })

  test('the engine looks only shortly before the edge: what happened at noon does not matter', () => {
    const t = timeline({ conditions: [curfew] })
    for (const report of [...out(-300, -290), fix(at(-280), 0, 0), ...out(0, 0), fix(at(59), 0, 0)]) t.offer(report)
    t.advanceTo(EDGE + MINUTE)
    expect(t.takeChanges()).toEqual([])
  })

  test('a fix from before the edge that comes after it takes the violation back', () => {
    const t = timeline({ conditions: [curfew] })
    for (const report of out(50, 57)) t.offer(report)
    t.advanceTo(EDGE)
    const [raised] = t.takeChanges()
    expect(t.offer(fix(at(58), 0, 0))).toBe('late')
    expect(t.takeChanges()).toMatchObject([
      { id: raised!.id, withdrawn: { reason: 'late_report' }, revision: 2, late: true },
    ])
  })
})

describe('the end of a rule closes its incidents at the edge', () => {
  const cases = {
    window: [{ conditions: [curfew] }, Date.UTC(2026, 2, 3, 22)],
    'condition version': [{ conditions: [condition({ toMs: at(120) })] }, at(120)],
    'permit begins': [
      { conditions: [condition({})], permits: [{ id: 'p', fromMs: at(120), toMs: at(180), legalBasis: 'izin' }] },
      at(120),
    ],
    supervision: [{ conditions: [condition({})], supervisions: [{ fromMs: 0, toMs: at(120) }] }, at(120)],
  } as const
  for (const [name, [input, endMs]] of Object.entries(cases))
    test(name, () => {
      const t = timeline(input as unknown as Parameters<typeof document>[0])
      for (const report of out(61, 65)) t.offer(report)
      expect(t.takeChanges()).toHaveLength(1)
      t.advanceTo(endMs - 1)
      expect(t.takeChanges()).toEqual([])
      t.advanceTo(endMs)
      expect(t.takeChanges()).toMatchObject([{ endMs, revision: 2 }])
    })

  test('supervision ends: device incidents too, and nothing after it is judged', () => {
    const t = timeline({ conditions: [], supervisions: [{ fromMs: 0, toMs: at(10) }] })
    t.offer(fix(at(1), 0, 0, { strap: 'open', batteryPercent: 5 }))
    t.advanceTo(at(20))
    expect(brief(t.takeChanges()).sort()).toEqual(['battery_critical 721/721/730', 'strap_open 721/721/730'])
    t.offer(fix(at(11), 0, 0, { strap: 'open', alarms: ['sos'] }))
    expect(t.takeChanges()).toEqual([])
  })

  test('exit before enter: at one edge the old rule closes before the new one opens', () => {
    const t = timeline({
      conditions: [condition({ id: 'a', toMs: at(70) }), condition({ id: 'b', zoneId: 'far', fromMs: at(70) })],
    })
    for (const report of out(61, 69)) t.offer(report)
    t.takeChanges()
    t.advanceTo(at(70))
    expect(t.takeChanges()).toMatchObject([
      { conditionId: 'a', endMs: at(70) },
      { conditionId: 'b', startMs: at(70), confirmedMs: at(70) },
    ])
  })
})

describe('permits change the evaluation', () => {
  const permits = [{ id: 'p', fromMs: at(10), toMs: at(30), legalBasis: 'izin' }]

  test('no violation during it; still out when it ends: from then on', () => {
    const { plan, zones } = document({ conditions: [condition({})], permits })
    expect(brief(backtest({ plan, zones }, [fix(at(9), 0, 0), ...out(11, 35)]))).toEqual([
      'away_from_required_zone 750/750/-',
    ])
  })

  test('only the conditions it names', () => {
    const named = [{ ...permits[0]!, conditionIds: ['other'] }]
    const { plan, zones } = document({ conditions: [condition({})], permits: named })
    expect(brief(backtest({ plan, zones }, out(11, 12)))).toEqual(['away_from_required_zone 731/732/-'])
  })

  test('the zone to be in instead', () => {
    const instead = [{ ...permits[0]!, zoneId: 'school' }]
    const { plan, zones } = document({ conditions: [condition({})], permits: instead })
    const there = [11, 12, 13].map((minute) => fix(at(minute), 0, 1000))
    expect(backtest({ plan, zones }, there)).toEqual([])
    const elsewhere = backtest({ plan, zones }, [...there, ...out(20, 22)])
    expect(elsewhere).toMatchObject([{ type: 'away_from_required_zone', conditionId: 'p', startMs: at(20) }])
  })

  test('never before it was decided', () => {
    const decided = [{ ...permits[0]!, decidedMs: at(20) }]
    const { plan, zones } = document({ conditions: [condition({})], permits: decided })
    expect(brief(backtest({ plan, zones }, out(11, 25)))).toEqual(['away_from_required_zone 731/732/740'])
  })
})

describe('a plan changes', () => {
  const home = document({ conditions: [condition({})] })
  const none = document({ conditions: [] })
  const compiled = (doc: typeof home) => compileDocument(doc.plan, doc.zones)

  test('from when it was made, never backwards: late reports are judged by what was in force', () => {
    const t = timeline({ conditions: [] })
    t.offer(fix(at(0), 300, 0))
    t.offer(fix(at(20), 300, 0))
    t.setPlan(compiled(home), at(10))
    t.offer(fix(at(5), 310, 0))
    t.offer(fix(at(6), 310, 0))
    expect(t.takeChanges()).toEqual([])
    t.offer(fix(at(21), 300, 0))
    expect(brief(t.takeChanges())).toEqual(['away_from_required_zone 740/741/-'])
  })

  test('announced late it is folded in from its own time', () => {
    const t = timeline({ conditions: [] })
    for (const report of out(0, 30)) t.offer(report)
    t.setPlan(compiled(home), at(10))
    expect(brief(t.takeChanges())).toEqual(['away_from_required_zone 730/731/-'])
    t.setPlan(compiled(none), at(10))
    expect(t.takeChanges()).toMatchObject([{ withdrawn: { reason: 'plan_changed' }, late: false, revision: 2 }])
  })

  test('what ended before the change ended then, not at the change', () => {
    const t = timeline({ conditions: [curfew] })
    for (const report of out(61, 65)) t.offer(report)
    t.takeChanges()
    const morning = Date.UTC(2026, 2, 3, 22)
    t.setPlan(compiled(none), morning + HOUR)
    t.advanceTo(morning + 2 * HOUR)
    expect(t.takeChanges()).toMatchObject([{ endMs: morning }])
  })

  test('a lifted condition closes at the change; one that stays goes on as the same incident', () => {
    const t = timeline({ conditions: [condition({}), condition({ id: 'road', kind: 'corridor', zoneId: 'road' })] })
    for (const report of out(0, 5)) t.offer(report)
    const raised = t.takeChanges()
    expect(raised).toHaveLength(2)
    t.setPlan(compiled(home), at(10))
    t.advanceTo(at(11))
    expect(t.takeChanges()).toMatchObject([{ conditionId: 'road', endMs: at(10) }])
    t.offer(fix(at(12), 0, 0))
    t.offer(fix(at(13), 0, 0))
    expect(t.takeChanges()).toMatchObject([{ conditionId: 'c', endMs: at(12), startMs: at(0) }])
  })

  test('versions of one condition in one zone that follow each other are one rule going on', () => {
    const t = timeline({
      conditions: [
        condition({ toMs: at(10) }),
        condition({ fromMs: at(10), severity: 'kritis', parameters: { returnFixes: 1 } }),
      ],
    })
    for (const report of [...out(0, 15), fix(at(16), 0, 0)]) t.offer(report)
    expect(brief(t.takeChanges())).toEqual(['away_from_required_zone 720/721/736'])
  })

  test('another zone is another rule: closed, and begun anew', () => {
    const t = timeline({ conditions: [condition({ toMs: at(10) }), condition({ fromMs: at(10), zoneId: 'far' })] })
    for (const report of out(0, 15)) t.offer(report)
    expect(brief(t.takeChanges())).toEqual(['away_from_required_zone 720/721/730', 'away_from_required_zone 730/730/-'])
  })

  test('the same plan again, or with a longer horizon, changes nothing', () => {
    const t = timeline({ conditions: [curfew] })
    for (const report of out(50, 61)) t.offer(report)
    t.takeChanges()
    const { plan, zones } = document({ conditions: [curfew] })
    const again = compileDocument(plan, zones)
    again.cover(at(60) + 100 * DAY)
    t.setPlan(again, at(55))
    expect(t.takeChanges()).toEqual([])
  })

  test('however far ahead a plan was worked out, its edges come, also those of a long silence', () => {
    // From the fortieth day on; for weeks nothing is known to come, then the edge lies between two reports or looks at the clock.
    const later = condition({ fromMs: at(0) + 40 * DAY })
    const { plan, zones } = document({ conditions: [later] })
    const { zoneOf } = compileDocument(plan, zones)
    const run = (days: number, looks: readonly number[]) => {
      const horizon = { fromMs: at(0), toMs: at(0) + days * DAY }
      const options = { retainMs: Infinity, retainEventsMax: 1e6 }
      const t = new WearerTimeline(WEARER, compilePlan(plan, zoneOf, horizon), options)
      for (const day of [0, 1, 2]) for (let i = 0; i < 6; i++) t.offer(fix(at(i) + day * DAY, 900, i))
      for (const day of looks) t.advanceTo(at(0) + day * DAY)
      for (let minute = 0; minute < 60; minute += 10) t.offer(fix(at(minute) + 41 * DAY, 900, minute % 7))
      return [brief(t.activeIncidents()), Buffer.from(t.encodeState()).toString('hex')]
    }
    const whole = run(60, [])
    expect(whole[0]).toHaveLength(1)
    for (const looks of [[], [10, 20, 30], [39, 40.5], [41]]) expect(run(1, looks)[0]).toEqual(whole[0])
    expect(run(1, [])).toEqual(whole)
  })

  test('whenever it is announced, the outcome is the same', () => {
    const reports = [...out(0, 8), fix(at(9), 0, 0), fix(at(10), 0, 0), ...out(15, 30)]
    const results = [0, 5, 12, 20, reports.length].map((announcedAfter) => {
      const t = timeline({ conditions: [] })
      for (const [i, report] of reports.entries()) {
        if (i === announcedAfter) t.setPlan(compiled(home), at(4))
        t.offer(report)
      }
      if (announcedAfter === reports.length) t.setPlan(compiled(home), at(4))
      t.advanceTo(at(40))
      return brief(t.activeIncidents())
    })
    for (const result of results) expect(result).toEqual(results[0])
    expect(results[0]).toEqual(['away_from_required_zone 724/725/729', 'away_from_required_zone 735/736/-'])
  })

  test('another zone in place of the one that a wearer was surely in is looked at anew', () => {
    const elsewhere = document({ conditions: [condition({ id: 'd', zoneId: 'far', fromMs: at(20) })] })
    const before = Array.from({ length: 20 }, (_, k) => fix(at(k), k % 3, 0))
    const after = Array.from({ length: 20 }, (_, k) => fix(at(20 + k), k % 3, 0))
    for (const announcedAfter of [20, 21, 30]) {
      const t = timeline({ conditions: [condition({ toMs: at(20) })] })
      const reports = [...before, ...after]
      for (const [i, report] of reports.entries()) {
        if (i === announcedAfter) t.setPlan(compiled(elsewhere), at(20))
        t.offer(report)
      }
      expect(brief(t.activeIncidents())).toEqual(['away_from_required_zone 740/741/-'])
    }
  })

  test('saved and put back after the plan changed: the old one holds for what was heard late from before the change', () => {
    const t = timeline({ conditions: [condition({})] })
    for (const report of [fix(at(0), 0, 0), fix(at(1), 0, 0)]) t.offer(report)
    const state = t.encodeState()
    const saved = new Map(t.dirtyBuckets())
    // The condition was struck out at minute 30, while nobody judged; what the bracelet had kept comes after that.
    const back = WearerTimeline.decode(WEARER, compiled(none), state, saved, OPTIONS, at(30))
    for (const report of [...out(10, 15), ...out(31, 33)]) back.offer(report)
    expect(brief(back.takeChanges())).toEqual(['away_from_required_zone 730/731/750'])
  })

  test('saved and put back with another plan: the old one holds for what was before', () => {
    const t = timeline({ conditions: [] })
    for (const report of out(0, 10)) t.offer(report)
    t.advanceTo(at(11))
    const state = t.encodeState()
    const back = WearerTimeline.decode(WEARER, compiled(home), state, new Map(t.dirtyBuckets()), OPTIONS)
    back.offer(fix(at(9.5), 300, 0))
    expect(back.takeChanges()).toEqual([])
    for (const report of out(12, 13)) back.offer(report)
    expect(brief(back.takeChanges())).toEqual(['away_from_required_zone 732/733/-'])
  })
})

describe('plans that cannot be judged by are refused', () => {
  const refused = (conditions: object[]) => () => compiled(conditions)
  function compiled(conditions: object[]) {
    const { plan, zones } = document({ conditions })
    return compileDocument(plan, zones)
  }
  test('a zone that is not there', () => {
    expect(refused([condition({ zoneId: 'nowhere' })])).toThrow(PlanInvalid)
  })
  test('two versions in force at once', () => {
    expect(refused([condition({}), condition({ fromMs: 5 })])).toThrow(/two versions/)
  })
  test('an unknown time zone', () => {
    expect(refused([condition({ timeZone: 'Asia/Atlantis', windows: [{ from: '01:00', to: '02:00' }] })])).toThrow(
      /Atlantis/,
    )
  })
  test('a condition or a horizon that ends before it begins', () => {
    expect(refused([condition({ fromMs: 5, toMs: 5 })])).toThrow(/before it begins/)
    const { plan } = document({})
    expect(() => compilePlan(plan, () => undefined, { fromMs: 1, toMs: 1 })).toThrow(/horizon/)
  })
})

test('windows are found however far the fold has come', () => {
  const t = timeline({ conditions: [curfew] })
  for (let day = 0; day < 120; day += 17) {
    const eveningMs = T + day * DAY
    for (let minute = 50; minute <= 59; minute++) t.offer(fix(eveningMs + minute * MINUTE, 300, 0))
    t.advanceTo(eveningMs + 61 * MINUTE)
    expect(t.takeChanges().map(({ startMs }) => clock(startMs))).toContain('13:00')
  }
})
