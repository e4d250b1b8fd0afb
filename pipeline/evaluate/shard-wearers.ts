// Everything an evaluator keeps in memory of one shard's wearers: plans, timelines, when each is due next, newest positions,
// silences. Restored from the checkpoint, kept in step with the published plans, moved on by the clock.
import { Fleet } from '../../geofence/timeline/fleet.ts'
import type { WearerTimeline } from '../../geofence/timeline/timeline.ts'
import { savedPlans, TimelineUnreadable } from '../../geofence/timeline/timeline-codec.ts'
import { decodeLive, WEARER_STATE } from '../../model/console/live.ts'
import type { Incident } from '../../model/incident/incident.ts'
import type { Clock, Counter, Log, Meter } from '../../model/observe.ts'
import { zoneIdsOf } from '../../model/plan/plan.ts'
import type { LogReport } from '../../model/report/report.ts'
import { readLatest } from '../../stream/logs/live-channel.ts'
import { parseId } from '../../stream/logs/positions.ts'
import { loadShard } from '../../stream/ownership/checkpoint.ts'
import type { RuleAlarm } from '../../stream/publication/rule-alarm.ts'
import type { RedisClient } from '../../stream/redis/connect.ts'
import type { Keys } from '../../stream/redis/keys.ts'
import { LogUnavailable } from '../../stream/redis/redis-errors.ts'
import { breathe, PLANS_PER_BREATH } from './breathe.ts'
import { EdgeQueue } from './edge-queue.ts'
import type { EvaluatorLimits } from './evaluator-limits.ts'
import { LateLane } from './late-lane.ts'
import { LiveBoard } from './live-board.ts'
import type { NewsBoard } from './news-board.ts'
import { PlanBook, type PlanChange, type ZoneBook } from './plan-book.ts'
import { bucketField, groupBuckets } from './saved-events.ts'
import { SilenceWatch } from './silence-watch.ts'

type ShardWearersOptions = {
  shard: number
  redis: RedisClient
  keys: Keys
  zones: ZoneBook
  news: NewsBoard
  clock: Clock
  log: Log
  meter: Meter
  limits: EvaluatorLimits
  /** Is called for rules without the publisher's seal. */
  alarm?: RuleAlarm
}

export class ShardWearers {
  readonly fleet: Fleet
  readonly edges = new EdgeQueue()
  readonly board = new LiveBoard()
  readonly silences = new SilenceWatch()
  readonly lateLane: LateLane
  /** Wearers with possible changes since outcomes were committed last. */
  readonly touched = new Set<number>()
  /** Whose memory changed since it was saved. */
  readonly unsaved = new Set<number>()
  /** What the silences of those add to it. */
  readonly silenceChanges = new Map<number, Incident[]>()
  /** Saved hours of those whose memory is lost; they go before anything is saved again of one of them. */
  readonly lostBuckets: string[] = []
  /** Who has no plan any more; what is saved of them goes with the next commit. */
  readonly dropped: number[] = []
  /** Plans have been published: `takePlans` reads them. */
  plansChanged = false
  readonly #options: ShardWearersOptions
  readonly #plans: PlanBook
  readonly #unreadable: Counter

  constructor(options: ShardWearersOptions) {
    this.#options = options
    this.fleet = new Fleet(options.limits)
    const { limits, redis, keys, shard, log, meter } = options
    this.#plans = new PlanBook({ ...options, retainMs: limits.retainMs })
    this.lateLane = new LateLane({ redis, keys, shard, log, meter })
    this.#unreadable = meter.counter(
      'gelang_evaluate_unreadable_states_total',
      'Saved timelines that could not be read',
    )
  }

  zoneIds(): Iterable<string> {
    return this.#plans.zoneIds()
  }

  /** From the shard's checkpoint; gives the log position that it accounts for. */
  async restore(): Promise<string> {
    const { redis, keys, shard, zones } = this.#options
    const saved = await loadShard(redis, keys, shard)
    await this.lateLane.load()
    const buckets = groupBuckets(saved.events, (wearerId, bytes) => this.#restoreSilence(wearerId, bytes))
    await zones.load([...buckets.values()].flatMap((of) => savedPlans(of).flatMap(zoneIdsOf)))
    await this.#plans.refresh((wearerId) => savedPlans(buckets.get(wearerId) ?? new Map()).at(-1))
    for (const wearerId of this.#plans.wearerIds()) {
      const state = saved.states.get(wearerId)
      const timeline = this.#restoreOne(wearerId, state, buckets.get(wearerId) ?? new Map(), saved.position)
      this.edges.set(wearerId, timeline.nextEdgeMs())
      this.silences.expect(wearerId)
      // A plan may have changed while no process evaluated: the first turn publishes what it decides.
      this.touched.add(wearerId)
      if (this.touched.size % PLANS_PER_BREATH === 0) await breathe()
    }
    for (const [wearerId, bytes] of await readLatest(redis, keys, shard)) this.#restorePosition(wearerId, bytes)
    return saved.position
  }

  #restoreSilence(wearerId: number, bytes: Uint8Array): void {
    try {
      this.silences.restore(wearerId, bytes)
    } catch (error) {
      if (!(error instanceof RangeError || error instanceof SyntaxError)) throw error
      this.#unreadable.inc()
      const { log } = this.#options
      log.error(
        { wearerId, reason: error.message },
        'a saved silence is unreadable; it is counted anew, from when ingest listens',
      )
    }
  }

  /** The next fix replaces a position that cannot be read. */
  #restorePosition(wearerId: number, bytes: Uint8Array): void {
    try {
      for (const position of decodeLive(bytes)) this.board.restore(position)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      this.#options.log.warn({ wearerId, reason: error.message }, 'a saved position is unreadable')
    }
  }

  #restoreOne(
    wearerId: number,
    state: Uint8Array | undefined,
    buckets: Map<number, Uint8Array>,
    position: string,
  ): WearerTimeline {
    const { log, clock } = this.#options
    const plan = this.#plans.get(wearerId)!
    if (state === undefined) return this.fleet.begin(wearerId, plan)
    try {
      return this.fleet.restore(wearerId, plan, state, buckets, this.#plans.changedMs(wearerId))
    } catch (error) {
      if (!(error instanceof TimelineUnreadable)) throw error
      // One wearer's damaged state must not stop the shard, and that wearer's open incidents must not be forgotten.
      this.#unreadable.inc()
      log.error(
        { wearerId, reason: error.message },
        'a saved timeline is unreadable; it is asked for from the stored track',
      )
      // Entries after the checkpoint's position are judged at once, without waiting for the stored track.
      const baseMs = Math.min(clock(), parseId(position)[0] || Number.POSITIVE_INFINITY) + 1
      this.lateLane.askLost(wearerId, baseMs, position)
      for (const bucketMs of buckets.keys()) if (bucketMs >= 0) this.lostBuckets.push(bucketField(wearerId, bucketMs))
      return this.fleet.beginLost(wearerId, plan, baseMs)
    }
  }

  /** Plans that were published since the last time, and windows that have been compiled long ago. */
  async takePlans(): Promise<void> {
    if (this.plansChanged) {
      this.plansChanged = false
      const { changed, removed } = await this.#plans.refresh()
      for (const wearerId of removed) this.#drop(wearerId)
      for (const change of changed) this.#setPlan(change)
    }
    for (const change of this.#plans.extendHorizon()) this.#setPlan(change)
  }

  /**
   * Reports of a wearer without a plan are discarded, but not where Redis has lost the plans: throws LogUnavailable, so that the
   * report stays in the log until they are published again.
   */
  assertPublished(): void {
    if (this.#plans.isPublished) return
    throw new LogUnavailable('away', `no plans of shard ${this.#options.shard} are published, but reports come`)
  }

  #drop(wearerId: number): void {
    this.fleet.delete(wearerId)
    this.edges.delete(wearerId)
    this.board.delete(wearerId)
    this.silences.delete(wearerId)
    this.lateLane.forget(wearerId)
    this.dropped.push(wearerId)
  }

  #setPlan({ wearerId, plan, changedMs }: PlanChange): void {
    const timeline = this.fleet.get(wearerId)
    if (timeline === undefined) this.fleet.begin(wearerId, plan)
    else timeline.setPlan(plan, changedMs)
    this.silences.expect(wearerId, this.#options.clock())
    this.touched.add(wearerId)
  }

  /** Its wearer has reported, whether or not the report is judged yet. */
  hear(report: LogReport): void {
    const plan = this.#plans.get(report.wearerId)
    if (plan !== undefined) this.#silenceChanged(report.wearerId, this.silences.hear(report, plan, this.#unitOf))
  }

  readonly #unitOf = (wearerId: number): string | undefined => this.#plans.unitOf(wearerId)

  #silenceChanged(wearerId: number, changes: Incident[]): void {
    if (changes.length === 0) return
    this.silenceChanges.set(wearerId, [...(this.silenceChanges.get(wearerId) ?? []), ...changes])
    this.touched.add(wearerId)
  }

  /** WEARER_STATE as the map shows it. */
  stateOf(wearerId: number, timeline: WearerTimeline): number {
    return this.silences.openOf(wearerId).length > 0
      ? Math.max(timeline.worstState(), WEARER_STATE.serius)
      : timeline.worstState()
  }

  /** The unit that the wearer is counted in; undefined where none was published. */
  unitOf(wearerId: number): string | undefined {
    return this.#plans.unitOf(wearerId)
  }

  /**
   * Advances the wearers who are due by `knownToMs`; the clock judges nobody beyond what has been read. A wearer who `waits` has
   * reports that are read and not judged yet: judging them advances that wearer.
   */
  fireEdges(knownToMs: number, waits: (wearerId: number) => boolean): void {
    for (let id = this.edges.takeDue(knownToMs); id !== undefined; id = this.edges.takeDue(knownToMs)) {
      if (waits(id)) continue
      this.fleet.get(id)?.advanceTo(knownToMs)
      this.touched.add(id)
    }
    const rulesOf = (id: number) => {
      const plan = this.#plans.get(id)
      return plan && { plan, unitPath: this.#plans.unitOf(id), worn: this.#plans.wornOf(id) }
    }
    for (const [wearerId, changes] of this.silences.look(this.#options.news, rulesOf))
      this.#silenceChanged(wearerId, changes)
  }
}
