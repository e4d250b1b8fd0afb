// An access point's place is looked up, not measured: a wrong entry says the same wrong coordinates again and again.
import { expect, test } from 'vitest'
import { backtest } from '../../../geofence/inquiry/backtest.ts'
import type { LogReport } from '../../../model/report/report.ts'
import { brief, condition, document, fix, frozen, MINUTE } from '../make-reports.ts'

const RULES = document({ conditions: [condition({})] })
const START = Date.UTC(2026, 2, 3)
const types = (reports: LogReport[]) => brief(backtest(RULES, reports)).map((line) => line.split(' ')[0])

const wifi = (minute: number, northM: number) =>
  frozen(START + minute * MINUTE, northM, 0, { source: 'wifi', accuracyM: 40 })
const home = (minute: number) => fix(START + minute * MINUTE, 0, 0)
const minutes = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

test('one wrong access point, heard again and again for minutes, accuses nobody', () => {
  const strayed = minutes(2, 8).map((minute) => (minute % 2 ? wifi(minute, 400) : wifi(minute, 60)))
  expect(types([home(0), home(1), ...strayed, home(8), home(9)])).toEqual([])
  expect(types([home(0), home(1), ...minutes(2, 8).map((minute) => wifi(minute, 400)), home(8)])).toEqual([])
})

test('two access points out there are two witnesses, at once', () => {
  expect(types([home(0), wifi(1, 400), wifi(2, 420)])).toEqual(['away_from_required_zone'])
})

test('a single access point is believed when it has been heard for ten minutes', () => {
  expect(types([home(0), ...minutes(1, 9).map((minute) => wifi(minute, 400))])).toEqual([])
  expect(types([home(0), ...minutes(1, 13).map((minute) => wifi(minute, 400))])).toEqual(['away_from_required_zone'])
})

test('a stuck reading of GPS is one witness too; a wearer at rest with a frozen position is reported later', () => {
  const stuck = (minute: number) => frozen(START + minute * MINUTE, 400, 0)
  expect(types([home(0), stuck(1), stuck(2), home(3), stuck(4), stuck(5), home(6)])).toEqual([])
  expect(types([home(0), ...minutes(1, 9).map(stuck)])).toEqual([])
  expect(types([home(0), ...minutes(1, 11).map(stuck)])).toEqual(['away_from_required_zone'])
})

test('a burst of fixes within seconds is one event, there and back', () => {
  const out = (second: number) => fix(START + MINUTE + second * 1000, 400 + second, 0)
  expect(types([home(0), out(0), out(4), out(8), out(12), home(2), home(3)])).toEqual([])
  const burstHome = [0, 3, 6].map((second) => fix(START + 5 * MINUTE + second * 1000, second, 0))
  const away = [1, 2, 3, 4, 6, 7].map((minute) => fix(START + minute * MINUTE, 400 + 9 * minute, 0))
  const all = [home(0), ...away, ...burstHome]
  expect(brief(backtest(RULES, all))).toEqual(['away_from_required_zone 1/2/-'])
})

test('two towers in turn, one of them far off, accuse nobody', () => {
  const cell = (minute: number) =>
    frozen(START + minute * MINUTE, minute % 2 ? 300 : 2500, 0, { source: 'cell', accuracyM: 700 })
  expect(types([home(0), ...minutes(1, 12).map(cell), home(12)])).toEqual([])
})
