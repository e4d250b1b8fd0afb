import { expect, test } from 'vitest'
import { compileDocument } from '../../../geofence/inquiry/backtest.ts'
import { MinutesLedger } from '../../../geofence/inquiry/minutes-ledger.ts'
import type { LogReport } from '../../../model/report/report.ts'
import { condition, DAY, document, fix, HOUR, MINUTE } from '../make-reports.ts'

/** Wednesday 00.00 WIB. */
const T = Date.parse('2026-03-03T17:00:00Z')

function ledgerOf(rules: ReturnType<typeof document>, reports: LogReport[], fromMs: number, toMs: number) {
  const ledger = new MinutesLedger(compileDocument(rules.plan, rules.zones), fromMs, toMs)
  for (const report of reports) ledger.add(report)
  return ledger.finish()
}

const every = (fromMs: number, toMs: number, northM: (timeMs: number) => number): LogReport[] => {
  const reports: LogReport[] = []
  for (let timeMs = fromMs; timeMs < toMs; timeMs += 5 * MINUTE) reports.push(fix(timeMs, northM(timeMs), 0))
  return reports
}

test('violation, served and unknown time of a curfew, to the minute', () => {
  const rules = document({
    reportIntervalMs: 5 * MINUTE,
    conditions: [condition({ windows: [{ from: '20:00', to: '05:00' }] })],
  })
  const curfew = T + 20 * HOUR
  // At home from 19.00; out from 22.00 to 23.00; silent from 01.00 to 03.00; home until 06.00.
  const reports = every(curfew - HOUR, curfew + 10 * HOUR, (t) =>
    t >= curfew + 2 * HOUR && t < curfew + 3 * HOUR ? 400 : 0,
  ).filter(({ timeMs }) => timeMs <= curfew + 5 * HOUR || timeMs >= curfew + 7 * HOUR)
  expect(ledgerOf(rules, reports, T, T + 2 * DAY)).toEqual([
    {
      ...{ conditionId: 'c', kind: 'required', timeZone: 'Asia/Jakarta', fromMs: T, toMs: T + 2 * DAY },
      inForceMs: 5 * HOUR + 9 * HOUR + 4 * HOUR,
      violationMs: HOUR,
      provenMs: HOUR - 5 * MINUTE, // from the first fix outside to the last
      // 20.00–21.55 (the fix before he was out), 23.00–01.00, 03.00–04.55 (the last fix inside the window)
      servedMs: 2 * HOUR - 5 * MINUTE + 2 * HOUR + 2 * HOUR - 5 * MINUTE,
      notKnownMs: 18 * HOUR - (HOUR - 5 * MINUTE) - (6 * HOUR - 10 * MINUTE),
    },
  ])
})

test('weeks begin on Monday 00.00 of the zone’s own time; what goes on is counted to the end of what was asked', () => {
  const monday = Date.parse('2026-03-09T00:00:00+09:00')
  const rules = document({ conditions: [condition({ timeZone: 'Asia/Jayapura' })] })
  const reports = every(monday - 2 * HOUR, monday + 4 * HOUR, (t) => (t < monday - HOUR ? 0 : 500))
  const rows = ledgerOf(rules, reports, monday - 2 * HOUR, monday + 3 * HOUR)
  expect(rows.map(({ fromMs, toMs, violationMs }) => [fromMs - monday, toMs - monday, violationMs])).toEqual([
    [-2 * HOUR, 0, HOUR],
    [0, 3 * HOUR, 3 * HOUR],
  ])
})

test('a poor accuracy serves nothing, and a week in which nothing was in force has no row', () => {
  const rules = document({
    conditions: [condition({ fromMs: T, toMs: T + HOUR }), condition({ id: 'later', fromMs: T + 30 * DAY })],
  })
  const reports = Array.from({ length: 12 }, (_, i) => fix(T + i * 5 * MINUTE, 0, 0, { accuracyM: 400 }))
  expect(ledgerOf(rules, reports, T, T + 20 * DAY)).toMatchObject([{ conditionId: 'c', inForceMs: HOUR, servedMs: 0 }])
})
