// GT06 family (Concox, Jimi, hundreds of clones) over TCP.
//
//   78 78 | u8 length | type | content | u16 serial | u16 CRC-16/X-25 | 0D 0A           79 79 the same with u16 length
//
//   01 login: 8 bytes BCD (0 and IMEI), u16 device type, u16 zone: 15–4 hours × 100 + minutes, 3 west      8A time request
//   10 12 1A 1E 2A 38 61 GPS, cell        22 2D 31 37 GPS, cell, ACC, reason, re-upload        A0 the same, 4G cell
//   16 25 26 32 GPS, cell, status         27 and, with 4G cells, A3 A4 the same and a fence       13 36 status    23 info, u16 0.01 V, GSM
//   19 A5 cells, status                   95 time, perhaps a place, alarm                       80–82, long 21: answers to commands
//   11 18 24 28 2E 34 A1 A7 cells, 17 2C 33 69 A2 F3 Wi-Fi: a time first, usually (BCD in 17, 69); some models have GPS in them
//   long 94 information: sub-type first   long 70 items: u16 tag, u16 length                    long 32 33 GPS, cells, Wi-Fi, status
//
// Only the login says who speaks. The answer to every type but command answers and 94 is the frame's own header, type and serial.
// Locations are not acknowledged by contract, so whatever TCP took is ours to keep.
import { readable, reportAtReceipt } from '../believe.ts'
import type { DecodeContext, Decoded, DecodeError, StreamDecoder, StreamProtocol } from '../decoder.ts'
import { heardFrom } from '../heard.ts'
import { crc16X25 } from '../wire/checksums.ts'
import { bcdDigits } from '../wire/wire-fields.ts'
import { GT06_FRAME_BYTES_MIN, Gt06Framer } from './gt06-framer.ts'
import { decodePlain, isPlainLogin, isPlainShort, plainLoginReply, plainWifiBytes } from './gt06-plain.ts'
import { readContent } from './gt06-read.ts'

/** The largest real frames, lists of access points and items, have some hundred bytes. */
const FRAME_BYTES_MAX = 4096
const LOGIN = 0x01
const TIME_REQUEST = 0x8a
const INFORMATION = 0x194
const OFFSET_MINUTES_MAX = 14 * 60
/** They carry no report and want no answer: 80–82 and long 21. */
const COMMAND_ANSWERS = [0x80, 0x81, 0x82, 0x121]

class Gt06Decoder implements StreamDecoder {
  #deviceId: string | undefined
  /** What the login said of the device's clock. */
  #loginOffsetMinutes = 0
  /** It logged in without serial and CRC, so it has none later either. */
  #isPlain = false

  decode(frame: Uint8Array, context: DecodeContext): Decoded {
    const bytes = frame instanceof Buffer ? frame : Buffer.from(frame.buffer, frame.byteOffset, frame.length)
    if (isPlainLogin(bytes, 0, bytes.length)) return this.#plainLogin(bytes, context)
    if (this.#deviceId !== undefined && this.#isOfPlainForm(bytes)) return this.#plain(bytes, this.#deviceId, context)
    const isLong = bytes[0] === 0x79
    const typeAt = isLong ? 4 : 3
    const end = bytes.length - 6
    if (bytes.length < GT06_FRAME_BYTES_MIN || end <= typeAt || bytes.readUInt16BE(end + 4) !== 0x0d0a)
      return this.#heard(context, 'malformed', 'the frame was cut')
    const type = bytes[typeAt]! + (isLong ? 0x100 : 0)
    const content = bytes.subarray(typeAt + 1, end)
    const loginId = type === LOGIN ? imeiOf(content) : undefined
    const sender = loginId ?? this.#deviceId
    const settings = sender === undefined ? undefined : context.settingsOf(sender)
    if (!isSound(bytes) && settings?.acceptBadChecksum !== true)
      return heardFrom(sender, context, { reason: 'checksum', detail: 'the CRC is another' })
    const reply = replyTo(bytes, type, context)
    if (type === LOGIN) {
      if (loginId === undefined) return this.#heard(context, 'malformed', 'the login holds no IMEI')
      this.#deviceId = loginId
      this.#isPlain = false
      this.#loginOffsetMinutes = offsetOf(content)
      return context.authorize({ deviceId: loginId })
        ? { reports: [], deviceId: loginId, reply }
        : { reports: [], deviceId: loginId }
    }
    const deviceId = this.#deviceId
    if (deviceId === undefined) return this.#heard(context, 'malformed', 'a frame before the login')
    if (COMMAND_ANSWERS.includes(type) || !context.authorize({ deviceId })) return { reports: [], deviceId }
    if (type === TIME_REQUEST) return { reports: [], deviceId, reply }
    const report = reportAtReceipt(deviceId, context.receivedMs)
    const utcOffsetMinutes = settings?.utcOffsetMinutes ?? this.#loginOffsetMinutes
    const wrong = readContent({ report, settings, utcOffsetMinutes, context }, type, content)
    const answer = type === INFORMATION ? {} : { reply }
    if (wrong === 'no report') return { reports: [], deviceId, ...answer }
    // What of it was read counts, were it only that the device was heard.
    const error = wrong === undefined ? {} : { error: { reason: 'malformed' as const, detail: wrong } }
    return { deviceId, ...answer, ...error, reports: [readable(report)] }
  }

  #isOfPlainForm(bytes: Buffer): boolean {
    if (bytes[0] !== 0x78 || bytes.length < 6) return false
    if (this.#isPlain) return true
    return (
      isPlainShort(bytes, 0, bytes.length) ||
      (plainWifiBytes(bytes, 0, bytes.length) === bytes.length && !isSound(bytes))
    )
  }

  #plain(bytes: Buffer, deviceId: string, context: DecodeContext): Decoded {
    if (!context.authorize({ deviceId })) return { reports: [], deviceId }
    const settings = context.settingsOf(deviceId)
    return decodePlain(bytes, deviceId, settings, settings?.utcOffsetMinutes ?? this.#loginOffsetMinutes, context)
  }

  #plainLogin(bytes: Buffer, context: DecodeContext): Decoded {
    const deviceId = imeiOf(bytes.subarray(4, 12))
    if (deviceId === undefined) return this.#heard(context, 'malformed', 'the login holds no IMEI')
    this.#deviceId = deviceId
    this.#isPlain = true
    this.#loginOffsetMinutes = 0
    return context.authorize({ deviceId })
      ? { reports: [], deviceId, reply: plainLoginReply() }
      : { reports: [], deviceId }
  }

  beganBy(rest: Uint8Array): string | undefined {
    return rest[3] === LOGIN ? imeiOf(Buffer.from(rest).subarray(4)) : this.#deviceId
  }

  #heard(context: DecodeContext, reason: DecodeError['reason'], detail: string): Decoded {
    return heardFrom(this.#deviceId, context, { reason, detail })
  }
}

function isSound(bytes: Buffer): boolean {
  const crcAt = bytes.length - 4
  return bytes.length >= GT06_FRAME_BYTES_MIN && crc16X25(bytes, 2, crcAt) === bytes.readUInt16BE(crcAt)
}

function imeiOf(content: Buffer): string | undefined {
  const digits = content.length < 8 ? undefined : bcdDigits(content, 0, 8)
  const id = digits?.replace(/^0/, '')
  return id === undefined || /^0+$/.test(id) ? undefined : id
}

/** Minutes east of UTC by the login; 0 where it says nothing that can be one. */
function offsetOf(content: Buffer): number {
  if (content.length < 12) return 0
  const zone = content.readUInt16BE(10)
  const minutes = Math.floor((zone >> 4) / 100) * 60 + ((zone >> 4) % 100)
  if (minutes > OFFSET_MINUTES_MAX || (zone >> 4) % 100 > 59) return 0
  return (zone & 8) !== 0 ? -minutes : minutes
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
