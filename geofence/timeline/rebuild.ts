// A report later than memory reaches: what comes before a timeline's memory is folded again from the stored track, and the
// timeline takes the outcome up as its new base (`WearerTimeline.rebase`). The same fold as everywhere else.
import { type Evidence, type Incident, matterOf } from '../../model/incident/incident.ts'
import type { LogReport } from '../../model/report/report.ts'
import { WearerState } from '../fold/state/state.ts'
import { encodeWearerState } from '../fold/state/state-codec.ts'
import { step } from '../fold/step.ts'
import type { CompiledPlan } from '../plan/compile-plan.ts'
import { TIMELINE_VERSION } from './saved-versions.ts'

/** An incident as it is from `atMs` on. */
export type Decided = { atMs: number; incident: Incident }

/** The fold of everything before `baseMs`, and what it changes of what was published. */
export type Rebuilt = {
  /** Of `state`: one who asks with another program than the one that answers asks again. */
  version: number
  wearerId: number
  planHash: string
  /** Nothing decided before it can have changed. */
  fromMs: number
  baseMs: number
  /** The first report folded: what began before it is not for this fold to disprove. */
  firstMs?: number
  state: Uint8Array
  cursorMs: number
  /** Newest version of every incident that is open at the end or was decided at or after `fromMs`. */
  decided: Decided[]
  /** As last published: each of the above, and whatever was confirmed at or after `fromMs`. */
  published: Incident[]
}

/** Folds one wearer's reports before `baseMs`, given in canonical order. */
export class Rebuilding {
  readonly #plan: CompiledPlan
  readonly #fromMs: number
  readonly #baseMs: number
  readonly #state: WearerState
  firstMs: number | undefined
  readonly #newest = new Map<string, Decided>()
  readonly #sink = {
    change: (incident: Incident, atMs: number): void => {
      this.#newest.set(incident.id, { atMs, incident })
    },
  }

  /** `fromMs`: the earliest report that was not known when the published incidents were decided. */
  constructor(plan: CompiledPlan, fromMs: number, baseMs: number) {
    if (!(fromMs < baseMs)) throw new RangeError(`nothing to fold between ${fromMs} and ${baseMs}`)
    this.#plan = plan
    this.#fromMs = fromMs
    this.#baseMs = baseMs
    this.#state = new WearerState(plan.wearerId)
  }

  add(report: LogReport): void {
    if (!(report.timeMs < this.#baseMs)) throw new RangeError(`a report at ${report.timeMs} is not before the base`)
    this.firstMs ??= report.timeMs
    step(this.#state, this.#plan, report, this.#sink)
  }

  /** Incidents that the outcome speaks of. */
  decided(): Decided[] {
    return [...this.#newest.values()].filter(
      ({ atMs, incident }) => atMs >= this.#fromMs || incident.endMs === undefined,
    )
  }

  /**
   * `published`: incidents as last published; those outside the fold are left out, and those confirmed at or after
   * `publishedToMs`, which the caller remembers.
   */
  finish(published: readonly Incident[], publishedToMs = this.#baseMs): Rebuilt {
    const decided = this.decided()
    const ids = new Set(decided.map(({ incident }) => incident.id))
    const concerned = published.filter(
      ({ id, startMs, confirmedMs }) =>
        ids.has(id) ||
        (startMs >= (this.firstMs ?? this.#baseMs) && confirmedMs >= this.#fromMs && confirmedMs < publishedToMs),
    )
    // What was withdrawn of the same matters holds their newest revision.
    const matters = new Set(concerned.map(matterOf))
    const withdrawn = published.filter((one) => one.withdrawn && matters.has(matterOf(one)) && !concerned.includes(one))
    return {
      version: TIMELINE_VERSION,
      wearerId: this.#state.wearerId,
      planHash: this.#plan.hash,
      fromMs: this.#fromMs,
      baseMs: this.#baseMs,
      ...(this.firstMs !== undefined && { firstMs: this.firstMs }),
      state: encodeWearerState(this.#state, this.#plan),
      cursorMs: this.#state.cursorMs,
      decided,
      published: [...concerned, ...withdrawn],
    }
  }
}

export function rebuiltToJson(rebuilt: Rebuilt): string {
  const { published, ...rest } = rebuilt
  return JSON.stringify({ ...rest, told: published, state: Buffer.from(rebuilt.state).toString('base64') })
}

export function rebuiltFromJson(text: string): Rebuilt {
  const { told, ...rebuilt } = JSON.parse(text) as Omit<Rebuilt, 'state' | 'cursorMs' | 'published'> & {
    state: string
    cursorMs: number | null
    told: Incident[]
  }
  return {
    ...rebuilt,
    state: new Uint8Array(Buffer.from(rebuilt.state, 'base64')),
    cursorMs: rebuilt.cursorMs ?? Number.NEGATIVE_INFINITY,
    published: told.map(withKeyOrder),
  }
}

/** An incident read from a store that keeps JSON in its own order of keys. */
export function withKeyOrder(incident: Incident): Incident {
  return { ...incident, evidence: incident.evidence.map(inOrder) }
}

function inOrder(given: Evidence): Evidence {
  const { timeMs, contentKey, role, latE7, lonE7, distanceM, radiusM } = given
  const evidence: Evidence = { timeMs, ...(contentKey !== undefined && { contentKey }), role }
  if (latE7 !== undefined) evidence.latE7 = latE7
  if (lonE7 !== undefined) evidence.lonE7 = lonE7
  if (distanceM !== undefined) evidence.distanceM = distanceM
  if (radiusM !== undefined) evidence.radiusM = radiusM
  return evidence
}
