import type { IncidentView, LiveMessage, LivePositionRow, WearerSummary } from '../../model/console/console.ts'
import { type IncidentAct, matterOf } from '../../model/incident/incident.ts'
import { stageOf } from '../../model/incident/life.ts'
import { worldX, worldY } from '../ground/mercator.ts'
import { forgetBeyondLimit, LIVE_LIMITS } from './incident-limit.ts'
import { isOpen, isReinstated, mergeIncident, severityRank } from './incident-order.ts'
import type { Bracelet, LiveState } from './live-state.ts'

/** What a message changed, so that only that is drawn again. `alerts` are incidents an officer has not seen yet. */
type LiveChange = {
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

/** Drops the incidents of all who are not in sight any more; gives those who were until now. */
function forgetWearersBut(state: LiveState, inSight: readonly WearerSummary[]): WearerSummary[] {
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
  const matter = matterOf(next)
  const known = state.incidents.get(matter)
  const ahead = state.actsAhead.get(matter)
  state.actsAhead.delete(matter)
  const merged = mergeIncident(known, ahead ? { ...next, acts: [...next.acts, ...ahead] } : next)
  state.incidents.set(matter, merged)
  noteMatter(state, next.id, matter)
  if (!merged.withdrawn || merged.supersededBy) state.withdrawnHere.delete(matter)
  else if (known && !known.withdrawn) state.withdrawnHere.add(matter)
  const graver = known === undefined || severityRank(merged.severity) > severityRank(known.severity)
  const again = known !== undefined && (stageOf(known) === 'closed' || isReinstated(known, merged))
  return (graver || again) && isOpen(merged) && stageOf(merged) === 'new' ? merged : undefined
}

function noteMatter(state: LiveState, incidentId: string, matter: string): void {
  if (incidentId === matter) return
  if (state.matters.size >= LIVE_LIMITS.incidentsMax) state.matters.delete(state.matters.keys().next().value!)
  state.matters.set(incidentId, matter)
}

export function applyAct(state: LiveState, act: IncidentAct): void {
  const { matterId: matter = act.incidentId } = act
  const known = state.incidents.get(matter)
  if (known) {
    state.incidents.set(matter, mergeIncident(known, { ...known, acts: [act] }))
    return
  }
  if (state.actsAhead.size >= LIVE_LIMITS.actsAheadMax) state.actsAhead.delete(state.actsAhead.keys().next().value!)
  state.actsAhead.set(matter, [...(state.actsAhead.get(matter) ?? []), act])
}
