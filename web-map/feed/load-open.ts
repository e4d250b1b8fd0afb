import type { IncidentView } from '../../model/console/console.ts'
import { type Api, ApiFailure } from '../app/request.ts'
import { applyIncident, type LiveState } from './live-state.ts'
import { beforeList, forgetUnnamed, takeOpenList } from './open-list.ts'

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
