// The four status bytes of H02, as text or binary. A bit that is 0 is an alarm or a state that holds.
//
//   0 theft (vibration), 1 SOS, 2 overspeed, 3 unlawful ignition, 4 fence entered, 5 6 antenna open, short, 7 fence left
//   8 door, 9 armed, 10 ACC off, 11–15 engine and states of the vehicle       16 receiver, 18 SOS of personal devices,
//   19 on its own battery, 20 battery taken out, 21 22 antenna open, short, 24 temperature, 25 wrong password, 26 jamming,
//   27 fuel cut, 28 battery taken out, 29–31 inputs
//
// Keys of a device's own alarm table: `bit:` and the number of a bit.
import type { DeviceSettings } from '../../../model/plan/directory.ts'
import type { DecodedReport } from '../decoder.ts'
import type { Meaning } from '../words/alarm-words.ts'
import { addByCode, addUnknown, keep } from '../words/device-words.ts'

const STATUS_BITS: Record<string, Meaning> = {
  'bit:0': 'vibration',
  'bit:1': 'sos',
  'bit:2': 'overspeed',
  'bit:3': 'other',
  'bit:4': 'zoneIn',
  'bit:5': 'gnssFault',
  'bit:6': 'gnssFault',
  'bit:7': 'zoneOut',
  'bit:16': 'gnssFault',
  'bit:18': 'sos',
  'bit:19': 'powerCut',
  'bit:20': 'powerCut',
  'bit:21': 'gnssFault',
  'bit:22': 'gnssFault',
  'bit:24': 'other',
  'bit:25': 'other',
  'bit:26': 'jamming',
  'bit:28': 'powerCut',
}
for (const bit of [8, 9, 10, 11, 12, 13, 14, 15, 27, 29, 30, 31]) STATUS_BITS[`bit:${bit}`] = 'none'

export function readStatus(report: DecodedReport, status: number, settings: DeviceSettings | undefined): void {
  keep(report, 'status', status.toString(16).toUpperCase().padStart(8, '0'))
  // Clones without a status send zeros. They mean no SOS: nobody enters and leaves a fence at once.
  if (status === 0) {
    addUnknown(report, 'status 00000000', settings)
    return
  }
  for (let bit = 0; bit < 32; bit++)
    if (((status >>> bit) & 1) === 0) addByCode(report, `bit:${bit}`, STATUS_BITS, settings, `status bit ${bit}`)
}

/** One byte of battery: a level of 1 to 6, or a percentage; nothing for 0. */
export function readBattery(report: DecodedReport, value: number): void {
  if (value >= 1 && value <= 6) report.batteryPercent = value <= 3 ? (value - 1) * 10 : (value - 1) * 20
  else if (value > 6 && value <= 100) report.batteryPercent = value
}
