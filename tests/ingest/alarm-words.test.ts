import fc from 'fast-check'
import { expect, test } from 'vitest'
import { meaningsOf } from '../../ingest/protocols/words/alarm-words.ts'
import { addByCode, addWords } from '../../ingest/protocols/words/device-words.ts'
import type { DeviceSettings } from '../../model/plan/directory.ts'
import { ALARM, type Alarm, type DeviceReport } from '../../model/report/report.ts'

const empty = (): DeviceReport => ({ deviceId: 'b1', timeMs: 0, fixValid: false, alarms: [], archived: false })
const said = (text: string, settings?: DeviceSettings) => {
  const report = empty()
  addWords(report, text, settings)
  return report
}

const SAID: Record<string, string[]> = {
  sos: [
    ...[
      'sos',
      'SOS',
      'S.O.S',
      's o s',
      'SOS!',
      'sos pressed',
      'SOS button',
      'alarm: sos',
      'sosAlarm',
      'SOS_ALARM',
      'sos-1',
    ],
    ...[
      'help',
      'Help',
      'help me',
      'help me!',
      'HELP ME',
      'helpMe',
      'help_me',
      '  help  me !! ',
      'Panic',
      'panic button',
    ],
    ...['emergency', 'Emergency call', 'duress', 'mayday', 'tolong', 'Tolong saya!', 'darurat', 'Minta Bantuan'],
  ],
  strapOpen: [
    ...[
      'Belt Off',
      'beltoff',
      'BELT OFF',
      'belt cut',
      'strap cut',
      'Strap_Open',
      'strapOpen',
      'StrapCut',
      'strap broken',
    ],
    ...[
      'wristband removed',
      'bracelet removed',
      'Removed',
      'removing',
      'removal',
      'not worn',
      'unworn',
      'take off',
      'taken off',
    ],
    ...[
      'strap released',
      'strap alarm',
      'Unlocked strap',
      'strap not closed',
      'gelang lepas',
      'tali putus',
      'Tali gelang terbuka',
    ],
    ...[
      'bracelet off',
      'ankle cuff open',
      'device removed',
      'detached',
      'strap unlocked',
      'strap missing',
      'rope cut',
      'ULK',
    ],
  ],
  caseOpen: [
    'Case Open',
    'case opened',
    'caseOpen',
    'cover open',
    'Box opened',
    'shell_open',
    'OPEN CASE',
    'kotak dibuka',
  ],
  tamper: [
    'Tamper',
    'tampering',
    'TAMPER!',
    'dismantle',
    'Disassembly alarm',
    'sabotage',
    'SIM removed',
    'battery removed',
  ],
  batteryLow: [
    ...[
      'LowBattery',
      'low battery',
      'Battery Low',
      'batt low',
      'LBT',
      'Low Extern Voltage',
      'low power',
      'baterai lemah',
    ],
    ...['internal battery low', 'bracelet low battery alarm', 'Baterai habis', 'battery critical'],
  ],
  powerOff: ['PowerOff', 'power off', 'shutdown', 'shut down', 'bracelet power off'],
  powerCut: ['power cut', 'PSD', 'external power lost', 'charger disconnected', 'main power failure', 'power removed'],
  restart: ['Restart', 'PW ON', 'PowerOn', 'power on', 'reboot'],
  jamming: ['jamming', 'GSM jamming', 'jammer detected'],
  gnssFault: ['GPS cut', 'gps antenna open', 'antenna short', 'gps lost', 'bracelet gps lost'],
  vibration: ['VIB', 'vibration', 'Hit', 'shock', 'hitten'],
  fall: ['fall', 'Fall Down', 'man down', 'jatuh'],
  overspeed: ['OverSpeed', 'over speed', 'speeding'],
  zoneIn: ['Geo2 in', 'Move in', 'geofenceEnter', 'zone enter', 'masuk area'],
  zoneOut: ['Geo1 out', 'Move out', 'geofenceExit', 'fence exit', 'left zone'],
  movement: ['move', 'movement', 'tow', 'motion'],
  none: [
    ...[
      'Timer',
      'Dist',
      'None',
      'normal',
      'Nil-Alarms',
      'no alarm',
      'heartbeat',
      'PSR',
      'SOS cancelled',
      'tamper cleared',
      '',
    ],
    ...['power restored', 'strap alarm cleared', 'battery normal', 'low battery end', 'motionchange'],
  ],
  'strap=closed': [
    'Belt On',
    'strap closed',
    'strap locked',
    'bracelet on',
    'strap restored',
    'belt fastened',
    'tali terpasang',
  ],
  'case=closed': ['case closed', 'cover closed'],
}

for (const [meaning, words] of Object.entries(SAID))
  test(`${meaning}: ${words.length} ways to say it`, () => {
    for (const word of words) {
      const { alarms, strap, case: caseContact } = said(word)
      const wanted = Object.hasOwn(ALARM, meaning) ? [meaning] : []
      expect([word, alarms]).toEqual([word, wanted])
      expect([word, strap === 'closed']).toEqual([word, meaning === 'strap=closed'])
      expect([word, caseContact === 'closed']).toEqual([word, meaning === 'case=closed'])
    }
  })

test('more of the kind: what other makers and people write', () => {
  const alarmsOf = (word: string) => said(word).alarms.join()
  for (const word of ['panik', 'Tombol Panik!', 'save me', 'PANIK_ALARM'])
    expect([word, alarmsOf(word)]).toEqual([word, 'sos'])
  for (const word of [
    'take-off alarm',
    'Wearing status: off',
    'wear off',
    'unwear',
    'lock cut',
    'Lock rod cut',
    'clasp opened',
    'fibre cut',
    'strap breach',
    'buckle open',
  ])
    expect([word, alarmsOf(word)]).toEqual([word, 'strapOpen'])
  for (const word of ['Light Sensor Alarm', 'photosensitive alarm', 'device opened', 'alat dibuka', 'case breach'])
    expect([word, alarmsOf(word)]).toEqual([word, 'caseOpen'])
  for (const word of ['alat dirusak', 'vandalism', 'prying', 'pry alarm'])
    expect([word, alarmsOf(word)]).toEqual([word, 'tamper'])
  for (const word of ['interference', 'GPS spoofing']) expect([word, alarmsOf(word)]).toEqual([word, 'jamming'])
  for (const word of ['null', 'undefined', 'NaN', '00']) expect([word, alarmsOf(word)]).toEqual([word, ''])
  // None of these is about a strap.
  for (const word of ['satellite lock lost', 'gps lock lost'])
    expect([word, alarmsOf(word)]).toEqual([word, 'gnssFault'])
  for (const word of ['power off', 'light on', 'device on', 'lock closed'])
    expect(alarmsOf(word)).not.toMatch(/strapOpen|caseOpen/)
})

test('our own words mean themselves, however they are written', () => {
  for (const alarm of Object.keys(ALARM) as Alarm[])
    for (const word of [alarm, alarm.toUpperCase(), alarm.replace(/[A-Z]/g, (letter) => `-${letter}`), ` ${alarm}! `])
      expect(said(word).alarms).toEqual([alarm])
})

test('a word that nobody knows is unknown, with its text: never silence', () => {
  for (const word of [
    'Whatever',
    'Belt Up',
    '7',
    'zona merah 3',
    'Rahasia\u0007!',
    'toString',
    '__proto__',
    'constructor',
  ]) {
    const report = said(word)
    expect([word, report.alarms]).toEqual([word, ['unknown']])
    expect(report.unknownAlarm).toMatch(/^[\x20-\x7e]{1,40}$/)
  }
  expect(said('\u0000\u0001').unknownAlarm).toBe('?')
  // Letters that are none of ours stay apart, so that each word can be mapped.
  expect(said('求救').unknownAlarm).toBe('\\u6c42\\u6551')
  const mapped = { mappedAlarms: { '\\u6c42\\u6551': 'sos', '?': 'none' } }
  expect(said('求救', mapped).alarms).toEqual(['sos'])
  expect(said('电量', mapped).alarms).toEqual(['unknown'])
  expect(said('Geheim|SOS')).toMatchObject({ alarms: ['unknown', 'sos'], unknownAlarm: 'Geheim' })
})

test('several words, apart by signs or in one phrase', () => {
  expect(said('SOS,Belt Off').alarms).toEqual(['sos', 'strapOpen'])
  expect(said('LowBattery|help me!').alarms).toEqual(['batteryLow', 'sos'])
  expect(said('help strap cut').alarms).toEqual(expect.arrayContaining(['sos', 'strapOpen']))
})

test("the model's or the device's own table goes first, whatever the spelling", () => {
  const settings: DeviceSettings = {
    alarmCodes: { 'Belt Up': 'strap=closed', Kode7: 'help', sos: 'none', 'A,B': 'tamper', odd: 'nobody knows' },
    strapCodes: { Lepas: 'open' },
  }
  expect(said('BELT-UP', settings)).toMatchObject({ alarms: [], strap: 'closed' })
  expect(said('kode 7!', settings).alarms).toEqual(['sos'])
  expect(said('SOS', settings).alarms).toEqual([])
  expect(said('A,B', settings).alarms).toEqual(['tamper'])
  expect(said('lepas', settings)).toMatchObject({ strap: 'open', alarms: ['strapOpen'] })
  expect(said('odd', settings)).toMatchObject({ alarms: ['unknown'], unknownAlarm: 'odd' })
})

test('codes: the device, then the protocol, else unknown', () => {
  const of = (code: string, settings?: DeviceSettings) => {
    const report = empty()
    addByCode(report, code, { '01': 'sos', '00': 'none' }, settings, `code ${code}`)
    return report
  }
  expect(of('01').alarms).toEqual(['sos'])
  expect(of('00').alarms).toEqual([])
  expect(of('7A')).toMatchObject({ alarms: ['unknown'], unknownAlarm: 'code 7A' })
  expect(of('7A', { alarmCodes: { '7A': 'case=open' } })).toMatchObject({ alarms: ['caseOpen'], case: 'open' })
  expect(of('01', { strapCodes: { '01': 'closed' } })).toMatchObject({ alarms: [], strap: 'closed' })
  expect(of('__proto__').alarms).toEqual(['unknown'])
})

test('any text: nothing breaks, and whatever says SOS in plain words is one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(' ', '!', '-', '.', '_', ':'), (noise, sign) => {
      for (const alarm of said(noise).alarms) expect(Object.hasOwn(ALARM, alarm)).toBe(true)
      expect(said(`help${sign}me${sign}`).alarms).toEqual(['sos'])
      expect(meaningsOf(`sos${sign}${noise.replace(/[a-z]/gi, '')}`)).toEqual(['sos'])
    }),
    { seed: 4711 },
  )
})
