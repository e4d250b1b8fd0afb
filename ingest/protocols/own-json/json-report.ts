// The own API's report: JSON in our words. Checked by hand, one pass over the members: this is the hot path of batches.
import type { DeviceSettings } from '../../../model/plan/directory.ts'
import {
  type ContactState,
  type DeviceReport,
  POSITION_SOURCE,
  type PositionSource,
} from '../../../model/report/report.ts'
import { parseIsoMs } from '../wire/iso-time.ts'
import { addWord } from '../words/device-words.ts'

const DEVICE_ID_CHARS_MAX = 64
export const ALARMS_MAX = 32
export const ATTRIBUTES_MAX = 64
export const ATTRIBUTE_CHARS_MAX = 512
/** What phones send of a measure that they do not know. */
const UNKNOWN = -1
const MAY_BE_UNKNOWN = new Set([
  'batteryPercent',
  'batteryVolts',
  'speedMps',
  'courseDeg',
  'accuracyM',
  'hdop',
  'satellites',
])
const EARLIEST_MS = 0
const LATEST_MS = 8.64e15

export type SettingsOf = (deviceId: string) => DeviceSettings | undefined

/**
 * A report from a parsed JSON value, or a text that names the member and what is wrong with it. `null` counts as absent, and so
 * does −1 where a measure cannot be negative.
 * Members that nobody knows are kept as attributes where they are numbers, texts or booleans.
 * `deviceId` is who speaks, for senders that say so once for all their reports. `settingsOf`: what is known of a bracelet's words.
 */
export function parseJsonReport(
  value: unknown,
  deviceId: string | undefined,
  receivedMs: number,
  settingsOf?: SettingsOf,
): DeviceReport | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'a report must be an object'
  const report: DeviceReport = {
    deviceId: deviceId ?? '',
    timeMs: receivedMs,
    fixValid: false,
    alarms: [],
    archived: false,
  }
  const members = value as Record<string, unknown>
  let hasTime = false
  let saidValid: boolean | undefined
  let words: readonly string[] | undefined
  for (const name in members) {
    const member = members[name]
    if (member === null || member === undefined || (member === UNKNOWN && MAY_BE_UNKNOWN.has(name))) continue
    switch (name) {
      case 'lat':
        if (!isNumber(member)) return 'lat must be a number'
        report.latDeg = member
        break
      case 'lon':
        if (!isNumber(member)) return 'lon must be a number'
        report.lonDeg = member
        break
      case 'deviceId':
        if (!isDeviceId(member)) return `deviceId must be a text of 1 to ${DEVICE_ID_CHARS_MAX} visible characters`
        report.deviceId = member
        break
      case 'time': {
        const timeMs = timeOf(member)
        if (!(timeMs >= EARLIEST_MS && timeMs <= LATEST_MS)) return 'time must be ISO 8601 or UTC milliseconds'
        report.timeMs = timeMs
        hasTime = true
        break
      }
      case 'deviceTime': {
        const timeMs = timeOf(member)
        if (!(timeMs >= EARLIEST_MS && timeMs <= LATEST_MS)) return 'deviceTime must be ISO 8601 or UTC milliseconds'
        report.deviceTimeMs = timeMs
        break
      }
      case 'accuracyM':
      case 'altitudeM':
      case 'hdop':
        if (!isNumber(member)) return `${name} must be a number`
        report[name] = member
        break
      case 'speedMps':
        if (!isNumber(member) || member < 0) return 'speedMps must be a number of 0 or more'
        report.speedMps = member
        break
      case 'courseDeg':
        if (!isNumber(member) || member < 0 || member > 360) return 'courseDeg must be a number from 0 to 360'
        report.courseDeg = member
        break
      case 'satellites':
        if (!isNumber(member) || member < 0 || member > 254) return 'satellites must be a number from 0 to 254'
        report.satellites = member
        break
      case 'batteryPercent':
        if (!isNumber(member) || member < 0 || member > 100) return 'batteryPercent must be a number from 0 to 100'
        report.batteryPercent = member
        break
      case 'batteryVolts':
        if (!isNumber(member) || member < 0 || member > 65) return 'batteryVolts must be a number from 0 to 65'
        report.batteryVolts = member
        break
      case 'charging':
      case 'archived':
      case 'mock':
        if (typeof member !== 'boolean') return `${name} must be true or false`
        report[name] = member
        break
      case 'fixValid':
        if (typeof member !== 'boolean') return 'fixValid must be true or false'
        saidValid = member
        break
      case 'strap':
      case 'case':
        if (member !== 'open' && member !== 'closed' && member !== 'unknown')
          return `${name} must be open, closed or unknown`
        if (member !== 'unknown') report[name] = member as ContactState
        break
      case 'source':
        if (typeof member !== 'string' || !Object.hasOwn(POSITION_SOURCE, member))
          return `source must be one of ${Object.keys(POSITION_SOURCE).join(', ')}`
        report.source = member as PositionSource
        break
      case 'alarms': {
        const wrong = wrongOfAlarms(member)
        if (wrong !== undefined) return wrong
        words = member as string[]
        break
      }
      case 'attributes': {
        const wrong = readAttributes(member, report)
        if (wrong !== undefined) return wrong
        break
      }
      default: {
        const wrong = keepAttribute(report, name, member)
        if (wrong !== undefined) return wrong
      }
    }
  }
  if (report.deviceId === '') return 'deviceId is missing'
  if (words !== undefined) {
    const settings = settingsOf?.(report.deviceId)
    for (const word of words) addWord(report, word.trim(), settings)
  }
  if ((report.latDeg === undefined) !== (report.lonDeg === undefined)) return 'lat and lon must come together'
  if (!hasTime) report.timeFromReceipt = true
  report.fixValid = report.latDeg !== undefined && (saidValid ?? true)
  return report
}

/** A valid device id: short and of visible characters, so that a log line can hold it. */
export function isDeviceId(value: unknown): value is string {
  return typeof value === 'string' && value.length <= DEVICE_ID_CHARS_MAX && /^[\x21-\x7e]+$/.test(value)
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function timeOf(value: unknown): number {
  return typeof value === 'number' ? value : typeof value === 'string' ? parseIsoMs(value) : Number.NaN
}

function wrongOfAlarms(value: unknown): string | undefined {
  if (!Array.isArray(value) || value.length > ALARMS_MAX)
    return `alarms must be an array of at most ${ALARMS_MAX} words`
  for (const word of value)
    if (typeof word !== 'string' || word.length > ATTRIBUTE_CHARS_MAX) return 'alarms must hold words'
  return undefined
}

function readAttributes(value: unknown, report: DeviceReport): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'attributes must be an object'
  for (const [name, member] of Object.entries(value)) {
    if (member === null) continue
    const wrong = keepAttribute(report, name, member)
    if (wrong !== undefined) return `attributes.${wrong}`
  }
  return undefined
}

function keepAttribute(report: DeviceReport, name: string, member: unknown): string | undefined {
  const shown = name.slice(0, 64)
  const kind = typeof member
  if (kind !== 'number' && kind !== 'string' && kind !== 'boolean')
    return `${shown} must be a number, a text or a boolean`
  if (name.length > 64) return `${shown}… is too long a name`
  if (kind === 'string' && (member as string).length > ATTRIBUTE_CHARS_MAX)
    return `${shown} is longer than ${ATTRIBUTE_CHARS_MAX} characters`
  if (report.attributes === undefined) report.attributes = {}
  else if (Object.keys(report.attributes).length >= ATTRIBUTES_MAX) return `more than ${ATTRIBUTES_MAX} attributes`
  report.attributes[name] = member as string | number | boolean
  return undefined
}
