// What must hold after a run with faults, beside an undisturbed one of the same world.
import { INCIDENT_TYPES, type Incident } from '../../model/incident/incident.ts'
import type { RunOutcome } from './session.ts'

const PROBLEMS_LISTED_MAX = 12

/** Until when incidents are compared, and whose bracelets are never answered. */
export type Compared = { untilMs: number; unanswered: ReadonlySet<number> }

/**
 * The incidents that stand, as they were at `untilMs`, in words that can be compared. Left out are those that the clock
 * makes of silence (no_communication, battery_dead, fleet_silence): they say when we heard from somebody, and that is what a
 * fault changes. What the clock decided after the fleet's last report is cut off, since runs end at different moments. Who is
 * never answered may lose reports to a fault, and with them what they decide.
 */
export function activeIncidents(incidents: Iterable<Incident>, { untilMs, unanswered }: Compared): Map<string, string> {
  const found = new Map<string, string>()
  for (const { id, type, wearerId, conditionId, startMs, confirmedMs, endMs, withdrawn } of incidents) {
    if (withdrawn !== undefined || INCIDENT_TYPES[type].openedBy === 'clock' || confirmedMs > untilMs) continue
    if (unanswered.has(wearerId)) continue
    const ended = endMs !== undefined && endMs <= untilMs ? iso(endMs) : 'open'
    found.set(
      id,
      `${type} of wearer ${wearerId}${conditionId ? ` (${conditionId})` : ''} ${iso(startMs)} confirmed ${iso(confirmedMs)} until ${ended}`,
    )
  }
  return found
}

/** What is wrong with the run by itself; empty when nothing is. `mayLose`: a fault took what TCP had taken of those never answered. */
export function problemsOf(run: RunOutcome, { unanswered }: Compared, mayLose = false): string[] {
  const problems = [...run.ended]
  if (run.foreignRows > 0) problems.push(`${run.foreignRows} rows of bracelets that have not spoken`)
  if (run.pending.length > 0) problems.push(`reports that were never answered: ${run.pending.join(', ')}`)
  if (run.refused.length > 0) problems.push(`${run.refused.length} right reports were refused, first ${run.refused[0]}`)
  if (run.quarantined.length > 0)
    problems.push(`${run.quarantined.length} right reports are in quarantine, first ${run.quarantined[0]}`)
  const stored = new Set<string>()
  for (const { wearerId, timeMs, copies } of run.rows) {
    const identity = `${wearerId} ${timeMs}`
    stored.add(identity)
    if (copies !== 1) problems.push(`stored ${copies} times: ${identity}`)
    const known = unanswered.has(wearerId) ? run.left.has(identity) : run.answered.has(identity)
    if (!known) problems.push(`stored without an answer: ${identity}`)
  }
  for (const identity of run.answered.keys())
    if (!stored.has(identity)) problems.push(`answered and not stored: ${identity}`)
  if (!mayLose)
    for (const identity of run.left)
      if (!stored.has(identity))
        problems.push(`taken off a bracelet that is never answered, and not stored: ${identity}`)
  for (const [id, incident] of run.logged)
    if ((run.recorded.get(id)?.revision ?? 0) < incident.revision)
      problems.push(
        `the record knows revision ${run.recorded.get(id)?.revision} of ${incident.type} ${id}, the log ${incident.revision}`,
      )
  if (run.liveGaps > 0) problems.push(`the live feed could not tell what was missed, ${run.liveGaps} times`)
  else
    for (const { id, type, revision } of run.recorded.values())
      if ((run.lastSeen.get(id)?.revision ?? 0) < revision)
        problems.push(`an operator saw revision ${run.lastSeen.get(id)?.revision} of ${type} ${id}, not ${revision}`)
  return problems
}

/** What is wrong with `run`, by itself and beside the undisturbed one. */
export function compareRuns(calm: RunOutcome, run: RunOutcome, world: Compared, mayLose: boolean): string[] {
  const problems = problemsOf(run, world, mayLose)
  if (calm.answered.size !== run.answered.size)
    problems.push(
      `${run.answered.size} reports were answered, ${calm.answered.size} in the undisturbed run; without an answer: ${unanswered(calm, run)}`,
    )
  const keys = new Map(calm.rows.map(({ wearerId, timeMs, contentKey }) => [`${wearerId} ${timeMs}`, contentKey]))
  for (const { wearerId, timeMs, contentKey } of run.rows)
    if (keys.get(`${wearerId} ${timeMs}`) !== contentKey)
      problems.push(`another content than undisturbed: ${wearerId} ${timeMs}`)
  const expected = activeIncidents(calm.recorded.values(), world)
  const found = activeIncidents(run.recorded.values(), world)
  for (const [id, text] of expected)
    if (found.get(id) !== text)
      problems.push(`incident ${id}\n    undisturbed ${text}\n    with faults ${found.get(id) ?? gone(run, id)}`)
  for (const [id, text] of found)
    if (!expected.has(id))
      problems.push(`incident too many ${id}\n    with faults ${text}\n    undisturbed ${gone(calm, id)}`)
  return problems.length <= PROBLEMS_LISTED_MAX
    ? problems
    : [...problems.slice(0, PROBLEMS_LISTED_MAX), `… and ${problems.length - PROBLEMS_LISTED_MAX} more`]
}

export function sameActive(calm: RunOutcome, recorded: ReadonlyMap<string, Incident>, world: Compared): boolean {
  const expected = activeIncidents(calm.recorded.values(), world)
  const found = activeIncidents(recorded.values(), world)
  return expected.size === found.size && [...expected].every(([id, text]) => found.get(id) === text)
}

function unanswered(calm: RunOutcome, run: RunOutcome): string {
  const first = new Map<string, { count: number; timeMs: number }>()
  for (const identity of calm.answered.keys()) {
    if (run.answered.has(identity)) continue
    const [wearer, timeMs] = identity.split(' ') as [string, string]
    const seen = first.get(wearer)
    first.set(wearer, {
      count: (seen?.count ?? 0) + 1,
      timeMs: Math.min(seen?.timeMs ?? Number.POSITIVE_INFINITY, Number(timeMs)),
    })
  }
  return [...first].map(([wearer, { count, timeMs }]) => `${count} of wearer ${wearer} from ${iso(timeMs)}`).join(', ')
}

function gone({ recorded }: RunOutcome, id: string): string {
  const incident = recorded.get(id)
  return incident === undefined ? 'nothing' : `revision ${incident.revision}: ${JSON.stringify(incident)}`
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(11)
}
