import type { IncidentView } from '../../model/console/console.ts'
import { dueInMs, type KnownIncident, severityRank, stageOf, takenBy, unitPathOf } from '../feed/incident-order.ts'

/** In this order on screen: what goes on untaken, what ended untaken, what somebody has taken, what was taken back. */
export const QUEUE_GROUPS = ['ongoing', 'ended', 'handled', 'withdrawn'] as const
type QueueGroup = (typeof QUEUE_GROUPS)[number]

/** What one klien, or one unit, has open. */
export type QueueRow = {
  key: string
  group: QueueGroup
  /** The worst of the row's group first. */
  incidents: readonly KnownIncident[]
  lead: KnownIncident
  /** When somebody must have acted on the first of them; undefined where no clock runs. */
  dueMs: number | undefined
  /** Who has taken the lead. */
  by: string | undefined
}

export function groupOf(incident: IncidentView): QueueGroup {
  if (incident.withdrawn) return 'withdrawn'
  if (stageOf(incident) !== 'new') return 'handled'
  return incident.endMs === undefined ? 'ongoing' : 'ended'
}

const rankOf = (incident: IncidentView) => QUEUE_GROUPS.indexOf(groupOf(incident))
const dueOf = (incident: IncidentView) => dueInMs(incident, 0)

/** One row a klien, each in the group of its most pressing alert; within a group by the time by which somebody must act. */
export function queueRows(incidents: readonly KnownIncident[]): QueueRow[] {
  const byOwner = new Map<string, KnownIncident[]>()
  for (const incident of incidents) {
    const key = incident.wearer?.id ?? `unit ${unitPathOf(incident)}`
    const owned = byOwner.get(key)
    if (owned) owned.push(incident)
    else byOwner.set(key, [incident])
  }
  return [...byOwner].map(([key, owned]) => rowOf(key, owned)).sort(compareRows)
}

function rowOf(key: string, owned: KnownIncident[]): QueueRow {
  owned.sort(
    (a, b) =>
      rankOf(a) - rankOf(b) ||
      severityRank(b.severity) - severityRank(a.severity) ||
      a.startMs - b.startMs ||
      byId(a, b),
  )
  const lead = owned[0]!
  const group = groupOf(lead)
  const dues = owned.filter((one) => groupOf(one) === group).flatMap((one) => dueOf(one) ?? [])
  return { key, group, incidents: owned, lead, dueMs: dues.length ? Math.min(...dues) : undefined, by: takenBy(lead) }
}

function compareRows(a: QueueRow, b: QueueRow): number {
  return (
    QUEUE_GROUPS.indexOf(a.group) - QUEUE_GROUPS.indexOf(b.group) ||
    (a.dueMs ?? Number.MAX_SAFE_INTEGER) - (b.dueMs ?? Number.MAX_SAFE_INTEGER) ||
    severityRank(b.lead.severity) - severityRank(a.lead.severity) ||
    a.lead.startMs - b.lead.startMs ||
    byId(a.lead, b.lead)
  )
}

const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)

/** The alerts of a row that one act takes: all that nobody has taken. */
export function untakenOf({ incidents }: QueueRow): KnownIncident[] {
  return incidents.filter((one) => stageOf(one) === 'new')
}

/** The open alerts of the same cause as the row's lead, the lead first: one outcome can hold for all of them. */
export function sameCauseOf({ lead, incidents }: QueueRow): KnownIncident[] {
  return incidents.filter((one) => one.type === lead.type && one.conditionId === lead.conditionId && !one.withdrawn)
}
