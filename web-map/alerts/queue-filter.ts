import type { IncidentView } from '../../model/console/console.ts'
import { INCIDENT_TYPES, type IncidentType, SEVERITIES, type Severity } from '../../model/incident/incident.ts'
import { QUERY, type Query } from '../address/router.ts'
import { takenBy, unitPathOf } from '../feed/incident-order.ts'

/** The queue's filter; the page's address holds it. */
export type QueueFilter = {
  pk: string | undefined
  unit: string | undefined
  type: IncidentType | undefined
  severities: ReadonlySet<Severity>
  mine: boolean
  /** What is open, or what is over. */
  shown: 'open' | 'over'
}

/** Who looks, and what is known of the klien. */
type FilterContext = { officerName: string | undefined; pkNameOf(n: number): string | undefined }

export function filterOf(query: Query): QueueFilter {
  const type = query.get(QUERY.type)
  const severities = (query.get(QUERY.severity) ?? '').split(',')
  const chosen = SEVERITIES.filter((one) => severities.includes(one))
  return {
    pk: query.get(QUERY.pk),
    unit: query.get(QUERY.unit),
    type: type !== undefined && type in INCIDENT_TYPES ? (type as IncidentType) : undefined,
    severities: new Set(chosen.length > 0 ? chosen : SEVERITIES),
    mine: query.get(QUERY.mine) === 'ya',
    shown: query.get(QUERY.shown) === 'selesai' ? 'over' : 'open',
  }
}

/** The query for the same severities without one, or with it. */
export function withSeverity({ severities }: QueueFilter, severity: Severity): string | undefined {
  const next = new Set(severities)
  if (!next.delete(severity)) next.add(severity)
  return next.size === 0 || next.size === SEVERITIES.length ? undefined : [...next].join(',')
}

export function isFiltered({ pk, unit, type, severities, mine }: QueueFilter): boolean {
  return [pk, unit, type].some((one) => one !== undefined) || severities.size < SEVERITIES.length || mine
}

/** Mine is what I have taken, or what my klien has. */
export function passes(incident: IncidentView, filter: QueueFilter, context: FilterContext): boolean {
  const { pk, unit, type, severities, mine } = filter
  if (!severities.has(incident.severity) || (type !== undefined && incident.type !== type)) return false
  const path = unitPathOf(incident)
  if (unit !== undefined && path !== unit && !path.startsWith(`${unit}.`)) return false
  if (pk === undefined && !mine) return true
  const pkName = incident.wearer && context.pkNameOf(incident.wearer.n)
  if (pk !== undefined && pkName !== pk) return false
  const { officerName } = context
  return !mine || (officerName !== undefined && (pkName === officerName || takenBy(incident) === officerName))
}
