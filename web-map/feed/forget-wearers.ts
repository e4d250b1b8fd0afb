import type { WearerSummary } from '../../model/console/console.ts'
import type { LiveState } from './live-state.ts'

/** Drops the incidents of all who are not in sight any more; gives those who were until now. */
export function forgetWearersBut(state: LiveState, inSight: readonly WearerSummary[]): WearerSummary[] {
  const seen = new Set(inSight.map(({ n }) => n))
  const hidden = (n: number | undefined) => n !== undefined && !seen.has(n)
  for (const [id, { wearerId }] of state.incidents) {
    if (!hidden(wearerId)) continue
    state.incidents.delete(id)
    state.withdrawnHere.delete(id)
  }
  for (const [id, acts] of state.actsAhead)
    if (acts.some(({ wearerId }) => hidden(wearerId))) state.actsAhead.delete(id)
  return [...state.wearers.values()].filter(({ n }) => hidden(n))
}
