// The binary form of H02, 32 bytes; whatever is decimal is packed two digits a byte.
//
//   $ | id 10 digits | hhmmss | ddmmyy | latitude ddmmmmmm | u8 battery | longitude dddmmmmm + half a byte | speed 3, course 3 digits
//   u32 status | three bytes more
//   the half byte  8 east, 4 north, 2 positioned
import type { DecodeContext, DecodedReport } from '../decoder.ts'
import { cameLate } from '../decoder.ts'
import { bcdDigits, hexOf, MPS_PER_KNOT, nmeaTimeMs } from '../wire/wire-fields.ts'
import { keep } from '../words/device-words.ts'
import { BINARY_BYTES } from './h02-framer.ts'
import { readBattery, readStatus } from './h02-status.ts'

const AT = { id: 1, time: 6, date: 9, lat: 12, battery: 16, lon: 17, speed: 22, status: 25, more: 29 } as const
const FLAG = { positioned: 2, north: 4, east: 8 }
const MINUTE_UNITS = 10_000

export function binaryId(frame: Buffer): string | undefined {
  return frame.length < BINARY_BYTES ? undefined : bcdDigits(frame, AT.id, AT.time)
}

/** Of a frame that may lack its end. */
export function beginningId(frame: Buffer): string | undefined {
  return frame.length < AT.time ? undefined : bcdDigits(frame, AT.id, AT.time)
}

export function readBinary(frame: Buffer, deviceId: string, context: DecodeContext): DecodedReport {
  const settings = context.settingsOf(deviceId)
  const timeMs =
    nmeaTimeMs(bcdDigits(frame, AT.date, AT.lat) ?? '', bcdDigits(frame, AT.time, AT.date) ?? '') -
    (settings?.utcOffsetMinutes ?? 0) * 60_000
  const flags = frame[AT.speed - 1]! & 15
  const report: DecodedReport = {
    deviceId,
    timeMs,
    fixValid: (flags & FLAG.positioned) !== 0,
    source: 'gps',
    alarms: [],
    archived: cameLate(timeMs, context),
  }
  const lat = degreesOf(hexOf(frame, AT.lat, AT.battery), 2)
  const lon = degreesOf(hexOf(frame, AT.lon, AT.speed).slice(0, 9), 3)
  report.latDeg = flags & FLAG.north ? lat : -lat
  report.lonDeg = flags & FLAG.east ? lon : -lon
  const motion = bcdDigits(frame, AT.speed, AT.status)
  if (motion !== undefined) {
    report.speedMps = Number(motion.slice(0, 3)) * MPS_PER_KNOT
    const course = Number(motion.slice(3))
    if (course <= 360) report.courseDeg = course
  }
  readBattery(report, frame[AT.battery]!)
  readStatus(report, frame.readUInt32BE(AT.status), settings)
  keep(report, 'more', hexOf(frame, AT.more))
  return report
}

/** Degrees of digits: `degreeDigits` of degrees, two of minutes, four behind the point. NaN where they are none. */
function degreesOf(digits: string, degreeDigits: 2 | 3): number {
  if (!/^\d+$/.test(digits)) return Number.NaN
  const minutes = Number(digits.slice(degreeDigits)) / MINUTE_UNITS
  return minutes >= 60 ? Number.NaN : Number(digits.slice(0, degreeDigits)) + minutes / 60
}
