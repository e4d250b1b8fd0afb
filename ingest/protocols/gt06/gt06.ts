// GT06 family (Concox, Jimi, hundreds of clones) over TCP.
//
//   78 78 | u8 length | type | content | u16 serial | u16 CRC-16/X-25 | 0D 0A           79 79 the same with u16 length
//
//   01 login (8 bytes BCD: 0 and IMEI)            12, 10 GPS, cell                  8A time request
//   22 2D 37 GPS, cell, ACC, reason, re-upload    A0 the same, 4G cell              80–82, long 21: answers to commands
//   16 26 GPS, length of cell, cell, status       27 A4 the same and a fence        13 status     23 info, u16 0.01 V, GSM
//   18 19 24 28 2E A1 cells, 17 2C 69 A2 F3 Wi-Fi: a time first, usually (BCD in 17, 69)
//   long 94 information: sub-type first           long 70 items: u16 tag, u16 length
//
// Only the login says who speaks. The answer to every type but command answers and 94 is the frame's own header, type and serial.
// Locations are not acknowledged by contract, so whatever TCP took is ours to keep.
import type { DeviceSettings } from '../../../model/plan/directory.ts'
import type { DeviceReport } from '../../../model/report/report.ts'
import { believed, believedDespite } from '../believe.ts'
import type { DecodeContext, Decoded, StreamDecoder, StreamProtocol } from '../decoder.ts'
import { cameLate } from '../decoder.ts'
import { crc16X25 } from '../wire/checksums.ts'
import { bcdDigits, bcdTimeMs, byteTimeMs, hexOf } from '../wire/wire-fields.ts'
import { keep } from '../words/device-words.ts'
import { GPS_BYTES, readCell, readGps, readModules, readStatus, readTerminalInfo } from './gt06-content.ts'
import { GT06_FRAME_BYTES_MIN, Gt06Framer } from './gt06-framer.ts'

/** The largest real frames, lists of access points and items, have some hundred bytes. */
const FRAME_BYTES_MAX = 4096
const LOGIN = 0x01
const TIME_REQUEST = 0x8a
const INFORMATION = 0x194
const DAY_MS = 86_400_000

type Shape = { kind: 'location' | 'alarm'; is4g?: true } | { kind: 'nearby'; source: 'cell' | 'wifi'; bcd?: true }

const LOCATION: Shape = { kind: 'location' }
const ALARM_SHAPE: Shape = { kind: 'alarm' }
const CELLS: Shape = { kind: 'nearby', source: 'cell' }
const WIFI: Shape = { kind: 'nearby', source: 'wifi' }
const WIFI_BCD: Shape = { kind: 'nearby', source: 'wifi', bcd: true }
// biome-ignore format: a table
const SHAPES: Record<number, Shape> = {
  16: LOCATION, 18: LOCATION, 34: LOCATION, 45: LOCATION, 55: LOCATION, 160: { kind: 'location', is4g: true },
  22: ALARM_SHAPE, 38: ALARM_SHAPE, 39: ALARM_SHAPE, 164: { kind: 'alarm', is4g: true },
  24: CELLS, 25: CELLS, 36: CELLS, 40: CELLS, 46: CELLS, 161: CELLS,
  23: WIFI_BCD, 105: WIFI_BCD, 44: WIFI, 162: WIFI, 243: WIFI,
}
/** They carry no report and want no answer: 80–82 and long 21. */
const COMMAND_ANSWERS = [0x80, 0x81, 0x82, 0x121]

class Gt06Decoder implements StreamDecoder {
  #deviceId: string | undefined

  decode(frame: Uint8Array, context: DecodeContext): Decoded {
    const bytes = frame instanceof Buffer ? frame : Buffer.from(frame.buffer, frame.byteOffset, frame.length)
    const isLong = bytes[0] === 0x79
    const typeAt = isLong ? 4 : 3
    const end = bytes.length - 6
    if (bytes.length < GT06_FRAME_BYTES_MIN || end <= typeAt || bytes.readUInt16BE(end + 4) !== 0x0d0a)
      return this.#malformed('the frame was cut')
    const type = bytes[typeAt]! + (isLong ? 0x100 : 0)
    const content = bytes.subarray(typeAt + 1, end)
    const loginId = type === LOGIN ? imeiOf(content) : undefined
    const sender = loginId ?? this.#deviceId
    const settings = sender === undefined ? undefined : context.settingsOf(sender)
    if (crc16X25(bytes, 2, end + 2) !== bytes.readUInt16BE(end + 2) && settings?.acceptBadChecksum !== true)
      return { ...this.#nobody(), error: { reason: 'checksum', detail: 'the CRC is another' } }
    const reply = replyTo(bytes, type, context)
    if (type === LOGIN) {
      if (loginId === undefined) return this.#malformed('the login holds no IMEI')
      this.#deviceId = loginId
      return { reports: [], deviceId: loginId, reply }
    }
    const deviceId = this.#deviceId
    if (deviceId === undefined) return this.#malformed('a frame before the login')
    if (COMMAND_ANSWERS.includes(type)) return { reports: [], deviceId }
    if (type === TIME_REQUEST) return { reports: [], deviceId, reply }
    const report: DeviceReport = { deviceId, timeMs: context.receivedMs, fixValid: false, alarms: [], archived: false }
    const answer = type === INFORMATION ? {} : { reply }
    const wrong = readContent(report, type, content, settings, context)
    if (wrong === 'no report') return { reports: [], deviceId, ...answer }
    if (wrong !== undefined)
      return { deviceId, ...answer, ...believedDespite({ reason: 'malformed', detail: wrong }, report, context) }
    return { deviceId, ...answer, ...believed(report, context) }
  }

  #nobody(): Decoded {
    return { reports: [], ...(this.#deviceId === undefined ? {} : { deviceId: this.#deviceId }) }
  }

  #malformed(detail: string): Decoded {
    return { ...this.#nobody(), error: { reason: 'malformed', detail } }
  }
}

/** Fills the report. A text says why it cannot be read. */
function readContent(
  report: DeviceReport,
  type: number,
  content: Buffer,
  settings: DeviceSettings | undefined,
  context: DecodeContext,
): string | undefined {
  const shape = SHAPES[type]
  if (shape?.kind === 'nearby') return readNearby(report, content, shape, settings, context)
  if (shape !== undefined) {
    if (content.length < GPS_BYTES) return 'shorter than its GPS block'
    readGps(report, content, settings)
    report.archived = cameLate(report.timeMs, context)
    return shape.kind === 'alarm'
      ? readAlarmTail(report, content, shape.is4g === true, settings)
      : readLocationTail(report, type, content, shape.is4g === true)
  }
  report.timeFromReceipt = true
  switch (type) {
    case 0x13:
      if (content.length < 3) return 'shorter than its status block'
      readStatus(report, content, settings)
      return undefined
    case 0x23:
      if (content.length < 4) return 'shorter than its status block'
      readTerminalInfo(report, content[0]!, settings)
      report.batteryVolts = content.readUInt16BE(1) / 100
      keep(report, 'gsm', content[3])
      return undefined
    case INFORMATION:
      if (content[0] !== 0x00 && content[0] !== 0x05) return 'no report'
      if (content[0] === 0x00 && content.length >= 3) keep(report, 'externalVolts', content.readUInt16BE(1) / 100)
      else keep(report, 'information', hexOf(content))
      return undefined
    case 0x170: {
      const whole = readModules(report, content, settings)
      report.archived = !report.timeFromReceipt && cameLate(report.timeMs, context)
      return whole ? undefined : 'an item runs over the end'
    }
    default:
      return 'the type is not known'
  }
}

// After the cell: ACC, reason, re-upload (not 0: from memory), u32 mileage. Types 10 and 12 have none of them.
function readLocationTail(report: DeviceReport, type: number, content: Buffer, is4g: boolean): undefined {
  const at = type === 0x10 ? content.length : readCell(report, content, GPS_BYTES, is4g)
  if (type === 0x12 || at === GPS_BYTES || at + 3 > content.length) return undefined
  keep(report, 'acc', content[at] === 1)
  keep(report, 'reason', content[at + 1])
  report.archived = content[at + 2] !== 0
  if (at + 7 <= content.length) keep(report, 'mileage', content.readUInt32BE(at + 3))
  return undefined
}

// The length byte of the cell block counts itself; 0 = no cell.
function readAlarmTail(
  report: DeviceReport,
  content: Buffer,
  is4g: boolean,
  settings: DeviceSettings | undefined,
): string | undefined {
  const cellBytes = content[GPS_BYTES]
  if (cellBytes === undefined) return 'shorter than its status block'
  const statusAt = GPS_BYTES + Math.max(1, cellBytes)
  if (cellBytes > 1) readCell(report, content.subarray(0, statusAt), GPS_BYTES + 1, is4g)
  const status = content.subarray(statusAt, statusAt + 5)
  if (status.length > 0) readStatus(report, status, settings)
  return status.length < 4 ? 'shorter than its status block' : undefined
}

// The layouts differ from model to model, so the content is kept as it came; its time is believed only where it can be one.
function readNearby(
  report: DeviceReport,
  content: Buffer,
  shape: { source: 'cell' | 'wifi'; bcd?: true },
  settings: DeviceSettings | undefined,
  context: DecodeContext,
): undefined {
  const { receivedMs } = context
  report.source = shape.source
  keep(report, shape.source, hexOf(content))
  const written = shape.bcd ? bcdTimeMs(content, 0) : byteTimeMs(content, 0)
  const timeMs = written - (settings?.utcOffsetMinutes ?? 0) * 60_000
  if (!(timeMs > receivedMs - 360 * DAY_MS && timeMs < receivedMs + DAY_MS)) {
    report.timeFromReceipt = true
    return undefined
  }
  report.timeMs = timeMs
  report.archived = cameLate(timeMs, context)
  return undefined
}

function imeiOf(content: Buffer): string | undefined {
  const digits = content.length < 8 ? undefined : bcdDigits(content, 0, 8)
  const id = digits?.replace(/^0/, '')
  return id === undefined || /^0+$/.test(id) ? undefined : id
}

function replyTo(frame: Buffer, type: number, { receivedMs }: DecodeContext): Uint8Array {
  const isLong = type >= 0x100
  const typeAt = isLong ? 4 : 3
  const serialAt = typeAt + (type === TIME_REQUEST ? 7 : 1)
  const reply = Buffer.allocUnsafe(serialAt + 6)
  reply[0] = reply[1] = isLong ? 0x79 : 0x78
  reply[2] = 0
  reply[typeAt - 1] = serialAt - typeAt + 4
  reply[typeAt] = type & 0xff
  if (type === TIME_REQUEST) {
    const now = new Date(receivedMs)
    reply[4] = now.getUTCFullYear() - 2000
    reply[5] = now.getUTCMonth() + 1
    reply[6] = now.getUTCDate()
    reply[7] = now.getUTCHours()
    reply[8] = now.getUTCMinutes()
    reply[9] = now.getUTCSeconds()
  }
  reply[serialAt] = frame[frame.length - 6]!
  reply[serialAt + 1] = frame[frame.length - 5]!
  reply.writeUInt16BE(crc16X25(reply, 2, serialAt + 2), serialAt + 2)
  reply.writeUInt16BE(0x0d0a, serialAt + 4)
  return reply
}

export const gt06: StreamProtocol = {
  name: 'gt06',
  transport: 'tcp',
  port: 5023,
  lines: 'hex',
  checksummed: true,
  acknowledges: false,
  newFramer: (frameBytesMax) => new Gt06Framer(Math.min(frameBytesMax, FRAME_BYTES_MAX)),
  newDecoder: () => new Gt06Decoder(),
}
