// What devices, phones and servers of this field call an alarm, known by meaning and not by spelling: case, blanks and signs do
// not matter, and a phrase is understood by the words in it. One vocabulary for every protocol that speaks in words.
import type { Alarm } from '../../../model/report/report.ts'

/**
 * What a word or code means. `none`: routine, or the end of an alarm. The contacts are for words that come in pairs, where the
 * device also says when the strap or the case is closed again; what only cries out is an alarm.
 */
export type Meaning = Alarm | 'none' | 'strap=open' | 'strap=closed' | 'case=open' | 'case=closed'

const WORD_CHARS_MAX = 128

// Letters and digits alone, in lower case. They go before the phrases below.
const EXACT: Record<string, Meaning> = {
  // Routine, and ends of alarms.
  ...of(
    'none',
    'none normal ok nil nilalarms nilalarm noalarm noalarms regular routine timer dist distance interval periodic',
  ),
  ...of(
    'none',
    'heartbeat report position location track tracking auto test lowspeed idle parking psr powerrestored sosoff',
  ),
  ...of('none', 'sosfalse nosos ignitionon ignitionoff accon accoff lock locked sleep wakeup 0 false no gpsfixed lbs'),
  // What programs write that have nothing to say.
  ...of('none', 'null undefined nan na nihil 00'),
  ...of('none', 'motionchange stationary activitychange providerchange sync'),
  ...of('strap=open', 'beltoff'),
  ...of('strap=closed', 'belton'),
  ...of(
    'strapOpen',
    'strap strapcut strapopen removing removed removal remove unworn notworn notwearing takeoff takenoff',
  ),
  ...of(
    'strapOpen',
    'tookoff nobelt nostrap detached detach detachment falloff dropoff dismounted offwrist offbody ulk',
  ),
  ...of('caseOpen', 'caseopen opencase coveropen lightsensor lightalarm'),
  ...of('tamper', 'tampering tamper'),
  ...of('sos', 'sos help panic emergency helpme sosalarm sosbutton duress mayday'),
  ...of(
    'batteryLow',
    'batterylow lowbattery lowbatt lowbat lowpower lowvoltage lbt lowexternvoltage lowinternalbattery',
  ),
  ...of('powerOff', 'poweroff shutdown switchoff switchedoff turnedoff turnoff'),
  ...of('powerCut', 'powercut psd'),
  ...of('restart', 'restart reboot poweron pwon startup boot booted coldstart'),
  ...of('jamming', 'jamming jam jammed jammer'),
  ...of('gnssFault', 'gnssfault gpscut gpsantennacut gpsfault gpslost'),
  ...of('vibration', 'vibration vib hit hitten shock impact'),
  ...of('fall', 'fall falldown fallen mandown'),
  ...of('overspeed', 'overspeed speeding'),
  ...of('zoneIn', 'zonein movein geofenceenter'),
  ...of('zoneOut', 'zoneout moveout geofenceexit'),
  ...of('movement', 'movement move moving motion displacement tow'),
  // Known to mean nothing to us.
  ...of(
    'other',
    'other error fault door accident temperature bonnet footbrake fuelleak highrpm fatiguedriving lanechange',
  ),
  ...of('other', 'hardacceleration hardbraking hardcornering simchange simcardchange geofence'),
}
Object.setPrototypeOf(EXACT, null)

const STRAP = set(
  'strap belt band wristband bracelet cuff anklet ankle wrist rope string tether gelang tali sabuk lock clasp buckle fibre fiber',
)
const CASE = set('case casing cover box housing shell enclosure lid kotak penutup')
/** Parts whose removal is tampering, and no strap's. */
const PARTS = set('sim card battery batt baterai memory')
const LEADS = set('charger cable plug lead usb dock power supply')
// biome-ignore format: one list
const OPENED = set('open opened opening cut broken break broke loose loosened remove removed removal removing release released unlock unlocked detach detached unfastened unbuckled undone tamper tampered tampering torn lepas terlepas dilepas putus diputus terputus terbuka dibuka buka rusak dirusak dipotong terpotong potong breach breached violation violated')
/** Said of a strap or case with nothing else in the phrase to say it of. */
const WEAKLY_OPENED = set('off lost missing disconnect disconnected alarm alert fault')
// biome-ignore format: one list
const CLOSED = set('closed close on locked fastened buckled attached worn normal ok restored secure tertutup terpasang dipasang')
const ENDED = set(
  'cancel cancelled canceled clear cleared restore restored recover recovered recovery normal ended end batal',
)
const NEGATED = set('no not non nil without tidak bukan')
const TAKEN_OUT = set('remove removed removal removing detach detached out dilepas terlepas')

type Rule = { meaning: Alarm; any: Set<string>; and?: Set<string>; unless?: Set<string> }
// biome-ignore format: a table
const RULES: Rule[] = [
  { meaning: 'sos', any: set('sos help panic emergency distress duress mayday rescue tolong darurat bantuan panik') },
  { meaning: 'sos', any: set('save'), and: set('me') },
  { meaning: 'tamper', any: set('tamper tampered tampering dismantle dismantled dismantling disassemble disassembled disassembly demolition demolished sabotage dibongkar bongkar vandalism vandalized prying pried') },
  { meaning: 'tamper', any: set('pry'), and: set('alarm alert detected') },
  { meaning: 'tamper', any: set('dirusak'), unless: new Set([...STRAP, ...CASE]) },
  { meaning: 'tamper', any: PARTS, and: TAKEN_OUT },
  { meaning: 'strapOpen', any: set('remove removed removal removing unwear unworn uninstalled detached dilepas terlepas'), unless: new Set([...PARTS, ...LEADS, ...CASE]) },
  { meaning: 'strapOpen', any: set('wear worn wearing dipakai terpasang'), and: new Set([...NEGATED, 'off']) },
  { meaning: 'strapOpen', any: set('take taken took'), and: set('off') },
  { meaning: 'caseOpen', any: set('light photosensitive cahaya'), and: set('sensor alarm alert detected') },
  { meaning: 'caseOpen', any: set('device alat perangkat'), and: set('open opened dibuka terbuka') },
  { meaning: 'jamming', any: set('jam jamming jammed jammer pengacakan interference spoofing spoofed') },
  { meaning: 'batteryLow', any: set('battery batt bat baterai aki voltage volt'), and: set('low critical empty flat weak lemah habis rendah') },
  { meaning: 'batteryLow', any: set('low'), and: set('power') },
  { meaning: 'powerCut', any: set('power supply charger daya listrik'), and: set('cut lost loss fail failure failed disconnected disconnect unplugged removed putus terputus') },
  { meaning: 'powerOff', any: set('power device'), and: set('off shutdown'), unless: set('cut lost') },
  { meaning: 'powerOff', any: set('shut'), and: set('down') },
  { meaning: 'restart', any: set('power device'), and: set('on boot start started restart') },
  { meaning: 'gnssFault', any: set('gps gnss antenna satellite satellites'), and: set('cut lost fault open short off fail failure broken') },
  { meaning: 'fall', any: set('fall fallen falling jatuh terjatuh') },
  { meaning: 'fall', any: set('man'), and: set('down') },
  { meaning: 'vibration', any: set('vib vibration vibrate vibrating shock impact collision crash getaran') },
  { meaning: 'overspeed', any: set('speed speeding'), and: set('over high exceed exceeded') },
  { meaning: 'zoneOut', any: set('geo geofence fence zone area region'), and: set('out exit exited leave left outside keluar') },
  { meaning: 'zoneIn', any: set('geo geofence fence zone area region'), and: set('in enter entry entered inside masuk') },
  { meaning: 'movement', any: set('move moved moving movement motion displacement displaced tow towing towed') },
]

/** All that `word` says, most urgent first; empty where nobody knows it. */
export function meaningsOf(word: string): Meaning[] {
  const short = word.slice(0, WORD_CHARS_MAX)
  const exact = EXACT[short.toLowerCase().replace(/[^a-z0-9]/g, '')]
  if (exact !== undefined) return [exact]
  const tokens = tokensOf(short)
  const has = (words: Set<string>) => tokens.some((token) => words.has(token))
  const isEnd = has(ENDED)
  const isNegated = has(NEGATED)
  const found: Meaning[] = []
  for (const { meaning, any, and, unless } of RULES)
    if (!found.includes(meaning) && has(any) && (and === undefined || has(and)) && !(unless && has(unless)))
      found.push(meaning)
  for (const [nouns, part] of [[STRAP, 'strap'] as const, [CASE, 'case'] as const]) {
    if (!has(nouns)) continue
    const isOpened = has(OPENED) || (has(WEAKLY_OPENED) && found.length === 0)
    if (has(CLOSED) && !isNegated && (isEnd || !isOpened) && found.length === 0) return [`${part}=closed`]
    if (found.includes(`${part}Open`)) continue
    // "Tamper" names the strap or case it is of; the lead of a bracelet is not its strap.
    if ((isOpened && !(found.includes('powerCut') && has(LEADS))) || (has(CLOSED) && isNegated && found.length === 0))
      found.unshift(`${part}Open`)
  }
  if (isEnd) return ['none']
  if (isNegated && !found.includes('strapOpen') && !found.includes('caseOpen')) return ['none']
  return found
}

/** Lower-case words: at signs and blanks, and where a capital letter or a digit begins. */
function tokensOf(word: string): string[] {
  return word
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((token) => token !== '')
}

function of(meaning: Meaning, words: string): Record<string, Meaning> {
  return Object.fromEntries(words.split(' ').map((word) => [word, meaning]))
}

function set(words: string): Set<string> {
  return new Set(words.split(' '))
}
