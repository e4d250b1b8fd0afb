import type { IncidentView, LiveMessage, LivePositionRow, WearerSummary } from '../../model/console/console.ts'
import type { IncidentAct } from '../../model/incident/incident.ts'
import { forgetBeyondLimit, LIVE_LIMITS } from '../alerts/incident-limit.ts'
import {
  compareIncidents,
  isOpen,
  type KnownIncident,
  mergeIncident,
  severityRank,
  stageOf,
  standsAgain,
} from '../alerts/incident-order.ts'
import { worldX, worldY } from '../map/mercator.ts'
import { forgetWearersBut } from './forget-wearers.ts'

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
  incidents: Map<string, KnownIncident>
  /** Withdrawn while on this screen: shown until somebody has taken note. */
  withdrawnHere: Set<string>
  /** Acts on incidents that are not known yet, by incident. */
  actsAhead: Map<string, IncidentAct[]>
  /** Open incidents that were too many to be kept, since the last list. */
  unshownCount: number
  status: ServerStatus
  /** Of the zones and conditions, as the feed told it last. */
  rulesVersion: string | undefined
  /** What to add to this machine's clock to get the server's. */
  clockOffsetMs: number
}

/** What a message changed, so that only that is drawn again. `alerts` are incidents an officer has not seen yet. */
export type LiveChange = {
  roster: boolean
  positions: boolean
  incidents: boolean
  reload: boolean
  /** Zones or conditions are others than before. */
  rules: boolean
  alerts: IncidentView[]
  /** Wearers out of sight since: a grant has ended, the klien or the officer has changed hands. */
  gone: WearerSummary[]
}

export function emptyLiveState(): LiveState {
  return {
    wearers: new Map(),
    bracelets: new Map(),
    incidents: new Map(),
    withdrawnHere: new Set(),
    actsAhead: new Map(),
    unshownCount: 0,
    status: { liveMs: undefined, redis: 'ok', database: 'ok' },
    rulesVersion: undefined,
    clockOffsetMs: 0,
  }
}

const unchanged = (): LiveChange => ({
  roster: false,
  positions: false,
  incidents: false,
  reload: false,
  rules: false,
  alerts: [],
  gone: [],
})

/** Takes one message of the feed into the state, in place. Repeated and overtaken messages change nothing. */
export function applyLive(state: LiveState, message: LiveMessage, nowMs: number): LiveChange {
  const change = unchanged()
  switch (message.t) {
    case 'hello':
      state.clockOffsetMs = message.serverMs - nowMs
      change.reload = !message.resumed
      break
    case 'roster':
      change.gone = forgetWearersBut(state, message.wearers)
      setRoster(state, message.wearers)
      change.roster = change.positions = change.incidents = true
      break
    case 'positions':
      for (const row of message.rows) applyPosition(state, row)
      change.positions = message.rows.length > 0
      break
    case 'incident': {
      const alert = applyIncident(state, message.incident)
      change.incidents = true
      if (alert) change.alerts.push(alert)
      break
    }
    case 'act':
      applyAct(state, message.act)
      change.incidents = true
      break
    case 'status':
      state.clockOffsetMs = message.serverMs - nowMs
      change.rules = isAnother(message.rulesVersion, state.rulesVersion)
      state.rulesVersion = message.rulesVersion ?? state.rulesVersion
      state.status = { liveMs: message.liveMs, redis: message.redis, database: message.database }
      break
    case 'bye':
      break
  }
  return change
}

function isAnother(version: string | undefined, known: string | undefined): boolean {
  return version !== undefined && known !== undefined && version !== known
}

/** Who is in sight now, as far as is known; positions of others are dropped. */
export function setRoster(state: LiveState, wearers: readonly WearerSummary[]): void {
  state.wearers = new Map(wearers.map((wearer) => [wearer.n, wearer]))
  for (const n of state.bracelets.keys()) if (!state.wearers.has(n)) state.bracelets.delete(n)
}

function applyPosition(state: LiveState, row: LivePositionRow): void {
  const [
    n,
    wearerState,
    flags,
    batteryPercent,
    charging,
    timeMs,
    receivedMs,
    latDeg,
    lonDeg,
    accuracyM,
    speed,
    course,
  ] = row
  const known = state.bracelets.get(n)
  if (known && receivedMs < known.receivedMs) return
  const bracelet = known ?? ({} as Bracelet)
  bracelet.n = n
  bracelet.state = wearerState
  bracelet.fixValid = (flags & 1) === 1
  bracelet.batteryPercent = batteryPercent
  bracelet.charging = charging
  bracelet.timeMs = timeMs
  bracelet.receivedMs = receivedMs
  bracelet.latDeg = latDeg
  bracelet.lonDeg = lonDeg
  bracelet.accuracyM = accuracyM ?? undefined
  bracelet.speedMps = speed ?? undefined
  bracelet.courseDeg = course ?? undefined
  bracelet.x = worldX(lonDeg)
  bracelet.y = worldY(latDeg)
  if (!known) state.bracelets.set(n, bracelet)
}

/** Takes an incident in; gives it back when it is news to an officer: unknown, graver than known or open again, and not taken. */
export function applyIncident(state: LiveState, next: IncidentView): IncidentView | undefined {
  const alert = learnIncident(state, next)
  forgetBeyondLimit(state, LIVE_LIMITS.incidentsSpare)
  return alert
}

/** The same for one of many, after which the caller sees to the limit. */
export function learnIncident(state: LiveState, next: IncidentView): IncidentView | undefined {
  const known = state.incidents.get(next.id)
  const ahead = state.actsAhead.get(next.id)
  state.actsAhead.delete(next.id)
  const merged = mergeIncident(known, ahead ? { ...next, acts: [...next.acts, ...ahead] } : next)
  state.incidents.set(next.id, merged)
  if (!merged.withdrawn) state.withdrawnHere.delete(next.id)
  else if (known && !known.withdrawn) state.withdrawnHere.add(next.id)
  const graver = known === undefined || severityRank(merged.severity) > severityRank(known.severity)
  const again = known !== undefined && (stageOf(known) === 'closed' || standsAgain(known, merged))
  return (graver || again) && isOpen(merged) && stageOf(merged) === 'new' ? merged : undefined
}

export function applyAct(state: LiveState, act: IncidentAct): void {
  const known = state.incidents.get(act.incidentId)
  if (known) {
    state.incidents.set(known.id, mergeIncident(known, { ...known, acts: [act] }))
    return
  }
  if (state.actsAhead.size >= LIVE_LIMITS.actsAheadMax) state.actsAhead.delete(state.actsAhead.keys().next().value!)
  state.actsAhead.set(act.incidentId, [...(state.actsAhead.get(act.incidentId) ?? []), act])
}

/** What the list of open alerts shows, in its order: the open ones, and at the end those withdrawn under the officer's eyes. */
export function listOpen(state: LiveState): IncidentView[] {
  return [...state.incidents.values()]
    .filter((one) => isOpen(one) || (state.withdrawnHere.has(one.id) && stageOf(one) === 'new'))
    .sort(compareIncidents)
}

/** What is over, newest beginning first. */
export function listClosed(state: LiveState): IncidentView[] {
  return [...state.incidents.values()].filter((one) => !isOpen(one)).sort((a, b) => b.startMs - a.startMs)
}
