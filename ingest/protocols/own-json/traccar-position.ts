// What Traccar forwards (`forward.type` = json), as a report in our own JSON:
//
//   {position: {fixTime, deviceTime, serverTime: ISO 8601, outdated, valid, latitude, longitude, altitude m, speed knots, course,
//    accuracy m (0 = unknown), protocol, attributes: {alarm: words joined by commas, batteryLevel %, battery V, charge, sat, hdop,
//    archive, event, …}}, device: {uniqueId, model, …}}
//
// Traccar repeats the last place where a message had none: `outdated`, with its old fixTime. Then it is heard at its device time, and
// the place is no evidence. Names, phone numbers and contacts of the device are left out.
import { MPS_PER_KNOT } from '../wire/wire-fields.ts'
import { ALARMS_MAX } from './json-report.ts'

type Members = Record<string, unknown>

const KEPT = [
  'event',
  'status',
  'rssi',
  'power',
  'motion',
  'ignition',
  'blocked',
  'door',
  'armed',
  'temp1',
  'steps',
  'input',
  'output',
]
const OUTDATED_AFTER_MS = 60_000

/** The report as `decodeJsonReport` takes it, members that cannot be right among them; undefined where nobody is named. */
export function traccarReport(value: unknown): Members | undefined {
  const { position, device } = membersOf(value) ?? {}
  const at = membersOf(position)
  const { uniqueId, model } = membersOf(device) ?? {}
  if (at === undefined || (typeof uniqueId !== 'string' && typeof uniqueId !== 'number')) return undefined
  const attributes = membersOf(at.attributes) ?? {}
  const isOld = at.outdated === true || at.valid === false || isLongBefore(at.fixTime, at.deviceTime)
  const { latitude: lat, longitude: lon, accuracy, altitude, course, speed } = at
  return {
    deviceId: String(uniqueId),
    time: at.outdated === true || at.valid === false ? (at.deviceTime ?? at.serverTime) : (at.fixTime ?? at.deviceTime),
    deviceTime: at.deviceTime,
    lat,
    lon,
    fixValid: lat == null || lon == null ? undefined : !isOld,
    accuracyM: typeof accuracy === 'number' && accuracy > 0 ? accuracy : undefined,
    altitudeM: altitude,
    courseDeg: course,
    speedMps: typeof speed === 'number' ? speed * MPS_PER_KNOT : speed,
    hdop: attributes.hdop,
    satellites: attributes.sat,
    batteryPercent: attributes.batteryLevel,
    batteryVolts: attributes.battery,
    charging: attributes.charge,
    archived: attributes.archive === true ? true : undefined,
    alarms: wordsOf(attributes.alarm),
    attributes: {
      ...Object.fromEntries(KEPT.filter((name) => isScalar(attributes[name])).map((name) => [name, attributes[name]])),
      ...(typeof at.protocol === 'string' && { traccarProtocol: at.protocol }),
      ...(typeof model === 'string' && model !== '' && { model }),
    },
  }
}

/** A fix whose time is not that of the message is the one before. */
function isLongBefore(fixTime: unknown, deviceTime: unknown): boolean {
  if (typeof fixTime !== 'string' || typeof deviceTime !== 'string') return false
  return Date.parse(deviceTime) - Date.parse(fixTime) > OUTDATED_AFTER_MS
}

function wordsOf(alarm: unknown): string[] | undefined {
  if (typeof alarm !== 'string') return undefined
  const words = alarm.split(',').map((word) => word.trim())
  return words.filter((word) => word !== '').slice(0, ALARMS_MAX)
}

function isScalar(value: unknown): boolean {
  return (
    typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
  )
}

function membersOf(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined
}
