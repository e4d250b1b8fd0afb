// Publishes the changes of a shard's wearers and saves the states that know of them, under the owner's fencing token.
import { BUCKET_MS } from '../../geofence/timeline/report-chain.ts'
import type { WearerTimeline } from '../../geofence/timeline/timeline.ts'
import type { Incident } from '../../model/incident/incident.ts'
import type { Counter, Log, Meter } from '../../model/observe.ts'
import { encodeIncident } from '../../stream/logs/incident-log.ts'
import { COMMIT_FIELDS_MAX, eventFieldsOf } from '../../stream/ownership/checkpoint.ts'
import { bytesOf, type CommitTarget, commitInParts, type LastPart, type Piece } from './commit-in-parts.ts'
import { bucketField, silenceField } from './saved-events.ts'
import type { ShardWearers } from './shard-wearers.ts'

/** A wearer's changes to publish; empty where only the state is saved. */
type Outcome = { wearerId: number; incidents: readonly Incident[] }

/** What a commit has room for beside the last part. */
const PUBLISHED_AT_ONCE_MAX = 8000
/** About a MiB. */
const PUBLISHED_PER_PIECE = 500
const NOTHING: Piece = { incidents: [], states: [], events: [], dropEvents: [], latest: [] }

type WriterTarget = CommitTarget & { limits: { wearerBytesMax: number } }

export class OutcomeWriter {
  readonly #wearers: ShardWearers
  readonly #target: WriterTarget
  readonly #log: Log
  readonly #incidents: Counter
  readonly #crowdings: Counter
  readonly #ahead: Counter
  /** Said once of each. */
  readonly #crowded = new Set<number>()
  #savedPosition = '0-0'

  constructor(wearers: ShardWearers, { meter, log, ...target }: WriterTarget & { meter: Meter; log: Log }) {
    this.#wearers = wearers
    this.#target = target
    this.#log = log
    this.#crowdings = meter.counter(
      'gelang_evaluate_crowded_wearers_total',
      'Times more came of one wearer than memory keeps, so that it was cut in the midst of an hour',
    )
    this.#ahead = meter.counter(
      'gelang_evaluate_published_ahead_total',
      'Commits that one wearer’s changes exceeded, so that they were published before the state that knows of them',
    )
    this.#incidents = meter.counter('gelang_evaluate_incident_revisions_total', 'Incident revisions emitted, by type', [
      'type',
    ])
  }

  startAt(position: string): void {
    this.#savedPosition = position
  }

  /**
   * Outcomes go out at once, together with the states that know of them, so that a crash cannot forget a revision. What live
   * reports decided goes first; wearers with late reports are judged again after that.
   */
  async commitOutcomes(): Promise<void> {
    const { touched, silenceChanges } = this.#wearers
    await this.#dropGone()
    const late: number[] = []
    await this.#commitChanges(touched, (timeline, wearerId) => {
      if (timeline.isStale) late.push(wearerId)
      const silences = silenceChanges.get(wearerId) ?? []
      return [...timeline.takeChanges(true), ...silences]
    })
    silenceChanges.clear()
    touched.clear()
    await this.#commitChanges(late, (timeline) => timeline.takeChanges())
  }

  /** What came of one wearer goes out before more is judged, and memory lets go what it need not keep. */
  async relieve(wearerId: number): Promise<void> {
    this.#sayCrowded(wearerId)
    await this.#commitChanges([wearerId], (timeline) => timeline.takeChanges())
  }

  #sayCrowded(wearerId: number): void {
    this.#crowdings.inc()
    if (this.#crowded.has(wearerId)) return
    this.#crowded.add(wearerId)
    this.#log.warn({ wearerId }, 'one wearer has more reports or incidents than are kept; memory reaches back less far')
  }

  async #commitChanges(
    wearerIds: Iterable<number>,
    changesOf: (timeline: WearerTimeline, wearerId: number) => Incident[],
    dropLate: number[] = [],
  ): Promise<void> {
    const wearers = this.#wearers
    const outcomes: Outcome[] = []
    for (const wearerId of wearerIds) {
      const timeline = wearers.fleet.get(wearerId)
      if (timeline === undefined) continue
      wearers.unsaved.add(wearerId)
      const changes = changesOf(timeline, wearerId)
      wearers.edges.set(wearerId, timeline.nextEdgeMs())
      if (changes.length === 0 && !dropLate.includes(wearerId)) continue
      for (const { type } of changes) this.#incidents.inc({ type })
      wearers.board.setState(wearerId, wearers.stateOf(wearerId, timeline))
      outcomes.push({ wearerId, incidents: changes })
    }
    if (outcomes.length > 0 || dropLate.length > 0) await this.#commit(outcomes, { dropLate })
  }

  /** What the record has folded again from the stored track: adopted, published, and the request dropped, in one commit each. */
  async takeRebuilt(paceMs: number): Promise<void> {
    const { lateLane, fleet } = this.#wearers
    const taken = await lateLane.take(paceMs, (wearerId) => fleet.get(wearerId))
    for (const { wearerId, done, rebased } of taken) {
      const dropLate = done ? [wearerId] : []
      if (rebased) await this.#commitChanges([wearerId], (timeline) => timeline.takeChanges(), dropLate)
      else if (done) await this.#commit([], { dropLate })
    }
  }

  /** Saves the wearers that changed since the last time, and that everything up to `position` is in their states. */
  async checkpoint(position: string): Promise<void> {
    const { lateLane, unsaved } = this.#wearers
    await this.#dropGone()
    if (unsaved.size === 0 && position === this.#savedPosition && !lateLane.hasUnsaved) return
    await this.#commit(
      Array.from(unsaved, (wearerId) => ({ wearerId, incidents: [] })),
      { position },
    )
    this.#savedPosition = position
  }

  /** The request for what cannot be read goes out before a state is saved that hides that something is missing. */
  async askForLost(): Promise<void> {
    const { lateLane, lostBuckets } = this.#wearers
    if (lateLane.hasUnsaved) await this.#commit([], {})
    while (lostBuckets.length > 0) await this.#commit([], { dropEvents: lostBuckets.splice(0, COMMIT_FIELDS_MAX / 2) })
  }

  /** What was saved of those who have no plan any more goes before anything is saved again of one who has one anew. */
  async #dropGone(): Promise<void> {
    const dropWearers = this.#wearers.dropped.splice(0)
    if (dropWearers.length === 0) return
    const { redis, keys, shard } = this.#target
    const fields = await eventFieldsOf(redis, keys, shard, dropWearers)
    for (let at = 0; at < fields.length; at += COMMIT_FIELDS_MAX / 2)
      await this.#commit([], { dropEvents: fields.slice(at, at + COMMIT_FIELDS_MAX / 2) })
    for (let at = 0; at < dropWearers.length; at += COMMIT_FIELDS_MAX / 2)
      await this.#commit([], { dropWearers: dropWearers.slice(at, at + COMMIT_FIELDS_MAX / 2) })
  }

  /** In as many steps as it takes, a wearer's outcomes and the state that knows of them in the same one; `last` with the last. */
  async #commit(outcomes: readonly Outcome[], last: LastPart): Promise<void> {
    // A report that is asked for is never behind a saved position without its request.
    const lateRequests = () => this.#wearers.lateLane.takeUnsaved()
    await commitInParts(this.#target, this.#pieces(outcomes), () => ({ ...last, lateRequests: lateRequests() }))
  }

  *#pieces(outcomes: readonly Outcome[]): Generator<Piece> {
    for (const { wearerId, incidents } of outcomes) {
      this.#wearers.unsaved.delete(wearerId)
      const timeline = this.#wearers.fleet.get(wearerId)
      if (timeline === undefined) continue
      const unitPath = this.#wearers.unitOf(wearerId)
      const entryOf = (incident: Incident) => encodeIncident(JSON.stringify(incident), unitPath)
      const changes = incidents.map(entryOf)
      let saved = this.#saved(wearerId, timeline)
      // What late reports decided is saved in full until it is published; afterwards most of it need not be.
      if (bytesOf(saved) > this.#target.limits.wearerBytesMax) {
        for (const incident of this.#changesOf(timeline)) changes.push(entryOf(incident))
        saved = both(saved, this.#saved(wearerId, timeline))
      }
      yield* this.#aheadOf(wearerId, changes)
      yield { ...saved, incidents: changes }
    }
  }

  #changesOf(timeline: WearerTimeline): Incident[] {
    const changes = timeline.takeChanges()
    for (const { type } of changes) this.#incidents.inc({ type })
    return changes
  }

  /** Changes that one commit cannot hold are published ahead of the state; a replay publishes them again. */
  *#aheadOf(wearerId: number, changes: string[]): Generator<Piece> {
    const bytes = changes.reduce((sum, { length }) => sum + length, 0)
    if (bytes <= this.#target.limits.wearerBytesMax && changes.length <= PUBLISHED_AT_ONCE_MAX) return
    this.#ahead.inc()
    this.#log.error({ wearerId, bytes, incidents: changes.length }, 'one wearer has more changes than a commit holds')
    while (changes.length > 0) yield { ...NOTHING, incidents: changes.splice(0, PUBLISHED_PER_PIECE) }
  }

  #saved(wearerId: number, timeline: WearerTimeline): Piece {
    const { silences, board } = this.#wearers
    const { baseMs } = timeline
    const states: Piece['states'] = [[wearerId, timeline.encodeState()]]
    if (timeline.baseMs !== baseMs && timeline.baseMs % BUCKET_MS !== 0) this.#sayCrowded(wearerId)
    const buckets = timeline.dirtyBuckets()
    const events = buckets.map(([bucketMs, bytes]): [string, Uint8Array] => [bucketField(wearerId, bucketMs), bytes])
    const dropEvents = timeline.droppedBuckets().map((bucketMs) => bucketField(wearerId, bucketMs))
    const silence = silences.encode(wearerId)
    if (silence !== undefined) events.push([silenceField(wearerId), silence])
    const latest = board.snapshot(wearerId)
    return { incidents: [], states, events, dropEvents, latest: latest === undefined ? [] : [[wearerId, latest]] }
  }
}

/** What was saved of one wearer and again, the second time only what had changed. */
function both(first: Piece, second: Piece): Piece {
  return {
    ...second,
    events: [...first.events, ...second.events],
    dropEvents: [...first.dropEvents, ...second.dropEvents],
  }
}
