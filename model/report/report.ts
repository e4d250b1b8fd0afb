// A report is what one bracelet said once: a fix, a device state, an alarm, or any mix of them.

/** How the position was found. It decides the default error radius. */
export const POSITION_SOURCE = { unknown: 0, gps: 1, wifi: 2, cell: 3 } as const
export type PositionSource = keyof typeof POSITION_SOURCE

/** Alarm words common to all protocols; each is one bit of a report's `alarms`. */
export const ALARM = {
  sos: 1 << 0,
  strapOpen: 1 << 1,
  caseOpen: 1 << 2,
  tamper: 1 << 3,
  batteryLow: 1 << 4,
  powerCut: 1 << 5,
  powerOff: 1 << 6,
  jamming: 1 << 7,
  gnssFault: 1 << 8,
  vibration: 1 << 9,
  fall: 1 << 10,
  overspeed: 1 << 11,
  zoneIn: 1 << 12,
  zoneOut: 1 << 13,
  restart: 1 << 14,
  movement: 1 << 15,
  /** Known, but none of the above. */
  other: 1 << 16,
  /** In no table: somebody must look at it and say what it means. */
  unknown: 1 << 17,
} as const
export type Alarm = keyof typeof ALARM

/** Protocol codes of the log; never renumber. */
export const PROTOCOL = {
  own: 1,
  gateway: 2,
  osmand: 3,
  megastek: 4,
  gt06: 5,
  owntracks: 6,
  jt808: 7,
  laipac: 8,
  r16h: 9,
  xexun3: 10,
  iw: 11,
  watch: 12,
  teltonika: 13,
  h02: 14,
} as const
export type Protocol = keyof typeof PROTOCOL

export type ContactState = 'open' | 'closed'

/**
 * What a decoder gives, in common words and SI units. Absent means the device did not say.
 * `latDeg`/`lonDeg` with `fixValid: false` are the device's last known place, never evidence of presence.
 */
export type DeviceReport = {
  deviceId: string
  /** Event time, UTC ms. Where the device sent none, the time of receipt, and `timeFromReceipt` is true. */
  timeMs: number
  timeFromReceipt?: boolean
  /** The device's own clock when it built the message, if it says so apart from the fix time. */
  deviceTimeMs?: number
  fixValid: boolean
  latDeg?: number
  lonDeg?: number
  source?: PositionSource
  speedMps?: number
  courseDeg?: number
  altitudeM?: number
  accuracyM?: number
  hdop?: number
  satellites?: number
  batteryPercent?: number
  batteryVolts?: number
  charging?: boolean
  strap?: ContactState
  case?: ContactState
  alarms: Alarm[]
  /** With the alarm `unknown`: the device's word or code, made by `unknownAlarmText`. */
  unknownAlarm?: string
  /** Sent from the device's memory. */
  archived: boolean
  /** The device's operating system says that the position was injected. */
  mock?: boolean
  /**
   * One part of it could not be believed: it counts as contact, its strap, case, alarms and battery are used, its place is
   * not. With it goes no position. An unbelievable time is replaced by the time of receipt (`timeFromReceipt`).
   */
  defect?: Defect
  /** Of a `clock` defect: the device's clock minus the time of receipt. */
  clockOffMs?: number
  /** Its sender proved nothing but that it knows the id: no secret, no certificate, no private network. */
  unproven?: boolean
  /**
   * Two senders claim to be this bracelet, and this is the one that the report came from. Kept as the attribute `sender`, so
   * that both streams stay apart as evidence. Absent while nobody disputes who speaks.
   */
  disputedSender?: string
  /** Everything else the device said, flat; kept as evidence, never judged. */
  attributes?: Record<string, string | number | boolean>
}

/** Defects of a report. The log holds these codes; never renumber. */
export const DEFECT = { clock: 1, time: 2, position: 3, battery: 4, other: 5 } as const
export type Defect = keyof typeof DEFECT

/** Bits of `LogReport.flags`. */
export const REPORT_FLAG = {
  hasPosition: 1,
  fixValid: 2,
  archived: 4,
  mock: 8,
  timeFromReceipt: 16,
  /** Contact only: `latE7` holds the DEFECT and `lonE7` by how many seconds the device's clock is off. */
  defective: 128,
  /** Two senders claim to be the bracelet; the attribute `sender` names the sender of this one. Set by ingest alone. */
  disputed: 32,
  /** The sender proved nothing but that it knows the id. Set by ingest alone. */
  unproven: 64,
} as const

/** The attribute that holds a report's `unknownAlarm`. */
export const UNKNOWN_ALARM_ATTRIBUTE = 'unknownAlarm'
const UNKNOWN_ALARM_CHARS_MAX = 40

/** A device's word or code as people may see it: printable ASCII, other letters as `\uXXXX`, short, runs of blanks as one. */
export function unknownAlarmText(raw: string): string {
  return (
    raw
      .slice(0, 4 * UNKNOWN_ALARM_CHARS_MAX)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is left out
      .replace(/[\x00-\x20\x7f-\xa0]+/g, ' ')
      .trim()
      .replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .slice(0, UNKNOWN_ALARM_CHARS_MAX)
  )
}

/** One number for one text, never 0 (FNV-1a): what the log and the engine carry in its place. */
export function unknownAlarmCode(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0 || 1
}

/** The attribute that distinguishes the streams of a disputed bracelet. */
export const SENDER_ATTRIBUTE = 'sender'

export const CONTACT = { unknown: 0, closed: 1, open: 2 } as const
export const TRISTATE = { unknown: 0, no: 1, yes: 2 } as const

/**
 * A report as the log carries it: flat numbers, bound to a wearer. One instance is filled again and again on the
 * hot path (see `readReport`), so nothing may keep a reference to it. Absent numbers are NaN, absent bytes 255.
 */
export class LogReport {
  wearerId = 0
  braceletId = 0
  timeMs = 0
  receivedMs = 0
  /** 64-bit content key, two unsigned halves: same bracelet, time, source and content give the same key. */
  contentHi = 0
  contentLo = 0
  flags = 0
  source = 0
  protocol = 0
  alarms = 0
  /** `unknownAlarmCode` of what the device said, 0 where nothing is unknown; the text is the attribute UNKNOWN_ALARM_ATTRIBUTE. */
  unknownAlarm = 0
  latE7 = 0
  lonE7 = 0
  accuracyM = Number.NaN
  speedMps = Number.NaN
  courseDeg = Number.NaN
  altitudeM = Number.NaN
  hdop = Number.NaN
  batteryMillivolts = Number.NaN
  batteryPercent = 255
  charging = 0
  strap = 0
  case = 0
  satellites = 255
}
