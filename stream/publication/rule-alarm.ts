// What is said when published rules are not what their publisher made: it is an attack, or a key that differs between processes.
import type { Clock, Log, Meter } from '../../model/observe.ts'

export type RuleAlarm = {
  /** A record was left as it last was. */
  refused(set: string, name: string, why: string): void
  /** The set is not what its head vouches for: something is missing or older. A publication under way looks so for a moment. */
  notWhole(set: string): void
  whole(set: string): void
  /** Whether one who has taken nothing yet begins with those records that carry the seal although the set is not whole. */
  mayBegin(set: string): boolean
}

/** For readers whose trouble nobody hears of: they wait. */
export const SILENT_ALARM: RuleAlarm = {
  refused: () => undefined,
  notWhole: () => undefined,
  whole: () => undefined,
  mayBegin: () => false,
}

/** A publication under way is over by then. */
const SAY_AFTER_MS = 10_000
/**
 * By then a publisher has put right what somebody else has written (it looks every minute). Where none has, wearers are judged by
 * the records that are genuine: not to judge anybody would be what an attacker wants most.
 */
export const BEGIN_AFTER_MS = 90_000
const NAMES_MAX = 100

/** `nowMs`: real time, never set back. */
export function openRuleAlarm(log: Log, meter: Meter, nowMs: Clock): RuleAlarm & { warning(): string | undefined } {
  const refusals = meter.counter('gelang_rules_refused_total', 'Published records that were refused, by set', ['set'])
  const suspect = meter.gauge('gelang_rules_suspect_sets', 'Published sets that their publisher does not vouch for')
  const sinceMs = new Map<string, number>()
  const timers = new Map<string, NodeJS.Timeout>()
  /** Said once of each, until the set is whole again. */
  const said = new Map<string, Set<string>>()
  const notWhole = (set: string): void => {
    if (sinceMs.has(set)) return
    sinceMs.set(set, nowMs())
    const say = () => {
      suspect.set(loud().length)
      log.error({ set }, 'the seal of the published rules does not match; no rule is removed')
    }
    timers.set(set, setTimeout(say, SAY_AFTER_MS).unref())
  }
  const loud = (): string[] => [
    ...new Set([...said.keys(), ...[...sinceMs].flatMap(([set, ms]) => (nowMs() - ms >= SAY_AFTER_MS ? [set] : []))]),
  ]
  return {
    refused(set, name, why) {
      refusals.inc({ set: kindOf(set) })
      const names = said.get(set) ?? new Set()
      said.set(set, names)
      if (names.has(name) || names.size >= NAMES_MAX) return
      names.add(name)
      log.error({ set, name, why }, 'a published record was refused; the last good one stays in force')
    },
    notWhole,
    whole(set) {
      clearTimeout(timers.get(set))
      sinceMs.delete(set)
      if (said.delete(set)) log.info({ set }, 'the seal of the published rules matches again')
      suspect.set(loud().length)
    },
    mayBegin(set) {
      notWhole(set)
      return nowMs() - (sinceMs.get(set) ?? nowMs()) >= BEGIN_AFTER_MS
    },
    warning() {
      const sets = loud()
      suspect.set(sets.length)
      return sets.length === 0 ? undefined : `published rules were tampered with, or keys differ: ${sets.join(', ')}`
    },
  }
}

/** Of a set's key the part that says what it holds. */
function kindOf(set: string): string {
  return set.endsWith(':{directory}') ? 'directory' : set.endsWith(':{zones}') ? 'zones' : 'plans'
}
