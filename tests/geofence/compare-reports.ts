import type { LogReport } from '../../model/report/report.ts'

/** Canonical order of a wearer's timeline: event time, then content key; 0 only for the same report. */
export function compareReports(
  a: Pick<LogReport, 'timeMs' | 'contentHi' | 'contentLo'>,
  b: Pick<LogReport, 'timeMs' | 'contentHi' | 'contentLo'>,
): number {
  return a.timeMs - b.timeMs || a.contentHi - b.contentHi || a.contentLo - b.contentLo
}
