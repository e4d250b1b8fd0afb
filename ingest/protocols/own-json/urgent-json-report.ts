// What a report in JSON still says when something of it cannot be. Only for those that must not be lost, so it may cost.
import type { Alarm, DeviceReport } from '../../../model/report/report.ts'
import { URGENT_ALARMS } from '../urgent.ts'
import { type Meaning, meaningsOf } from '../words/alarm-words.ts'
import { ALARMS_MAX, ATTRIBUTE_CHARS_MAX, parseJsonReport } from './json-report.ts'

// biome-ignore format: one list
const NAMED = new Set([
  'deviceId', 'time', 'deviceTime', 'lat', 'lon', 'accuracyM', 'altitudeM', 'hdop', 'speedMps', 'courseDeg', 'satellites',
  'batteryPercent', 'batteryVolts', 'charging', 'archived', 'mock', 'fixValid', 'strap', 'case', 'source', 'alarms', 'attributes',
])
/** Beyond these the log would keep no attribute at all; the whole report is in quarantine. */
const ATTRIBUTES_KEPT_MAX = 32
const REFUSED_KEPT_MAX = 8
const REFUSED_CHARS_MAX = 64
const ALARMS_LOOKED_AT_MAX = 256

type Members = Record<string, unknown>

/**
 * The report without what `parseJsonReport` refuses of it, where it says that a strap or a case is open, a tamper or an SOS;
 * undefined where it says none of these, or nobody is named. What was refused is kept under `refused…`. For a time that is none
 * the time of receipt holds, and the position is no evidence then.
 */
export function urgentJsonReport(
  value: unknown,
  deviceId: string | undefined,
  receivedMs: number,
): DeviceReport | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const members = value as Members
  const words = alarmWordsOf(members.alarms)
  if (
    members.strap !== 'open' &&
    members.case !== 'open' &&
    !words.some((word) => meaningsOf(word).some(isUrgentMeaning))
  )
    return undefined
  const believable: Members = Object.create(null)
  const refused: [name: string, value: string][] = []
  const keepFine = (name: string) => {
    const member = members[name]
    if (member === undefined || member === null) return
    if (isFine({ [name]: member })) believable[name] = member
    else refused.push([refusedName(name), shown(member)])
  }
  for (const name of NAMED) if (name !== 'lat' && name !== 'lon' && name !== 'attributes') keepFine(name)
  keepPosition(members, believable, refused)
  if (!('alarms' in believable))
    believable.alarms = [...new Map(words.map((word) => [meaningsOf(word).join() || word, word])).values()].slice(
      0,
      ALARMS_MAX,
    )
  // A gateway's number is a name written wrongly; of a bracelet it is known who speaks.
  if (deviceId === undefined && Number.isSafeInteger(members.deviceId)) believable.deviceId = String(members.deviceId)
  keepAttributes(members, believable, refused)

  const report = parseJsonReport(believable, deviceId, receivedMs)
  if (typeof report === 'string') return undefined
  if (members.time != null && !('time' in believable)) report.fixValid = false
  if (refused.length > 0)
    report.attributes = { ...report.attributes, ...Object.fromEntries(refused.slice(0, REFUSED_KEPT_MAX)) }
  return report
}

/** A text counts as one word, and what is no word among words is passed over. */
function alarmWordsOf(alarms: unknown): string[] {
  const words: unknown[] = Array.isArray(alarms) ? alarms.slice(0, ALARMS_LOOKED_AT_MAX) : [alarms]
  return words.filter((word) => typeof word === 'string' && word.length <= ATTRIBUTE_CHARS_MAX) as string[]
}

function isUrgentMeaning(meaning: Meaning): boolean {
  return URGENT_ALARMS.has(meaning as Alarm) || meaning === 'strap=open' || meaning === 'case=open'
}

function isFine(members: Members): boolean {
  return typeof parseJsonReport(members, 'anybody', 0) !== 'string'
}

function keepPosition(members: Members, believable: Members, refused: [string, string][]): void {
  const { lat, lon } = members
  if (lat == null && lon == null) return
  if (isFine({ lat, lon })) {
    believable.lat = lat
    believable.lon = lon
  } else refused.push(['refusedPosition', `${shown(lat)},${shown(lon)}`])
}

function keepAttributes(members: Members, believable: Members, refused: [string, string][]): void {
  const kept: [string, unknown][] = []
  let left = ATTRIBUTES_KEPT_MAX
  const keep = (name: string, member: unknown) => {
    if (member === null) return
    left--
    if (isFine({ attributes: { [name]: member } })) kept.push([name, member])
    else refused.push([refusedName(name), shown(member)])
  }
  const { attributes } = members
  if (typeof attributes === 'object' && attributes !== null && !Array.isArray(attributes)) {
    for (const name in attributes) if (left > 0) keep(name, (attributes as Members)[name])
  } else if (attributes != null) refused.push([refusedName('attributes'), shown(attributes)])
  for (const name in members) if (left > 0 && !NAMED.has(name)) keep(name, members[name])
  believable.attributes = Object.fromEntries(kept)
}

function refusedName(name: string): string {
  return `refused${name.slice(0, 1).toUpperCase()}${name.slice(1, 48)}`
}

// Never JSON: what is nested may be nested without end.
function shown(member: unknown): string {
  if (Array.isArray(member)) return 'an array'
  if (typeof member === 'object' && member !== null) return 'an object'
  return String(member).slice(0, REFUSED_CHARS_MAX)
}
