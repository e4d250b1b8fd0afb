import type { Explanation, Weighing } from '../../model/console/judgement.ts'
import type { Evidence } from '../../model/incident/incident.ts'
import { worldX, worldY } from '../ground/mercator.ts'

/** A weighed fix as the chart, the table and the map show it. */
export type JudgedFix = Pick<Weighing, 'timeMs' | 'radiusM' | 'complyGuardM' | 'breachGuardM' | 'evidence' | 'side'> & {
  /** Distance to the boundary, + inside; and the same, + on the right side of it. */
  distanceM: number
  marginM: number
  /** The condition was in force. */
  active: boolean
  roles: readonly Evidence['role'][]
  latDeg: number
  lonDeg: number
  x: number
  y: number
}

const EDGES = ['start', 'confirm', 'deepest', 'end'] as const
/** What an incident hangs on, in this order, with the fix that says so; none where the clock did. */
export type Edge = { edge: (typeof EDGES)[number]; timeMs: number; fix: number | undefined }

/** +1 where inside is the right side, −1 where outside is. */
export function turnOf({ incident, weighings }: Explanation): 1 | -1 {
  const proof = weighings.find(({ evidence, distanceM }) => evidence !== 'unsure' && distanceM !== 0)
  if (proof) return (proof.evidence === 'comply') === proof.distanceM > 0 ? 1 : -1
  return incident.type === 'inside_avoided_zone' || incident.type === 'inferred_crossing' ? -1 : 1
}

/** The fixes in order of time. */
export function judgedFixes(explanation: Explanation): JudgedFix[] {
  const turn = turnOf(explanation)
  const roles = new Map<string, Evidence['role'][]>()
  for (const { contentKey, timeMs, role } of explanation.incident.evidence)
    if (contentKey !== undefined)
      roles.set(`${timeMs} ${contentKey}`, [...(roles.get(`${timeMs} ${contentKey}`) ?? []), role])
  return explanation.weighings
    .map(({ latE7, lonE7, distanceM, contentKey, timeMs, ...weighing }) => ({
      timeMs,
      distanceM,
      marginM: distanceM * turn,
      radiusM: weighing.radiusM,
      complyGuardM: weighing.complyGuardM,
      breachGuardM: weighing.breachGuardM,
      evidence: weighing.evidence,
      side: weighing.side,
      active: weighing.active,
      roles: roles.get(`${timeMs} ${contentKey}`) ?? [],
      latDeg: latE7 / 1e7,
      lonDeg: lonE7 / 1e7,
      x: worldX(lonE7 / 1e7),
      y: worldY(latE7 / 1e7),
    }))
    .sort((a, b) => a.timeMs - b.timeMs)
}

/** Start, confirmation, the deepest fix and the end of an incident, as far as it has them. */
export function edgesOf({ incident }: Explanation, fixes: readonly JudgedFix[]): Edge[] {
  const deepest = incident.evidence.find(({ role }) => role === 'deepest')
  const times = {
    start: incident.startMs,
    confirm: incident.confirmedMs,
    deepest: deepest?.timeMs,
    end: incident.endMs,
  }
  return EDGES.flatMap((edge) => {
    const timeMs = times[edge]
    if (timeMs === undefined) return []
    const said = fixes.findIndex((fix) => fix.timeMs === timeMs && fix.roles.includes(edge))
    const there = said < 0 ? fixes.findIndex((fix) => fix.timeMs === timeMs) : said
    return [{ edge, timeMs, fix: there < 0 ? undefined : there }]
  })
}

/** Indices of the fixes that decided something: those that the incident names, and where the engine's verdict turned. */
export function decidingFixes(fixes: readonly JudgedFix[]): number[] {
  return fixes.flatMap((fix, i) => (fix.roles.length > 0 || (i > 0 && fix.side !== fixes[i - 1]!.side) ? [i] : []))
}
