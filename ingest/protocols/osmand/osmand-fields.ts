// The keys of a query, a form, or a flat JSON object.
//
//   id | deviceid     timestamp (s below 2^31, else ms; ISO 8601; blank instead of T)   lat, lon | location=lat,lon
//   valid             speed (knots)      bearing | heading (°)      altitude, accuracy (m)      hdop      batt (%)
//   charge            alarm              cell (mcc,mnc,lac,cid[,dBm]), wifi (MAC,dBm): repeatable

import type { DeviceReport } from '../../../model/report/report.ts'
import { addDefect, readable } from '../believe.ts'
import type { DecodeContext, DecodedReport } from '../decoder.ts'
import { cameLate } from '../decoder.ts'
import { ATTRIBUTE_CHARS_MAX, ATTRIBUTES_MAX } from '../own-json/json-report.ts'
import { epochMs } from '../wire/epoch-time.ts'
import { parseIsoMs } from '../wire/iso-time.ts'
import { addWords } from '../words/device-words.ts'

/** Values by key as the phone sent them; a key that was sent several times has several. */
export type OsmandFields = Map<string, string[]>

const MPS_PER_KNOT = 1852 / 3600

/** One record as a report. Coordinates may be absent; a value that cannot be read is left out alone, and is among the defects. */
export function fieldsReport(record: OsmandFields, deviceId: string, context: DecodeContext): DecodedReport {
  const { receivedMs } = context
  const report: DecodedReport = { deviceId, timeMs: receivedMs, fixValid: false, alarms: [], archived: false }
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
        for (const text of values) addWords(report, text, context.settingsOf(deviceId))
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
    report.latDeg = number(lat ?? '')
    report.lonDeg = number(lon ?? '')
    report.fixValid = valid ?? true
  } else if (record.has('wifi')) report.source = 'wifi'
  else if (record.has('cell')) report.source = 'cell'
  return timed(readable(report, `${lat ?? ''},${lon ?? ''}`), record.get('timestamp')?.[0], context)
}

/** The report with its time looked at: one that cannot be read stays NaN, with what was sent beside it. */
export function timed(report: DecodedReport, sent: string | undefined, context: DecodeContext): DecodedReport {
  if (!Number.isNaN(report.timeMs)) report.archived = cameLate(report.timeMs, context)
  else {
    addDefect(report, { reason: 'impossible_time', detail: 'timestamp is no time' })
    keep(report, 'refusedTime', sent ?? '')
  }
  return report
}

/** UTC ms of any of the forms that phones send; NaN for none of them. */
export function timestampMs(text: string): number {
  if (/^\s*\d{1,19}(\.\d{1,9})?\s*$/.test(text)) {
    return epochMs(Number(text))
  }
  // An unescaped plus sign of a zone arrives as a blank.
  return parseIsoMs(
    text.replace(/ (\d\d:?\d\d)$/, (zone, digits: string) => (text.includes('T') ? `+${digits}` : zone)),
  )
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
