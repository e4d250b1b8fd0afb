// What models of bracelets do differently from their protocol's document, and what clones leave open: alarm words and codes, bits
// of strap and case, the zone of the clock, quirks. The bracelet's record names its model; a single device's own settings, made
// in PostgreSQL, go before these, member by member and code by code, and hold as soon as the directory is published.
//
//   alarmCodes   code or word of the device → common word, `none`, `strap=open`, `strap=closed`, `case=open`, `case=closed`
//   strapCodes   raw digit or bit → open | closed            utcOffsetMinutes   its clock, minutes east of UTC
//
// The keys of codes are at the head of each decoder. Names are compared without case, blanks and punctuation.
import { type DeviceSettings, type DirectoryDevice, plainModelName } from '../../../model/plan/directory.ts'

export const DEVICE_MODELS: Record<string, DeviceSettings> = {
  // GT06: 0C is a tamper on some models and power-on on others.
  'gt06 0c tamper': { alarmCodes: { '0C': 'tamper' } },
  'gt06 0c power on': { alarmCodes: { '0C': 'restart' } },
  // GT06 bracelets that report their lock: 33 locked, 34 unlocked.
  'gt06 lock': { strapCodes: { '33': 'closed', '34': 'open' } },
  // GT06 trackers for vehicles, on which bits 5–3 = 7 of the terminal info are a speed alarm.
  'gt06 vehicle': { alarmCodes: { 'info:7': 'overspeed' } },

  // Megastek: the belt digit of the accessories has no public meaning; units were seen with either.
  'megastek belt 1 closed': { strapCodes: { '1': 'closed', '0': 'open' } },
  'megastek belt 0 closed': { strapCodes: { '0': 'closed', '1': 'open' } },
  // The old variant's word for a belt that was put on.
  'megastek belt up': { alarmCodes: { 'Belt Up': 'strap=closed' } },

  // IW: older firmware calls 05 a fall, and some writes the day first.
  'iw 05 fall': { alarmCodes: { '05': 'fall' } },
  'iw day first': { dateOrder: 'dmy' },
  // Watches whose state bit 3 says that the band is open.
  'watch band': { alarmCodes: { 'bit:3': 'strap=open' } },
  // Personal H02 devices always run on their own battery.
  'h02 personal': { alarmCodes: { 'bit:19': 'none' } },
  // Teltonika: the strap's loop on digital input 1; the alarm button without the alarm scenario (17 one click, 18 two, 19 long).
  'teltonika strap din1': { alarmCodes: { '1=0': 'strap=open', '1=1': 'strap=closed' } },
  'teltonika button sos': { alarmCodes: { '389=17': 'sos', '389=18': 'sos', '389=19': 'sos' } },

  // JT/T 808 cargo locks: bits 16 and 17 are tamper.
  'jt808 cargo lock': { alarmCodes: { '16': 'tamper', '17': 'tamper' } },
  // JT/T 808 terminals that do encrypt the coordinates where status bit 5 says so.
  'jt808 encrypted': { encryptedPlace: true },
  // Terminals that send UTC where the standard wants GMT+8.
  'jt808 utc': { utcOffsetMinutes: 0 },

  // Units delivered with their clock at the place of use.
  'clock wib': { utcOffsetMinutes: 7 * 60 },
  'clock wita': { utcOffsetMinutes: 8 * 60 },
  'clock wit': { utcOffsetMinutes: 9 * 60 },
}

const BY_PLAIN_NAME = new Map(Object.entries(DEVICE_MODELS).map(([name, settings]) => [plainModelName(name), settings]))

/** The device with the settings that hold for it: its own before its model's. Where it has none of its own they are shared. */
export function withModelSettings(device: DirectoryDevice): DirectoryDevice {
  const ofModel = device.model === undefined ? undefined : BY_PLAIN_NAME.get(plainModelName(device.model))
  if (ofModel === undefined) return device
  const { settings: own } = device
  if (own === undefined) return { ...device, settings: ofModel }
  return {
    ...device,
    settings: {
      ...ofModel,
      ...own,
      ...(ofModel.alarmCodes && { alarmCodes: { ...ofModel.alarmCodes, ...own.alarmCodes } }),
      ...(ofModel.strapCodes && { strapCodes: { ...ofModel.strapCodes, ...own.strapCodes } }),
    },
  }
}
