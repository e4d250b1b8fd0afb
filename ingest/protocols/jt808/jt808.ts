// JT/T 808, 2013 and 2019, over TCP. A terminal repeats what gets no 8001, so that answer is a true acknowledgement.
//
//   7E | u16 message | u16 attributes: 0–9 body bytes, 10–12 encryption, 13 split, 14 = 2019 | 2019: u8 version | id, BCD[6], 2019
//   BCD[10] | u16 serial | split: u16 parts, u16 number | body | xor | 7E              7E travels as 7D 02, 7D as 7D 01
//
//   0100 register: u16 province, u16 city, maker [5], model [20], terminal id [7] (2019: 11, 30, 30), … → 8100: u16 serial, u8 0 and
//        an authentication code, or u8 4 = no such terminal
//   0102 authenticate: the code (2019: u8 its length, code, …), 0002 heartbeat, 0003 unregister → 8001
//   0200 location → 8001        0704 batch: u16 count, u8 kind (1: from a blind area), (u16 length, location)… → one 8001
//   0201 0500 u16 serial of the request, location → 8001        0210 (u8 length, location)… → 8001        0001 an answer: none
//   0109 time → 8109: u16 year, month, day, h, m, s, u8 0         others → 8001: u16 serial, u16 message, u8 result: 0 without a body;
//   one that is not understood is kept in quarantine and answered 3, for 0 means that it was taken
//
// Device id: the digits without leading zeros, or with them where only that is known. With hexadecimal letters in it, it is the
// first 14 digits of an IMEI as a 48-bit number.
import type { DeviceSettings } from '../../../model/plan/directory.ts'
import { readable, reportAtReceipt } from '../believe.ts'
import type { DecodeContext, Decoded, DecodedReport, DecodeError, StreamDecoder, StreamProtocol } from '../decoder.ts'
import { cameLate } from '../decoder.ts'
import { heardFrom } from '../heard.ts'
import { xorOf } from '../wire/checksums.ts'
import { bcdDigits, hexOf } from '../wire/wire-fields.ts'
import { keep } from '../words/device-words.ts'
import { frame808, Jt808Framer, unescape808 } from './jt808-framer.ts'
import { LOCATION_BYTES_MIN, readAlarmWord, readLocation } from './jt808-location.ts'
import { SplitMessages } from './jt808-parts.ts'

/** A body has at most 1023 bytes, and escaping at most doubles them. */
const FRAME_BYTES_MAX = 4096
const REGISTER = 0x0100
const AUTHENTICATE = 0x0102
const LOCATION = 0x0200
const LOCATION_ANSWER = 0x0201
const CONTROL_ANSWER = 0x0500
const VENDOR_BATCH = 0x0210
const DELIMITER = 0x7e
const BATCH = 0x0704
const TERMINAL_ANSWER = 0x0001
const HEARTBEAT = 0x0002
const UNREGISTER = 0x0003
const TIME_REQUEST = 0x0109
const RESULT_OK = 0
const RESULT_FAILED = 1
const RESULT_NO_SUCH_TERMINAL = 4
const RESULT_UNSUPPORTED = 3

type Header = {
  message: number
  is2019: boolean
  version: number
  /** As it came, for the answers. */
  id: Buffer
  serial: number
  isEncrypted: boolean
  split?: { total: number; number: number }
  body: Buffer
}

type Taken = { reports: DecodedReport[]; error?: DecodeError }

class Jt808Decoder implements StreamDecoder {
  #serial = 0
  #deviceId: string | undefined
  readonly #parts = new SplitMessages()

  decode(frame: Uint8Array, context: DecodeContext): Decoded {
    const bytes = unescape808(frame)
    const header = headerOf(bytes)
    if (header === undefined)
      return this.#heard(this.#beganBy(bytes, context), context, 'malformed', 'no header and body of its length')
    const deviceId = deviceIdOf(header.id, context)
    const settings = deviceId === undefined ? undefined : context.settingsOf(deviceId)
    if (xorOf(bytes, 0, bytes.length) !== 0 && settings?.acceptBadChecksum !== true)
      return this.#heard(deviceId, context, 'checksum', 'the xor is another')
    if (deviceId === undefined) return this.#heard(undefined, context, 'malformed', 'the terminal has no id')
    this.#deviceId = deviceId
    if (header.isEncrypted)
      return {
        ...this.#heard(deviceId, context, 'malformed', 'the body is encrypted'),
        reply: this.#answer(header, [header.serial], RESULT_UNSUPPORTED),
      }
    if (header.split === undefined) return this.#decodeBody(header, [header.serial], deviceId, settings, context)
    const whole = this.#parts.add({ ...header, ...header.split }, context.receivedMs)
    if (whole === undefined) return { reports: [], deviceId }
    if (typeof whole === 'string')
      return {
        ...this.#heard(deviceId, context, 'malformed', whole),
        reply: this.#answer(header, [header.serial], RESULT_UNSUPPORTED),
      }
    return this.#decodeBody({ ...header, body: whole.body }, whole.serials, deviceId, settings, context)
  }

  /** `serials`: of every frame that the answer is for. */
  #decodeBody(
    header: Header,
    serials: number[],
    deviceId: string,
    settings: DeviceSettings | undefined,
    context: DecodeContext,
  ): Decoded {
    const { message, body } = header
    if (message === REGISTER)
      return { reports: [], deviceId, asksForCode: true, reply: this.#register(header, deviceId, context) }
    if (message === AUTHENTICATE) {
      const credential = codeOf(header)
      const result = context.authorize({ deviceId, credential }) ? RESULT_OK : RESULT_FAILED
      return { reports: [], deviceId, reply: this.#answer(header, serials, result) }
    }
    if (!context.authorize({ deviceId })) return { reports: [], deviceId }
    switch (message) {
      case TIME_REQUEST:
        return { reports: [], deviceId, reply: this.#time(header, context.receivedMs) }
      case TERMINAL_ANSWER:
        return { reports: [], deviceId }
      case LOCATION: {
        const taken = takeLocation(body, deviceId, undefined, settings, context)
        return { deviceId, ...taken, reply: this.#answer(header, serials, RESULT_OK) }
      }
      case LOCATION_ANSWER:
      case CONTROL_ANSWER: {
        const taken = takeLocation(body.subarray(2), deviceId, undefined, settings, context)
        return { deviceId, ...taken, reply: this.#answer(header, serials, RESULT_OK) }
      }
      case VENDOR_BATCH:
      case BATCH: {
        const taken =
          message === BATCH
            ? takeBatch(body, deviceId, settings, context)
            : takeVendorBatch(body, deviceId, settings, context)
        return { deviceId, ...taken, reply: this.#answer(header, serials, RESULT_OK) }
      }
      case UNREGISTER:
        return { reports: [], deviceId, reply: this.#answer(header, serials, RESULT_OK) }
      case HEARTBEAT: {
        const report = reportAtReceipt(deviceId, context.receivedMs)
        if (body.length > 0) keep(report, 'heartbeat', hexOf(body))
        return { reports: body.length > 0 ? [report] : [], deviceId, reply: this.#answer(header, serials, RESULT_OK) }
      }
      default:
        if (body.length === 0) return { reports: [], deviceId, reply: this.#answer(header, serials, RESULT_OK) }
        return {
          ...this.#heard(
            deviceId,
            context,
            'malformed',
            `message ${message.toString(16).padStart(4, '0')} is not known`,
          ),
          reply: this.#answer(header, serials, RESULT_UNSUPPORTED),
        }
    }
  }

  beganBy(rest: Uint8Array): string | undefined {
    const bytes = unescape808(rest[0] === DELIMITER ? rest.subarray(1) : rest)
    return this.#beganBy(bytes, undefined)
  }

  #beganBy(bytes: Buffer, context: DecodeContext | undefined): string | undefined {
    const [idAt, idEnd] = ((bytes[2] ?? 0) & 0x40) !== 0 ? [5, 15] : [4, 10]
    const named = bytes.length < idEnd ? undefined : deviceIdOf(bytes.subarray(idAt, idEnd), context)
    return named ?? this.#deviceId
  }

  #heard(id: string | undefined, context: DecodeContext, reason: DecodeError['reason'], detail: string): Decoded {
    return heardFrom(id ?? this.#deviceId, context, { reason, detail })
  }

  #answer(header: Header, serials: number[], result: number): Uint8Array {
    return Buffer.concat(
      serials.map((serial) => this.#send(header, 0x8001, [...u16(serial), ...u16(header.message), result])),
    )
  }

  #register(header: Header, deviceId: string, context: DecodeContext): Uint8Array {
    const claim = { deviceId, credential: terminalIdOf(header) }
    // Looked at apart from any server, a frame gets a code that says so.
    const code = context.register === undefined ? `tok-${deviceId.slice(-2)}` : context.register(claim)
    const answer = code === undefined ? [RESULT_NO_SUCH_TERMINAL] : [RESULT_OK, ...Buffer.from(code)]
    return this.#send(header, 0x8100, [...u16(header.serial), ...answer])
  }

  #time(header: Header, nowMs: number): Uint8Array {
    const now = new Date(nowMs)
    return this.#send(header, 0x8109, [
      ...u16(now.getUTCFullYear()),
      now.getUTCMonth() + 1,
      now.getUTCDate(),
      now.getUTCHours(),
      now.getUTCMinutes(),
      now.getUTCSeconds(),
      RESULT_OK,
    ])
  }

  #send({ is2019, version, id }: Header, message: number, body: number[]): Uint8Array {
    const attributes = body.length | (is2019 ? 0x4000 : 0)
    const serial = this.#serial
    this.#serial = (serial + 1) & 0xffff
    return frame808([...u16(message), ...u16(attributes), ...(is2019 ? [version] : []), ...id, ...u16(serial), ...body])
  }
}

function headerOf(bytes: Buffer): Header | undefined {
  if (bytes.length < 13) return undefined
  const attributes = bytes.readUInt16BE(2)
  const is2019 = (attributes & 0x4000) !== 0
  const isSplit = (attributes & 0x2000) !== 0
  const idAt = is2019 ? 5 : 4
  const serialAt = idAt + (is2019 ? 10 : 6)
  const bodyAt = serialAt + (isSplit ? 6 : 2)
  if (bytes.length !== bodyAt + (attributes & 0x3ff) + 1) return undefined
  return {
    message: bytes.readUInt16BE(0),
    is2019,
    version: is2019 ? bytes[4]! : 0,
    id: bytes.subarray(idAt, serialAt),
    serial: bytes.readUInt16BE(serialAt),
    isEncrypted: (attributes & 0x1c00) !== 0,
    ...(isSplit
      ? { split: { total: bytes.readUInt16BE(serialAt + 2), number: bytes.readUInt16BE(serialAt + 4) } }
      : {}),
    body: bytes.subarray(bodyAt, bytes.length - 1),
  }
}

function terminalIdOf({ is2019, body }: Header): string {
  const at = is2019 ? 45 : 29
  return textOf(body.subarray(at, at + (is2019 ? 30 : 7)))
}

function codeOf({ is2019, body }: Header): string {
  return textOf(is2019 ? body.subarray(1, 1 + (body[0] ?? 0)) : body)
}

/** Without what fills the field up. */
function textOf(bytes: Buffer): string {
  let end = bytes.length
  while (end > 0 && (bytes[end - 1] === 0 || bytes[end - 1] === 0x20)) end--
  return bytes.toString('latin1', 0, end)
}

function deviceIdOf(id: Buffer, context: DecodeContext | undefined): string | undefined {
  const digits = bcdDigits(id, 0, id.length)
  if (digits === undefined) return imeiOf(id)
  const short = digits.replace(/^0+/, '')
  if (short === '') return undefined
  return context?.isKnown?.(short) === false && context.isKnown(digits) ? digits : short
}

function imeiOf(id: Buffer): string | undefined {
  const number = Number.parseInt(hexOf(id), 16)
  if (!(number >= 1e12 && number < 1e14)) return undefined
  const digits = String(number).padStart(14, '0')
  let sum = 0
  for (let i = 0; i < 14; i++) {
    const digit = Number(digits[i]) * (i % 2 === 1 ? 2 : 1)
    sum += digit > 9 ? digit - 9 : digit
  }
  return digits + ((10 - (sum % 10)) % 10)
}

function takeLocation(
  body: Buffer,
  deviceId: string,
  archived: true | undefined,
  settings: DeviceSettings | undefined,
  context: DecodeContext,
): Taken {
  if (body.length < LOCATION_BYTES_MIN) {
    // The alarm and status words come first, and the strap may be in them.
    const error: DecodeError = { reason: 'malformed', detail: 'shorter than a location' }
    const report = reportAtReceipt(deviceId, context.receivedMs)
    if (body.length >= 4) readAlarmWord(report, body, settings)
    return { reports: [report], error }
  }
  const report = readLocation(body, deviceId, settings)
  report.archived = archived ?? cameLate(report.timeMs, context)
  return { reports: [readable(report)] }
}

function takeVendorBatch(
  body: Buffer,
  deviceId: string,
  settings: DeviceSettings | undefined,
  context: DecodeContext,
): Taken {
  const taken: Taken = { reports: [] }
  let at = 0
  while (at < body.length) {
    const end = at + 1 + body[at]!
    const { reports, error } = takeLocation(body.subarray(at + 1, end), deviceId, undefined, settings, context)
    taken.reports.push(...reports)
    if (error !== undefined) taken.error ??= error
    if (end > body.length) taken.error ??= { reason: 'malformed', detail: 'a record runs over the end' }
    at = end
  }
  return taken
}

function takeBatch(
  body: Buffer,
  deviceId: string,
  settings: DeviceSettings | undefined,
  context: DecodeContext,
): Taken {
  if (body.length < 3)
    return {
      reports: [reportAtReceipt(deviceId, context.receivedMs)],
      error: { reason: 'malformed', detail: 'shorter than a batch' },
    }
  const archived = body[2] === 1 ? true : undefined
  const taken: Taken = { reports: [] }
  let at = 3
  let left = body.readUInt16BE(0)
  for (; left > 0 && at + 2 <= body.length; left--) {
    const end = at + 2 + body.readUInt16BE(at)
    if (end > body.length) break
    const { reports, error } = takeLocation(body.subarray(at + 2, end), deviceId, archived, settings, context)
    taken.reports.push(...reports)
    if (error !== undefined) taken.error ??= error
    at = end
  }
  if (left > 0 || at !== body.length) taken.error ??= { reason: 'malformed', detail: 'not the records it counts' }
  return taken
}

function u16(value: number): [number, number] {
  return [value >> 8, value & 0xff]
}

export const jt808: StreamProtocol = {
  name: 'jt808',
  transport: 'tcp',
  udp: {},
  port: 5015,
  lines: 'hex',
  checksummed: true,
  acknowledges: true,
  issuesCodes: true,
  newFramer: (frameBytesMax) => new Jt808Framer(Math.min(frameBytesMax, FRAME_BYTES_MAX)),
  newDecoder: () => new Jt808Decoder(),
}
