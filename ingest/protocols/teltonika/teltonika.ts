// Teltonika over TCP, and over UDP (teltonika-datagram.ts): personal and vehicle trackers.
//
//   000F IMEI (15 digits) → 01 taken, 00 refused
//   00000000 | u32 bytes | data | u32 CRC-16/ARC of the data → u32 records taken; 0 or silence: it sends them again
//
//   data: teltonika-records.ts. The codecs 0C, 0D and 0E are answers to commands.
import type { DecodeContext, Decoded, StreamDecoder, StreamProtocol } from '../decoder.ts'
import { heardFrom } from '../heard.ts'
import { crc16Arc } from '../wire/checksums.ts'
import {
  DATAGRAM_HEAD_BYTES,
  datagramReply,
  dataOfDatagram,
  imeiOf,
  isDatagram,
  TeltonikaDatagramFramer,
} from './teltonika-datagram.ts'
import { crcOf, dataOf, LOGIN_BYTES, TeltonikaFramer } from './teltonika-framer.ts'
import { readRecords } from './teltonika-records.ts'

/** The document's largest packet has 1280 bytes. */
const FRAME_BYTES_MAX = 4096
const COMMAND_ANSWERS: readonly number[] = [0x0c, 0x0d, 0x0e]
const TAKEN = Uint8Array.of(1)
const REFUSED = Uint8Array.of(0)

class TeltonikaDecoder implements StreamDecoder {
  #deviceId: string | undefined

  decode(frame: Uint8Array, context: DecodeContext): Decoded {
    const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.length)
    if (isDatagram(bytes)) return decodeDatagram(bytes, context)
    if (bytes[1] !== 0) return this.#login(bytes, context)
    const deviceId = this.#deviceId
    const settings = deviceId === undefined ? undefined : context.settingsOf(deviceId)
    const data = dataOf(bytes)
    if (crc16Arc(data, 0, data.length) !== crcOf(bytes) && settings?.acceptBadChecksum !== true)
      return heardFrom(deviceId, context, { reason: 'checksum', detail: 'the CRC is another' })
    if (deviceId === undefined)
      return { reports: [], error: { reason: 'malformed', detail: 'a frame before the login' } }
    if (!context.authorize({ deviceId })) return { reports: [], deviceId }
    return decodeData(data, deviceId, context, (count) => Uint8Array.of(0, 0, 0, count))
  }

  beganBy(rest: Uint8Array): string | undefined {
    const bytes = Buffer.from(rest)
    const named = bytes.length >= DATAGRAM_HEAD_BYTES ? imeiOf(bytes) : ''
    return /^\d{15}$/.test(named) ? named : this.#deviceId
  }

  #login(bytes: Buffer, context: DecodeContext): Decoded {
    const deviceId = bytes.toString('latin1', 2, LOGIN_BYTES)
    this.#deviceId = deviceId
    return { reports: [], deviceId, reply: context.authorize({ deviceId }) ? TAKEN : REFUSED }
  }
}

function decodeDatagram(bytes: Buffer, context: DecodeContext): Decoded {
  const deviceId = imeiOf(bytes)
  if (!context.authorize({ deviceId })) return { reports: [], deviceId }
  return decodeData(dataOfDatagram(bytes), deviceId, context, (count) => datagramReply(bytes, count))
}

function decodeData(
  data: Buffer,
  deviceId: string,
  context: DecodeContext,
  replyOf: (count: number) => Uint8Array,
): Decoded {
  if (COMMAND_ANSWERS.includes(data[0]!)) return { reports: [], deviceId }
  const records = readRecords(data, deviceId, context.settingsOf(deviceId), context)
  if (records === undefined)
    return heardFrom(deviceId, context, { reason: 'malformed', detail: 'the codec is not known' })
  const { reports, count, error } = records
  return { reports, deviceId, reply: replyOf(count), ...(error && { error }) }
}

export const teltonika: StreamProtocol = {
  name: 'teltonika',
  transport: 'tcp',
  port: 5027,
  lines: 'hex',
  checksummed: true,
  acknowledges: true,
  newFramer: (frameBytesMax) => new TeltonikaFramer(Math.min(frameBytesMax, FRAME_BYTES_MAX)),
  newDecoder: () => new TeltonikaDecoder(),
  udp: { newFramer: (datagramBytesMax) => new TeltonikaDatagramFramer(datagramBytesMax) },
}
