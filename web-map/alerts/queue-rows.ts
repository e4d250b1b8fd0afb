import type { IncidentView } from '../../model/console/console.ts'
import { type LifeClock, lifeOf, stageOf } from '../../model/incident/life.ts'
import {
  comparePlaces,
  QUEUE_GROUPS,
  type QueueGroup,
  type QueuePlace,
  queueGroupOf,
} from '../../model/incident/queue-order.ts'
import { severityRank, takenBy, unitPathOf } from '../feed/incident-order.ts'

/** What one klien, or one unit, has open. */
export type QueueRow = {
  key: string
  group: QueueGroup
  /** The worst of the row's group first. */
  incidents: readonly IncidentView[]
  lead: IncidentView
  /** When somebody must have acted on the first of them; undefined where no clock runs. */
  clock: LifeClock | undefined
  /** Who has taken the lead. */
  by: string | undefined
}

const groupOf = (incident: IncidentView) => queueGroupOf(incident)
const rankOf = (incident: IncidentView) => QUEUE_GROUPS.indexOf(groupOf(incident))

/** One row a klien, each in the group of its most pressing alert; within a group by the time by which somebody must act. */
export function queueRows(incidents: readonly IncidentView[]): QueueRow[] {
  const byOwner = new Map<string, IncidentView[]>()
  for (const incident of incidents) {
    const key = incident.wearer?.id ?? `unit ${unitPathOf(incident)}`
    const owned = byOwner.get(key)
    if (owned) owned.push(incident)
    else byOwner.set(key, [incident])
  }
  return [...byOwner].map(([key, owned]) => rowOf(key, owned)).sort(compareRows)
}

function rowOf(key: string, owned: IncidentView[]): QueueRow {
  owned.sort(
    (a, b) =>
      rankOf(a) - rankOf(b) ||
      severityRank(b.severity) - severityRank(a.severity) ||
      a.startMs - b.startMs ||
      byId(a, b),
  )
  const lead = owned[0]!
  const group = groupOf(lead)
  const clocks = owned.filter((one) => groupOf(one) === group).flatMap((one) => lifeOf(one).clock ?? [])
  const clock = clocks.sort((a, b) => a.dueMs - b.dueMs)[0]
  return { key, group, incidents: owned, lead, clock, by: takenBy(lead) }
}

function compareRows(a: QueueRow, b: QueueRow): number {
  return comparePlaces(placeOf(a), placeOf(b))
}

/** A row has the place of its most pressing alert. */
function placeOf({ group, clock, lead: { id, severity, standing } }: QueueRow): QueuePlace {
  return { group, dueMs: clock?.dueMs, severity, fromMs: standing.fromMs, id }
}

const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)

/** The alerts of a row that one act takes: all that nobody has taken. */
export function untakenOf({ incidents }: QueueRow): IncidentView[] {
  return incidents.filter((one) => stageOf(one) === 'new')
}

/** The open alerts of the same cause as the row's lead, the lead first: one outcome can hold for all of them. */
export function sameCauseOf({ lead, incidents }: QueueRow): IncidentView[] {
  return incidents.filter((one) => one.type === lead.type && one.conditionId === lead.conditionId && !one.withdrawn)
}
