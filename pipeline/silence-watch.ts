// Who has not been heard of for too long, in one shard. Runs on the clock, beside the fold (see geofence/silence.ts).
import type { CompiledPlan } from '../geofence/compile-plan.ts'
import { type Contact, judgeSilence, type Silence, silenceDueMs } from '../geofence/silence.ts'
import type { Incident } from '../model/incident.ts'
import { type LogReport, TRISTATE } from '../model/report.ts'
import { EdgeQueue } from './edge-queue.ts'

type Watched = { contact: Contact; open: Silence | undefined }

const LOOK_AGAIN_MS = 60_000
const NO_BATTERY = 255
const CHARGING_UNKNOWN = TRISTATE.unknown
const CHARGING_YES = TRISTATE.yes

export class SilenceWatch {
  readonly #watched = new Map<number, Watched>()
  readonly #due = new EdgeQueue()
  /** Nobody is blamed for a silence during which we did not listen: it counts from here at the earliest. */
  #listeningSinceMs = Number.POSITIVE_INFINITY

  /** From now on the log is read as it is written. */
  listen(nowMs: number): void {
    if (this.#listeningSinceMs !== Number.POSITIVE_INFINITY) return
    this.#listeningSinceMs = nowMs
    for (const wearerId of this.#watched.keys()) this.#due.set(wearerId, nowMs)
  }

  /** A report arrived; gives what it ends. */
  hear(report: LogReport, plan: CompiledPlan): Incident[] {
    const { wearerId, receivedMs, batteryPercent, charging } = report
    const watched = this.#watched.get(wearerId)
    if (watched === undefined) {
      const contact: Contact = { lastReceivedMs: receivedMs }
      this.#watched.set(wearerId, { contact: note(contact, batteryPercent, charging), open: undefined })
      this.#due.set(wearerId, silenceDueMs(plan, contact))
      return []
    }
    if (receivedMs > watched.contact.lastReceivedMs) watched.contact.lastReceivedMs = receivedMs
    note(watched.contact, batteryPercent, charging)
    if (watched.open === undefined) return []
    const { silence, changes } = judgeSilence(wearerId, plan, watched.contact, watched.open, receivedMs)
    watched.open = silence
    this.#due.set(wearerId, silenceDueMs(plan, watched.contact))
    return changes
  }

  nextDueMs(): number {
    return this.#listeningSinceMs === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : this.#due.nextDueMs()
  }

  /** Looks at whoever is due at `nowMs`; gives, per wearer, what changed. */
  look(
    nowMs: number,
    planOf: (wearerId: number) => CompiledPlan | undefined,
  ): [wearerId: number, changes: Incident[]][] {
    const found: [number, Incident[]][] = []
    if (this.#listeningSinceMs === Number.POSITIVE_INFINITY) return found
    for (let wearerId = this.#due.takeDue(nowMs); wearerId !== undefined; wearerId = this.#due.takeDue(nowMs)) {
      const watched = this.#watched.get(wearerId)
      const plan = planOf(wearerId)
      if (watched === undefined || plan === undefined) continue
      const dueMs =
        silenceDueMs(plan, watched.contact) + Math.max(0, this.#listeningSinceMs - watched.contact.lastReceivedMs)
      if (watched.open === undefined && nowMs < dueMs) {
        this.#due.set(wearerId, dueMs)
        continue
      }
      const { silence, changes } = judgeSilence(wearerId, plan, watched.contact, watched.open, nowMs)
      watched.open = silence
      if (changes.length > 0) found.push([wearerId, changes])
      // While it is open only a report or the end of the supervision closes it; the latter is looked for now and then.
      if (silence !== undefined) this.#due.set(wearerId, nowMs + LOOK_AGAIN_MS)
    }
    return found
  }

  openOf(wearerId: number): readonly Incident[] {
    return this.#watched.get(wearerId)?.open?.incidents ?? []
  }

  delete(wearerId: number): void {
    this.#watched.delete(wearerId)
    this.#due.delete(wearerId)
  }

  /** What a checkpoint keeps of a wearer: numbers where nothing is open, as with nearly everybody, else JSON. */
  encode(wearerId: number): Uint8Array | undefined {
    const watched = this.#watched.get(wearerId)
    if (watched === undefined) return undefined
    return watched.open === undefined ? encodeContact(watched.contact) : Buffer.from(JSON.stringify(watched))
  }

  restore(wearerId: number, bytes: Uint8Array): void {
    const watched =
      bytes[0] === JSON_BEGINS
        ? (JSON.parse(Buffer.from(bytes).toString()) as Watched)
        : { contact: decodeContact(bytes), open: undefined }
    this.#watched.set(wearerId, watched)
  }
}

// u8 version (1) | f64 last received ms | f64 battery % or NaN | u8 charging as TRISTATE
const CONTACT_VERSION = 1
const CONTACT_BYTES = 18
const JSON_BEGINS = 0x7b

function encodeContact({ lastReceivedMs, batteryPercent, charging }: Contact): Uint8Array {
  const bytes = Buffer.allocUnsafe(CONTACT_BYTES)
  bytes.writeUInt8(CONTACT_VERSION, 0)
  bytes.writeDoubleLE(lastReceivedMs, 1)
  bytes.writeDoubleLE(batteryPercent ?? Number.NaN, 9)
  bytes.writeUInt8(charging === undefined ? CHARGING_UNKNOWN : charging ? CHARGING_YES : TRISTATE.no, 17)
  return bytes
}

function decodeContact(saved: Uint8Array): Contact {
  const bytes = Buffer.from(saved.buffer, saved.byteOffset, saved.byteLength)
  if (bytes[0] !== CONTACT_VERSION) throw new RangeError(`saved contact of version ${bytes[0]} is not known here`)
  const batteryPercent = bytes.readDoubleLE(9)
  const charging = bytes.readUInt8(17)
  return {
    lastReceivedMs: bytes.readDoubleLE(1),
    ...(Number.isNaN(batteryPercent) ? {} : { batteryPercent }),
    ...(charging === CHARGING_UNKNOWN ? {} : { charging: charging === CHARGING_YES }),
  }
}

function note(contact: Contact, batteryPercent: number, charging: number): Contact {
  if (batteryPercent !== NO_BATTERY) contact.batteryPercent = batteryPercent
  if (charging !== CHARGING_UNKNOWN) contact.charging = charging === CHARGING_YES
  return contact
}
