// Watch (SeTracker, Beesure and hundreds of wristbands) over TCP: `[maker*id*length*content]`, some with a serial before the length.
// The length is that of the content, in four hex digits. Each frame identifies its device.
//
//   LK[,steps,rolls,battery %] sign of life → LK        UD UD2 UD_… place (2: from memory, of a blind area)        AL… place → AL
//   TKQ TKQ2 → the same        INIT → INIT,1            heart, bphrt, oxygen … health → the same word        CONFIG → CONFIG,1
//   WG WAD place, asks where it is                      TK … a voice message, ICCID, VERNO, answers to commands: heard
//
// A watch restarts if LK gets no answer. It repeats AL until it is answered.
import { readable, reportAtReceipt } from '../believe.ts'
import {
  cameLate,
  type DecodeContext,
  type Decoded,
  type DecodedReport,
  type StreamDecoder,
  type StreamProtocol,
} from '../decoder.ts'
import { WatchFramer } from './watch-framer.ts'
import { addUnsaidAlarm, readBattery, readWatchPlace } from './watch-place.ts'

/** Places have some 400 bytes, parts of voice messages and pictures a few thousand. */
const FRAME_BYTES_MAX = 16_384
const HEAD_CHARS_MAX = 64
const FIELDS_MAX = 128
const TEXT_CHARS_MAX = 2048
const HEAD = /^\[([0-9A-Za-z]{2})\*(\d{6,15})\*(?:([0-9A-Fa-f]{4})\*)?[0-9A-Fa-f]{4}\*/
/** Answered with the type as it came. */
const ECHOED: readonly string[] = ['LK', 'TKQ', 'TKQ2', 'HEART', 'BPHRT', 'BLOOD', 'OXYGEN', 'TEMP', 'BTEMP2']
const CONFIRMED: readonly string[] = ['INIT', 'CONFIG']
/** Known to say nothing about place, strap or danger. */
const QUIET: readonly string[] = ['TK', 'JXTK', 'IMG', 'PULSE', 'ICCID', 'CCID', 'VERNO', 'RYIMEI', 'TS', 'PING']

class WatchDecoder implements StreamDecoder {
  decode(frame: Uint8Array, context: DecodeContext): Decoded {
    const bytes = Buffer.from(frame.buffer, frame.byteOffset, Math.max(0, frame.length - 1))
    const head = HEAD.exec(bytes.toString('latin1', 0, HEAD_CHARS_MAX))
    if (head === null) return { reports: [], error: { reason: 'malformed', detail: 'no maker, id and length' } }
    const deviceId = head[2]!
    if (!context.authorize({ deviceId })) return { reports: [], deviceId }
    const content = bytes.toString('latin1', head[0].length, head[0].length + TEXT_CHARS_MAX)
    const fields = content.split(',', FIELDS_MAX).map((field) => field.trim())
    // UD_LTE is a UD.
    const kind = fields[0]!.toUpperCase().split('_')[0]!
    const report = read(kind, fields, deviceId, context)
    const answer = answerTo(kind, fields[0]!)
    return {
      reports: [readable(report, fields.slice(4, 8).join(','))],
      deviceId,
      ...(answer !== undefined && { reply: replyOf(head, answer) }),
      ...(!isKnown(kind) && { error: { reason: 'malformed', detail: 'the type is not known' } }),
    }
  }

  beganBy(rest: Uint8Array): string | undefined {
    return /^\[[0-9A-Za-z]{2}\*(\d{6,15})\*/.exec(Buffer.from(rest).toString('latin1', 0, HEAD_CHARS_MAX))?.[1]
  }
}

const isPlaceKind = (kind: string) => kind === 'AL' || kind === 'WG' || kind === 'WAD' || /^UD\d?$/.test(kind)
const isKnown = (kind: string) => [ECHOED, CONFIRMED, QUIET].some((kinds) => kinds.includes(kind)) || isPlaceKind(kind)

function answerTo(kind: string, type: string): string | undefined {
  if (kind === 'AL') return 'AL'
  if (CONFIRMED.includes(kind)) return `${kind},1`
  return ECHOED.includes(kind) ? type : undefined
}

function read(kind: string, fields: string[], deviceId: string, context: DecodeContext): DecodedReport {
  const report: DecodedReport = reportAtReceipt(deviceId, context.receivedMs)
  if (kind === 'LK') readBattery(report, fields[3] ?? '')
  if (!isPlaceKind(kind)) return report
  // WAD has the language in front.
  const settings = context.settingsOf(deviceId)
  readWatchPlace(report, kind === 'WAD' ? fields.toSpliced(1, 1) : fields, settings)
  if (kind === 'AL') addUnsaidAlarm(report, fields, settings)
  report.archived = kind === 'UD2' || cameLate(report.timeMs, context)
  return report
}

function replyOf(head: RegExpExecArray, content: string): Uint8Array {
  const [, maker, id, serial] = head
  const length = content.length.toString(16).toUpperCase().padStart(4, '0')
  return Buffer.from(`[${maker}*${id}*${serial === undefined ? '' : `${serial}*`}${length}*${content}]`, 'latin1')
}

export const watch: StreamProtocol = {
  name: 'watch',
  transport: 'tcp',
  port: 5093,
  lines: 'text',
  checksummed: false,
  acknowledges: false,
  newFramer: (frameBytesMax) => new WatchFramer(Math.min(frameBytesMax, FRAME_BYTES_MAX)),
  newDecoder: () => new WatchDecoder(),
}
