import { WEARER_STATE } from '../../model/console/live.ts'
import type { Bracelet } from './live-state.ts'

/** How a bracelet is drawn and counted. */
export type MarkState = 'patuh' | 'informasi' | 'serius' | 'kritis' | 'nodata'
export const MARK_STATES: readonly MarkState[] = ['patuh', 'informasi', 'serius', 'kritis', 'nodata']

/** A report is fresh for five minutes, fades until half an hour, and is no data after that. */
const FRESHNESS = { fadeFromMs: 5 * 60_000, noDataFromMs: 30 * 60_000, faintest: 0.45 }

/** The wearer's worst open incident, or no data: an old report says nothing about compliance, but an alert stands. */
export function markStateOf(bracelet: Bracelet, nowMs: number): MarkState {
  if (bracelet.state === WEARER_STATE.kritis) return 'kritis'
  if (bracelet.state === WEARER_STATE.serius) return 'serius'
  if (nowMs - bracelet.timeMs >= FRESHNESS.noDataFromMs) return 'nodata'
  return bracelet.state === WEARER_STATE.informasi ? 'informasi' : 'patuh'
}

/** 1 for a fresh report, fading to `faintest` as it grows old. */
export function opacityOf(timeMs: number, nowMs: number): number {
  const aged = (nowMs - timeMs - FRESHNESS.fadeFromMs) / (FRESHNESS.noDataFromMs - FRESHNESS.fadeFromMs)
  return 1 - (1 - FRESHNESS.faintest) * Math.max(0, Math.min(1, aged))
}

export function countByState(bracelets: Iterable<Bracelet>, nowMs: number): Record<MarkState, number> {
  const counts: Record<MarkState, number> = { patuh: 0, informasi: 0, serius: 0, kritis: 0, nodata: 0 }
  for (const bracelet of bracelets) counts[markStateOf(bracelet, nowMs)]++
  return counts
}
