// Xexun v3 (ankle unit DDX14) over TCP; the answer is a true acknowledgement.
//
//   FC | u16 length (11 + body) | version 03, u8 type, u8 sequence, BCD[8] 0 and IMEI | body | u16 CRC-16/CCITT-FALSE from the
//   version on | CF          answer to every type but 21: FC 000C 03 type sequence id 00 CRC CF
//
//   type 20: items u8 id, u8 length          01 login, keep-alive          21 answer to a command
//   64 place   u32 s, f64 latitude, f64 longitude, f32 altitude, u8 unknown, u8 satellites, more whose order is not established
//   65 Wi-Fi   u32 s, u8 count, (6 MAC, i8 dBm)…       66 cells, layout not established
//   69 alarm   u32 s, u8 alarm, u8 length, data        6A status: u8 %, u16, u8 radio, u8, u8 moving, u8 charging, … FF = unknown
//
// Items of the same second are one report; the status joins the newest.
import type { DeviceSettings } from '../../model/plan/directory.ts'
import type { DeviceReport } from '../../model/report/report.ts'
import { readable, reportAtReceipt } from './believe.ts'
import type { DecodeContext, Decoded, DecodeError, StreamDecoder, StreamProtocol } from './decoder.ts'
import { cameLate } from './decoder.ts'
import { heardFrom } from './heard.ts'
import { crc16CcittFalse } from './wire/checksums.ts'
import { WindowFramer } from './wire/window-framer.ts'
import { bcdDigits, hexOf, wifiOf } from './wire/wire-fields.ts'
import type { Meaning } from './words/alarm-words.ts'
import { addByCode, keep } from './words/device-words.ts'

/** A body holds some hundred bytes; the length field would allow 64 KiB, for which a damaged one would make us wait. */
const FRAME_BYTES_MAX = 8192
const HEAD = 0xfc
const TAIL = 0xcf
const AROUND_BYTES = 6
const BODY_AT = 14
const FRAME_BYTES_MIN = BODY_AT + 3
const MISSES_MAX = 64
const NEAR_BYTES = 600
const DATA = 0x20
const COMMAND_ANSWER = 0x21
const UNKNOWN = 0xff

const ALARM_CODES: Record<string, Meaning> = {
  1: 'sos',
  2: 'batteryLow',
  4: 'strapOpen',
  5: 'movement',
  7: 'fall',
  11: 'none',
  12: 'none',
  13: 'restart',
  14: 'powerOff',
}
const CHARGER_CODES: Record<number, boolean> = { 11: true, 12: false }

/**
 * Frames by their length, which the closing `CF` must confirm. A sound frame that begins inside one that is not is found by its
 * CRC when it ends.
 */
class Xexun3Framer extends WindowFramer {
  /** False frame ends since the last valid frame. Above MISSES_MAX only near heads are tried: garbage must stay cheap. */
  #misses = 0

  protected next(): Uint8Array | undefined {
    const { window } = this
    while (this.scanned > 0 || this.#seekHead()) {
      if (this.scanned >= 3 && !this.#isPossible(0)) this.#dropToNextHead()
      else if (this.scanned === window.length) return undefined
      else if (this.at(this.scanned++) === TAIL) {
        const frame = this.#frameEndingAt(this.scanned)
        if (frame !== undefined) return frame
      }
    }
    return undefined
  }

  #seekHead(): boolean {
    const { window } = this
    let skip = 0
    while (skip < window.length && this.at(skip) !== HEAD) skip++
    if (skip > 0) this.drop(skip)
    if (window.length === 0) return false
    this.scanned = 1
    return true
  }

  /** Every end so far was tried with every head, so what has been looked through need not be again. */
  #dropToNextHead(): void {
    const looked = this.scanned
    let skip = 1
    while (skip < looked && this.at(skip) !== HEAD) skip++
    this.drop(skip)
    this.scanned = looked - skip
  }

  #frameEndingAt(end: number): Uint8Array | undefined {
    if (end < FRAME_BYTES_MIN) return undefined
    const isWhole = this.#declaredBytes(0) === end
    if (isWhole && this.#isSound(0, end)) {
      this.#misses = 0
      return this.give(end)
    }
    const nearest = this.#misses++ < MISSES_MAX ? 1 : Math.max(1, end - NEAR_BYTES)
    for (let from = nearest; from + FRAME_BYTES_MIN <= end; from++)
      if (this.at(from) === HEAD && this.#declaredBytes(from) === end - from && this.#isSound(from, end)) {
        this.#misses = 0
        this.drop(from)
        return this.give(end - from)
      }
    return isWhole ? this.give(end) : undefined
  }

  /** A head whose frame may still end: its length is one, and has not passed. */
  #isPossible(index: number): boolean {
    const bytes = this.#declaredBytes(index)
    return bytes >= FRAME_BYTES_MIN && bytes <= this.frameBytesMax && bytes > this.scanned - index
  }

  #declaredBytes(index: number): number {
    return this.at(index + 1) * 256 + this.at(index + 2) + AROUND_BYTES
  }

  #isSound(from: number, end: number): boolean {
    const { bytes, start } = this.window
    const crcAt = start + end - 3
    return crc16CcittFalse(bytes, start + from + 3, crcAt) === bytes[crcAt]! * 256 + bytes[crcAt + 1]!
  }
}

class Xexun3Decoder implements StreamDecoder {
  decode(frame: Uint8Array, context: DecodeContext): Decoded {
    const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.length)
    const crcAt = bytes.length - 3
    if (crcAt < BODY_AT) return malformed('shorter than its header')
    const deviceId = this.beganBy(bytes)
    const settings = deviceId === undefined ? undefined : context.settingsOf(deviceId)
    if (crc16CcittFalse(bytes, 3, crcAt) !== bytes.readUInt16BE(crcAt) && settings?.acceptBadChecksum !== true)
      return heardFrom(deviceId, context, { reason: 'checksum', detail: 'the CRC is another' })
    if (deviceId === undefined) return malformed('the id is no IMEI')
    if (!context.authorize({ deviceId })) return { reports: [], deviceId }
    const type = bytes[4]!
    if (type === COMMAND_ANSWER) return { reports: [], deviceId }
    const reply = replyTo(bytes)
    if (bytes[3] !== 3)
      return { ...heardFrom(deviceId, context, { reason: 'malformed', detail: 'not version 3' }), reply }
    if (type !== DATA) return { reports: [], deviceId, reply }
    return { deviceId, reply, ...readBody(bytes.subarray(BODY_AT, crcAt), deviceId, settings, context) }
  }

  beganBy(rest: Uint8Array): string | undefined {
    const id = rest.length < BODY_AT ? undefined : bcdDigits(Buffer.from(rest), 6, BODY_AT)?.replace(/^0/, '')
    return id === undefined || /^0+$/.test(id) ? undefined : id
  }
}

type Taken = { reports: DeviceReport[]; error?: DecodeError }

function readBody(body: Buffer, deviceId: string, settings: DeviceSettings | undefined, context: DecodeContext): Taken {
  const moments = new Map<number, DeviceReport>()
  const without: [id: number, value: Buffer][] = []
  const taken: Taken = { reports: [] }
  let at = 0
  while (at + 2 <= body.length) {
    const id = body[at]!
    const end = at + 2 + body[at + 1]!
    if (end > body.length) break
    const value = body.subarray(at + 2, end)
    if (!readTimed(id, value, (seconds) => momentOf(moments, seconds, deviceId, context), settings))
      without.push([id, value])
    at = end
  }
  if (at !== body.length) taken.error = { reason: 'malformed', detail: 'an item runs over the end' }
  if (without.length > 0) {
    const newest =
      moments.size === 0 ? reportAtReceipt(deviceId, context.receivedMs) : moments.get(Math.max(...moments.keys()))!
    if (moments.size === 0) moments.set(0, newest)
    for (const [id, value] of without) readUntimed(newest, id, value)
  }
  for (const report of moments.values()) taken.reports.push(readable(report))
  return taken
}

/** False for an item without a time of its own, or too short for its kind. */
function readTimed(
  id: number,
  value: Buffer,
  at: (seconds: number) => DeviceReport,
  settings: DeviceSettings | undefined,
): boolean {
  if (id === 0x64 && value.length >= 24) {
    const report = at(value.readUInt32BE(0))
    report.latDeg = value.readDoubleBE(4)
    report.lonDeg = value.readDoubleBE(12)
    report.fixValid = true
    report.source = 'gps'
    const altitude = value.readFloatBE(20)
    if (Number.isFinite(altitude)) report.altitudeM = altitude
    if (value.length >= 26) report.satellites = value[25]!
    keep(report, 'place', hexOf(value, 24))
    return true
  }
  if (id === 0x65 && value.length >= 5) {
    const report = at(value.readUInt32BE(0))
    report.source ??= 'wifi'
    const points: string[] = []
    for (let from = 5; from + 7 <= value.length; from += 7)
      points.push(wifiOf(hexOf(value, from, from + 6), value.readInt8(from + 6)))
    keep(report, 'wifi', points.join('|'))
    return true
  }
  if (id === 0x69 && value.length >= 5) {
    const report = at(value.readUInt32BE(0))
    const alarm = value[4]!
    addByCode(report, String(alarm), ALARM_CODES, settings, `alarm ${alarm}`)
    if (CHARGER_CODES[alarm] !== undefined) report.charging = CHARGER_CODES[alarm]
    keep(report, 'alarmCode', alarm)
    keep(report, 'alarmData', hexOf(value, 6))
    return true
  }
  return false
}

function readUntimed(report: DeviceReport, id: number, value: Buffer): void {
  if (id !== 0x6a) {
    keep(report, id === 0x66 ? 'cellRaw' : `item${id.toString(16).toUpperCase().padStart(2, '0')}`, hexOf(value))
    return
  }
  const [percent, , , radio, , moving, charging] = value
  if (percent !== undefined && percent <= 100) report.batteryPercent = percent
  if (radio !== UNKNOWN) keep(report, 'radio', radio)
  if (moving !== undefined && moving !== UNKNOWN) keep(report, 'moving', moving !== 0)
  if (charging !== undefined && charging !== UNKNOWN) report.charging = charging !== 0
}

function momentOf(
  moments: Map<number, DeviceReport>,
  seconds: number,
  deviceId: string,
  context: DecodeContext,
): DeviceReport {
  let report = moments.get(seconds)
  if (report === undefined) {
    const archived = cameLate(seconds * 1000, context)
    report = { deviceId, timeMs: seconds * 1000, fixValid: false, alarms: [], archived }
    moments.set(seconds, report)
  }
  return report
}

function replyTo(frame: Buffer): Uint8Array {
  const reply = Buffer.from([HEAD, 0, 12, ...frame.subarray(3, BODY_AT), 0, 0, 0, TAIL])
  reply.writeUInt16BE(crc16CcittFalse(reply, 3, 15), 15)
  return reply
}

function malformed(detail: string): Decoded {
  return { reports: [], error: { reason: 'malformed', detail } }
}

export const xexun3: StreamProtocol = {
  name: 'xexun3',
  transport: 'tcp',
  port: 5264,
  lines: 'hex',
  checksummed: true,
  acknowledges: true,
  newFramer: (frameBytesMax) => new Xexun3Framer(Math.min(frameBytesMax, FRAME_BYTES_MAX)),
  newDecoder: () => new Xexun3Decoder(),
}
