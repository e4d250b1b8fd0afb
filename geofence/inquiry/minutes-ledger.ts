// How long: time in violation and time served, by condition and local week, from the same fold as every verdict.

import type { LedgerRow, Weighing } from '../../model/console/judgement.ts'
import type { Incident } from '../../model/incident/incident.ts'
import type { ConditionKind } from '../../model/plan/plan.ts'
import type { LogReport } from '../../model/report/report.ts'
import { WearerState } from '../fold/state/state.ts'
import { advance, step } from '../fold/step.ts'
import { ENGINE } from '../parameters.ts'
import type { CompiledPlan } from '../plan/compile-plan.ts'
import { VIOLATION } from '../plan/condition-kinds.ts'
import { DAY_MS, intersected, merged, windowPairs, without } from '../plan/windows.ts'

type Span = [startMs: number, endMs: number]

/** Folds one wearer's reports, given in canonical order; those before `fromMs` only lead up to it. */
export class MinutesLedger {
  readonly #plan: CompiledPlan
  readonly #fromMs: number
  readonly #toMs: number
  readonly #state: WearerState
  readonly #newest = new Map<string, Incident>()
  readonly #goodMs = new Map<string, number>()
  readonly #badMs = new Map<string, number>()
  readonly #served = new Map<string, Span[]>()
  readonly #proven = new Map<string, Span[]>()
  readonly #sink = {
    change: (incident: Incident): void => void this.#newest.set(incident.id, incident),
    weighed: (conditionId: string, weighing: Weighing): void => this.#weighed(conditionId, weighing),
  }

  constructor(plan: CompiledPlan, fromMs: number, toMs: number) {
    if (!(fromMs < toMs)) throw new RangeError(`a ledger ends after it begins: ${fromMs}, ${toMs}`)
    this.#plan = plan
    this.#fromMs = fromMs
    this.#toMs = toMs
    this.#state = new WearerState(plan.wearerId)
  }

  add(report: LogReport): void {
    if (report.timeMs < this.#toMs) step(this.#state, this.#plan, report, this.#sink)
  }

  /** Rows in order of condition and week; none where a condition was not in force. */
  finish(): LedgerRow[] {
    advance(this.#state, this.#plan, this.#toMs, this.#sink)
    this.#plan.cover(this.#fromMs)
    this.#plan.cover(this.#toMs)
    const asked: Span[] = [[this.#fromMs, this.#toMs]]
    const timeZones = new Map(this.#plan.source.conditions.map(({ id, timeZone }) => [id, timeZone]))
    const rows: LedgerRow[] = []
    for (const [conditionId, { kind, spans }] of this.#inForce()) {
      const timeZone = timeZones.get(conditionId) ?? DEFAULT_TIME_ZONE
      const force = intersected(merged(spans), asked)
      const violation = intersected(force, this.#violations(conditionId, kind))
      const served = without(intersected(force, merged(this.#served.get(conditionId) ?? [])), violation)
      const proven = intersected(violation, merged(this.#proven.get(conditionId) ?? []))
      for (const week of weeksOf(timeZone, this.#fromMs, this.#toMs)) {
        const inForceMs = lengthMs(intersected(force, [week]))
        if (inForceMs === 0) continue
        const provenMs = lengthMs(intersected(proven, [week]))
        const servedMs = lengthMs(intersected(served, [week]))
        rows.push({
          ...{ conditionId, kind, timeZone, fromMs: week[0], toMs: week[1], inForceMs },
          violationMs: lengthMs(intersected(violation, [week])),
          ...{ provenMs, servedMs, notKnownMs: inForceMs - provenMs - servedMs },
        })
      }
    }
    return rows.sort((a, b) =>
      a.conditionId < b.conditionId ? -1 : a.conditionId > b.conditionId ? 1 : a.fromMs - b.fromMs,
    )
  }

  /** By condition; one whose zone was changed is several lineages. */
  #inForce(): Map<string, { kind: ConditionKind; spans: Span[] }> {
    const found = new Map<string, { kind: ConditionKind; spans: Span[] }>()
    for (const [lineage, { kind, intervals }] of this.#plan.timing.rules.entries()) {
      const conditionId = this.#plan.conditionIdOf(lineage)
      const known = found.get(conditionId) ?? { kind, spans: [] }
      for (let i = 0; i < intervals.starts.length; i++) known.spans.push([intervals.starts[i]!, intervals.ends[i]!])
      found.set(conditionId, known)
    }
    return found
  }

  #violations(conditionId: string, kind: ConditionKind): Span[] {
    return merged(
      [...this.#newest.values()]
        .filter((incident) => incident.conditionId === conditionId && incident.type === VIOLATION[kind])
        .map(({ startMs, endMs = this.#toMs }): Span => [startMs, endMs]),
    )
  }

  #weighed(conditionId: string, { timeMs, evidence, distanceM, radiusM }: Weighing): void {
    const bad = evidence === 'breach'
    // Near the wall on the right side with a good radius is there; a poor accuracy proves nothing.
    const good = evidence === 'comply' || (evidence === 'unsure' && distanceM > 0 && radiusM <= ENGINE.poorRadiusM)
    if (bad) this.#goodMs.delete(conditionId)
    if (good) join(this.#served, this.#goodMs, conditionId, timeMs, this.#plan.previewMs)
    if (bad) join(this.#proven, this.#badMs, conditionId, timeMs, this.#plan.freshMs)
    else this.#badMs.delete(conditionId)
  }
}

/** Two fixes that say the same and are no further apart than `apartMs`: so it was between them. */
function join(
  all: Map<string, Span[]>,
  lastMs: Map<string, number>,
  conditionId: string,
  timeMs: number,
  apartMs: number,
): void {
  const since = lastMs.get(conditionId)
  lastMs.set(conditionId, timeMs)
  if (since === undefined || timeMs - since > apartMs || !(since < timeMs)) return
  const spans = all.get(conditionId)
  const last = spans?.at(-1)
  if (last && last[1] === since) last[1] = timeMs
  else if (spans) spans.push([since, timeMs])
  else all.set(conditionId, [[since, timeMs]])
}

/** Where a permit names a zone and no condition of its id says otherwise. */
const DEFAULT_TIME_ZONE = 'Asia/Jakarta'
const MONDAY = [{ days: [1], from: '00:00', to: '24:00', exceptDates: [] }]

function weeksOf(timeZone: string, fromMs: number, toMs: number): Span[] {
  const mondays = windowPairs(MONDAY, timeZone, fromMs - 9 * DAY_MS, toMs + 9 * DAY_MS).map(([start]) => start)
  const weeks: Span[] = []
  for (let i = 0; i + 1 < mondays.length; i++) {
    const [start, end] = [Math.max(mondays[i]!, fromMs), Math.min(mondays[i + 1]!, toMs)]
    if (start < end) weeks.push([start, end])
  }
  return weeks
}

function lengthMs(spans: readonly (readonly [number, number])[]): number {
  return spans.reduce((sum, [start, end]) => sum + end - start, 0)
}
