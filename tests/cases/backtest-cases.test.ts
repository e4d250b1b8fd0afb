// Recorded tracks that the back-test read differently from the live way.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { reportsOf, runBacktest } from '../../bin/commands/backtest.ts'
import { REPORT_FLAG } from '../../model/report/report.ts'

function backtested(folder: string): { incidents: { type: string }[]; points: number; warnings: string[] } {
  const lines: string[] = []
  const at = (name: string) => join(import.meta.dirname, folder, name)
  runBacktest({ plan: at('plan.json'), track: at('track.csv'), json: true }, (line) => lines.push(line))
  return JSON.parse(lines.join('\n'))
}

test('23 decimal commas are refused with their line', () => {
  expect(() => backtested('23-csv-decimal-commas')).toThrow(/line 2: 6 cells under a header of 4/)
})

test('24 0/0 is no place', () => {
  expect(backtested('24-backtest-zero-zero')).toMatchObject({ incidents: [], points: 60 })
})

test('25 times cut to the minute are a warning, and nobody is not credible for it', () => {
  const { incidents, warnings } = backtested('25-minute-times')
  expect(warnings).toEqual([expect.stringContaining('cut to the minute')])
  expect(incidents.map(({ type }) => type)).not.toContain('position_not_credible')
})

test('the back-test admits points as ingest does', () => {
  const timeMs = Date.parse('2026-01-01T00:00:00Z')
  const flagsOf = (point: object) =>
    [...reportsOf([{ timeMs, latDeg: -6, lonDeg: 106, ...point }])].map(({ flags }) => flags)
  const fix = REPORT_FLAG.hasPosition | REPORT_FLAG.fixValid
  expect(flagsOf({})).toEqual([fix])
  expect(flagsOf({ fixValid: false })).toEqual([REPORT_FLAG.hasPosition])
  expect(flagsOf({ latDeg: 0, lonDeg: 0 })).toEqual([0])
  expect(flagsOf({ latDeg: 91 }).map((flags) => flags & fix)).toEqual([0])
})
