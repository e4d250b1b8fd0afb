// Memory for kept reports: chunks of sixteen rows in pages, handed out and taken back without the collector. A chunk
// (little-endian): f64 start of its hour | i32 chunk before | i32 chunk after | i32 rows | i32 changed since saved | 8 spare | rows.
//
// A row, as it is saved too (52 bytes):
//   f64 time ms | u32 key high | u32 key low | i32 latitude | i32 longitude | f32 accuracy | f32 speed | f32 hdop
//   u32 alarms | u32 unknown alarm | u8 flags | u8 source | u8 battery | u8 charging | u8 strap | u8 case | u8 satellites | u8 protocol
//
// A day of one report a minute takes 80 KB. What no rule looks at (height, course, bracelet, times of receipt)
// is not kept.
import type { LogReport } from '../../model/report/report.ts'

export const ROW_BYTES = 52
export const CHUNK_ROWS = 16
const HEADER_BYTES = 32
const CHUNK_BYTES = HEADER_BYTES + CHUNK_ROWS * ROW_BYTES
/** No chunk. */
export const NONE = -1

const INDEX_BITS = 12
const INDEX_MASK = (1 << INDEX_BITS) - 1
/** The first page is small, for a timeline on its own; later ones double up to this. */
const PAGE_CHUNKS_FIRST = 4
const PAGE_CHUNKS_MAX = 4096

export class ReportChunks {
  readonly #pages: DataView[] = []
  /** Chunk given back last; each names the one before it. */
  #free = NONE
  /** Chunks of the newest page never handed out. */
  #fresh = 0
  #freshNext = 0

  /** An empty chunk of the hour, linked to none. */
  take(hourMs: number): number {
    let chunk = this.#free
    if (chunk !== NONE) this.#free = this.nextOf(chunk)
    else {
      if (this.#fresh === 0) this.#addPage()
      chunk = this.#freshNext++
      this.#fresh--
    }
    const view = this.viewOf(chunk)
    const at = this.placeOf(chunk)
    view.setFloat64(at, hourMs, true)
    view.setInt32(at + 8, NONE, true)
    view.setInt32(at + 12, NONE, true)
    view.setInt32(at + 16, 0, true)
    view.setInt32(at + 20, 0, true)
    return chunk
  }

  give(chunk: number): void {
    this.linkNext(chunk, this.#free)
    this.#free = chunk
  }

  #addPage(): void {
    const count = Math.min(PAGE_CHUNKS_MAX, PAGE_CHUNKS_FIRST << Math.min(this.#pages.length, 10))
    this.#freshNext = this.#pages.length << INDEX_BITS
    this.#fresh = count
    // Shared, though with nobody: V8 takes the growth of other buffers for garbage and walks the whole heap every few dozen MiB.
    this.#pages.push(new DataView(new SharedArrayBuffer(count * CHUNK_BYTES)))
  }

  /** Memory held, outside the heap. */
  get bytes(): number {
    return this.#pages.reduce((sum, { byteLength }) => sum + byteLength, 0)
  }

  viewOf(chunk: number): DataView {
    return this.#pages[chunk >> INDEX_BITS]!
  }

  /** Where the chunk begins in its view. */
  placeOf(chunk: number): number {
    return (chunk & INDEX_MASK) * CHUNK_BYTES
  }

  /** Where a row begins in the chunk's view. */
  rowAt(chunk: number, row: number): number {
    return (chunk & INDEX_MASK) * CHUNK_BYTES + HEADER_BYTES + row * ROW_BYTES
  }

  hourOf(chunk: number): number {
    return this.viewOf(chunk).getFloat64(this.placeOf(chunk), true)
  }

  prevOf(chunk: number): number {
    return this.viewOf(chunk).getInt32(this.placeOf(chunk) + 8, true)
  }

  nextOf(chunk: number): number {
    return this.viewOf(chunk).getInt32(this.placeOf(chunk) + 12, true)
  }

  linkPrev(chunk: number, prev: number): void {
    this.viewOf(chunk).setInt32(this.placeOf(chunk) + 8, prev, true)
  }

  linkNext(chunk: number, next: number): void {
    this.viewOf(chunk).setInt32(this.placeOf(chunk) + 12, next, true)
  }

  /** Rows of a closed chunk; of a wearer's newest the wearer's row knows. */
  rowsOf(chunk: number): number {
    return this.viewOf(chunk).getInt32(this.placeOf(chunk) + 16, true)
  }

  setRows(chunk: number, rows: number): void {
    this.viewOf(chunk).setInt32(this.placeOf(chunk) + 16, rows, true)
  }

  isDirty(chunk: number): boolean {
    return this.viewOf(chunk).getInt32(this.placeOf(chunk) + 20, true) !== 0
  }

  setDirty(chunk: number, dirty: boolean): void {
    this.viewOf(chunk).setInt32(this.placeOf(chunk) + 20, dirty ? 1 : 0, true)
  }

  /** The bytes of some rows of one chunk, shared with it. */
  rowBytes(chunk: number, from: number, to: number): Uint8Array {
    const { buffer, byteOffset } = this.viewOf(chunk)
    return new Uint8Array(buffer, byteOffset + this.rowAt(chunk, from), (to - from) * ROW_BYTES)
  }

  /** Canonical order: negative when the row comes before the given identity. */
  compare(chunk: number, row: number, timeMs: number, hi: number, lo: number): number {
    const view = this.viewOf(chunk)
    const at = this.rowAt(chunk, row)
    return view.getFloat64(at, true) - timeMs || view.getUint32(at + 8, true) - hi || view.getUint32(at + 12, true) - lo
  }
}

export function writeRow(view: DataView, at: number, report: LogReport): void {
  view.setFloat64(at, report.timeMs, true)
  view.setUint32(at + 8, report.contentHi, true)
  view.setUint32(at + 12, report.contentLo, true)
  view.setInt32(at + 16, report.latE7, true)
  view.setInt32(at + 20, report.lonE7, true)
  view.setFloat32(at + 24, report.accuracyM, true)
  view.setFloat32(at + 28, report.speedMps, true)
  view.setFloat32(at + 32, report.hdop, true)
  view.setUint32(at + 36, report.alarms, true)
  view.setUint32(at + 40, report.unknownAlarm, true)
  view.setUint8(at + 44, report.flags)
  view.setUint8(at + 45, report.source)
  view.setUint8(at + 46, report.batteryPercent)
  view.setUint8(at + 47, report.charging)
  view.setUint8(at + 48, report.strap)
  view.setUint8(at + 49, report.case)
  view.setUint8(at + 50, report.satellites)
  view.setUint8(at + 51, report.protocol)
}

export function readRow(view: DataView, at: number, into: LogReport): void {
  into.timeMs = view.getFloat64(at, true)
  into.contentHi = view.getUint32(at + 8, true)
  into.contentLo = view.getUint32(at + 12, true)
  into.latE7 = view.getInt32(at + 16, true)
  into.lonE7 = view.getInt32(at + 20, true)
  into.accuracyM = view.getFloat32(at + 24, true)
  into.speedMps = view.getFloat32(at + 28, true)
  into.hdop = view.getFloat32(at + 32, true)
  into.alarms = view.getUint32(at + 36, true)
  into.unknownAlarm = view.getUint32(at + 40, true)
  into.flags = view.getUint8(at + 44)
  into.source = view.getUint8(at + 45)
  into.batteryPercent = view.getUint8(at + 46)
  into.charging = view.getUint8(at + 47)
  into.strap = view.getUint8(at + 48)
  into.case = view.getUint8(at + 49)
  into.satellites = view.getUint8(at + 50)
  into.protocol = view.getUint8(at + 51)
}
