// The reports that a timeline keeps, in canonical order, in hour buckets of fixed rows (little-endian, 52 bytes):
//
//   f64 time ms | u32 key high | u32 key low | i32 latitude | i32 longitude | f32 accuracy | f32 speed | f32 hdop
//   u32 alarms | u32 bracelet | u8 flags | u8 source | u8 battery | u8 charging | u8 strap | u8 case | u8 satellites | u8 protocol
//
// A day of one report a minute takes 75 KB. What no rule looks at (height, course, times of receipt) is not kept.
import type { LogReport } from '../model/report.ts'

export const BUCKET_MS = 3_600_000
export const ROW_BYTES = 52
const ROWS_FIRST = 8

class Bucket {
  readonly startMs: number
  count = 0
  dirty = false
  view: DataView

  constructor(startMs: number, bytes: Uint8Array) {
    this.startMs = startMs
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.count = Math.floor(bytes.length / ROW_BYTES)
  }

  get rows(): Uint8Array {
    return new Uint8Array(this.view.buffer, this.view.byteOffset, this.count * ROW_BYTES)
  }

  resize(rows: number): void {
    const bytes = new Uint8Array(rows * ROW_BYTES)
    bytes.set(this.rows)
    this.view = new DataView(bytes.buffer)
  }

  /** First row that does not come before the given identity. */
  lowerBound(timeMs: number, hi: number, lo: number): number {
    let low = 0
    let high = this.count
    if (high > 0 && this.compare(high - 1, timeMs, hi, lo) < 0) return high
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.compare(middle, timeMs, hi, lo) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  compare(row: number, timeMs: number, hi: number, lo: number): number {
    const at = row * ROW_BYTES
    const { view } = this
    return view.getFloat64(at, true) - timeMs || view.getUint32(at + 8, true) - hi || view.getUint32(at + 12, true) - lo
  }

  insert(row: number, report: LogReport): void {
    if ((this.count + 1) * ROW_BYTES > this.view.byteLength) this.resize(Math.max(ROWS_FIRST, 2 * this.count))
    this.count++
    const at = row * ROW_BYTES
    if (row < this.count - 1) this.rows.copyWithin(at + ROW_BYTES, at)
    writeRow(this.view, at, report)
    this.dirty = true
  }
}

/** A place between two rows; moves on by `next`. */
export type Place = { bucket: number; row: number }

export class EventBuckets {
  #buckets: Bucket[] = []
  /** The last of them, where nearly every report goes. */
  #newest: Bucket | undefined
  count = 0

  /** False when the report is there already; else `kept` is filled as a re-fold will read it (32-bit floats). */
  add(report: LogReport, kept: LogReport): boolean {
    const { timeMs } = report
    const newest = this.#newest
    const bucket =
      newest !== undefined && timeMs >= newest.startMs && timeMs < newest.startMs + BUCKET_MS
        ? newest
        : this.#bucketFor(Math.floor(timeMs / BUCKET_MS) * BUCKET_MS)
    const row = bucket.lowerBound(report.timeMs, report.contentHi, report.contentLo)
    if (row < bucket.count && bucket.compare(row, report.timeMs, report.contentHi, report.contentLo) === 0) return false
    bucket.insert(row, report)
    readRow(bucket.view, row * ROW_BYTES, kept)
    this.count++
    return true
  }

  /** The place before the first report later than `timeMs`. */
  after(timeMs: number): Place {
    let b = this.#buckets.length
    while (b > 0 && this.#buckets[b - 1]!.startMs + BUCKET_MS > timeMs) b--
    const bucket = this.#buckets[b]
    if (!bucket) return { bucket: b, row: 0 }
    return { bucket: b, row: bucket.lowerBound(timeMs, 0xffffffff, 0xffffffff + 1) }
  }

  /** Fills `into` with the report at the place and moves on; false at the end. */
  next(place: Place, into: LogReport): boolean {
    for (;;) {
      const bucket = this.#buckets[place.bucket]
      if (!bucket) return false
      if (place.row < bucket.count) {
        readRow(bucket.view, place.row++ * ROW_BYTES, into)
        return true
      }
      place.bucket++
      place.row = 0
    }
  }

  get oldestMs(): number | undefined {
    return this.#buckets[0]?.startMs
  }

  dropOldest(): number {
    const bucket = this.#buckets.shift()!
    this.#newest = this.#buckets[this.#buckets.length - 1]
    this.count -= bucket.count
    return bucket.startMs
  }

  /** Buckets changed since the last call, as they are to be saved. */
  takeDirty(): [bucketStartMs: number, bytes: Uint8Array][] {
    const taken: [number, Uint8Array][] = []
    for (const bucket of this.#buckets)
      if (bucket.dirty) {
        bucket.dirty = false
        taken.push([bucket.startMs, bucket.rows.slice()])
      }
    return taken
  }

  /** Puts a saved bucket back. */
  restore(bucketStartMs: number, bytes: Uint8Array): void {
    const bucket = new Bucket(bucketStartMs, bytes.slice())
    this.#buckets.push(bucket)
    this.#buckets.sort((a, b) => a.startMs - b.startMs)
    this.#newest = this.#buckets[this.#buckets.length - 1]
    this.count += bucket.count
  }

  #bucketFor(startMs: number): Bucket {
    let i = this.#buckets.length
    while (i > 0 && this.#buckets[i - 1]!.startMs > startMs) i--
    const found = this.#buckets[i - 1]
    if (found?.startMs === startMs) return found
    if (found && found.view.byteLength > found.count * ROW_BYTES) found.resize(found.count) // mostly full for ever
    const bucket = new Bucket(startMs, new Uint8Array(0))
    this.#buckets.splice(i, 0, bucket)
    this.#newest = this.#buckets[this.#buckets.length - 1]
    return bucket
  }
}

function writeRow(view: DataView, at: number, report: LogReport): void {
  view.setFloat64(at, report.timeMs, true)
  view.setUint32(at + 8, report.contentHi, true)
  view.setUint32(at + 12, report.contentLo, true)
  view.setInt32(at + 16, report.latE7, true)
  view.setInt32(at + 20, report.lonE7, true)
  view.setFloat32(at + 24, report.accuracyM, true)
  view.setFloat32(at + 28, report.speedMps, true)
  view.setFloat32(at + 32, report.hdop, true)
  view.setUint32(at + 36, report.alarms, true)
  view.setUint32(at + 40, report.braceletId, true)
  view.setUint8(at + 44, report.flags)
  view.setUint8(at + 45, report.source)
  view.setUint8(at + 46, report.batteryPercent)
  view.setUint8(at + 47, report.charging)
  view.setUint8(at + 48, report.strap)
  view.setUint8(at + 49, report.case)
  view.setUint8(at + 50, report.satellites)
  view.setUint8(at + 51, report.protocol)
}

function readRow(view: DataView, at: number, into: LogReport): void {
  into.timeMs = view.getFloat64(at, true)
  into.contentHi = view.getUint32(at + 8, true)
  into.contentLo = view.getUint32(at + 12, true)
  into.latE7 = view.getInt32(at + 16, true)
  into.lonE7 = view.getInt32(at + 20, true)
  into.accuracyM = view.getFloat32(at + 24, true)
  into.speedMps = view.getFloat32(at + 28, true)
  into.hdop = view.getFloat32(at + 32, true)
  into.alarms = view.getUint32(at + 36, true)
  into.braceletId = view.getUint32(at + 40, true)
  into.flags = view.getUint8(at + 44)
  into.source = view.getUint8(at + 45)
  into.batteryPercent = view.getUint8(at + 46)
  into.charging = view.getUint8(at + 47)
  into.strap = view.getUint8(at + 48)
  into.case = view.getUint8(at + 49)
  into.satellites = view.getUint8(at + 50)
  into.protocol = view.getUint8(at + 51)
}
