// The next level is told: of alerts that nobody took in time, and of those for which an officer asked. It proposes; a person decides.
import type { IncidentAct } from '../model/incident/incident.ts'
import { LEVELS, type Level } from '../model/incident/response.ts'
import { forgetDue, readDue } from '../stream/logs/told.ts'
import { type Alert, type EscalationCause, makeAlert, type Told } from './alert.ts'
import { commitNotices, give, type TellOptions, toldOf } from './notices.ts'
import { dueMs, whomToTell } from './response-clock.ts'

const DUE_PER_TURN = 100
/** Of one incident, so that an act told twice escalates once. */
const ESCALATIONS_KNOWN_MAX = 16

/**
 * Tells the next level of every alert of the shard whose time has passed by now. Whatever the logs say of incidents and acts must
 * have been taken in, or somebody is told of what was taken long ago.
 */
export async function escalateDue(options: TellOptions): Promise<void> {
  const { redis, keys, shard, clock } = options
  for (;;) {
    const nowMs = clock()
    const ids = await readDue(redis, keys, shard, nowMs, DUE_PER_TURN)
    const told = await toldOf(options, ids)
    for (const [id, before] of told) {
      if ((dueMs(before) ?? Number.POSITIVE_INFINITY) > nowMs) continue
      const notice = (acting: Level) => `${before.revision}-${acting}`
      told.set(
        id,
        await escalate(options, before, { cause: 'overdue', from: before.clock!.level, notice, atMs: nowMs }),
      )
    }
    const unknown = ids.filter((id) => !told.has(id))
    await forgetDue(redis, keys, shard, unknown)
    if (told.size > 0) await commitNotices(options, told, told.keys(), {})
    if (ids.length < DUE_PER_TURN) return
  }
}

/**
 * Tells the superior because an officer asks for it; asked again, the one above. Not of what was taken back, and not twice for the
 * same act.
 */
export async function escalateByOfficer(options: TellOptions, before: Told, act: IncidentAct): Promise<Told> {
  const { escalateActs = [], newest } = before
  if (escalateActs.includes(act.actId) || newest === undefined || newest.withdrawn !== undefined) return before
  const asked = escalateActs.filter((actId) => actId > (before.resolveAct ?? 0)).length
  const from = LEVELS[Math.min(asked, LEVELS.length - 1)]!
  const told = await escalate(options, before, {
    cause: 'officer',
    from,
    notice: () => `act${act.actId}`,
    atMs: act.atMs,
  })
  return { ...told, escalateActs: [...escalateActs, act.actId].slice(-ESCALATIONS_KNOWN_MAX) }
}

async function escalate(
  options: TellOptions,
  before: Told,
  { cause, from, notice, atMs }: { cause: EscalationCause; from: Level; notice(acting: Level): string; atMs: number },
): Promise<Told> {
  const { recipients, consoleUrl, meter, log } = options
  const incident = before.newest!
  const { to, acting } = whomToTell(from, recipients)
  const told = recipients.filter(({ level }) => level === to)
  const alert: Alert = { ...makeAlert('escalated', incident, consoleUrl), level: to, cause }
  await give(options, alert, notice(acting), told, before)
  const { severity } = incident
  meter
    .counter('gelang_notify_escalations_total', 'Alerts of which the next level was told', [
      'severity',
      'level',
      'cause',
    ])
    .inc({ severity, level: to, cause })
  log.info({ incident: incident.id, severity, level: to, cause, recipients: told.length }, 'an alert was escalated')
  const notices = Object.fromEntries(told.map(({ id }) => [id, notice(acting)]))
  return { ...before, escalatedTo: { ...before.escalatedTo, ...notices }, clock: { level: acting, fromMs: atMs } }
}
