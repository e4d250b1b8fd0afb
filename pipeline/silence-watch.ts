// Who has not been heard of for too long, in one shard. Runs on the clock, beside the fold (see geofence/silence.ts).
import type { CompiledPlan } from '../geofence/compile-plan.ts'
import { coverOf, quietAfterMs, quietMinuteMs } from '../geofence/fleet-silence.ts'
import { type Contact, judgeSilence, silenceDueMs } from '../geofence/silence.ts'
import { intervalAt, nextBoundaryMs } from '../geofence/windows.ts'
import type { Incident } from '../model/incident.ts'
import type { Outage, ShardCounts } from '../model/outage.ts'
import { type LogReport, TRISTATE } from '../model/report.ts'
import type { Listening } from '../stream/listening.ts'
import { EdgeQueue } from './edge-queue.ts'
import { decodeWatched, encodeWatched, type Watched } from './silence-codec.ts'
import { UnitTally } from './unit-tally.ts'

/** What is known beside the shard's own log. */
export type SilenceNews = { listening: Listening | undefined; outages: ReadonlyMap<string, Outage> }
export type PlanAndUnit = (wearerId: number) => { plan: CompiledPlan; unitPath: string | undefined } | undefined

const LOOK_AGAIN_MS = 60_000
/** Nobody is raised so soon after the log was first read to its end: whether the whole unit is silent is found out meanwhile. */
const SETTLE_MS = 10_000
const NO_BATTERY = 255
/** Whose plan names no unit: judged alone. */
const NO_UNIT = ''

export class SilenceWatch {
  readonly #watched = new Map<number, Watched>()
  readonly #due = new EdgeQueue()
  readonly #tally = new UnitTally()
  #outages: ReadonlyMap<string, Outage> = new Map()
  /** Where nobody says that bracelets are listened to, it counts from when the log was first read to its end. */
  #readSinceMs: number | undefined
  #readToMs = 0
  #judgedToMs = 0

  /** Everything that was in the log at `nowMs` has been heard. */
  caughtUp(nowMs: number): void {
    this.#readSinceMs ??= nowMs
    this.#readToMs = nowMs
  }

  /** A report arrived; gives what it ends. */
  hear(report: LogReport, plan: CompiledPlan, unitOf: (wearerId: number) => string | undefined): Incident[] {
    const { wearerId, receivedMs, batteryPercent, charging } = report
    let watched = this.#watched.get(wearerId)
    if (watched === undefined) {
      watched = { contact: { lastReceivedMs: receivedMs }, open: undefined, heard: false }
      this.#watched.set(wearerId, watched)
    } else if (receivedMs > watched.contact.lastReceivedMs) watched.contact.lastReceivedMs = receivedMs
    note(watched.contact, batteryPercent, charging)
    if (watched.heard) return []
    watched.heard = true
    this.#tally.put(wearerId, unitOf(wearerId) ?? NO_UNIT)
    this.#due.set(wearerId, watched.contact.lastReceivedMs + quietAfterMs(plan))
    if (watched.open === undefined) return []
    const { silence, changes } = judgeSilence(wearerId, plan, watched.contact, watched.open, receivedMs)
    watched.open = silence
    return changes
  }

  /** Looks at whoever is due by now; gives, per wearer, what changed. Nobody is judged by what has not been read yet. */
  look(news: SilenceNews, of: PlanAndUnit): [wearerId: number, changes: Incident[]][] {
    const found: [number, Incident[]][] = []
    if (this.#readSinceMs === undefined) return found
    const { sinceMs, toMs } = news.listening ?? { sinceMs: this.#readSinceMs, toMs: this.#readToMs }
    const knownToMs = Math.min(toMs, this.#readToMs)
    this.#judgedToMs = knownToMs
    this.#takeOutages(news.outages, knownToMs)
    for (let id = this.#due.takeDue(knownToMs); id !== undefined; id = this.#due.takeDue(knownToMs)) {
      const watched = this.#watched.get(id)
      const known = of(id)
      if (watched === undefined || known === undefined) continue
      const changes = this.#lookAt(id, watched, known.plan, known.unitPath ?? NO_UNIT, knownToMs, sinceMs)
      if (changes.length > 0) found.push([id, changes])
    }
    return found
  }

  #lookAt(
    wearerId: number,
    watched: Watched,
    plan: CompiledPlan,
    unitPath: string,
    nowMs: number,
    listeningSinceMs: number,
  ): Incident[] {
    const { contact } = watched
    const quietMs = Math.max(contact.lastReceivedMs, listeningSinceMs) + quietAfterMs(plan)
    watched.heard = watched.open === undefined && nowMs < quietMs
    if (watched.heard) {
      this.#tally.put(wearerId, unitPath)
      this.#due.set(wearerId, quietMs)
      return []
    }
    const supervised = intervalAt(plan.supervision, nowMs) >= 0
    if (supervised) this.#tally.put(wearerId, unitPath, quietMinuteMs(contact.lastReceivedMs))
    else this.#tally.remove(wearerId)
    const cover = coverOf(this.#outages.get(unitPath), contact.lastReceivedMs)
    const settledMs = (this.#readSinceMs ?? 0) + SETTLE_MS
    const settling = watched.open === undefined && nowMs < settledMs
    const around = { ...cover, covered: cover.covered || settling, listeningSinceMs }
    const { silence, changes } = judgeSilence(wearerId, plan, contact, watched.open, nowMs, around)
    watched.open = silence
    const dueMs = silenceDueMs(plan, contact, listeningSinceMs, nowMs)
    // The next supervision begins, if there is one.
    if (!supervised) this.#due.set(wearerId, nextBoundaryMs(plan.supervision, nowMs))
    else if (nowMs < dueMs) this.#due.set(wearerId, dueMs)
    else if (settling) this.#due.set(wearerId, settledMs)
    // From here only a report, an outage or the end of the supervision changes anything; the latter is looked for now and then.
    else if (silence !== undefined || cover.covered) this.#due.set(wearerId, nowMs + LOOK_AGAIN_MS)
    return changes
  }

  /** What an outage that began, or is over, means for its unit's silent ones is looked at now. */
  #takeOutages(outages: ReadonlyMap<string, Outage>, nowMs: number): void {
    if (outages === this.#outages) return
    const before = this.#outages
    this.#outages = outages
    for (const unitPath of new Set([...before.keys(), ...outages.keys()]))
      if (before.get(unitPath) !== outages.get(unitPath))
        for (const wearerId of this.#tally.quietIn(unitPath)) this.#due.set(wearerId, nowMs)
  }

  /** Of the units' bracelets, as of the last look; undefined before the first. */
  counts(): ShardCounts | undefined {
    return this.#judgedToMs === 0 ? undefined : this.#tally.at(this.#judgedToMs)
  }

  /** What stands of the wearer's silence. */
  openOf(wearerId: number): readonly Incident[] {
    const incidents = this.#watched.get(wearerId)?.open?.incidents ?? []
    return incidents.filter(({ withdrawn }) => withdrawn === undefined)
  }

  delete(wearerId: number): void {
    this.#watched.delete(wearerId)
    this.#due.delete(wearerId)
    this.#tally.remove(wearerId)
  }

  encode(wearerId: number): Uint8Array | undefined {
    const watched = this.#watched.get(wearerId)
    return watched && encodeWatched(watched)
  }

  restore(wearerId: number, bytes: Uint8Array): void {
    this.#watched.set(wearerId, decodeWatched(bytes))
    this.#due.set(wearerId, 0)
  }
}

function note(contact: Contact, batteryPercent: number, charging: number): void {
  if (batteryPercent !== NO_BATTERY) contact.batteryPercent = batteryPercent
  if (charging !== TRISTATE.unknown) contact.charging = charging === TRISTATE.yes
}
