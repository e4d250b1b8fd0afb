// Who an escalation reaches: notify sends it, the API shows it beforehand.
import type { ActFacts } from './life.ts'
import { LEVELS, type Level } from './sop-table.ts'

/** Undefined where nobody is above. */
function levelAbove(level: Level): Level | undefined {
  return LEVELS[LEVELS.indexOf(level) + 1]
}

/**
 * Whom to notify after `level`, and who has to act then: the next level above that `has` a recipient; where none has, the first
 * one again, for better a reminder than silence.
 */
export function whomToNotify(level: Level, has: (level: Level) => boolean): { to: Level; acting: Level } {
  const next = levelAbove(level) ?? level
  const above = LEVELS.slice(LEVELS.indexOf(next)).find(has)
  return above === undefined ? { to: 'petugas', acting: next } : { to: above, acting: above }
}

/** The level from which an officer's escalation goes upwards: each one since the last resolution is one level further. */
export function officerEscalation(actsBefore: readonly ActFacts[]): Level {
  const resolved = actsBefore.findLast(({ action }) => action === 'resolve')?.actId ?? 0
  const asked = actsBefore.filter(({ action, actId }) => action === 'escalate' && actId > resolved).length
  return LEVELS[Math.min(asked, LEVELS.length - 1)]!
}
