import type { IncidentView } from '../../model/console/console.ts'
import { matterOf } from '../../model/incident/incident.ts'
import { compareIncidents, isOpen } from './incident-order.ts'
import type { LiveState } from './live-state.ts'

/** `incidentsSpare`: so many more are let in before the least are dropped, so that not each one costs a sort. */
export const LIVE_LIMITS = { incidentsMax: 5000, incidentsSpare: 250, actsAheadMax: 500 }

/** Drops what an officer would look at last, once there are more than `spare` too many; counts those that are open. */
export function forgetBeyondLimit(state: LiveState, spare: number): void {
  if (state.incidents.size <= LIVE_LIMITS.incidentsMax + spare) return
  const ordered = [...state.incidents.values()].sort(
    (a, b) => Number(isOpen(b)) - Number(isOpen(a)) || compareIncidents(a, b),
  )
  for (const last of ordered.slice(LIVE_LIMITS.incidentsMax)) forget(state, last)
}

function forget(state: LiveState, incident: IncidentView): void {
  const matter = matterOf(incident)
  state.incidents.delete(matter)
  state.withdrawnHere.delete(matter)
  if (isOpen(incident)) state.unshownCount++
}
