import { ALARM, type Alarm } from '../../../model/report/report.ts'

// What phones and servers of this field call an alarm, in lower case without signs, beside our own words.
const WORDS: Record<string, Alarm> = {
  help: 'sos',
  panic: 'sos',
  emergency: 'sos',
  removing: 'strapOpen',
  removed: 'strapOpen',
  strap: 'strapOpen',
  strapcut: 'strapOpen',
  strapopen: 'strapOpen',
  beltoff: 'strapOpen',
  caseopened: 'caseOpen',
  tampering: 'tamper',
  lowbattery: 'batteryLow',
  lowpower: 'batteryLow',
  poweroff: 'powerOff',
  powercut: 'powerCut',
  poweron: 'restart',
  reboot: 'restart',
  jam: 'jamming',
  gpsantennacut: 'gnssFault',
  hitten: 'vibration',
  shock: 'vibration',
  falldown: 'fall',
  geofenceenter: 'zoneIn',
  geofenceexit: 'zoneOut',
}
for (const alarm of Object.keys(ALARM) as Alarm[]) WORDS[alarm.toLowerCase()] = alarm
Object.setPrototypeOf(WORDS, null)

/**
 * The common word for what a device calls an alarm; `other` where nobody knows it, so that it is not lost. `codes` is the
 * device's own table and goes first. The caller keeps the device's word as an attribute.
 */
export function alarmOf(word: string, codes?: Record<string, string>): Alarm {
  if (codes !== undefined && Object.hasOwn(codes, word)) {
    const own = codes[word] as string
    if (Object.hasOwn(ALARM, own)) return own as Alarm
  }
  return WORDS[word.toLowerCase().replace(/[^a-z0-9]/g, '')] ?? 'other'
}
