/** How a bracelet is drawn and counted. */
export type MarkState = 'patuh' | 'informasi' | 'serius' | 'kritis' | 'nodata'
export const MARK_STATES: readonly MarkState[] = ['patuh', 'informasi', 'serius', 'kritis', 'nodata']

/** A report is fresh for five minutes, fades until half an hour, and is no data after that. */
export const FRESHNESS = { fadeFromMs: 5 * 60_000, noDataFromMs: 30 * 60_000, faintest: 0.45 }

/** 1 for a fresh report, fading to `faintest` as it grows old. */
export function opacityOf(timeMs: number, nowMs: number): number {
  const aged = (nowMs - timeMs - FRESHNESS.fadeFromMs) / (FRESHNESS.noDataFromMs - FRESHNESS.fadeFromMs)
  return 1 - (1 - FRESHNESS.faintest) * Math.max(0, Math.min(1, aged))
}
