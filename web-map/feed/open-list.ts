import type { IncidentView, WearerSummary } from '../../model/console/console.ts'
import { forgetBeyondLimit } from '../alerts/incident-limit.ts'
import { isOpen } from '../alerts/incident-order.ts'
import { type LiveState, learnIncident } from './live-state.ts'

/** What was known when a list was asked for. Of what the feed has told since, the list is no judge. */
export type BeforeList = {
  incidents: ReadonlyMap<string, IncidentView>
  wearers: ReadonlyMap<number, WearerSummary>
}

export function beforeList(state: LiveState): BeforeList {
  return { incidents: new Map(state.incidents), wearers: state.wearers }
}

/**
 * Takes in the open incidents as REST lists them. `news` are those an officer has not seen. `unnamed` were open here before the
 * list was asked for, it does not name them and the feed has said nothing of them since: over, out of sight, or not yet in
 * PostgreSQL, which the list is read from. They stay until they have been asked for one by one.
 */
export function takeOpenList(
  state: LiveState,
  before: BeforeList,
  open: readonly IncidentView[],
): { news: IncidentView[]; unnamed: IncidentView[] } {
  const named = new Set(open.map((incident) => incident.id))
  // Every message makes a new object of an incident, so the same object is one that nothing was told about.
  const unnamed = [...state.incidents.values()].filter(
    (one) => !named.has(one.id) && isOpen(one) && before.incidents.get(one.id) === one,
  )
  // Of who went out of sight while the list was under way it says what this officer may no longer see.
  const gone = (n: number | undefined) => n !== undefined && before.wearers.has(n) && !state.wearers.has(n)
  const news = open
    .filter(({ wearerId }) => !gone(wearerId))
    .map((incident) => learnIncident(state, incident))
    .filter((alert) => alert !== undefined)
  state.unshownCount = 0
  forgetBeyondLimit(state, 0)
  return { news, unnamed }
}

/** The server does not know of it, or not for this officer; unless the feed has told of it meanwhile, it goes. */
export function forgetUnnamed(state: LiveState, unnamed: IncidentView): void {
  if (state.incidents.get(unnamed.id) === unnamed) state.incidents.delete(unnamed.id)
}
