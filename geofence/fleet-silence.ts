// Many bracelets silent at once are a fault of the network or of ours, not of a hundred wearers: one incident for the
// unit instead of one each.
import type { Incident } from '../model/incident.ts'
import { EDGE_KEY, incidentId } from './incident-id.ts'
import { ENGINE_VERSION } from './parameters.ts'

export type FleetMember = {
  wearerId: number
  /** A unit of the ltree path, e.g. the Bapas, that incidents are grouped by. */
  unitPath: string
  lastReceivedMs: number
  /** When its own silence is due (silence.ts). */
  dueMs: number
}

export const FLEET = {
  /** Fewer than this are judged one by one. */
  silentMin: 5,
  /** Share of the unit's wearers that must be silent. */
  silentShare: 0.3,
  /** And they fell silent within this span of each other: an outage is sudden, empty batteries are not. */
  spanMs: 10 * 60_000,
  /** It is over when fewer than this share still are: well below the opening share, so that it does not flap. */
  endShare: 0.1,
} as const

/** Open per unit; plain data, saved as it is. */
export type FleetSilence = { unitPath: string; incident: Incident; wearerIds: number[] }

export type FleetVerdict = {
  open: FleetSilence[]
  changes: { unitPath: string; incident: Incident }[]
  /** Wearers whose own *no communication* is held back while their unit's stands. */
  covered: Set<number>
}

/** Looks at every wearer of a shard's or nation's units at `nowMs`; `open` is what the last look left open. */
export function judgeFleetSilence(
  members: Iterable<FleetMember>,
  open: readonly FleetSilence[],
  nowMs: number,
): FleetVerdict {
  const units = new Map<string, FleetMember[]>()
  for (const member of members) {
    const unit = units.get(member.unitPath)
    if (unit) unit.push(member)
    else units.set(member.unitPath, [member])
  }
  const verdict: FleetVerdict = { open: [], changes: [], covered: new Set() }
  const openByUnit = new Map(open.map((fleet) => [fleet.unitPath, fleet]))
  for (const unitPath of [...new Set([...units.keys(), ...openByUnit.keys()])].sort()) {
    const unit = units.get(unitPath) ?? []
    const standing = openByUnit.get(unitPath)
    const next = standing ? stillSilent(unit, standing, nowMs) : newlySilent(unitPath, unit, nowMs)
    if (!next) continue
    if (next.incident !== standing?.incident) verdict.changes.push({ unitPath, incident: next.incident })
    if (next.incident.endMs !== undefined) continue
    verdict.open.push(next)
    for (const wearerId of next.wearerIds) verdict.covered.add(wearerId)
  }
  return verdict
}

function newlySilent(unitPath: string, unit: FleetMember[], nowMs: number): FleetSilence | undefined {
  // Already silent longer than one report would be late: half the way to being due counts, so that the unit's incident
  // comes before the single ones.
  const silent = unit
    .filter(({ lastReceivedMs, dueMs }) => nowMs >= lastReceivedMs + (dueMs - lastReceivedMs) / 2)
    .sort((a, b) => a.lastReceivedMs - b.lastReceivedMs || a.wearerId - b.wearerId)
  const group = densest(silent)
  if (group.length < FLEET.silentMin || group.length < unit.length * FLEET.silentShare) return undefined
  const startMs = group[0]!.lastReceivedMs
  const incident: Incident = {
    id: incidentId(0, unitPath, 'fleet_silence', startMs, EDGE_KEY),
    type: 'fleet_silence',
    severity: 'serius',
    wearerId: 0,
    startMs,
    confirmedMs: nowMs,
    evidence: group
      .slice(0, 16)
      .map(({ lastReceivedMs }, i) => ({ timeMs: lastReceivedMs, role: i === 0 ? 'start' : 'sign' })),
    engineVersion: ENGINE_VERSION,
    planHash: '',
    late: false,
    inferred: false,
    revision: 1,
  }
  return { unitPath, incident, wearerIds: group.map(({ wearerId }) => wearerId) }
}

/** The most wearers that fell silent within one span. `silent` in order of last contact. */
function densest(silent: FleetMember[]): FleetMember[] {
  let [bestFrom, bestTo, from] = [0, 0, 0]
  for (let to = 1; to <= silent.length; to++) {
    while (silent[to - 1]!.lastReceivedMs - silent[from]!.lastReceivedMs > FLEET.spanMs) from++
    if (to - from > bestTo - bestFrom) [bestFrom, bestTo] = [from, to]
  }
  return silent.slice(bestFrom, bestTo)
}

function stillSilent(unit: FleetMember[], standing: FleetSilence, nowMs: number): FleetSilence {
  const { incident } = standing
  const members = new Map(unit.map((member) => [member.wearerId, member]))
  const silent = standing.wearerIds.filter((wearerId) => {
    const member = members.get(wearerId)
    return member !== undefined && member.lastReceivedMs <= incident.confirmedMs
  })
  if (silent.length >= FLEET.silentMin && silent.length >= unit.length * FLEET.endShare)
    return silent.length === standing.wearerIds.length ? standing : { ...standing, wearerIds: silent }
  const ended: Incident = { ...incident, endMs: nowMs, revision: incident.revision + 1 }
  return { ...standing, incident: ended, wearerIds: silent }
}
