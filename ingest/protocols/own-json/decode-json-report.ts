// A report in JSON, damaged or not: what can be read of it, and what cannot as defects.
import type { DeviceSettings } from '../../../model/plan/directory.ts'
import type { DeviceReport } from '../../../model/report/report.ts'
import type { DecodedReport, Defect } from '../decoder.ts'
import { isUrgent } from '../urgent.ts'
import { meaningsOf } from '../words/alarm-words.ts'
import { addWord } from '../words/device-words.ts'
import { ALARMS_MAX, ATTRIBUTE_CHARS_MAX, parseJsonReport, type SettingsOf } from './json-report.ts'

// biome-ignore format: one list
const MEASURES = [
  'deviceId', 'deviceTime', 'accuracyM', 'altitudeM', 'hdop', 'speedMps', 'courseDeg', 'satellites', 'batteryPercent',
  'batteryVolts', 'charging', 'archived', 'mock', 'fixValid', 'strap', 'case', 'source', 'alarms',
]
const NAMED = new Set([...MEASURES, 'time', 'lat', 'lon', 'attributes'])
/** Beyond these the log would keep no attribute at all; the whole report is in quarantine. */
const ATTRIBUTES_KEPT_MAX = 32
const REFUSED_KEPT_MAX = 8
const REFUSED_CHARS_MAX = 64
const ALARMS_READ_MAX = 256

type Members = Record<string, unknown>

/**
 * What can be read of a report; what cannot is among its defects, and what was sent under `refused…`. A text where nobody is
 * named, or where the value is no report. An intact report takes one pass; a damaged one is read member by member.
 */
export function decodeJsonReport(
  value: unknown,
  deviceId: string | undefined,
  receivedMs: number,
  settingsOf?: SettingsOf,
): DecodedReport | string {
  const parsed = parseJsonReport(value, deviceId, receivedMs, settingsOf)
  if (typeof parsed !== 'string') return parsed
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return parsed
  return new DamagedReport(value as Members, settingsOf).read(deviceId, receivedMs, parsed)
}

/** Whether a report may be urgent, seen without decoding it. */
export function mayBeUrgent(value: unknown, settings: DeviceSettings | undefined): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { strap, case: caseContact, alarms } = value as Members
  return strap === 'open' || caseContact === 'open' || wordsOf(alarms).some((word) => meansUrgent(word, settings))
}

class DamagedReport {
  readonly #members: Members
  readonly #settingsOf: SettingsOf | undefined
  readonly #readable: Members = Object.create(null)
  readonly #defects: Defect[] = []
  readonly #refused: [name: string, value: string][] = []

  constructor(members: Members, settingsOf: SettingsOf | undefined) {
    this.#members = members
    this.#settingsOf = settingsOf
  }

  read(deviceId: string | undefined, receivedMs: number, wrong: string): DecodedReport | string {
    const members = this.#members
    for (const name of MEASURES) this.#read(name)
    this.#readAlarms()
    // A gateway's number is a name written wrongly; of a bracelet it is known who speaks.
    if (deviceId === undefined && Number.isSafeInteger(members.deviceId))
      this.#readable.deviceId = String(members.deviceId)
    this.#read('time', 'impossible_time')
    this.#readPlace()
    this.#readAttributes()
    const report: DecodedReport | string = parseJsonReport(this.#readable, deviceId, receivedMs, this.#settingsOf)
    if (typeof report === 'string') return wrong
    if (members.time != null && !('time' in this.#readable)) {
      report.timeMs = Number.NaN
      delete report.timeFromReceipt
    }
    if (this.#refused.length > 0)
      report.attributes = { ...report.attributes, ...Object.fromEntries(this.#refused.slice(0, REFUSED_KEPT_MAX)) }
    report.defects = this.#defects.length > 0 ? this.#defects : [{ reason: 'malformed', detail: wrong }]
    return report
  }

  #read(name: string, reason: Defect['reason'] = 'malformed'): void {
    const member = this.#members[name]
    if (member === undefined || member === null) return
    const wrong = wrongOf({ [name]: member })
    if (wrong === undefined) this.#readable[name] = member
    else this.#refuse(refusedName(name), shown(member), { reason, detail: wrong })
  }

  #readPlace(): void {
    const { lat, lon } = this.#members
    if (lat == null && lon == null) return
    const wrong = wrongOf({ lat, lon })
    if (wrong === undefined) {
      this.#readable.lat = lat
      this.#readable.lon = lon
    } else
      this.#refuse('refusedPosition', `${shown(lat)},${shown(lon)}`, { reason: 'impossible_position', detail: wrong })
  }

  #readAlarms(): void {
    if (!('alarms' in this.#members) || 'alarms' in this.#readable) return
    const words = wordsOf(this.#members.alarms)
    const byMeaning = new Map(words.map((word) => [meaningsOf(word).join() || word, word]))
    this.#readable.alarms = [...byMeaning.values()].slice(0, ALARMS_MAX)
  }

  #readAttributes(): void {
    const members = this.#members
    const kept: [string, unknown][] = []
    let left = ATTRIBUTES_KEPT_MAX
    const read = (name: string, member: unknown) => {
      if (member === null) return
      left--
      const wrong = wrongOf({ attributes: { [name]: member } })
      if (wrong === undefined) kept.push([name, member])
      else this.#refuse(refusedName(name), shown(member), { reason: 'malformed', detail: wrong })
    }
    const { attributes } = members
    if (typeof attributes === 'object' && attributes !== null && !Array.isArray(attributes)) {
      for (const name in attributes) if (left > 0) read(name, (attributes as Members)[name])
    } else if (attributes != null)
      this.#refuse(refusedName('attributes'), shown(attributes), {
        reason: 'malformed',
        detail: wrongOf({ attributes })!,
      })
    for (const name in members) if (left > 0 && !NAMED.has(name)) read(name, members[name])
    this.#readable.attributes = Object.fromEntries(kept)
  }

  #refuse(name: string, value: string, defect: Defect): void {
    this.#refused.push([name, value])
    this.#defects.push(defect)
  }
}

/** A text counts as one word, and what is no word among words is left out. */
function wordsOf(alarms: unknown): string[] {
  const words: unknown[] = Array.isArray(alarms) ? alarms.slice(0, ALARMS_READ_MAX) : [alarms]
  return words.filter((word) => typeof word === 'string' && word.length <= ATTRIBUTE_CHARS_MAX) as string[]
}

function meansUrgent(word: string, settings: DeviceSettings | undefined): boolean {
  const report: DeviceReport = { deviceId: '', timeMs: 0, fixValid: false, alarms: [], archived: false }
  addWord(report, word.trim(), settings)
  return isUrgent(report)
}

function wrongOf(members: Members): string | undefined {
  const parsed = parseJsonReport(members, 'anybody', 0)
  return typeof parsed === 'string' ? parsed : undefined
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
