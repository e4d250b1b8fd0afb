// The next level is notified: of alerts that nobody took in time, of those without an outcome in time, and of those for which an
// officer asked. It proposes; a person decides.
import { officerEscalation, whomToNotify } from '../model/incident/escalation.ts'
import type { IncidentAct } from '../model/incident/incident.ts'
import type { Level } from '../model/incident/sop-table.ts'
import { concerns } from '../model/notice/recipient.ts'
import { forgetDue, readDue } from '../stream/logs/notified.ts'
import { makeAlert } from './alert.ts'
import type { Alert, EscalationCause } from './channels/message.ts'
import { decideOnCorrection } from './decide-notice.ts'
import { commitNotices, give, giveNotice, type NotifyParts, notifiedOf } from './notices.ts'
import { type Notified, nextEscalation } from './notified.ts'

const DUE_PER_TURN = 100
/** Of one incident, so that an act that is read twice escalates once. */
const ESCALATIONS_KNOWN_MAX = 16

/**
 * Notifies the next level of every alert of the shard whose time has passed by now, and those who know of a withdrawn one. Whatever the logs say of incidents and acts
 * must have been taken in, or somebody is notified of what was taken long ago.
 */
export async function escalateDue(parts: NotifyParts): Promise<void> {
  const { redis, keys, shard, clock } = parts
  for (;;) {
    const nowMs = clock()
    const ids = await readDue(redis, keys, shard, nowMs, DUE_PER_TURN)
    const notified = await notifiedOf(parts, ids)
    for (const [id, before] of notified)
      notified.set(id, (await correctOne(parts, before, nowMs)) ?? (await escalateOne(parts, before, nowMs)))
    const unknown = ids.filter((id) => !notified.has(id))
    await forgetDue(redis, keys, shard, unknown)
    if (notified.size > 0) await commitNotices(parts, notified, notified.keys(), {})
    if (ids.length < DUE_PER_TURN) return
  }
}

/** Undefined where no correction waits. */
async function correctOne(parts: NotifyParts, before: Notified, nowMs: number): Promise<Notified | undefined> {
  const { correctionDueMs } = before
  if (correctionDueMs === undefined) return undefined
  if (correctionDueMs > nowMs) return before
  return (await giveNotice(parts, decideOnCorrection(parts, before), before)) ?? before
}

async function escalateOne(parts: NotifyParts, before: Notified, nowMs: number): Promise<Notified> {
  const next = nextEscalation(before)
  if (next === undefined || next.dueMs > nowMs) return before
  const { cause, from, clockFromMs } = next
  // Every clock has its own notices; a replay comes to the same ones.
  const name = cause === 'unhandled' ? `unhandled${clockFromMs}` : `${before.revision}-`
  const { acting, ...now } = await escalate(parts, before, cause, from, (level) =>
    cause === 'unhandled' ? name : `${name}${level}`,
  )
  const since = { acting: { level: acting, fromMs: clockFromMs } }
  return { ...now, ...since, ...(cause === 'unhandled' ? { unhandledFromMs: clockFromMs } : {}) }
}

/**
 * Notifies the superior because an officer asks for it; asked again, the one above. Not of what was withdrawn, and not twice for
 * the same act.
 */
export async function escalateByOfficer(parts: NotifyParts, before: Notified, act: IncidentAct): Promise<Notified> {
  const { escalateActs = [], newest, acts } = before
  if (escalateActs.includes(act.actId) || newest.withdrawn !== undefined) return before
  const from = officerEscalation(acts.filter(({ actId }) => actId < act.actId))
  const { acting, ...now } = await escalate(parts, before, 'officer', from, () => `act${act.actId}`)
  return {
    ...now,
    acting: { level: acting, fromMs: act.atMs },
    escalateActs: [...escalateActs, act.actId].slice(-ESCALATIONS_KNOWN_MAX),
  }
}

async function escalate(
  parts: NotifyParts,
  before: Notified,
  cause: EscalationCause,
  from: Level,
  notice: (acting: Level) => string,
): Promise<Omit<Notified, 'acting'> & { acting: Level }> {
  const { recipients, consoleUrl, meter, log } = parts
  const incident = before.newest
  const concerned = recipients.all().filter((one) => concerns(one, incident.ofUnit))
  const { to, acting } = whomToNotify(from, (level) => concerned.some((one) => one.level === level))
  const notified = concerned.filter(({ level }) => level === to)
  const alert: Alert = { ...makeAlert('escalated', incident, consoleUrl), level: to, cause }
  await give(parts, alert, notice(acting), notified, before)
  const { severity } = incident
  meter
    .counter('gelang_notify_escalations_total', 'Alerts of which the next level was notified', [
      'severity',
      'level',
      'cause',
    ])
    .inc({ severity, level: to, cause })
  log.info({ incident: incident.id, severity, level: to, cause, recipients: notified.length }, 'an alert was escalated')
  const notices = Object.fromEntries(notified.map(({ id }) => [id, notice(acting)]))
  return { ...before, escalatedTo: { ...before.escalatedTo, ...notices }, acting }
}
