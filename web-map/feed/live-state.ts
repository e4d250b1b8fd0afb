import type { IncidentView, WearerSummary } from '../../model/console/console.ts'
import { type IncidentAct, matterOf } from '../../model/incident/incident.ts'
import { stageOf } from '../../model/incident/life.ts'
import { compareIncidents, isOpen } from './incident-order.ts'

/** The newest that is known of one bracelet, filled in place; `x` and `y` are world units for the map. */
export type Bracelet = {
  n: number
  state: number
  fixValid: boolean
  batteryPercent: number
  charging: number
  timeMs: number
  receivedMs: number
  latDeg: number
  lonDeg: number
  accuracyM: number | undefined
  speedMps: number | undefined
  courseDeg: number | undefined
  x: number
  y: number
}

export type ServerStatus = { liveMs: number | undefined; redis: 'ok' | 'away'; database: 'ok' | 'away' }

export type LiveState = {
  wearers: Map<number, WearerSummary>
  bracelets: Map<number, Bracelet>
  /** The newest incident of each matter, by matter: a violation keeps its row when a late report moves its beginning. */
  incidents: Map<string, IncidentView>
  /** The matters of incidents that are not the first of theirs, by incident id. */
  matters: Map<string, string>
  /** Withdrawn while on this screen: shown until somebody has taken note. */
  withdrawnHere: Set<string>
  /** Acts on matters that are not known yet. */
  actsAhead: Map<string, IncidentAct[]>
  /** Open incidents that were too many to be kept, since the last list. */
  unshownCount: number
  status: ServerStatus
  /** Of the zones and conditions, as the feed sent it last. */
  rulesVersion: string | undefined
  /** What to add to this machine's clock to get the server's. */
  clockOffsetMs: number
}

export function emptyLiveState(): LiveState {
  return {
    wearers: new Map(),
    bracelets: new Map(),
    incidents: new Map(),
    matters: new Map(),
    withdrawnHere: new Set(),
    actsAhead: new Map(),
    unshownCount: 0,
    status: { liveMs: undefined, redis: 'ok', database: 'ok' },
    rulesVersion: undefined,
    clockOffsetMs: 0,
  }
}

/** The newest incident of the matter that the incident with this id belongs to. */
export function incidentById(state: LiveState, incidentId: string): IncidentView | undefined {
  return state.incidents.get(state.matters.get(incidentId) ?? incidentId)
}

/** What the list of open alerts shows, in its order: the open ones, and at the end those withdrawn under the officer's eyes. */
export function listOpen(state: LiveState): IncidentView[] {
  return [...state.incidents.values()]
    .filter((one) => isOpen(one) || (state.withdrawnHere.has(matterOf(one)) && stageOf(one) === 'new'))
    .sort(compareIncidents)
}

/** What is over, newest beginning first. */
export function listClosed(state: LiveState): IncidentView[] {
  return [...state.incidents.values()]
    .filter((one) => !isOpen(one) && one.supersededBy === undefined)
    .sort((a, b) => b.startMs - a.startMs)
}
