// OwnTracks over HTTP: a JSON object a POST, or an array of them, usually to /pub. Everything gets 200 and `[]`, or the app sends
// it for ever.
//
//   location    lat, lon, tst (s, of the fix), acc m, alt m, vac m, vel km/h, cog °, batt %, bs (1 unplugged, 2 charging, 3 full),
//               t (trigger; p: a ping, whose place may be old), conn (w, m, o = offline), created_at (s), inregions, SSID, BSSID …
//   transition  event enter|leave, desc, wtst, tst, lat, lon, acc: an event with a place
//   encrypted   data: secretbox with a shared secret. There is no place for such secrets yet: kept in quarantine, answered
//   lwt, status, steps, card, cmd, waypoint(s), configuration, beacon, request …: no report
//
// Times: seconds since 1970; milliseconds, and seconds since 2001, are known by their size. A tst of exactly 1024 weeks before
// created_at is a receiver's week rollover.
//
// Who: the topic `owntracks/<user>[/<device>]`, else `tid`, else the user and device of headers (X-Limit-U, X-Limit-D), Basic
// authentication or query (u, d). The payload never overrides these where they name a user of their own or a device we know.
import type { DeviceReport } from '../../model/report/report.ts'
import { readable } from './believe.ts'
import type {
  DecodeContext,
  Decoded,
  DecodedReport,
  HttpDecoded,
  HttpProtocol,
  HttpProtocolRequest,
} from './decoder.ts'
import { cameLate } from './decoder.ts'
import { isDeviceId } from './own-json/json-report.ts'
import { epochMs } from './wire/epoch-time.ts'
import { MPS_PER_KMH } from './wire/wire-fields.ts'
import { addAlarm, keep } from './words/device-words.ts'

const REPLY = { status: 200, contentType: 'application/json', body: '[]' }
const READ = new Set(['_type', 'lat', 'lon', 'tst', 'acc', 'alt', 'vel', 'cog', 'batt', 'created_at', 'tid', 'topic'])
const MESSAGES_MAX = 1000
const WEEK_ROLLOVER_MS = 1024 * 7 * 86_400_000
const DAY_MS = 86_400_000
/** Apple's seconds count from here, and no phone has lived before the second one. */
const SINCE_2001_MS = Date.UTC(2001, 0, 1)
const NO_PHONE_BEFORE_MS = Date.UTC(2005, 0, 1)
const utf8 = new TextDecoder()

type Members = Record<string, unknown>
type Sender = { user?: string; device?: string; password?: string }

function decode(request: HttpProtocolRequest, context: DecodeContext): HttpDecoded {
  const decoded: HttpDecoded = { reports: [], reply: REPLY }
  const sender = senderOf(request)
  if (sender.password !== undefined) decoded.credential = sender.password
  if (request.method !== 'POST' && request.method !== 'PUT')
    return { ...decoded, error: { reason: 'malformed', detail: 'no POST' } }
  // An app asks so whether somebody is there; nothing is said of anyone.
  if (request.body.every((byte) => byte <= 0x20)) return decoded
  const messages = messagesOf(request.body)
  if (messages === undefined || messages.length > MESSAGES_MAX) {
    const deviceId = deviceIdOf({}, sender, context)
    const detail = messages === undefined ? 'no JSON object' : `more than ${MESSAGES_MAX} messages`
    return { ...decoded, ...(deviceId && { deviceId }), error: { reason: 'malformed', detail } }
  }
  for (const message of messages) readMessage(decoded, message, deviceIdOf(message, sender, context), context)
  return decoded
}

/** The same JSON where the connection has already said who speaks: nothing in it names anybody else. */
export function readOwntracks(body: Uint8Array, deviceId: string, context: DecodeContext): Decoded {
  const messages = messagesOf(body)
  if (messages === undefined || messages.length > MESSAGES_MAX)
    return { reports: [], deviceId, error: { reason: 'malformed', detail: 'no JSON object, or too many' } }
  const decoded: HttpDecoded = { reports: [], reply: REPLY }
  for (const message of messages) readMessage(decoded, message, deviceId, context)
  const { reports, error } = decoded
  return { reports, deviceId, ...(error === undefined ? {} : { error }) }
}

function readMessage(
  decoded: HttpDecoded,
  message: Members,
  deviceId: string | undefined,
  context: DecodeContext,
): void {
  if (deviceId === undefined) {
    decoded.error ??= { reason: 'malformed', detail: 'nobody is named' }
    return
  }
  decoded.deviceId ??= deviceId
  const { credential } = decoded
  if (!context.authorize({ deviceId, ...(credential === undefined ? {} : { credential }) })) return
  if (message._type === 'location' || message._type === 'transition')
    decoded.reports.push(readReport(message, deviceId, context))
  else if (message._type === 'encrypted')
    decoded.error ??= { reason: 'malformed', detail: 'encrypted, and no shared secret is configured' }
  else if (typeof message._type !== 'string') decoded.error ??= { reason: 'malformed', detail: 'no _type' }
}

function readReport(message: Members, deviceId: string, context: DecodeContext): DecodedReport {
  const createdMs = timeOf(numberOf(message.created_at), context)
  const report: DecodedReport = {
    deviceId,
    timeMs: timeOf(numberOf(message.tst), context),
    fixValid: false,
    alarms: [],
    archived: message.conn === 'o',
  }
  if (message.tst === undefined) {
    report.timeMs = context.receivedMs
    report.timeFromReceipt = true
  } else if (isRolledOver(report.timeMs, createdMs)) {
    report.timeMs += WEEK_ROLLOVER_MS
    keep(report, 'weekRollover', true)
  }
  if (cameLate(report.timeMs, context)) report.archived = true
  if (!Number.isNaN(createdMs)) report.deviceTimeMs = createdMs
  const isLocation = message._type === 'location'
  if (isLocation || message.lat !== undefined || message.lon !== undefined) {
    report.latDeg = numberOf(message.lat)
    report.lonDeg = numberOf(message.lon)
    // The time of a ping is that of the message, not of the place, which is the last known one; a transition is where the
    // region is, not the phone.
    report.fixValid = isLocation && message.t !== 'p' && !report.timeFromReceipt
  }
  readNumbers(report, message)
  if (message.event === 'enter' && !isLocation) addAlarm(report, 'zoneIn')
  if (message.event === 'leave' && !isLocation) addAlarm(report, 'zoneOut')
  for (const [name, value] of Object.entries(message)) if (!READ.has(name)) keepAny(report, name, value)
  return readable(report, `${String(message.lat).slice(0, 32)},${String(message.lon).slice(0, 32)}`)
}

/** Fixed within the day before it was sent, but for the 1024 weeks. */
function isRolledOver(fixMs: number, createdMs: number): boolean {
  const ageMs = createdMs - (fixMs + WEEK_ROLLOVER_MS)
  return ageMs >= -60_000 && ageMs <= DAY_MS
}

function readNumbers(report: DeviceReport, message: Members): void {
  const acc = numberOf(message.acc)
  if (acc > 0) report.accuracyM = acc
  const alt = numberOf(message.alt)
  if (!Number.isNaN(alt)) report.altitudeM = alt
  const vel = numberOf(message.vel)
  if (vel >= 0) report.speedMps = vel * MPS_PER_KMH
  const cog = numberOf(message.cog)
  if (cog >= 0 && cog <= 360) report.courseDeg = cog
  const batt = numberOf(message.batt)
  if (batt >= 0 && batt <= 100) report.batteryPercent = batt
  const bs = numberOf(message.bs)
  if (bs === 1) report.charging = false
  // Full: it hangs on the charger.
  if (bs === 2 || bs === 3) report.charging = true
}

function keepAny(report: DeviceReport, name: string, value: unknown): void {
  if (name === '__proto__') return
  const short = name.slice(0, 64)
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') keep(report, short, value)
  else if (Array.isArray(value)) keep(report, short, value.filter((item) => typeof item !== 'object').join(','))
}

function senderOf(request: HttpProtocolRequest): Sender {
  const basic = basicOf(request.headers.authorization)
  const mark = request.url.indexOf('?')
  const query = new URLSearchParams(mark < 0 ? '' : request.url.slice(mark + 1))
  const user = basic?.user || header(request, 'x-limit-u') || query.get('u') || undefined
  const device = header(request, 'x-limit-d') || query.get('d') || undefined
  return {
    ...(user === undefined ? {} : { user }),
    ...(device === undefined ? {} : { device }),
    ...(basic === undefined ? {} : { password: basic.password }),
  }
}

function deviceIdOf(message: Members, sender: Sender, context: DecodeContext): string | undefined {
  const named =
    sender.user === undefined ? undefined : `owntracks/${sender.user}/${sender.device ?? ''}`.replace(/\/$/, '')
  const fromSender = isDeviceId(named) ? named : undefined
  if (fromSender !== undefined && context.isKnown?.(fromSender)) return fromSender
  const topic = typeof message.topic === 'string' ? /^owntracks\/([^/]+)(?:\/([^/]+))?/.exec(message.topic) : null
  if (topic !== null) {
    const isOwn =
      (sender.user === undefined || sender.user === topic[1]) &&
      (sender.device === undefined || topic[2] === undefined || sender.device === topic[2])
    return isOwn && isDeviceId(topic[0]) ? topic[0] : fromSender
  }
  const tid = typeof message.tid === 'number' ? String(message.tid) : message.tid
  return isDeviceId(tid) ? tid : fromSender
}

function basicOf(authorization: string | string[] | undefined): { user: string; password: string } | undefined {
  const encoded =
    typeof authorization === 'string' ? /^Basic +([A-Za-z0-9+/=]+) *$/i.exec(authorization)?.[1] : undefined
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) }
}

function header(request: HttpProtocolRequest, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' ? value : undefined
}

/** The objects of the body, one or an array; undefined where it holds none. */
function messagesOf(body: Uint8Array): Members[] | undefined {
  try {
    const value: unknown = JSON.parse(utf8.decode(body))
    const messages = (Array.isArray(value) ? value : [value]).filter(
      (item) => typeof item === 'object' && item !== null && !Array.isArray(item),
    )
    return messages.length === 0 ? undefined : (messages as Members[])
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** A number, or one that some gateways send as text; NaN for anything else. */
function numberOf(value: unknown): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : Number.NaN
}

function timeOf(value: number, { receivedMs }: DecodeContext): number {
  const ms = epochMs(value)
  const since2001Ms = SINCE_2001_MS + value * 1000
  return ms < NO_PHONE_BEFORE_MS && since2001Ms > receivedMs - 360 * DAY_MS && since2001Ms < receivedMs + DAY_MS
    ? Math.round(since2001Ms)
    : ms
}

export const owntracks: HttpProtocol = {
  name: 'owntracks',
  transport: 'http',
  port: 5144,
  decode,
  /** The secret is in the Authorization header alone, and headers are not kept. */
  redact({ method, url, contentType, body }) {
    return Buffer.concat([Buffer.from(`${method} ${url}\n${contentType ?? ''}\n\n`), body])
  },
}
