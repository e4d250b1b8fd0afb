// What is written down of a matter's notices (an incident, or a chain of them): the last one, who was given it, and what its clocks follow from.
import type { LoggedIncident, Severity } from '../model/incident/incident.ts'
import { type ActFacts, type LivedIncident, lifeOf, type Standing } from '../model/incident/life.ts'
import { nextLevel, sopOf } from '../model/incident/response.ts'
import type { Level } from '../model/incident/sop-table.ts'
import type { AlertKind } from './channels/message.ts'

/** An incident, with its wearer's unit where that was known. */
export type IncidentOfUnit = LoggedIncident & { ofUnit?: string }

/** Of an incident, all that a notice depends on. */
export type NotifiedOf = Pick<
  IncidentOfUnit,
  | 'id'
  | 'revision'
  | 'type'
  | 'severity'
  | 'startMs'
  | 'endMs'
  | 'late'
  | 'signs'
  | 'withdrawn'
  | 'supersededBy'
  | 'matterId'
  | 'ofUnit'
>

export type Notified = {
  v: typeof VERSION
  /** Of the last notice about a revision; 0 where there was none. */
  revision: number
  /** none: of informasi, which stays on the console; kept for what officers do about it. */
  kind: Exclude<AlertKind, 'escalated' | 'test'> | 'none'
  severity: Severity
  recipientIds: string[]
  /** How often the alarm had been raised by then; absent: once. */
  signs?: number
  /** The newest revision, with or without a notice. */
  newest: NotifiedOf
  standing: Standing
  /** Officers' acts but for notes, in their order; of many the first and the newest ones. */
  acts: ActFacts[]
  /** Who has to act, by the clock that began at `fromMs`; for a later clock it is the first level again. */
  acting?: { level: Level; fromMs: number }
  /** The clock of handling, by its beginning, whose end was escalated. */
  unhandledFromMs?: number
  /** The last escalation to each recipient who got nothing since, by their id; as in `deliveryId`. */
  escalatedTo?: Record<string, string>
  /** When recipients are to be notified that it was withdrawn, unless it is raised again before. */
  correctionDueMs?: number
  /** Ids of the newest escalations by officers that were notified. */
  escalateActs?: number[]
}

const VERSION = 2
/** Of one incident. */
export const ACTS_MAX = 64

function livedIncidentOf({ newest, standing, acts }: Notified): LivedIncident {
  return { ...newest, standing, acts }
}

/** When the next level is to be notified (UTC), and why; undefined where no clock runs, or nobody is above. */
export function nextEscalation(
  notified: Notified,
): { dueMs: number; cause: 'overdue' | 'unhandled'; from: Level; clockFromMs: number } | undefined {
  const { clock } = lifeOf(livedIncidentOf(notified))
  if (clock === undefined) return undefined
  const { acting, newest, unhandledFromMs } = notified
  const { fromMs: clockFromMs, dueMs } = clock
  if (clock.which === 'handle')
    return unhandledFromMs === clockFromMs
      ? undefined
      : { dueMs, cause: 'unhandled', from: acting?.level ?? 'petugas', clockFromMs }
  const from = acting?.fromMs === clockFromMs ? acting.level : 'petugas'
  const next = nextLevel(sopOf(newest), from)
  return next && { dueMs: clockFromMs + next.afterMs, cause: 'overdue', from, clockFromMs }
}

export function withActs(known: readonly ActFacts[], more: readonly ActFacts[]): ActFacts[] {
  const acts = new Map(known.map((act) => [act.actId, act]))
  // One that is read again is the same.
  for (const { actId, action, atMs, signs, revision } of more)
    if (action !== 'note' && !acts.has(actId))
      acts.set(actId, {
        ...{ actId, action, atMs },
        ...(signs === undefined ? {} : { signs }),
        ...(revision === undefined ? {} : { revision }),
      })
  const ordered = [...acts.values()].sort((a, b) => a.actId - b.actId)
  return ordered.length > ACTS_MAX ? whatCounts(ordered) : ordered
}

/** Of more acts than are kept: the resolution that knew most, the newest one, and of those since then the first and the last. */
function whatCounts(acts: readonly ActFacts[]): ActFacts[] {
  const last = acts.findLastIndex(({ action }) => action === 'resolve')
  const earlier = acts.slice(0, Math.max(0, last)).filter(({ action }) => action === 'resolve')
  const most = earlier.toSorted((a, b) => (a.signs ?? 1) - (b.signs ?? 1)).at(-1)
  const resolved = last === -1 ? [] : [...(most === undefined ? [] : [most]), acts[last]!]
  const since = acts.slice(last + 1)
  const room = (ACTS_MAX - 2) / 2
  return [...resolved, ...(since.length <= 2 * room ? since : [...since.slice(0, room), ...since.slice(-room)])]
}

/** Written by the version before: what its acts came to, and a clock that had begun. */
type Version1 = Omit<Notified, 'v' | 'standing' | 'acts' | 'newest' | 'acting' | 'unhandledFromMs'> & {
  v?: undefined
  newest?: NotifiedOf
  clock?: { level: Level; fromMs: number }
  resolvedSigns?: number
  resolveAct?: number
  takeAct?: number
}

/** Undefined where an old version knew too little to go on from. */
export function decodeNotified(json: string): Notified | undefined {
  const stored = JSON.parse(json) as Notified | Version1
  if (stored.v === VERSION) return stored
  const { v: _, newest, clock, resolvedSigns, resolveAct, takeAct, ...rest } = stored
  if (newest === undefined) return undefined
  const fromMs = clock?.fromMs ?? newest.startMs
  const acts: ActFacts[] = []
  if (resolveAct !== undefined)
    acts.push({ actId: resolveAct, action: 'resolve', atMs: fromMs, signs: resolvedSigns ?? 1 })
  if (takeAct !== undefined) acts.push({ actId: takeAct, action: 'acknowledge', atMs: fromMs })
  return {
    ...rest,
    v: VERSION,
    newest,
    standing: { fromMs },
    acts: withActs([], acts),
    ...(clock === undefined ? {} : { acting: clock }),
  }
}

export function startNotified(newest: NotifiedOf, standing: Standing): Notified {
  return {
    v: VERSION,
    revision: 0,
    kind: 'none',
    severity: newest.severity,
    recipientIds: [],
    newest,
    standing,
    acts: [],
  }
}

export function isOver({ endMs, withdrawn }: NotifiedOf): boolean {
  return endMs !== undefined || withdrawn !== undefined
}
