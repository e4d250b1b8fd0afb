// Traccar Client 9: `{device_id, location: {timestamp, coords, battery, activity, event, …}}`. Here the speed is in m/s and the
// battery a share of 1; −1 means unknown in both and in the heading. A member named `_` repeats everything as text.
import type { DeviceReport } from '../../../model/report/report.ts'
import { isPlace } from '../believe.ts'
import type { DecodeContext } from '../decoder.ts'
import { addAlarms, keep, type OsmandRead, timed, timestampMs } from './osmand-flat.ts'

type Members = Record<string, unknown>

/** One record as a report, or why it can never be one. `coords` may be absent. */
export function nestedReport(record: Members, deviceId: string, context: DecodeContext): OsmandRead {
  const { receivedMs } = context
  const location = membersOf(record.location)
  if (location === undefined) return { error: { reason: 'malformed', detail: 'location is missing' } }
  const report: DeviceReport = { deviceId, timeMs: receivedMs, fixValid: false, alarms: [], archived: false }
  const { timestamp } = location
  if (timestamp === undefined || timestamp === null) report.timeFromReceipt = true
  else
    report.timeMs =
      typeof timestamp === 'string' || typeof timestamp === 'number' ? timestampMs(String(timestamp)) : Number.NaN
  const coords = membersOf(location.coords)
  const hasWhere = coords === undefined || readCoords(report, coords)
  readBattery(report, membersOf(location.battery))
  if (location.mock === true || record.mock === true) report.mock = true
  for (const alarm of [location.alarm, record.alarm]) if (typeof alarm === 'string') addAlarms(report, alarm, context)
  const activity = membersOf(location.activity)?.type
  if (typeof activity === 'string') keep(report, 'activity', activity)
  for (const name of ['is_moving', 'odometer', 'event']) keepScalar(report, name, location[name])
  for (const [name, value] of Object.entries(membersOf(location.extras) ?? {})) keepScalar(report, name, value)
  for (const [name, value] of Object.entries(membersOf(record.extras) ?? {})) keepScalar(report, name, value)
  if (!hasWhere) {
    if (report.alarms.length === 0)
      return { error: { reason: 'malformed', detail: 'coords must hold latitude and longitude' } }
    keep(report, 'refusedPosition', `${numberOf(coords!.latitude)},${numberOf(coords!.longitude)}`)
  }
  if (report.fixValid && !isPlace(report.latDeg, report.lonDeg) && report.alarms.length === 0)
    return { error: { reason: 'impossible_position', detail: `no such place: ${report.latDeg}, ${report.lonDeg}` } }
  return timed(report, typeof timestamp === 'string' ? timestamp : undefined, context)
}

function readCoords(report: DeviceReport, coords: Members): boolean {
  const { latitude, longitude } = coords
  const lat = numberOf(latitude)
  const lon = numberOf(longitude)
  if (latitude == null && longitude == null) return true
  if (lat === undefined || lon === undefined) return false
  report.latDeg = lat
  report.lonDeg = lon
  report.fixValid = true
  const accuracy = numberOf(coords.accuracy)
  if (accuracy !== undefined && accuracy >= 0) report.accuracyM = accuracy
  const speed = numberOf(coords.speed)
  if (speed !== undefined && speed >= 0) report.speedMps = speed
  const heading = numberOf(coords.heading)
  if (heading !== undefined && heading >= 0 && heading <= 360) report.courseDeg = heading
  const altitude = numberOf(coords.altitude)
  if (altitude !== undefined) report.altitudeM = altitude
  return true
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

function membersOf(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
