// The keys of a query, a form, or a flat JSON object.
//
//   id | deviceid     timestamp (s below 2^31, else ms; ISO 8601; blank instead of T)   lat, lon | location=lat,lon
//   valid             speed (knots)      bearing | heading (°)      altitude, accuracy (m)      hdop      batt (%)
//   charge            alarm              cell (mcc,mnc,lac,cid[,dBm]), wifi (MAC,dBm): repeatable

import type { DeviceReport } from '../../../model/report/report.ts'
import { isPlace } from '../believe.ts'
import type { DecodeContext, DecodeError } from '../decoder.ts'
import { cameLate } from '../decoder.ts'
import { ATTRIBUTE_CHARS_MAX, ATTRIBUTES_MAX } from '../own-json/json-report.ts'
import { isUrgent } from '../urgent.ts'
import { parseIsoMs } from '../wire/iso-time.ts'
import { alarmOf } from '../words/alarm-words.ts'
import type { FlatRecord } from './osmand.ts'

export const MPS_PER_KNOT = 1852 / 3600
const SECONDS_BELOW = 2 ** 31

/** With a report, `error` says what of the record was left out of it. */
export type OsmandRead = { report: DeviceReport; error?: DecodeError } | { report?: never; error: DecodeError }

/**
 * One record as a report, or why it can never be one. Coordinates may be absent; half of them may not, but an alarm is not
 * lost to them, nor what is urgent to a time that is none.
 */
export function flatReport(record: FlatRecord, deviceId: string, context: DecodeContext): OsmandRead {
  const { receivedMs } = context
  const report: DeviceReport = { deviceId, timeMs: receivedMs, fixValid: false, alarms: [], archived: false }
  let lat: string | undefined
  let lon: string | undefined
  let valid: boolean | undefined
  for (const [key, values] of record) {
    const value = values[0] as string
    switch (key) {
      case 'id':
      case 'deviceid':
      case 'token':
        break
      case 'timestamp': {
        report.timeMs = timestampMs(value)
        break
      }
      case 'lat':
        lat = value
        break
      case 'lon':
        lon = value
        break
      case 'location': {
        const [first, second] = value.split(',')
        lat ??= first ?? ''
        lon ??= second ?? ''
        break
      }
      case 'valid':
        valid = truth(value)
        break
      case 'speed':
        setPositive(report, 'speedMps', value, MPS_PER_KNOT)
        break
      case 'bearing':
      case 'heading':
        if (number(value) > 360) keep(report, key, value)
        else setPositive(report, 'courseDeg', value)
        break
      case 'altitude':
        if (!Number.isNaN(number(value))) report.altitudeM = number(value)
        break
      case 'accuracy':
        setPositive(report, 'accuracyM', value)
        break
      case 'hdop':
        setPositive(report, 'hdop', value)
        break
      case 'batt':
        if (number(value) > 100) keep(report, key, value)
        else setPositive(report, 'batteryPercent', value)
        break
      case 'charge': {
        const charging = truth(value)
        if (charging !== undefined) report.charging = charging
        break
      }
      case 'mock':
        if (truth(value) === true) report.mock = true
        break
      case 'alarm':
        for (const text of values) addAlarms(report, text, context)
        break
      case 'cell':
      case 'wifi':
        keep(report, key, values.join('|'))
        break
      default:
        keep(report, key, value)
    }
  }
  if (!record.has('timestamp')) report.timeFromReceipt = true
  if (lat !== undefined || lon !== undefined) {
    const latDeg = number(lat ?? '')
    const lonDeg = number(lon ?? '')
    if (!Number.isNaN(latDeg) && !Number.isNaN(lonDeg)) {
      if (!isPlace(latDeg, lonDeg) && report.alarms.length === 0)
        return { error: { reason: 'impossible_position', detail: `no such place: ${latDeg}, ${lonDeg}` } }
      report.latDeg = latDeg
      report.lonDeg = lonDeg
      report.fixValid = valid ?? true
    } else if (report.alarms.length > 0) keep(report, 'refusedPosition', `${lat ?? ''},${lon ?? ''}`)
    else return { error: { reason: 'malformed', detail: 'lat and lon must be two numbers' } }
  } else if (record.has('wifi')) report.source = 'wifi'
  else if (record.has('cell')) report.source = 'cell'
  return timed(report, record.get('timestamp')?.[0], context)
}

/** The report with its time looked at: for one that is none (NaN), what is urgent counts from its receipt, at no known place. */
export function timed(report: DeviceReport, sent: string | undefined, context: DecodeContext): OsmandRead {
  if (!Number.isNaN(report.timeMs)) {
    report.archived = cameLate(report.timeMs, context)
    return { report }
  }
  const error: DecodeError = { reason: 'impossible_time', detail: 'timestamp is no time' }
  if (!isUrgent(report)) return { error }
  report.timeMs = context.receivedMs
  report.timeFromReceipt = true
  report.fixValid = false
  keep(report, 'refusedTime', sent ?? '')
  return { report, error }
}

/** UTC ms of any of the forms that phones send; NaN for none of them. */
export function timestampMs(text: string): number {
  if (/^\d{1,16}(\.\d{1,9})?$/.test(text)) {
    const value = Number(text)
    return value < SECONDS_BELOW ? Math.round(value * 1000) : value <= 8.64e15 ? Math.round(value) : Number.NaN
  }
  // An unescaped plus sign of a zone arrives as a blank.
  return parseIsoMs(
    text.replace(/ (\d\d:?\d\d)$/, (zone, digits: string) => (text.includes('T') ? `+${digits}` : zone)),
  )
}

/** Puts the common words for `text` (one word, or several with commas) among the alarms; the device's word stays beside. */
export function addAlarms(report: DeviceReport, text: string, context: DecodeContext): void {
  const codes = context.settingsOf(report.deviceId)?.alarmCodes
  for (const word of text.slice(0, ATTRIBUTE_CHARS_MAX).split(',')) {
    if (word.trim() === '') continue
    const alarm = alarmOf(word.trim(), codes)
    if (!report.alarms.includes(alarm)) report.alarms.push(alarm)
    if (alarm === 'other') keep(report, 'alarm', word.trim())
  }
}

/** Keeps what nobody knows as a number, a boolean, else a text; bounded. */
export function keep(report: DeviceReport, name: string, value: string | number | boolean): void {
  report.attributes ??= {}
  if (name === '__proto__' || Object.keys(report.attributes).length >= ATTRIBUTES_MAX) return
  const typed = typeof value === 'string' ? (value.trim() === '' ? value : typedOf(value)) : value
  report.attributes[name.slice(0, 64)] = typeof typed === 'string' ? typed.slice(0, ATTRIBUTE_CHARS_MAX) : typed
}

function typedOf(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  const value = number(text)
  return !Number.isNaN(value) && String(value) === text ? value : text
}

function number(text: string): number {
  return /^\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?\s*$/i.test(text) && Number.isFinite(Number(text))
    ? Number(text)
    : Number.NaN
}

function truth(text: string): boolean | undefined {
  const word = text.trim().toLowerCase()
  return word === 'true' || word === '1' ? true : word === 'false' || word === '0' ? false : undefined
}

// Below 0 is the phone's "unknown".
function setPositive(
  report: DeviceReport,
  name: 'speedMps' | 'courseDeg' | 'accuracyM' | 'hdop' | 'batteryPercent',
  text: string,
  factor = 1,
): void {
  const value = number(text)
  if (value >= 0) report[name] = value * factor
  else if (Number.isNaN(value) && text !== '') keep(report, name, text)
}
