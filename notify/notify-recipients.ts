// What an incident's revisions and officers' acts mean for the recipients: deliveries first, then what was notified and how far,
// in one step, so that no alert is dropped and none is made twice.
import { type IncidentAct, matterOf } from '../model/incident/incident.ts'
import { decideOnActs, decideOnRevision, type KnownNotice } from './decide-notice.ts'
import { escalateByOfficer } from './escalate.ts'
import { commitNotices, giveNotice, type NotifyParts, notifiedOf } from './notices.ts'
import { type Notified, withActs } from './notified.ts'

/** Gives the notices of these revisions, in their order; the shard's place in the incident log moves to `position`, if given. */
export async function notifyOfIncidents(
  parts: NotifyParts,
  revisions: readonly KnownNotice[],
  position?: string,
): Promise<void> {
  const notified = await notifiedOf(
    parts,
    revisions.map(({ incident }) => matterOf(incident)),
  )
  const changed = new Set<string>()
  for (const { incident, knownMs } of revisions) {
    const matter = matterOf(incident)
    const before = notified.get(matter)
    const now = await giveNotice(parts, decideOnRevision(parts, { incident, knownMs }, before), before)
    if (now === undefined) continue
    notified.set(matter, now)
    changed.add(matter)
  }
  await commitNotices(parts, notified, changed, position === undefined ? {} : { position })
}

/**
 * Takes in what officers did: an incident that has more signs than were resolved is raised anew, and the next level is notified
 * where an officer asks for it. Acts on incidents of other shards, and on incidents long over, change nothing. The incidents must
 * have been taken in up to where the acts were read.
 */
export async function notifyOfActs(
  parts: NotifyParts,
  acts: readonly IncidentAct[],
  actsPosition: string,
): Promise<void> {
  const actsOn = new Map<string, IncidentAct[]>()
  for (const act of acts)
    if (act.action !== 'note') {
      const matter = act.matterId ?? act.incidentId
      actsOn.set(matter, [...(actsOn.get(matter) ?? []), act])
    }
  const notified = await notifiedOf(parts, [...actsOn.keys()])
  for (const [id, before] of notified) {
    const its = actsOn.get(id)!
    let now: Notified = { ...before, acts: withActs(before.acts, its) }
    now = (await giveNotice(parts, decideOnActs(parts, now), now)) ?? now
    for (const act of its) if (act.action === 'escalate') now = await escalateByOfficer(parts, now, act)
    notified.set(id, now)
  }
  await commitNotices(parts, notified, notified.keys(), { actsPosition })
}
