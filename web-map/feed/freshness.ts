import { WEARER_STATE } from '../../model/console/live.ts'
import type { OpenMatter } from '../../model/incident/queue-order.ts'
import type { Bracelet, Matters } from './live-state.ts'

/** How a bracelet is drawn and counted. */
export type MarkState = 'patuh' | 'informasi' | 'serius' | 'kritis' | 'nodata'
export const MARK_STATES: readonly MarkState[] = ['patuh', 'informasi', 'serius', 'kritis', 'nodata']

/** A report is fresh for five minutes, fades until half an hour, and is no data after that. */
const FRESHNESS = { fadeFromMs: 5 * 60_000, noDataFromMs: 30 * 60_000, faintest: 0.45 }

/**
 * The worst open matter, or no data: an old report says nothing about compliance, but an alert stands. What ended and has no
 * outcome is no less open than what goes on.
 */
export function markStateOf(bracelet: Bracelet, nowMs: number, matter?: OpenMatter): MarkState {
  const state = Math.max(bracelet.state, matter === undefined ? WEARER_STATE.patuh : WEARER_STATE[matter.severity])
  if (state === WEARER_STATE.kritis) return 'kritis'
  if (state === WEARER_STATE.serius) return 'serius'
  if (nowMs - bracelet.timeMs >= FRESHNESS.noDataFromMs) return 'nodata'
  return state === WEARER_STATE.informasi ? 'informasi' : 'patuh'
}

/** Drawn hollow: what is worst has ended. */
export function isEnded(bracelet: Bracelet, matter: OpenMatter | undefined): boolean {
  return matter !== undefined && !matter.ongoing && WEARER_STATE[matter.severity] > bracelet.state
}

/** 1 for a fresh report, fading to `faintest` as it grows old. */
export function opacityOf(timeMs: number, nowMs: number): number {
  const aged = (nowMs - timeMs - FRESHNESS.fadeFromMs) / (FRESHNESS.noDataFromMs - FRESHNESS.fadeFromMs)
  return 1 - (1 - FRESHNESS.faintest) * Math.max(0, Math.min(1, aged))
}

/** Wearers by what their mark shows; with them those who have an open matter and no position. */
export function countByState(
  bracelets: Iterable<Bracelet>,
  nowMs: number,
  matters: Matters = new Map(),
): Record<MarkState, number> {
  const counts: Record<MarkState, number> = { patuh: 0, informasi: 0, serius: 0, kritis: 0, nodata: 0 }
  const placed = new Set<number>()
  for (const bracelet of bracelets) {
    const matter = matters.get(bracelet.n)
    if (matter !== undefined) placed.add(bracelet.n)
    counts[markStateOf(bracelet, nowMs, matter)]++
  }
  for (const [n, { severity }] of matters) if (!placed.has(n)) counts[severity]++
  return counts
}
