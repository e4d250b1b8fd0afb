// IW (ThinkRace wristbands and their clones) over TCP: text frames `IWAP<type><content>#`, answered `IWBP<type>#`.
//
//   00 login: IMEI[,ICCID,IMSI] → IWBP00,yyyymmddhhmmss UTC,zone      01 place,mcc,mnc,lac,cid[,Wi-Fi]
//   10 place,mcc,mnc,lac,cid,alarm,language,reply wanted,Wi-Fi         02 language,reply,n,mcc,mnc,advance,cells…,n,Wi-Fi
//   03 ,status,steps,…   HT HP 49 HD JK health   50 ,°C,battery %       WR ,IMEI,1 worn | 0 taken off,time
//   FD ,IMEI,time a fall   VR BL 42 ,IMEI,… version, Bluetooth, picture   07 part of a voice message, not stored
//
// The other types are answers to commands. `IWBP<type>` is a command for most of them (17 is the factory reset), so only the types
// of ANSWERED are answered. Only the login and the types with an IMEI identify the device.
import type { DeviceSettings } from '../../../model/plan/directory.ts'
import { addDefect, readable, reportAtReceipt } from '../believe.ts'
import {
  cameLate,
  type DecodeContext,
  type Decoded,
  type DecodedReport,
  type StreamDecoder,
  type StreamProtocol,
} from '../decoder.ts'
import { heardFrom } from '../heard.ts'
import { epochMs } from '../wire/epoch-time.ts'
import { decimal } from '../wire/wire-fields.ts'
import type { Meaning } from '../words/alarm-words.ts'
import { addAlarm, addByCode, addMeaning, addUnknown, strapOf } from '../words/device-words.ts'
import { IwFramer } from './iw-framer.ts'
import { readCell, readPlace, readStatus, readWifi } from './iw-place.ts'

/** Real frames have some 300 bytes, parts of voice messages 1100, pictures a few thousand. */
const FRAME_BYTES_MAX = 8192
const FIELDS_MAX = 96
const ANSWERED: readonly string[] = ['01', '02', '03', '10', '49', '50', 'HT', 'HP', 'HD', 'JK', 'FD', 'BL']
const HEALTH: readonly string[] = ['HT', 'HP', '49', 'HD', 'JK', 'TP', 'SP']
const QUIET: readonly string[] = ['VR', 'BL', '42', '07']
const NO_COMMA: readonly string[] = ['00', '01', '10']
/** The IMEI is the first field behind the type. */
const NAMES_ITSELF: readonly string[] = ['WR', 'FD', 'VR', 'BL']

// Older documents call 05 a fall: the model's table says so. 07–10 and 14 are about health.
const ALARM_CODES: Record<string, Meaning> = {
  '00': 'none',
  '01': 'sos',
  '02': 'batteryLow',
  '03': 'strapOpen',
  '05': 'tamper',
  '06': 'fall',
  '07': 'other',
  '08': 'other',
  '09': 'other',
  '10': 'other',
  '14': 'none',
  '19': 'powerOff',
  '20': 'zoneOut',
  '21': 'zoneIn',
}

const BEGINNING_CHARS = 32

type Frame = { type: string; content: string; fields: string[] }

class IwDecoder implements StreamDecoder {
  #deviceId: string | undefined

  decode(frame: Uint8Array, context: DecodeContext): Decoded {
    const text = Buffer.from(frame.buffer, frame.byteOffset, Math.max(0, frame.length - 1)).toString('latin1')
    const m = /^IWAP([0-9A-Z]{2})/.exec(text)
    if (m === null) return this.#malformed('not a frame of a device', context)
    const type = m[1]!
    // Some firmware writes a comma in front of the content of these types too.
    const content = text.slice(NO_COMMA.includes(type) && text[6] === ',' ? 7 : 6)
    const parsed = { type, content, fields: content.split(',', FIELDS_MAX).map((field) => field.trim()) }
    if (type === '00') return this.#login(parsed.fields[0]!, context)
    const named = NAMES_ITSELF.includes(type) ? parsed.fields[1] : undefined
    const deviceId = isImei(named) ? named : this.#deviceId
    if (deviceId === undefined) return this.#malformed('a frame before the login', context)
    if (!context.authorize({ deviceId })) return { reports: [], deviceId }
    return decodeType(parsed, deviceId, context)
  }

  #login(imei: string, context: DecodeContext): Decoded {
    if (!isImei(imei)) return this.#malformed('the login holds no IMEI', context)
    this.#deviceId = imei
    if (!context.authorize({ deviceId: imei })) return { reports: [], deviceId: imei }
    const now = new Date(context.receivedMs).toISOString().replace(/\D/g, '').slice(0, 14)
    const zone = (context.settingsOf(imei)?.utcOffsetMinutes ?? 0) / 60
    return { reports: [], deviceId: imei, reply: Buffer.from(`IWBP00,${now},${zone}#`, 'latin1') }
  }

  beganBy(rest: Uint8Array): string | undefined {
    const named = /^IWAP(?:00,?|[0-9A-Z]{2},)(\d{15})(?:,|$)/.exec(
      Buffer.from(rest).toString('latin1', 0, BEGINNING_CHARS),
    )?.[1]
    return named ?? this.#deviceId
  }

  #malformed(detail: string, context: DecodeContext): Decoded {
    return heardFrom(this.#deviceId, context, { reason: 'malformed', detail })
  }
}

function isImei(text: string | undefined): text is string {
  return text !== undefined && /^\d{15}$/.test(text)
}

function decodeType(frame: Frame, deviceId: string, context: DecodeContext): Decoded {
  const { type, fields } = frame
  const settings = context.settingsOf(deviceId)
  const report: DecodedReport = reportAtReceipt(deviceId, context.receivedMs)
  switch (type) {
    case '01':
    case '10':
      readLocation(report, frame, settings)
      report.archived = !report.timeFromReceipt && cameLate(report.timeMs, context)
      break
    case '02': {
      const wifi = readWifi(report, fields.at(-1)!)
      report.source = wifi ? 'wifi' : 'cell'
      break
    }
    case '03':
      readStatus(report, fields[1] ?? '')
      break
    case '50': {
      const battery = decimal(fields[2] ?? '')
      if (battery >= 0 && battery <= 100) report.batteryPercent = battery
      break
    }
    case 'WR':
      readWorn(report, fields[2] ?? '', settings)
      readTime(report, fields[3], context)
      break
    case 'FD':
      addAlarm(report, 'fall')
      readTime(report, fields[2], context)
      break
    default:
      if (!HEALTH.includes(type) && !QUIET.includes(type))
        return { reports: [report], deviceId, error: { reason: 'malformed', detail: 'the type is not known' } }
  }
  return { reports: [readable(report, frame.content)], deviceId, ...replyTo(frame) }
}

function readLocation(report: DecodedReport, { type, fields }: Frame, settings: DeviceSettings | undefined): void {
  const [block = '', ...rest] = fields
  if (!readPlace(report, block, settings))
    addDefect(report, { reason: 'malformed', detail: 'the place cannot be read' })
  if (rest.length >= 4) readCell(report, rest)
  const wifi = rest.findLast((field) => field.includes('|'))
  if (wifi !== undefined) readWifi(report, wifi)
  if (type !== '10') return
  // The language behind the alarm is a word in letters: with it the alarm is found where a field is missing or one too many.
  const languageAt = rest.findIndex((field, at) => at > 1 && /^[a-z]{2}([-_][a-z]{2})?$/i.test(field))
  const alarm = rest[languageAt > 0 ? languageAt - 1 : 4] ?? ''
  if (/^\d{1,2}$/.test(alarm)) addByCode(report, alarm.padStart(2, '0'), ALARM_CODES, settings, `alarm ${alarm}`)
  else addUnknown(report, `alarm ${alarm}`, settings)
}

function readWorn(report: DecodedReport, state: string, settings: DeviceSettings | undefined): void {
  const strap = strapOf(state, settings) ?? (state === '1' ? 'closed' : state === '0' ? 'open' : undefined)
  if (strap === undefined) addUnknown(report, `worn ${state}`, settings)
  else addMeaning(report, `strap=${strap}`)
}

function readTime(report: DecodedReport, field: string | undefined, context: DecodeContext): void {
  if (field === undefined || !/^\d{9,13}$/.test(field)) return
  const timeMs = epochMs(Number(field))
  delete report.timeFromReceipt
  report.timeMs = timeMs
  report.archived = cameLate(timeMs, context)
}

function replyTo({ type, fields }: Frame): { reply?: Uint8Array } {
  if (!ANSWERED.includes(type)) return {}
  const kind = type === 'JK' && /^\d{1,2}$/.test(fields[2] ?? '') ? `,${fields[2]}` : ''
  return { reply: Buffer.from(`IWBP${type}${kind}#`, 'latin1') }
}

export const iw: StreamProtocol = {
  name: 'iw',
  transport: 'tcp',
  port: 5280,
  lines: 'text',
  checksummed: false,
  acknowledges: false,
  newFramer: (frameBytesMax) => new IwFramer(Math.min(frameBytesMax, FRAME_BYTES_MAX)),
  newDecoder: () => new IwDecoder(),
}
