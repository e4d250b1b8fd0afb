// A report from a GT06 frame's type and content. Where the layout of a type depends on the model, the content decides.
import type { DeviceSettings } from '../../../model/plan/directory.ts'
import type { DeviceReport } from '../../../model/report/report.ts'
import { cameLate, type DecodeContext } from '../decoder.ts'
import { bcdTimeMs, byteTimeMs, hexOf } from '../wire/wire-fields.ts'
import { keep } from '../words/device-words.ts'
import { type CellWidth, isNetworkAt, readCell, widthOf } from './gt06-cells.ts'
import { GPS_BYTES, isGpsAt, readAlarm95, readGps, readLong32, readModules } from './gt06-content.ts'
import {
  readAlarmByte,
  readStatus,
  readTerminalInfo,
  readVoltage,
  statusAfterCells,
  statusBytesOf,
  statusInCells,
} from './gt06-status.ts'

const DAY_MS = 86_400_000
const INFORMATION = 0x194

type Shape =
  | { kind: 'location'; width: CellWidth; tail?: true }
  | { kind: 'alarm'; width: CellWidth; statusBytes: 5 | 6 }
  | { kind: 'nearby'; source: 'cell' | 'wifi'; width: CellWidth; bcd?: true; status?: true }

const location = (width: CellWidth, tail?: true): Shape => ({ kind: 'location', width, ...(tail && { tail }) })
const alarm = (width: CellWidth, statusBytes: 5 | 6): Shape => ({ kind: 'alarm', width, statusBytes })
const cells = (width: CellWidth, status?: true): Shape => ({
  kind: 'nearby',
  source: 'cell',
  width,
  ...(status && { status }),
})
const wifi = (width: CellWidth, bcd?: true): Shape => ({ kind: 'nearby', source: 'wifi', width, ...(bcd && { bcd }) })
// biome-ignore format: a table
const SHAPES: Record<number, Shape> = {
  16: location('narrow'), 18: location('narrow'), 26: location('narrow'), 30: location('narrow'), 42: location('narrow'),
  56: location('narrow'), 97: location('narrow'),
  34: location('narrow', true), 45: location('narrow', true), 49: location('narrow', true), 55: location('narrow', true),
  160: location('4g', true),
  22: alarm('narrow', 5), 37: alarm('narrow', 5), 38: alarm('narrow', 5), 39: alarm('narrow', 6), 50: alarm('narrow', 5),
  163: alarm('4g', 6), 164: alarm('4g', 6),
  17: cells('wide'), 24: cells('narrow'), 36: cells('narrow'), 40: cells('narrow'), 46: cells('narrow'),
  52: cells('wide'), 161: cells('4g'), 167: cells('4g'), 25: cells('narrow', true), 165: cells('4g', true),
  23: wifi('narrow', true), 105: wifi('narrow', true), 44: wifi('narrow'), 51: wifi('narrow'), 162: wifi('4g'), 243: wifi('4g'),
}

export type Gt06Reading = {
  report: DeviceReport
  settings: DeviceSettings | undefined
  /** Minutes east of UTC of the device's clock. */
  utcOffsetMinutes: number
  context: DecodeContext
}

/** Fills the report, at first one at receipt. A text says why (a part of) it cannot be read; `no report`: it never is one. */
export function readContent(reading: Gt06Reading, type: number, content: Buffer): string | undefined {
  const { report, settings, utcOffsetMinutes } = reading
  const shape = SHAPES[type]
  if (shape !== undefined) return readShape(reading, type, shape, content)
  switch (type) {
    case 0x13:
    case 0x36:
      return readHeartbeat(reading, type, content)
    case 0x23:
      if (content.length < 1) return 'shorter than its status block'
      readTerminalInfo(report, content[0]!, settings)
      if (content.length < 3) return 'shorter than its status block'
      report.batteryVolts = content.readUInt16BE(1) / 100
      keep(report, 'gsm', content[3])
      return undefined
    case 0x95:
      return timed(reading, readAlarm95(report, content, settings, utcOffsetMinutes), 'shorter than its alarm')
    case 0x132:
    case 0x133:
      return timed(
        reading,
        readLong32(report, type === 0x133, content, settings, utcOffsetMinutes),
        'shorter than its status',
      )
    case INFORMATION:
      if (content[0] !== 0x00 && content[0] !== 0x05) return 'no report'
      if (content[0] === 0x00 && content.length >= 3) keep(report, 'externalVolts', content.readUInt16BE(1) / 100)
      else keep(report, 'information', hexOf(content))
      return undefined
    case 0x170:
      return timed(reading, readModules(report, content, settings), 'an item runs over the end')
    default:
      if (isGpsAt(content, 0)) readLocation(reading, content, 0)
      return 'the type is not known'
  }
}

function timed({ report, context }: Gt06Reading, whole: boolean, wrong: string): string | undefined {
  report.archived = !report.timeFromReceipt && cameLate(report.timeMs, context)
  return whole ? undefined : wrong
}

function readShape(reading: Gt06Reading, type: number, shape: Shape, content: Buffer): string | undefined {
  const { report } = reading
  // X1: data and alarm bits come first.
  if (type === 0x34 && isGpsAt(content, 4)) {
    readLocation(reading, content, 4)
    keep(report, 'dataAndAlarm', hexOf(content, 0, 4))
    keep(report, 'more', hexOf(content, 4 + GPS_BYTES))
    return undefined
  }
  if (shape.kind === 'nearby' || (type === 0x61 && !isGpsAt(content, 0))) {
    if (isGpsAt(content, 0)) return readGpsVariant(reading, type, content, shape.width)
    if (shape.kind === 'nearby') return readNearby(reading, content, shape)
    return 'the type is not known'
  }
  if (content.length < GPS_BYTES) return readShort(reading, type, content)
  readLocation(reading, content, 0)
  return shape.kind === 'alarm'
    ? readAlarmTail(reading, content, shape)
    : readLocationTail(reading, type, content, shape)
}

function readLocation({ report, utcOffsetMinutes, context }: Gt06Reading, content: Buffer, at: number): void {
  delete report.timeFromReceipt
  readGps(report, content, at, utcOffsetMinutes)
  report.archived = cameLate(report.timeMs, context)
}

// After the cell: ACC, reason, re-upload (not 0: from memory), u32 mileage. Types 10 and 12 have none of them.
function readLocationTail(
  { report }: Gt06Reading,
  type: number,
  content: Buffer,
  { width, tail }: Extract<Shape, { kind: 'location' }>,
): undefined {
  if (type === 0x10) return undefined
  const rest = content.length - GPS_BYTES
  const at = readCell(report, content, GPS_BYTES, type === 0x31 && (rest === 19 || rest === 23) ? 'sl4x' : width)
  if (tail === undefined) {
    keep(report, 'more', hexOf(content, at))
    return undefined
  }
  if (at === GPS_BYTES || at + 3 > content.length) return undefined
  keep(report, 'acc', content[at] === 1)
  keep(report, 'reason', content[at + 1])
  report.archived = content[at + 2] !== 0
  if (at + 7 <= content.length) keep(report, 'mileage', content.readUInt32BE(at + 3))
  return undefined
}

function readAlarmTail(
  { report, settings }: Gt06Reading,
  content: Buffer,
  { width, statusBytes }: Extract<Shape, { kind: 'alarm' }>,
): string | undefined {
  // A model may have the fence's number, or an altitude behind the status, where others have none; or it lacks the language.
  const sizes = statusBytes === 5 ? [5, 6, 7, 4] : [6, 5, 7, 4]
  const found = statusAfterCells(content, GPS_BYTES, width, statusBytesOf(content, GPS_BYTES, width, sizes))
  if (found === undefined) {
    if (content.length - GPS_BYTES < 3) return 'shorter than its status block'
    readStatus(report, content.subarray(Math.max(GPS_BYTES, content.length - 5)), settings)
    return 'shorter than its status block'
  }
  const { statusAt, cellAt } = found
  if (statusAt > cellAt)
    readCell(report, content.subarray(0, statusAt), cellAt, widthOf(content, cellAt, statusAt, width))
  readStatus(report, content.subarray(statusAt, statusAt + 5), settings)
  return undefined
}

// Types of cells that some models send with a GPS block in front.
function readGpsVariant(reading: Gt06Reading, type: number, content: Buffer, width: CellWidth): undefined {
  const { report, settings } = reading
  readLocation(reading, content, 0)
  const at = readCell(report, content, GPS_BYTES, width)
  if (type === 0xa2 && at + 7 <= content.length) {
    // Network, terminal info, u16 0.01 V of supply, battery, GSM, alarm, language …
    readTerminalInfo(report, content[at + 1]!, settings)
    keep(report, 'externalVolts', content.readUInt16BE(at + 2) / 100)
    readVoltage(report, content[at + 4]!)
    keep(report, 'gsm', content[at + 5])
    readAlarmByte(report, content[at + 6]!, settings)
    keep(report, 'more', hexOf(content, at + 7))
  } else if (type === 0x24 && at + 5 <= content.length) {
    keep(report, 'acc', content[at] === 1)
    keep(report, 'externalVolts', content.readUInt16BE(at + 1) / 100)
    report.batteryVolts = content.readUInt16BE(at + 3) / 100
  } else if (type === 0x19 || type === 0xa5) {
    const status =
      content.length - at >= 4 ? content.subarray(content.length - (content.length - at > 5 ? 6 : 5)) : undefined
    if (status !== undefined) readStatus(report, status.subarray(0, 5), settings)
  } else keep(report, 'more', hexOf(content, at))
  return undefined
}

// The layouts differ from model to model, so the content is kept as it came; its time is believed only where it can be one.
function readNearby(
  reading: Gt06Reading,
  content: Buffer,
  shape: Extract<Shape, { kind: 'nearby' }>,
): string | undefined {
  const { report, settings, utcOffsetMinutes, context } = reading
  const { receivedMs } = context
  report.source = shape.source
  keep(report, shape.source === 'wifi' ? 'wifi' : 'cells', hexOf(content))
  const written = shape.bcd ? bcdTimeMs(content, 0) : byteTimeMs(content, 0)
  const timeMs = written - utcOffsetMinutes * 60_000
  const hasTime = !isNetworkAt(content, 0) && !Number.isNaN(written)
  if (hasTime && timeMs > receivedMs - 360 * DAY_MS && timeMs < receivedMs + DAY_MS) {
    delete report.timeFromReceipt
    report.timeMs = timeMs
    report.archived = cameLate(timeMs, context)
  }
  if (shape.status === undefined) return undefined
  const cellsAt = hasTime ? 6 : 0
  const statusAt = statusInCells(content, cellsAt, shape.width)
  if (statusAt !== undefined) {
    readCell(report, content.subarray(0, statusAt), cellsAt, shape.width)
    readStatus(report, content.subarray(statusAt, statusAt + 5), settings)
    return undefined
  }
  // A form that is status alone: no country's code begins like its terminal info.
  if (cellsAt === 0 && !isNetworkAt(content, 0) && content.length >= 5) {
    readStatus(report, content.subarray(0, 5), settings)
    return undefined
  }
  return content.length > cellsAt + 9 ? 'its status block was not found' : undefined
}

function readHeartbeat({ report, settings }: Gt06Reading, type: number, content: Buffer): string | undefined {
  if (content.length < 1) return 'shorter than its status block'
  if (type === 0x13 && content.length === 16) {
    // With the satellites' strengths in front of the alarm, and a percentage behind it.
    readTerminalInfo(report, content[0]!, settings)
    readAlarmByte(report, content[3]!, settings)
    readVoltage(report, content[5]!)
    keep(report, 'more', hexOf(content, 6))
    return undefined
  }
  if (content.length < 3) {
    readTerminalInfo(report, content[0]!, settings)
    return 'shorter than its status block'
  }
  readStatus(report, content, settings)
  if (type === 0x36) keep(report, 'more', hexOf(content, 5))
  return undefined
}

/** An alarm too short for a position may still have the status at its end. */
function readShort({ report, settings }: Gt06Reading, type: number, content: Buffer): string {
  if ((type === 0x16 || type === 0x26 || type === 0x27) && (content.length === 5 || content.length === 6))
    readStatus(report, content.subarray(0, 5), settings)
  return 'shorter than its GPS block'
}
