import type { IncidentView, WearerSummary } from '../../model/console/console.ts'
import { matterOf } from '../../model/incident/incident.ts'
import { type Api, ApiFailure } from '../session/request.ts'
import { applyIncident, learnIncident } from './apply-live.ts'
import { forgetBeyondLimit } from './incident-limit.ts'
import { isOpen } from './incident-order.ts'
import type { LiveState } from './live-state.ts'

const ASKED_AT_ONCE = 8

/**
 * Brings the open incidents in step with REST; gives those that are news to the officer. What the list leaves out is asked for
 * singly: the API gives from memory what the recorder has not written down yet. Throws ApiFailure; what was not answered stays.
 */
export async function loadOpen(api: Api, state: LiveState): Promise<IncidentView[]> {
  const before = beforeList(state)
  const { news, unnamed } = takeOpenList(state, before, await api.openIncidents())
  for (let from = 0; from < unnamed.length; from += ASKED_AT_ONCE) {
    const asked = unnamed.slice(from, from + ASKED_AT_ONCE)
    const found = await Promise.all(asked.map(({ id }) => orGone(api.incident(id))))
    for (const [i, incident] of found.entries()) {
      const alert = incident && applyIncident(state, incident)
      if (alert) news.push(alert)
      if (!incident) forgetUnnamed(state, asked[i]!)
    }
  }
  return news
}

/** Undefined where there is none in sight. */
async function orGone(asked: Promise<IncidentView>): Promise<IncidentView | undefined> {
  try {
    return await asked
  } catch (failure) {
    if (failure instanceof ApiFailure && failure.status === 404) return undefined
    throw failure
  }
}

/** What was known when a list was asked for. The list does not override what the feed has sent since. */
type BeforeList = {
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
  const named = new Set(open.map(matterOf))
  // Every message makes a new object of an incident, so the same object means that no message came.
  const unnamed = [...state.incidents.values()].filter(
    (one) => !named.has(matterOf(one)) && isOpen(one) && before.incidents.get(matterOf(one)) === one,
  )
  // The list may hold wearers who went out of sight while it was loaded.
  const gone = (n: number | undefined) => n !== undefined && before.wearers.has(n) && !state.wearers.has(n)
  const news = open
    .filter(({ wearerId }) => !gone(wearerId))
    .map((incident) => learnIncident(state, incident))
    .filter((alert) => alert !== undefined)
  state.unshownCount = 0
  forgetBeyondLimit(state, 0)
  return { news, unnamed }
}

/** The server does not know of it, or not for this officer; unless the feed has sent it meanwhile, it is removed. */
function forgetUnnamed(state: LiveState, unnamed: IncidentView): void {
  const matter = matterOf(unnamed)
  if (state.incidents.get(matter) === unnamed) state.incidents.delete(matter)
}
