// The SOP's clock of one incident, worked out from what was told of it and from the officers' acts on it.
import type { IncidentAct } from '../model/incident/incident.ts'
import { LEVELS, type Level, levelAbove, RESPONSE } from '../model/incident/response.ts'
import type { ActsKnown, Recipient, Told, ToldAbout } from './alert.ts'

/** When the time of who has to act runs out (UTC); undefined where no clock runs: taken, withdrawn, over, or nobody is above. */
export function dueMs(told: Told): number | undefined {
  const { clock, newest } = told
  if (clock === undefined || newest === undefined || newest.withdrawn !== undefined || isTaken(told, newest))
    return undefined
  const { withinMs, endStops } = RESPONSE[newest.severity]
  const within = withinMs[clock.level]
  if (within === undefined || (endStops && newest.endMs !== undefined)) return undefined
  return clock.fromMs + within
}

/** As the console has it: resolved for all its signs, or acknowledged or escalated since the last resolution. */
function isTaken({ resolvedSigns = 0, resolveAct = 0, takeAct = 0 }: ActsKnown, { signs = 1 }: ToldAbout): boolean {
  return resolvedSigns >= signs || takeAct > resolveAct
}

/** The clock after a revision that is not told: one that an end had stopped begins anew where it turns out to go on. */
export function clockAfter({ clock, newest }: Told, next: ToldAbout, atMs: number): Told['clock'] {
  const goesOn = newest?.endMs !== undefined && next.endMs === undefined && RESPONSE[next.severity].endStops
  return clock && goesOn ? { ...clock, fromMs: atMs } : clock
}

/** What is known with these acts too. */
export function withActs(known: ActsKnown, acts: readonly IncidentAct[]): ActsKnown {
  const all = { ...known }
  for (const { action, actId, signs = 1 } of acts) {
    if (action === 'acknowledge' || action === 'escalate') all.takeAct = Math.max(actId, all.takeAct ?? 0)
    if (action !== 'resolve') continue
    all.resolveAct = Math.max(actId, all.resolveAct ?? 0)
    all.resolvedSigns = Math.max(signs, all.resolvedSigns ?? 0)
  }
  return all
}

/**
 * Whom to tell after `level`, and who has to act then: the next level above that has a recipient; where none has, the first
 * one again, for better a reminder than silence.
 */
export function whomToTell(level: Level, recipients: readonly Recipient[]): { to: Level; acting: Level } {
  const next = levelAbove(level) ?? level
  const above = LEVELS.slice(LEVELS.indexOf(next)).find((each) => recipients.some((one) => one.level === each))
  return above === undefined ? { to: 'petugas', acting: next } : { to: above, acting: above }
}
