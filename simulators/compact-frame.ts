// The gateway's compact frame as docs/gateway.md words it; written from there, not with the server's decoder.
import { ALARM, type DeviceReport, POSITION_SOURCE } from '../model/report/report.ts'

const HEADER_BYTES = 12
const REPORT_BYTES = 52
const ANSWER_HEADER_BYTES = 8
const HAS_POSITION = 1
const FIX_VALID = 2
const ARCHIVED = 4
const MOCK = 8
const NO_TIME = 16
const NO_BYTE = 255
const NO_MILLIVOLTS = 65_535

/** Names bracelets and packs their reports, for one connection. */
export class CompactEncoder {
  readonly #handles = new Map<string, number>()

  /** A frame of at most 65,535 reports; `seq` is an unsigned 32-bit number. */
  encode(seq: number, reports: readonly DeviceReport[]): Buffer {
    const fresh: Buffer[] = []
    for (const { deviceId } of reports) {
      if (this.#handles.has(deviceId)) continue
      fresh.push(namedDevice(this.#handles.size, deviceId))
      this.#handles.set(deviceId, this.#handles.size)
    }
    const head = Buffer.alloc(HEADER_BYTES)
    head.writeUInt8(1, 0)
    head.writeUInt16LE(fresh.length, 2)
    head.writeUInt32LE(seq, 4)
    head.writeUInt16LE(reports.length, 8)
    const body = Buffer.alloc(reports.length * REPORT_BYTES)
    reports.forEach((report, i) => {
      writeReport(body, i * REPORT_BYTES, this.#handles.get(report.deviceId) as number, report)
    })
    return Buffer.concat([head, ...fresh, body])
  }
}

function namedDevice(handle: number, deviceId: string): Buffer {
  const id = Buffer.from(deviceId, 'ascii')
  const bytes = Buffer.alloc(5 + id.length)
  bytes.writeUInt32LE(handle, 0)
  bytes.writeUInt8(id.length, 4)
  id.copy(bytes, 5)
  return bytes
}

function writeReport(bytes: Buffer, at: number, handle: number, report: DeviceReport): void {
  const hasPosition = report.latDeg !== undefined && report.lonDeg !== undefined
  let flags = hasPosition ? HAS_POSITION : 0
  if (report.fixValid) flags |= FIX_VALID
  if (report.archived) flags |= ARCHIVED
  if (report.mock) flags |= MOCK
  if (report.timeFromReceipt) flags |= NO_TIME
  bytes.writeUInt32LE(handle, at)
  bytes.writeUInt8(flags, at + 4)
  bytes.writeUInt8(POSITION_SOURCE[report.source ?? 'unknown'], at + 5)
  bytes.writeUInt8(report.satellites ?? NO_BYTE, at + 6)
  bytes.writeDoubleLE(report.timeMs, at + 8)
  bytes.writeUInt32LE(
    report.alarms.reduce((bits, alarm) => bits | ALARM[alarm], 0),
    at + 16,
  )
  bytes.writeInt32LE(hasPosition ? Math.round((report.latDeg as number) * 1e7) : 0, at + 20)
  bytes.writeInt32LE(hasPosition ? Math.round((report.lonDeg as number) * 1e7) : 0, at + 24)
  bytes.writeFloatLE(report.accuracyM ?? Number.NaN, at + 28)
  bytes.writeFloatLE(report.speedMps ?? Number.NaN, at + 32)
  bytes.writeFloatLE(report.courseDeg ?? Number.NaN, at + 36)
  bytes.writeFloatLE(report.altitudeM ?? Number.NaN, at + 40)
  bytes.writeFloatLE(report.hdop ?? Number.NaN, at + 44)
  bytes.writeUInt8(report.batteryPercent === undefined ? NO_BYTE : Math.round(report.batteryPercent), at + 48)
  bytes.writeUInt8(contact(report.strap) | (contact(report.case) << 2) | (yesNo(report.charging) << 4), at + 49)
  bytes.writeUInt16LE(
    report.batteryVolts === undefined ? NO_MILLIVOLTS : Math.round(report.batteryVolts * 1000),
    at + 50,
  )
}

function contact(state: 'open' | 'closed' | undefined): number {
  return state === undefined ? 0 : state === 'closed' ? 1 : 2
}

function yesNo(value: boolean | undefined): number {
  return value === undefined ? 0 : value ? 2 : 1
}

type CompactAnswer = { ack: number; refused: { index: number; reason: number; retry: boolean }[] }

/** The server's answer to one frame. Throws RangeError on an invalid answer. */
export function readCompactAnswer(bytes: Buffer): CompactAnswer {
  const count = bytes.readUInt16LE(2)
  if (bytes[0] !== 1 || bytes.length !== ANSWER_HEADER_BYTES + 4 * count)
    throw new RangeError(`not a compact answer: ${bytes.length} bytes`)
  const refused = Array.from({ length: count }, (_, i) => {
    const at = ANSWER_HEADER_BYTES + 4 * i
    return { index: bytes.readUInt16LE(at), reason: bytes.readUInt8(at + 2), retry: bytes.readUInt8(at + 3) === 1 }
  })
  return { ack: bytes.readUInt32LE(4), refused }
}
