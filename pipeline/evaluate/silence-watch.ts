// Wearers of one shard without a report for too long. Runs on the clock, beside the fold (see geofence/silence/silence.ts).
import type { CompiledPlan } from '../../geofence/plan/compile-plan.ts'
import { expectedAgainMs, expectedSinceMs, type Worn } from '../../geofence/silence/expected.ts'
import { coverOf, quietAfterMs, quietMinuteMs } from '../../geofence/silence/fleet-silence.ts'
import { listenedDueMs } from '../../geofence/silence/listened.ts'
import { type Contact, judgeSilence, silenceDueMs, silentSinceMs } from '../../geofence/silence/silence.ts'
import type { Incident } from '../../model/incident/incident.ts'
import type { Outage, ShardCounts } from '../../model/incident/outage.ts'
import { type LogReport, TRISTATE } from '../../model/report/report.ts'
import type { Listening } from '../../stream/ownership/listening.ts'
import { EdgeQueue } from './edge-queue.ts'
import { decodeWatched, encodeWatched, type Watched } from './silence-codec.ts'
import { UnitTally } from './unit-tally.ts'

/** What is known beside the shard's own log. */
type SilenceNews = { listening: Listening | undefined; outages: ReadonlyMap<string, Outage> }
type Rules = { plan: CompiledPlan; unitPath: string | undefined; worn?: Worn }
type RulesOf = (wearerId: number) => Rules | undefined

const LOOK_AGAIN_MS = 60_000
/** Nobody is raised so soon after the log was first read to its end: whether the whole unit is silent is found out meanwhile. */
const WARM_UP_MS = 10_000
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

  /** Reports may be expected of the wearer; `changedMs`: since a change of the rules at that time. Looked at next. */
  expect(wearerId: number, changedMs?: number): void {
    let watched = this.#watched.get(wearerId)
    if (watched === undefined) {
      watched = { contact: {}, open: undefined, heard: false }
      this.#watched.set(wearerId, watched)
    }
    watched.changedMs = changedMs
    this.#due.set(wearerId, 0)
  }

  /** A report arrived; gives what it ends. */
  hear(report: LogReport, plan: CompiledPlan, unitOf: (wearerId: number) => string | undefined): Incident[] {
    const { wearerId, receivedMs, batteryPercent, charging } = report
    let watched = this.#watched.get(wearerId)
    if (watched === undefined) {
      watched = { contact: { lastReceivedMs: receivedMs }, open: undefined, heard: false }
      this.#watched.set(wearerId, watched)
    } else if (receivedMs > (watched.contact.lastReceivedMs ?? 0)) watched.contact.lastReceivedMs = receivedMs
    note(watched.contact, batteryPercent, charging)
    if (watched.heard) return []
    watched.heard = true
    this.#tally.put(wearerId, unitOf(wearerId) ?? NO_UNIT)
    this.#due.set(wearerId, (watched.contact.lastReceivedMs ?? receivedMs) + quietAfterMs(plan))
    // What is read again after a takeover was heard before that silence.
    if (watched.open === undefined || receivedMs <= watched.open.sinceMs) return []
    const { silence, changes } = judgeSilence(wearerId, plan, watched.contact, watched.open, receivedMs)
    watched.open = silence
    return changes
  }

  /** Looks at whoever is due by now; gives, per wearer, what changed. Nobody is judged by what has not been read yet. */
  look(news: SilenceNews, of: RulesOf): [wearerId: number, changes: Incident[]][] {
    const found: [number, Incident[]][] = []
    if (this.#readSinceMs === undefined) return found
    const listening = news.listening ?? { sinceMs: this.#readSinceMs, toMs: this.#readToMs, gaps: [] }
    const { toMs } = listening
    const knownToMs = Math.min(toMs, this.#readToMs)
    this.#judgedToMs = knownToMs
    this.#takeOutages(news.outages, knownToMs)
    for (let id = this.#due.takeDue(knownToMs); id !== undefined; id = this.#due.takeDue(knownToMs)) {
      const watched = this.#watched.get(id)
      const known = of(id)
      if (watched === undefined || known === undefined) continue
      const changes = this.#lookAt(id, watched, known, knownToMs, listening)
      if (changes.length > 0) found.push([id, changes])
    }
    return found
  }

  #lookAt(
    wearerId: number,
    watched: Watched,
    { plan, unitPath = NO_UNIT, worn }: Rules,
    nowMs: number,
    { sinceMs: listeningSinceMs, gaps }: Listening,
  ): Incident[] {
    const { contact } = watched
    noteExpected(watched, expectedSinceMs(plan, worn, nowMs))
    const { learnedMs = 0 } = watched
    const silentMs = silentSinceMs(plan, contact, worn, nowMs)
    const countsFromMs = Math.max(silentMs ?? Number.POSITIVE_INFINITY, listeningSinceMs, learnedMs)
    const quietMs = listenedDueMs(countsFromMs, quietAfterMs(plan), gaps)
    const inTime = watched.open === undefined && nowMs < quietMs
    // An outage is one of bracelets that reported before; one that never reported neither makes nor prolongs it.
    const hasSpoken = silentMs !== undefined && silentMs === contact.lastReceivedMs
    watched.heard = hasSpoken && inTime
    if (hasSpoken) this.#tally.put(wearerId, unitPath, inTime ? undefined : quietMinuteMs(silentMs))
    else this.#tally.remove(wearerId)
    if (silentMs === undefined) this.#due.set(wearerId, expectedAgainMs(plan, worn, nowMs))
    else if (inTime) {
      this.#due.set(wearerId, quietMs)
      return []
    }
    const cover = coverOf(this.#outages.get(unitPath), silentMs ?? 0)
    const warmMs = (this.#readSinceMs ?? 0) + WARM_UP_MS
    const warmingUp = watched.open === undefined && nowMs < warmMs
    const around = { ...cover, covered: cover.covered || warmingUp, listeningSinceMs, gaps, worn, learnedMs }
    const { silence, changes } = judgeSilence(wearerId, plan, contact, watched.open, nowMs, around)
    watched.open = silence
    if (silentMs === undefined) return changes
    const dueMs = silenceDueMs(plan, countsFromMs, 0, gaps)
    if (nowMs < dueMs) this.#due.set(wearerId, dueMs)
    else if (warmingUp) this.#due.set(wearerId, warmMs)
    // From here only a report, an outage or the end of what is expected changes anything; the latter is looked for now and then.
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

  /** The wearer's silence incident, if active. */
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

/** A beginning that lies before the change by which it came is learned late. */
function noteExpected(watched: Watched, expectedMs: number | undefined): void {
  const { changedMs } = watched
  if (changedMs !== undefined && expectedMs !== watched.expectedMs) watched.learnedMs = changedMs
  watched.changedMs = undefined
  watched.expectedMs = expectedMs
}

function note(contact: Contact, batteryPercent: number, charging: number): void {
  if (charging !== TRISTATE.unknown) contact.charging = charging === TRISTATE.yes
  if (batteryPercent === NO_BATTERY) return
  // A battery that falls, and says no more of charging, is not being charged.
  const falls = contact.batteryPercent !== undefined && batteryPercent < contact.batteryPercent
  if (falls && charging === TRISTATE.unknown) delete contact.charging
  contact.batteryPercent = batteryPercent
}
