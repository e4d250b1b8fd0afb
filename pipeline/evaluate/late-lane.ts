// Evaluate's side of the lane for reports older than its memory. Evaluate asks record, which has the stored track, to fold the time
// before memory again, and applies the answer. record-late.ts is the other side.
import { rebuiltFromJson } from '../../geofence/timeline/rebuild.ts'
import type { WearerTimeline } from '../../geofence/timeline/timeline.ts'
import type { Counter, Log, Meter } from '../../model/observe.ts'
import type { LogReport } from '../../model/report/report.ts'
import {
  type LateAnswer,
  type LateRequest,
  lateAnswered,
  readLateAnswer,
  readLateRequests,
} from '../../stream/logs/late-requests.ts'
import { compareIds } from '../../stream/logs/positions.ts'
import type { RedisClient } from '../../stream/redis/connect.ts'
import type { Keys } from '../../stream/redis/keys.ts'

type LateLaneOptions = { redis: RedisClient; keys: Keys; shard: number; log: Log; meter: Meter }

/** What one answer led to; `done`: the request goes. */
type Taken = { wearerId: number; done: boolean; rebased: boolean }

const LOOK_MS = 250
/** Answers taken up in one turn: each folds a wearer's memory again. */
const TAKEN_MAX = 8
/** Record answers within its next turn, and another plan there than here lasts no longer than its publication. */
const ASK_AGAIN_MS = 1000

export class LateLane {
  readonly #options: LateLaneOptions
  readonly #open = new Map<number, LateRequest>()
  readonly #unsaved = new Set<number>()
  readonly #outcomes: Counter
  #lookAtMs = Number.NEGATIVE_INFINITY
  readonly #notBeforeMs = new Map<number, number>()

  constructor(options: LateLaneOptions) {
    this.#options = options
    this.#outcomes = options.meter.counter(
      'gelang_evaluate_late_requests_total',
      'Requests to fold again from the stored track, by what became of them',
      ['outcome'],
    )
  }

  async load(): Promise<void> {
    const { redis, keys, shard } = this.#options
    for (const [wearerId, request] of await readLateRequests(redis, keys, shard)) this.#open.set(wearerId, request)
  }

  /** A report that memory does not reach came with log entry `entryId`. */
  ask({ wearerId, timeMs, receivedMs }: LogReport, baseMs: number, entryId: string): void {
    const known = this.#open.get(wearerId)
    this.#open.set(wearerId, {
      ...(known?.lost && { lost: true }),
      wearerId,
      fromMs: Math.min(timeMs, known?.fromMs ?? timeMs),
      receivedMs: Math.min(receivedMs, known?.receivedMs ?? receivedMs),
      baseMs,
      sinceId: known?.sinceId ?? entryId,
      entryId,
      attempt: known?.attempt ?? 0,
    })
    this.#unsaved.add(wearerId)
  }

  /**
   * What was saved of the wearer cannot be read; a timeline without memory begins at `baseMs`. Everything up to log entry `entryId`
   * had been judged, and is to be folded from the stored track.
   */
  askLost(wearerId: number, baseMs: number, entryId: string): void {
    const known = this.#open.get(wearerId)
    const attempt = known === undefined ? 0 : known.attempt + 1
    const fromMs = Math.min(known?.fromMs ?? baseMs - 1, baseMs - 1)
    const receivedMs = known?.receivedMs ?? baseMs
    this.#open.set(wearerId, { wearerId, fromMs, receivedMs, baseMs, sinceId: entryId, entryId, attempt, lost: true })
    this.#unsaved.add(wearerId)
  }

  get hasUnsaved(): boolean {
    return this.#unsaved.size > 0
  }

  /** Requests that are not in Redis yet; they go with the commit that saves the position behind their reports. */
  takeUnsaved(): LateRequest[] {
    const requests = [...this.#unsaved].flatMap((wearerId) => this.#open.get(wearerId) ?? [])
    this.#unsaved.clear()
    return requests
  }

  forget(wearerId: number): void {
    this.#open.delete(wearerId)
    this.#notBeforeMs.delete(wearerId)
    this.#unsaved.delete(wearerId)
  }

  /** Applies the answers that have come back, from time to time. The caller commits the named wearers and drops finished requests. */
  async take(paceMs: number, timelineOf: (wearerId: number) => WearerTimeline | undefined): Promise<Taken[]> {
    if (this.#open.size === 0 || paceMs - this.#lookAtMs < LOOK_MS) return []
    this.#lookAtMs = paceMs
    const { redis, keys, shard } = this.#options
    const answered = await lateAnswered(redis, keys, shard)
    const taken: Taken[] = []
    for (const [wearerId, request] of this.#open) {
      if (taken.length >= TAKEN_MAX) break
      const timeline = timelineOf(wearerId)
      if (timeline === undefined) {
        this.#outcomes.inc({ outcome: 'dropped' })
        taken.push(this.#done(wearerId))
        continue
      }
      if (!answered.has(wearerId) || (this.#notBeforeMs.get(wearerId) ?? paceMs) > paceMs) continue
      const answer = await readLateAnswer(redis, keys, shard, wearerId)
      // An answer from before the first request knows nothing of its reports; one from before the last request was applied already.
      const knows = answer !== undefined && compareIds(answer.request.entryId, request.sinceId) >= 0
      if (knows && answer.request.attempt >= request.attempt) taken.push(this.#judge(request, answer, timeline, paceMs))
      else this.#notBeforeMs.set(wearerId, paceMs + ASK_AGAIN_MS)
    }
    return taken
  }

  #judge(request: LateRequest, answer: LateAnswer, timeline: WearerTimeline, paceMs: number): Taken {
    const { wearerId } = request
    this.#notBeforeMs.delete(wearerId)
    if (answer.failed !== undefined) {
      const what = request.lost
        ? 'what was open when memory was lost stays open until an officer ends it'
        : 'late reports are stored but not judged'
      this.#options.log.error({ wearerId, reason: answer.failed }, what)
      this.#outcomes.inc({ outcome: 'failed' })
      return this.#done(wearerId)
    }
    const rebased = answer.rebuilt !== undefined && timeline.rebase(rebuiltFromJson(answer.rebuilt))
    const newest = compareIds(answer.request.entryId, request.entryId) >= 0
    // An older version of record does not know of lost memory and answers that no report is new.
    const known = answer.rebuilt === undefined && !request.lost
    if (newest && (rebased || known)) {
      this.#outcomes.inc({ outcome: rebased ? 'judged' : 'known' })
      return { ...this.#done(wearerId), rebased }
    }
    if (newest && answer.request.attempt === request.attempt) {
      // Memory has moved on, or the plan has changed: asks again from where memory begins now.
      this.#outcomes.inc({ outcome: 'asked_again' })
      this.#notBeforeMs.set(wearerId, paceMs + ASK_AGAIN_MS)
      this.#open.set(wearerId, { ...request, baseMs: timeline.baseMs, attempt: request.attempt + 1 })
      this.#unsaved.add(wearerId)
    }
    return { wearerId, done: false, rebased }
  }

  #done(wearerId: number): Taken {
    this.forget(wearerId)
    return { wearerId, done: true, rebased: false }
  }
}
