// Reports on their way into the hypertable: from a log entry's bytes straight to PostgreSQL's binary COPY, a row at a
// time, without an object for any of them. Column order is FIX_COLUMNS; null is what the device did not say.
import { LogReport, TRISTATE } from '../../model/report/report.ts'
import { REPORT_FIXED_BYTES, readReport } from '../../model/report/report-codec.ts'

export const FIX_COLUMNS = [
  ...['time', 'received_at', 'content_key', 'wearer_id', 'bracelet_id', 'alarms', 'lat_e7', 'lon_e7'],
  ...['flags', 'source', 'protocol', 'battery_percent', 'charging', 'strap', 'case_contact', 'satellites'],
  ...['battery_mv', 'accuracy_m', 'speed_mps', 'course_deg', 'altitude_m', 'hdop', 'attributes'],
] as const

/** 23 columns: a count, their lengths, 3 × 8 + 5 × 4 + 8 × 2 + 6 × 4 bytes of values. */
const ROW_BYTES_MAX = 2 + FIX_COLUMNS.length * 4 + 84
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const TRAILER_BYTES = 2
/** 2000-01-01, where PostgreSQL's clock begins. */
const EPOCH_MS = 946_684_800_000
const NO_BYTE = 255
const UNKNOWN = TRISTATE.unknown // of contacts too

/** Collects rows for one COPY. `finish` gives its bytes; after `clear` it is used again. */
export class FixRows {
  count = 0
  #bytes: Buffer
  #end = HEADER.length
  readonly #report = new LogReport()

  constructor(initialBytes = 1 << 20) {
    this.#bytes = Buffer.allocUnsafe(Math.max(initialBytes, 4096))
    HEADER.copy(this.#bytes)
  }

  /** Adds the report at `at` of a log entry; returns where the next one starts. Throws RangeError on an invalid timestamp. */
  add(entry: DataView, at: number): number {
    const report = this.#report
    const next = readReport(entry, at, report)
    if (!Number.isFinite(report.timeMs) || !Number.isFinite(report.receivedMs))
      throw new RangeError(
        `report of bracelet ${report.braceletId} has no time: ${report.timeMs}, ${report.receivedMs}`,
      )
    const tailBytes = next - at - REPORT_FIXED_BYTES
    this.#room(ROW_BYTES_MAX + tailBytes)
    let end = writeNumbers(this.#bytes, this.#end, report)
    if (tailBytes === 0) end = this.#bytes.writeInt32BE(-1, end)
    else {
      end = this.#bytes.writeInt32BE(tailBytes, end)
      this.#bytes.set(new Uint8Array(entry.buffer, entry.byteOffset + at + REPORT_FIXED_BYTES, tailBytes), end)
      end += tailBytes
    }
    this.#end = end
    this.count++
    return next
  }

  get byteLength(): number {
    return this.#end
  }

  /** The whole COPY stream, a view of memory that the next `add` or `clear` overwrites. */
  finish(): Buffer {
    this.#room(TRAILER_BYTES)
    this.#bytes.writeInt16BE(-1, this.#end)
    return this.#bytes.subarray(0, this.#end + TRAILER_BYTES)
  }

  clear(): void {
    this.count = 0
    this.#end = HEADER.length
  }

  #room(bytes: number): void {
    if (this.#end + bytes <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#end + bytes))
    this.#bytes.copy(larger, 0, 0, this.#end)
    this.#bytes = larger
  }
}

function writeNumbers(bytes: Buffer, at: number, report: LogReport): number {
  let end = bytes.writeInt16BE(FIX_COLUMNS.length, at)
  end = writeTime(bytes, end, report.timeMs)
  end = writeTime(bytes, end, report.receivedMs)
  end = bytes.writeInt32BE(8, end)
  end = bytes.writeUInt32BE(report.contentHi, end)
  end = bytes.writeUInt32BE(report.contentLo, end)
  end = writeInt(bytes, end, report.wearerId | 0)
  end = writeInt(bytes, end, report.braceletId | 0)
  end = writeInt(bytes, end, report.alarms | 0)
  end = writeInt(bytes, end, report.latE7)
  end = writeInt(bytes, end, report.lonE7)
  end = writeSmall(bytes, end, report.flags)
  end = writeSmall(bytes, end, report.source)
  end = writeSmall(bytes, end, report.protocol)
  end = writeSmallUnless(bytes, end, report.batteryPercent, NO_BYTE)
  end = writeSmallUnless(bytes, end, report.charging, UNKNOWN)
  end = writeSmallUnless(bytes, end, report.strap, UNKNOWN)
  end = writeSmallUnless(bytes, end, report.case, UNKNOWN)
  end = writeSmallUnless(bytes, end, report.satellites, NO_BYTE)
  end = Number.isNaN(report.batteryMillivolts)
    ? bytes.writeInt32BE(-1, end)
    : writeInt(bytes, end, report.batteryMillivolts)
  end = writeReal(bytes, end, report.accuracyM)
  end = writeReal(bytes, end, report.speedMps)
  end = writeReal(bytes, end, report.courseDeg)
  end = writeReal(bytes, end, report.altitudeM)
  return writeReal(bytes, end, report.hdop)
}

/** Microseconds since 2000 as a signed 64-bit number, in two halves. */
function writeTime(bytes: Buffer, at: number, ms: number): number {
  const micros = Math.round((ms - EPOCH_MS) * 1000)
  const high = Math.floor(micros / 0x1_0000_0000)
  let end = bytes.writeInt32BE(8, at)
  end = bytes.writeInt32BE(high, end)
  return bytes.writeUInt32BE(micros - high * 0x1_0000_0000, end)
}

function writeInt(bytes: Buffer, at: number, value: number): number {
  return bytes.writeInt32BE(value, bytes.writeInt32BE(4, at))
}

function writeSmall(bytes: Buffer, at: number, value: number): number {
  return bytes.writeInt16BE(value, bytes.writeInt32BE(2, at))
}

function writeSmallUnless(bytes: Buffer, at: number, value: number, absent: number): number {
  return value === absent ? bytes.writeInt32BE(-1, at) : writeSmall(bytes, at, value)
}

function writeReal(bytes: Buffer, at: number, value: number): number {
  return Number.isNaN(value) ? bytes.writeInt32BE(-1, at) : bytes.writeFloatBE(value, bytes.writeInt32BE(4, at))
}
