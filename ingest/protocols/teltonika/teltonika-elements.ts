// The I/O elements of Teltonika records that mean something to us. Their numbers are the same on the personal trackers (TMT250,
// GH5200) and the FMB family. Only the model's table knows what an input is wired to.
//
// Keys of a device's own alarm table: the element's number and its value (`1=0`), or the number alone for any value but 0 (`389`).
import type { DeviceSettings } from '../../../model/plan/directory.ts'
import type { DecodedReport } from '../decoder.ts'
import type { Meaning } from '../words/alarm-words.ts'
import { addByCode, addUnknown, keep, own, strapOf } from '../words/device-words.ts'

/** Alarms by element and value. */
const ALARMS: Record<string, Meaning> = {
  '236=1': 'sos',
  '242=1': 'fall',
  '246=1': 'movement',
  '249=1': 'jamming',
  '252=1': 'powerCut',
}
/** Alarms whatever their value is. */
const ALARMS_ANY: Record<string, Meaning> = { '247': 'vibration', '255': 'overspeed' }
/** Fences kept in the device: 0 left, 1 entered. */
const FENCES: ReadonlySet<number> = new Set([155, 156, 157, 158, 159, 61, 62, 63, 64, 65, 175])
/** A change of them makes a record, and is no alarm. */
// biome-ignore format: one list
const ROUTINE: ReadonlySet<number> = new Set([
  0, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 24, 25, 26, 27, 28, 66, 67, 68, 69, 70, 71, 72, 80, 113, 116, 179, 180,
  181, 182, 199, 200, 205, 206, 237, 238, 239, 240, 241, 243, 250, 251, 253, 254,
])

const GSM = 21
const EXTERNAL_MILLIVOLTS = 66
const BATTERY_MILLIVOLTS = 67
const GNSS_STATUS = 69
const BATTERY_PERCENT = 113
const CHARGER = 116
const HDOP_TENTHS = 182
const CELL = 205
const AREA = 206
const OPERATOR = 241
/** GNSS on, with a fix. With any other value the place is the last known one. */
const GNSS_FIX = 1

/** Fills the report from a record's elements; `eventId` is the one that the record was made for, 0 for none. */
export function readElements(
  report: DecodedReport,
  elements: ReadonlyMap<number, number>,
  eventId: number,
  settings: DeviceSettings | undefined,
): void {
  readState(report, elements)
  for (const [id, value] of elements)
    if (id !== eventId && !readAlarm(report, id, value, settings) && !ROUTINE.has(id)) keep(report, `io${id}`, value)
  if (eventId === 0) return
  keep(report, 'event', eventId)
  // A record that was cut may lack the value: an alarm counts as raised, not as ended.
  const value = elements.get(eventId) ?? 1
  if (!readAlarm(report, eventId, value, settings) && !isQuiet(eventId, value))
    addUnknown(report, `event ${eventId}=${value}`, settings)
}

/** An event that is routine, or the end of an alarm. */
function isQuiet(eventId: number, value: number): boolean {
  const isAlarm = own(ALARMS, `${eventId}=1`) ?? own(ALARMS_ANY, String(eventId))
  return ROUTINE.has(eventId) || FENCES.has(eventId) || (value === 0 && isAlarm !== undefined)
}

/** Whether the element says something by the device's tables or ours. */
function readAlarm(report: DecodedReport, id: number, value: number, settings: DeviceSettings | undefined): boolean {
  const exact = `${id}=${value}`
  for (const code of value === 0 ? [exact] : [exact, String(id)])
    if (own(settings?.alarmCodes, code) !== undefined || strapOf(code, settings) !== undefined) {
      addByCode(report, code, {}, settings)
      return true
    }
  const meaning =
    own(ALARMS, exact) ??
    (value === 0 ? undefined : own(ALARMS_ANY, String(id))) ??
    (FENCES.has(id) && value <= 1 ? (value === 0 ? 'zoneOut' : 'zoneIn') : undefined)
  if (meaning === undefined) return false
  addByCode(report, exact, { [exact]: meaning }, undefined)
  return true
}

function readState(report: DecodedReport, elements: ReadonlyMap<number, number>): void {
  const percent = elements.get(BATTERY_PERCENT)
  if (percent !== undefined && percent <= 100) report.batteryPercent = percent
  const millivolts = elements.get(BATTERY_MILLIVOLTS)
  if (millivolts !== undefined && millivolts > 0) report.batteryVolts = millivolts / 1000
  const charger = elements.get(CHARGER)
  if (charger !== undefined) report.charging = charger !== 0
  const hdop = elements.get(HDOP_TENTHS)
  if (hdop !== undefined && hdop > 0) report.hdop = hdop / 10
  const gnss = elements.get(GNSS_STATUS)
  if (gnss !== undefined && gnss !== GNSS_FIX) report.fixValid = false
  keep(report, 'gnssStatus', gnss)
  keep(report, 'gsm', elements.get(GSM))
  const external = elements.get(EXTERNAL_MILLIVOLTS)
  if (external !== undefined) keep(report, 'externalVolts', external / 1000)
  const [operator, area, cell] = [elements.get(OPERATOR), elements.get(AREA), elements.get(CELL)]
  // The operator's code is that of the country and two or three digits of the network.
  if (operator !== undefined && operator >= 10_000 && area !== undefined && cell !== undefined) {
    const digits = String(operator)
    keep(report, 'cell', `${Number(digits.slice(0, 3))},${Number(digits.slice(3))},${area},${cell}`)
  }
}
