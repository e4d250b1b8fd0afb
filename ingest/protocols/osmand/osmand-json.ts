// Traccar Client 9: `{device_id, location: {timestamp, coords, battery, activity, event, …}}`. Here the speed is in m/s and the
// battery a share of 1; −1 means unknown in both and in the heading. A member named `_` repeats everything as text.
import type { DeviceReport } from '../../../model/report/report.ts'
import { addDefect, readable, reportAtReceipt } from '../believe.ts'
import type { DecodeContext, DecodedReport } from '../decoder.ts'
import { addWords } from '../words/device-words.ts'
import { keep, timed, timestampMs } from './osmand-fields.ts'

type Members = Record<string, unknown>

/** One record as a report. `coords` may be absent. */
export function nestedReport(record: Members, deviceId: string, context: DecodeContext): DecodedReport {
  const settings = context.settingsOf(deviceId)
  const location = membersOf(record.location)
  if (location === undefined) {
    const report: DecodedReport = reportAtReceipt(deviceId, context.receivedMs)
    addDefect(report, { reason: 'malformed', detail: 'location is missing' })
    if (typeof record.alarm === 'string') addWords(report, record.alarm, settings)
    return report
  }
  const report: DecodedReport = {
    deviceId,
    timeMs: context.receivedMs,
    fixValid: false,
    alarms: [],
    archived: false,
  }
  const timestamp = location.timestamp ?? location.recorded_at ?? undefined
  if (timestamp === undefined) report.timeFromReceipt = true
  else
    report.timeMs =
      typeof timestamp === 'string' || typeof timestamp === 'number' ? timestampMs(String(timestamp)) : Number.NaN
  const coords = membersOf(location.coords)
  if (coords !== undefined) readCoords(report, coords)
  readBattery(report, membersOf(location.battery))
  if (location.mock === true || record.mock === true) report.mock = true
  for (const alarm of [location.alarm, record.alarm]) if (typeof alarm === 'string') addWords(report, alarm, settings)
  const activity = membersOf(location.activity)?.type
  if (typeof activity === 'string') keep(report, 'activity', activity)
  for (const name of ['is_moving', 'odometer', 'event', 'uuid']) keepScalar(report, name, location[name])
  for (const [name, value] of Object.entries(membersOf(location.extras) ?? {})) keepScalar(report, name, value)
  for (const [name, value] of Object.entries(membersOf(record.extras) ?? {})) keepScalar(report, name, value)
  const sent = coords === undefined ? '' : `${numberOf(coords.latitude)},${numberOf(coords.longitude)}`
  return timed(readable(report, sent), timestamp === undefined ? undefined : String(timestamp), context)
}

function readCoords(report: DeviceReport, coords: Members): void {
  const { latitude, longitude } = coords
  if (latitude == null && longitude == null) return
  report.latDeg = numberOf(latitude) ?? Number.NaN
  report.lonDeg = numberOf(longitude) ?? Number.NaN
  report.fixValid = true
  const accuracy = numberOf(coords.accuracy)
  if (accuracy !== undefined && accuracy >= 0) report.accuracyM = accuracy
  const speed = numberOf(coords.speed)
  if (speed !== undefined && speed >= 0) report.speedMps = speed
  const heading = numberOf(coords.heading)
  if (heading !== undefined && heading >= 0 && heading <= 360) report.courseDeg = heading
  const altitude = numberOf(coords.altitude)
  if (altitude !== undefined) report.altitudeM = altitude
}

function readBattery(report: DeviceReport, battery: Members | undefined): void {
  if (battery === undefined) return
  const level = numberOf(battery.level)
  if (level !== undefined && level >= 0 && level <= 1) report.batteryPercent = Math.round(level * 1000) / 10
  if (typeof battery.is_charging === 'boolean') report.charging = battery.is_charging
}

function keepScalar(report: DeviceReport, name: string, value: unknown): void {
  if (typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
    keep(report, name, value)
}

export function membersOf(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
