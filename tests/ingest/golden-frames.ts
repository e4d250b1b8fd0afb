// Worked frames of our own, one or more a message type: what goes in, what must come out. `expect` lists what is checked of the
// last line's reports; `undefined` there means that the member must be absent.
import { gt06, hexOfText, jt808, nmea, xexun3 } from './wire-envelopes.ts'

export type Golden = {
  protocol: string
  name: string
  lines: string[]
  reports: Record<string, unknown>[]
  reply?: string | null
  error?: RegExp
  /** What `gelang decode` says of its reports that cannot be believed; absent: not looked at. */
  warning?: RegExp
  settings?: object
  /** False: it identifies no device. */
  heard?: boolean
}

const login = gt06('01', '0860000000000025')
// 2026-01-08 09:30:05, 9 satellites, 6.2 S 106.8 E, 36 km/h, positioned, south, east, course 271
const gps = '1a0108091e05 c9 00aa49c0 0b755980 24 110f'
const noFix = '1a0108091e05 c0 00aa49c0 0b755980 00 010f'
const cell = '01fe 0a 1234 00abcd'
const cell4g = '01fe 0a 00001234 0000000000abcdef'
const place = { fixTime: '2026-01-08T09:30:05.000Z', fixValid: true, lat: -6.2, lon: 106.8 }
const answer = (type: string, serial = 2) => gt06(type, '', serial)

const GT06: Golden[] = [
  {
    name: 'login with device type and zone',
    lines: [gt06('01', '0860000000000025 0001 2bc0', 9)],
    reports: [],
    reply: gt06('01', '', 9),
  },
  {
    name: '12 location',
    lines: [login, gt06('12', gps + cell, 2)],
    reports: [{ ...place, satellites: 9, courseDeg: 271, speedMps: 10, attributes: { cell: '510,10,4660,43981' } }],
    reply: answer('12'),
  },
  {
    name: '12 with a two-byte MNC',
    lines: [login, gt06('12', `${gps}81fe 000a 1234 00abcd`, 2)],
    reports: [{ ...place, attributes: { cell: '510,10,4660,43981' } }],
  },
  {
    name: '12 without a fix: the place is the last known one',
    lines: [login, gt06('12', noFix + cell, 2)],
    reports: [{ fixValid: false, lat: -6.2, lon: 106.8 }],
    reply: answer('12'),
  },
  { name: '10 location', lines: [login, gt06('10', gps, 2)], reports: [place], reply: answer('10') },
  ...['22', '2d', '37'].map((type) => ({
    name: `${type} from memory, with mileage`,
    lines: [login, gt06(type, `${gps}${cell}01 05 01 000003e8`, 2)],
    reports: [
      { ...place, archived: true, attributes: { cell: '510,10,4660,43981', acc: true, reason: 5, mileage: 1000 } },
    ],
    reply: answer(type),
  })),
  {
    name: '22 live: the flag decides, not the age',
    lines: [login, gt06('22', `${gps}${cell}000000`, 2)],
    reports: [{ ...place, archived: false }],
  },
  {
    name: 'a0 with a 4G cell',
    lines: [login, gt06('a0', `${gps}${cell4g}000001`, 2)],
    reports: [{ ...place, archived: true, attributes: { cell: '510,10,4660,11259375', acc: false, reason: 0 } }],
    reply: answer('a0'),
  },
  {
    name: '13 heartbeat: charging, level 4 of 6, no time of its own',
    lines: [login, gt06('13', '44 04 03 00 02', 2)],
    reports: [{ fixTime: null, fixValid: false, lat: undefined, batteryPercent: 66, charging: true, alarms: [] }],
    reply: answer('13'),
  },
  {
    name: '13 heartbeat: removed',
    lines: [login, gt06('13', '38 50 03 00 02', 2)],
    reports: [{ batteryPercent: 80, charging: false, alarms: ['strapOpen'] }],
    reply: answer('13'),
  },
  {
    name: '23 heartbeat with volts',
    lines: [login, gt06('23', '04 0186 03 0000', 2)],
    reports: [{ fixTime: null, batteryVolts: 3.9, charging: true }],
    reply: answer('23'),
  },
  ...(
    [
      ['01', 'sos'],
      ['02', 'powerCut'],
      ['03', 'vibration'],
      ['04', 'zoneIn'],
      ['05', 'zoneOut'],
      ['06', 'overspeed'],
      ['09', 'movement'],
      ['0e', 'batteryLow'],
      ['0f', 'batteryLow'],
      ['11', 'powerOff'],
      ['13', 'tamper'],
      ['18', 'caseOpen'],
      ['19', 'batteryLow'],
      ['23', 'fall'],
      ['25', 'tamper'],
      ['32', 'tamper'],
      ['14', 'other'],
      ['0c', 'unknown'],
      ['7a', 'unknown'],
    ] as const
  ).map(([code, word]) => ({
    name: `26 alarm ${code}: ${word}`,
    lines: [login, gt06('26', `${gps}09${cell}40 03 04 ${code} 02`, 2)],
    reports: [{ ...place, alarms: [word], batteryPercent: 50 }],
    reply: answer('26'),
  })),
  {
    name: '0c is what the device says it is',
    lines: [login, gt06('26', `${gps}09${cell}40 03 04 0c 02`, 2)],
    reports: [{ alarms: ['tamper'] }],
    settings: { alarmCodes: { '0C': 'tamper' } },
  },
  {
    name: '33 lock and 34 unlock by the strap table',
    lines: [login, gt06('26', `${gps}09${cell}40 03 04 34 02`, 2)],
    reports: [{ strap: 'open', alarms: ['strapOpen'] }],
    settings: { strapCodes: { '33': 'closed', '34': 'open' } },
  },
  {
    name: '16 without cell data',
    lines: [login, gt06('16', `${gps}00 40 03 04 01 02`, 2)],
    reports: [{ ...place, alarms: ['sos'] }],
    reply: answer('16'),
  },
  {
    name: '27 with a fence number',
    lines: [login, gt06('27', `${gps}09${cell}40 03 04 05 02 07`, 2)],
    reports: [{ ...place, alarms: ['zoneOut'] }],
    reply: answer('27'),
  },
  {
    name: 'a4 steps over its longer cell block',
    lines: [login, gt06('a4', `${gps}10${cell4g}40 03 04 13 02 00`, 2)],
    reports: [{ ...place, alarms: ['tamper'] }],
    reply: answer('a4'),
  },
  ...['18', '19', '24', '28', '2e', 'a1'].map((type) => ({
    name: `${type} cells: no position`,
    lines: [login, gt06(type, `1a0108091e05${cell}22`, 2)],
    reports: [{ fixTime: '2026-01-08T09:30:05.000Z', fixValid: false, lat: undefined, source: 'cell' }],
    reply: answer(type),
  })),
  ...['17', '69'].map((type) => ({
    name: `${type} Wi-Fi with a BCD time`,
    lines: [login, gt06(type, '26010809300501aabbccddeeff37', 2)],
    reports: [{ fixTime: '2026-01-08T09:30:05.000Z', fixValid: false, source: 'wifi' }],
    reply: answer(type),
  })),
  ...['2c', 'a2', 'f3'].map((type) => ({
    name: `${type} Wi-Fi`,
    lines: [login, gt06(type, '1a0108091e0501aabbccddeeff37', 2)],
    reports: [
      { fixTime: '2026-01-08T09:30:05.000Z', source: 'wifi', attributes: { wifi: '1a0108091e0501aabbccddeeff37' } },
    ],
    reply: answer(type),
  })),
  {
    name: '2c whose beginning is no time',
    lines: [login, gt06('2c', 'ffffffffffff01', 2)],
    reports: [{ fixTime: null, source: 'wifi' }],
  },
  {
    name: 'a Wi-Fi frame that lies about its length ends at the next 0D 0A',
    lines: [login, gt06('2c', '1a0108091e0501aabbccddeeff37', 2, 9)],
    reports: [{ fixTime: '2026-01-08T09:30:05.000Z', source: 'wifi' }],
    reply: answer('2c'),
  },
  { name: '8a asks the time', lines: [login, gt06('8a', '', 2)], reports: [], reply: gt06('8a', '1a01080a0000', 2) },
  ...['80', '81', '82', '121'].map((type) => ({
    name: `${type} of the command channel`,
    lines: [login, gt06(type, '00000000', 2)],
    reports: [],
    reply: null,
  })),
  {
    name: 'long 94: external volts',
    lines: [login, gt06('194', '00 04b0', 2)],
    reports: [{ fixTime: null, attributes: { externalVolts: 12 } }],
    reply: null,
  },
  { name: 'long 94: SIM card', lines: [login, gt06('194', '0a 0860000000000025', 2)], reports: [], reply: null },
  {
    name: 'long 70: a position, an event, volts',
    lines: [login, gt06('170', '0033 0012 695f791d 0b 0017 00aa49c0 0b755980 24 110f 0034 0001 12 0018 0002 0186', 2)],
    reports: [{ ...place, altitudeM: 23, satellites: 11, batteryVolts: 3.9, alarms: ['strapOpen'] }],
    reply: gt06('170', '', 2),
  },
  ...(
    [
      ['1a', 'batteryLow'],
      ['23', 'tamper'],
    ] as const
  ).map(([event, word]) => ({
    name: `long 70: event ${event} without a place`,
    lines: [login, gt06('170', `0034 0001 ${event}`, 2)],
    reports: [{ fixTime: null, fixValid: false, alarms: [word] }],
    reply: gt06('170', '', 2),
  })),
  {
    name: 'the clock of the device in its own zone',
    lines: [login, gt06('12', gps + cell, 2)],
    reports: [{ fixTime: '2026-01-08T02:30:05.000Z' }],
    settings: { utcOffsetMinutes: 420 },
  },
  {
    name: 'a frame before the login is ignored',
    lines: [gt06('12', gps + cell, 2)],
    reports: [],
    reply: null,
    error: /login/,
  },
  {
    name: 'two logins on one connection: the newer one speaks',
    lines: [login, gt06('01', '0860000000000041', 2), gt06('12', gps + cell, 3)],
    reports: [{ deviceId: '860000000000041' }],
  },
  {
    name: 'an impossible date is answered, and the device was heard',
    lines: [login, gt06('12', `1a0d08091e05${gps.slice(12)}${cell}`, 2)],
    reports: [{ fixTime: null, alarms: [] }],
    reply: answer('12'),
    warning: /^impossible_time/,
  },
  {
    name: 'an impossible date does not swallow a cut strap',
    lines: [login, gt06('26', `000000000000${gps.slice(12)}09${cell}40 03 04 13 02`, 2)],
    reports: [{ fixTime: null, alarms: ['tamper'] }],
    reply: answer('26'),
    warning: /^impossible_time/,
  },
  {
    name: 'an impossible latitude is for admission to judge',
    lines: [login, gt06('12', `1a0108091e05c9 0fffffff 0b755980 24 110f${cell}`, 2)],
    reports: [{ fixTime: '2026-01-08T09:30:05.000Z' }],
    reply: answer('12'),
    warning: /^impossible_position/,
  },
  {
    name: 'an impossible latitude does not swallow an SOS',
    lines: [login, gt06('26', `1a0108091e05c9 0fffffff 0b755980 24 110f 09${cell}40 03 04 01 02`, 2)],
    reports: [{ fixTime: '2026-01-08T09:30:05.000Z', alarms: ['sos'] }],
    reply: answer('26'),
    warning: /^impossible_position/,
  },
  {
    name: 'a GPS week rollover stays what it says: the door refuses it as ancient',
    lines: [login, gt06('12', `060519091e05${gps.slice(12)}${cell}`, 2)],
    reports: [{ fixTime: '2006-05-25T09:30:05.000Z' }],
    reply: answer('12'),
  },
  {
    name: 'a type nobody knows is answered and kept',
    lines: [login, gt06('77', '00', 2)],
    reports: [{ fixTime: null, fixValid: false, alarms: [] }],
    reply: answer('77'),
    error: /type/,
  },
  {
    name: 'too short for its type',
    lines: [login, gt06('12', '1a01', 2)],
    reports: [{ fixTime: null, fixValid: false }],
    reply: answer('12'),
    error: /shorter/,
  },
  {
    name: 'a wrong CRC: nothing taken, no answer',
    lines: [login, gt06('12', gps + cell, 2).replace(/..0d0a$/, '000d0a')],
    reports: [],
    reply: null,
    error: /^checksum/,
  },
  {
    name: 'a wrong CRC where the device is known for it',
    lines: [login, gt06('12', gps + cell, 2).replace(/..0d0a$/, '000d0a')],
    reports: [place],
    reply: answer('12'),
    settings: { acceptBadChecksum: true },
  },
].map((golden) => ({ protocol: 'gt06', ...golden }))

// 6.2 S, 106.8 E, 23 m, 3.6 km/h, 271°, 2026-01-08 17:30:05 in GMT+8
const at808 = '005e9ac0 065da380 0017 0024 010f 260108173005'
const location = `00000000 00000006 ${at808}`
const place808 = { ...place, lat: -6.2, lon: 106.8, deviceId: '86000000033' }
const ok = (message: string, serial = 1, platform = 0, result = 0) =>
  jt808('8001', `${serial.toString(16).padStart(4, '0')}${message}0${result}`, { serial: platform })
const record = (body: string) => `${(body.replace(/\s+/g, '').length / 2).toString(16).padStart(4, '0')}${body}`
const is2019 = { id: '00000860000000000033', is2019: true }

const JT808: Golden[] = [
  {
    name: '0100 register',
    lines: [jt808('0100', '0001'.repeat(10))],
    reports: [],
    reply: jt808('8100', `000100${hexOfText('tok-33')}`, { serial: 0 }),
  },
  { name: '0102 authenticate', lines: [jt808('0102', hexOfText('tok-33'))], reports: [], reply: ok('0102') },
  {
    name: '0102 in 2019',
    lines: [jt808('0102', `06${hexOfText('tok-33')}`, is2019)],
    reports: [],
    reply: jt808('8001', '0001010200', { ...is2019, serial: 0 }),
  },
  { name: '0002 heartbeat', lines: [jt808('0002')], reports: [], reply: ok('0002') },
  { name: '0003 unregister', lines: [jt808('0003')], reports: [], reply: ok('0003') },
  { name: '0109 time', lines: [jt808('0109')], reports: [], reply: jt808('8109', '07ea01080a000000', { serial: 0 }) },
  {
    name: '0900 and others whose body nobody understands: kept and answered 3, never ok',
    lines: [jt808('0900', '0102')],
    reports: [],
    reply: ok('0900', 1, 0, 3),
    error: /0900/,
  },
  { name: 'an unknown message without a body', lines: [jt808('0f01')], reports: [], reply: ok('0f01') },
  { name: '0001 is an answer itself', lines: [jt808('0001', '0001810000')], reports: [], reply: null },
  {
    name: '0002 with a body',
    lines: [jt808('0002', '64')],
    reports: [{ attributes: { heartbeat: '64' } }],
    reply: ok('0002'),
  },
  {
    name: 'the platform counts its answers',
    lines: [jt808('0002'), jt808('0002', '', { serial: 2 })],
    reports: [],
    reply: ok('0002', 2, 1),
  },
  {
    name: '0200 location',
    lines: [jt808('0200', location)],
    reports: [{ ...place808, altitudeM: 23, speedMps: 1, courseDeg: 271, alarms: [] }],
    reply: ok('0200'),
  },
  {
    name: '0200 in 2019',
    lines: [jt808('0200', location, is2019)],
    reports: [{ ...place808, deviceId: '860000000000033' }],
    reply: jt808('8001', '0001020000', { ...is2019, serial: 0 }),
  },
  {
    name: '0200 not positioned: the place is the last known one',
    lines: [jt808('0200', `00000000 00000004 ${at808}`)],
    reports: [{ fixValid: false, lat: -6.2 }],
  },
  {
    name: '0200 with the bit of encrypted coordinates and plain ones',
    lines: [jt808('0200', `00000000 00000026 ${at808}`)],
    reports: [place808],
    reply: ok('0200'),
  },
  {
    name: '0200 with encrypted coordinates of a model that encrypts them is no evidence',
    lines: [jt808('0200', `00000000 00000026 ${at808}`)],
    reports: [{ fixValid: false, lat: undefined }],
    settings: { encryptedPlace: true },
  },
  {
    name: '0200 with encrypted coordinates that are none',
    lines: [jt808('0200', `00000000 00000026 f${at808.replace(/\s/g, '').slice(1)}`)],
    reports: [{ fixValid: false, lat: undefined }],
  },
  {
    name: '0201 answers a question',
    lines: [jt808('0201', `0009${location}`)],
    reports: [place808],
    reply: ok('0201'),
  },
  {
    name: '0210 batch of a vendor, one of them too short: the others are taken',
    lines: [jt808('0210', `1c${location}04 00000001 1c${location}`)],
    reports: [place808, { fixTime: null, alarms: ['sos'] }, place808],
    reply: ok('0210'),
    error: /shorter/,
  },
  {
    name: '0210 that ends early',
    lines: [jt808('0210', `1c${location}1c0000`)],
    reports: [place808, { fixTime: null }],
    reply: ok('0210'),
    error: /shorter|over the end/,
  },
  {
    name: '0200 item E1',
    lines: [jt808('0200', `${location} e101 21`)],
    reports: [{ batteryPercent: 33 }],
  },
  {
    name: '0200 item E3',
    lines: [jt808('0200', `${location} e304 00 21 0186`)],
    reports: [{ batteryPercent: 33, batteryVolts: 3.9 }],
  },
  {
    name: '0200 item F7',
    lines: [jt808('0200', `${location} f706 00000f3c 02 21`)],
    reports: [{ batteryPercent: 33, batteryVolts: 3.9, charging: true }],
  },
  {
    name: '0200 item E8 stays raw',
    lines: [jt808('0200', `${location} e803 010203`)],
    reports: [{ attributes: { status: 6, itemE8: '010203' } }],
  },
  {
    name: '0200 items in EB: 00E1 %, 00C6 a low battery',
    lines: [jt808('0200', `${location} eb0a 0003 00e1 33 0003 00c6 04`)],
    reports: [{ batteryPercent: 51, alarms: ['batteryLow'] }],
  },
  {
    name: 'alarm bits 16 and 17 of a cargo lock',
    lines: [jt808('0200', `00020000${location.slice(8)}`)],
    reports: [{ alarms: ['tamper'] }],
    settings: { alarmCodes: { 16: 'tamper', 17: 'tamper' } },
  },
  {
    name: 'a flag that was not escaped',
    lines: [jt808('0200', location.replace('005e9ac0', '007e9ac0')).replace(/7d02/g, '7e')],
    reports: [{ fixTime: place.fixTime, fixValid: true }],
    reply: ok('0200'),
  },
  {
    name: 'an escape sign that was not escaped',
    lines: [jt808('0200', location.replace('005e9ac0', '007d9ac0')).replace(/7d01/g, '7d')],
    reports: [{ fixTime: place.fixTime, fixValid: true }],
    reply: ok('0200'),
  },
  ...(
    [
      [0, 'sos'],
      [1, 'overspeed'],
      [2, 'other'],
      [4, 'gnssFault'],
      [5, 'gnssFault'],
      [6, 'gnssFault'],
      [7, 'batteryLow'],
      [8, 'powerCut'],
      [16, 'unknown'],
      [17, 'unknown'],
      [20, 'other'],
      [28, 'movement'],
      [29, 'vibration'],
      [30, 'fall'],
      [31, 'other'],
    ] as const
  ).map(([bit, word]) => ({
    name: `0200 alarm bit ${bit}: ${word}`,
    lines: [jt808('0200', `${((1 << bit) >>> 0).toString(16).padStart(8, '0')}${location.slice(8)}`)],
    reports: [{ ...place808, alarms: [word] }],
  })),
  {
    name: 'alarm bit 16 is tamper on some locks',
    lines: [jt808('0200', `00010000${location.slice(8)}`)],
    reports: [{ alarms: ['tamper'] }],
    settings: { alarmCodes: { 16: 'tamper' } },
  },
  {
    name: '0200 items',
    lines: [jt808('0200', `${location} 0104 000007d1 3001 18 3101 0c e402 0040 2504 00000001`)],
    reports: [
      {
        batteryPercent: 64,
        charging: true,
        satellites: 12,
        attributes: { status: 6, odometerM: 200100, rssi: 24, item25: '00000001' },
      },
    ],
  },
  { name: '0200 item 56', lines: [jt808('0200', `${location} 5602 0700`)], reports: [{ batteryPercent: 70 }] },
  { name: '0200 item D4', lines: [jt808('0200', `${location} d401 21`)], reports: [{ batteryPercent: 33 }] },
  {
    name: '0200 item D4 charging',
    lines: [jt808('0200', `${location} d401 ff`)],
    reports: [{ batteryPercent: undefined, charging: true }],
  },
  {
    name: '0200 items in EB: off its mount, percent, millivolts',
    lines: [jt808('0200', `${location} eb13 0006 0089 00000000 0003 00a8 31 0004 002d 0f3c`)],
    reports: [{ strap: 'open', alarms: ['strapOpen'], batteryPercent: 49, batteryVolts: 3.9 }],
  },
  {
    name: '0200 items in EB: on its mount',
    lines: [jt808('0200', `${location} eb08 0006 0089 00001000`)],
    reports: [{ strap: 'closed', alarms: [] }],
  },
  {
    name: '0200 Wi-Fi',
    lines: [jt808('0200', `${location} f40e aabbccddeeffc9 001122334455b9`)],
    reports: [{ attributes: { status: 6, wifi: 'aa-bb-cc-dd-ee-ff,-55|00-11-22-33-44-55,-71' } }],
  },
  {
    name: '0200 string in place',
    lines: [jt808('0200', `${location} da03 0002 01`)],
    reports: [{ strap: 'closed', alarms: [] }],
  },
  {
    name: '0200 string cut',
    lines: [jt808('0200', `${location} da03 0003 00`)],
    reports: [{ strap: 'open', alarms: ['strapOpen'] }],
  },
  {
    name: "the model's own strap bit",
    lines: [jt808('0200', `${location} f802 0008`)],
    reports: [{ strap: 'open', alarms: ['strapOpen'] }],
    settings: { strapCodes: { 'F8:1.3=1': 'open', 'F8:1.3=0': 'closed' } },
  },
  {
    name: '0200 whose items run over',
    lines: [jt808('0200', `${location} 3101 0c 30ff 18`)],
    reports: [{ ...place808, satellites: 12 }],
    reply: ok('0200'),
  },
  {
    name: 'the clock of the device in its own zone',
    lines: [jt808('0200', location)],
    reports: [{ fixTime: '2026-01-08T17:30:05.000Z' }],
    settings: { utcOffsetMinutes: 0 },
  },
  {
    name: '0704 supplement from a blind area',
    lines: [jt808('0704', `0002 01 ${record(location)}${record(`00000001${location.slice(8)}`)}`)],
    reports: [
      { ...place808, archived: true, alarms: [] },
      { archived: true, alarms: ['sos'] },
    ],
    reply: ok('0704'),
  },
  {
    name: '0704 with one impossible record: the others are taken, all are answered',
    lines: [
      jt808('0704', `0003 01 ${record(location)}${record(location.replace('260108', '261308'))}${record(location)}`),
    ],
    reports: [place808, { fixTime: null }, place808],
    reply: ok('0704'),
    warning: /^impossible_time/,
  },
  {
    name: '0704 that ends early',
    lines: [jt808('0704', `0003 01 ${record(location)}001c0000`)],
    reports: [place808],
    reply: ok('0704'),
    error: /^malformed/,
  },
  {
    name: 'a split message: the parts are answered when the whole is there',
    lines: [
      jt808('0704', `0002 01 ${record(location)}001c 0000`, { serial: 5, split: [2, 1] }),
      jt808('0704', location.replace(/\s+/g, '').slice(4), { serial: 6, split: [2, 2] }),
    ],
    reports: [place808, place808],
    reply: ok('0704', 5, 0) + ok('0704', 6, 1),
  },
  {
    name: 'a split message, newest part first and one part twice',
    lines: [
      jt808('0704', location.replace(/\s+/g, '').slice(4), { serial: 0, split: [2, 2] }),
      jt808('0704', location.replace(/\s+/g, '').slice(4), { serial: 0, split: [2, 2] }),
      jt808('0704', `0002 01 ${record(location)}001c 0000`, { serial: 0xffff, split: [2, 1] }),
    ],
    reports: [place808, place808],
    reply: ok('0704', 0xffff, 0) + ok('0704', 0, 1),
  },
  {
    name: 'half of a split message is nothing yet',
    lines: [jt808('0704', '000201', { serial: 5, split: [2, 1] })],
    reports: [],
    reply: null,
  },
  {
    name: 'a split message of too many parts',
    lines: [jt808('0704', '000201', { split: [5000, 1] })],
    reports: [],
    reply: ok('0704', 1, 0, 3),
    error: /parts/,
  },
  {
    name: 'an encrypted body',
    lines: [jt808('0200', location).replace('0200001c', '0200041c').replace(/..7e$/, '')].map((open) => {
      const bytes = Buffer.from(open.slice(2), 'hex')
      return `${open}${bytes
        .reduce((a, b) => a ^ b, 0)
        .toString(16)
        .padStart(2, '0')}7e`
    }),
    reports: [],
    reply: ok('0200', 1, 0, 3),
    error: /encrypted/,
  },
  {
    name: 'the first 14 digits of an IMEI as a number',
    lines: [jt808('0002', '', { id: '4e3a813e4fbd' }), jt808('0200', location, { id: '4e3a813e4fbd' })],
    reports: [{ deviceId: '860131834142053' }],
  },
  {
    name: 'too short: heard',
    lines: [jt808('0200', '00')],
    reports: [{ fixTime: null, alarms: [] }],
    reply: ok('0200'),
    error: /shorter/,
  },
  {
    name: 'cut behind its alarm bits: the SOS is taken',
    lines: [jt808('0200', '00000001 0000')],
    reports: [{ fixTime: null, alarms: ['sos'] }],
    reply: ok('0200'),
    error: /shorter/,
  },
  {
    name: 'a wrong xor',
    lines: [jt808('0200', location).replace(/..7e$/, '557e')],
    reports: [],
    reply: null,
    error: /^checksum/,
  },
  {
    name: 'a wrong xor where the device is known for it',
    lines: [jt808('0200', location).replace(/..7e$/, '557e')],
    reports: [place808],
    reply: ok('0200'),
    settings: { acceptBadChecksum: true },
  },
  {
    name: 'an impossible place',
    lines: [jt808('0200', `00000000 00000006 0fffffff ${at808.slice(9)}`)],
    reports: [{ fixTime: '2026-01-08T09:30:05.000Z' }],
    reply: ok('0200'),
    warning: /^impossible_position/,
  },
].map((golden) => ({ protocol: 'jt808', ...golden }))

const mgv = (alert: string, changes: Record<number, string> = {}, tail = '') => {
  const fields =
    `$MGV002,860000000000017,B-17,R,080126,093005,A,0612.00000,S,10648.00000,E,03,09,02,0.95,10.000,271.00,23.4,1.204,510,10,1234,ABCD,21,0000,0000,0,0,0,,,,01,064,${alert}${tail}`.split(
      ',',
    )
  for (const [index, text] of Object.entries(changes)) fields[Number(index)] = text
  return `${fields.join(',')};!`
}
const prefixed = (message: string) => `${String(message.length).padStart(4, '0')}${message}`
const placeMgv = { ...place, deviceId: '860000000000017', batteryPercent: 64 }

const MEGASTEK: Golden[] = [
  {
    name: 'with its length',
    lines: [prefixed(mgv('Timer'))],
    reports: [{ ...placeMgv, satellites: 14, courseDeg: 271, alarms: [], archived: false }],
    reply: null,
  },
  { name: 'without', lines: [mgv('Timer')], reports: [placeMgv] },
  { name: 'with a length too large', lines: [`0999${mgv('Timer')}`], reports: [placeMgv] },
  { name: 'with a length too small', lines: [`0009${mgv('Timer')}`], reports: [placeMgv] },
  { name: 'ended by the line alone', lines: [mgv('Timer').slice(0, -2)], reports: [placeMgv] },
  { name: 'cut: not taken', lines: [mgv('Timer').slice(0, -4)], reports: [], error: /cut/ },
  {
    name: 'cut against its length: not taken',
    lines: [prefixed(mgv('Timer')).slice(0, -2)],
    reports: [],
    error: /cut/,
  },
  { name: 'from memory', lines: [mgv('Timer', { 3: 'S' })], reports: [{ archived: true }] },
  { name: 'without a fix', lines: [mgv('Timer', { 6: 'V' })], reports: [{ fixValid: false, lat: -6.2 }] },
  {
    name: 'without a fix and a place',
    lines: [mgv('Timer', { 6: 'V', 7: '', 8: '', 9: '', 10: '' })],
    reports: [{ fixValid: false, lat: undefined }],
  },
  ...(
    [
      ['Timer', []],
      ['Dist', []],
      ['Restart', ['restart']],
      ['PW ON', ['restart']],
      ['PowerOn', ['restart']],
      ['PowerOff', ['powerOff']],
      ['SOS', ['sos']],
      ['Help', ['sos']],
      ['LowBattery', ['batteryLow']],
      ['Low Extern Voltage', ['batteryLow']],
      ['OverSpeed', ['overspeed']],
      ['LowSpeed', []],
      ['VIB', ['vibration']],
      ['Hit', ['vibration']],
      ['Geo2 in', ['zoneIn']],
      ['Geo2 out', ['zoneOut']],
      ['Move in', ['zoneIn']],
      ['Move out', ['zoneOut']],
      ['GPS cut', ['gnssFault']],
      ['PSD', ['powerCut']],
      ['PSR', []],
      ['Error', ['other']],
      ['Whatever', ['unknown']],
      ['Belt Up', ['unknown']],
      ['Tamper', ['tamper']],
      ['Case Open', ['caseOpen']],
      ['help me', ['sos']],
      ['SOS!', ['sos']],
    ] as const
  ).map(([alert, alarms]) => ({
    name: `alert ${alert}`,
    lines: [mgv(alert)],
    reports: [{ ...placeMgv, alarms: [...alarms] }],
  })),
  { name: 'alert Belt On', lines: [mgv('BELT ON')], reports: [{ strap: 'closed', alarms: [] }] },
  { name: 'alert Belt Off', lines: [mgv('belt off')], reports: [{ strap: 'open', alarms: ['strapOpen'] }] },
  {
    name: 'the belt digit says nothing by itself',
    lines: [mgv('Timer')],
    reports: [{ strap: undefined, charging: false }],
  },
  {
    name: "the belt digit by the device's table",
    lines: [mgv('Timer')],
    reports: [{ strap: 'closed' }],
    settings: { strapCodes: { 1: 'closed', 0: 'open' } },
  },
  {
    name: 'other accessories stay raw',
    lines: [mgv('Timer', { 32: '1-1' })],
    reports: [{ charging: undefined, batteryPercent: 64 }],
  },
  {
    name: 'a tail moved by one, with a blank temperature',
    lines: [mgv('Timer', { 24: '072,0000', 30: ' ' })],
    reports: [placeMgv],
  },
  {
    name: 'an RFID of hexadecimal letters is no alert',
    lines: [mgv('SOS', { 31: 'ABCDEF' })],
    reports: [{ ...placeMgv, alarms: ['sos'] }],
  },
  { name: 'Wi-Fi', lines: [mgv('Timer', {}, ',a0b1c2d3e4f5:55|0011223344aa:71,,0,')], reports: [placeMgv] },
  {
    name: 'minutes of 60 cost the place alone',
    lines: [mgv('Timer', { 7: '0660.00000' })],
    reports: [{ fixTime: place.fixTime, fixValid: false, lat: undefined, batteryPercent: 64 }],
    warning: /^impossible_position/,
  },
  {
    name: 'minutes of 60 do not swallow a cut belt',
    lines: [mgv('Belt Off', { 7: '0660.00000' })],
    reports: [{ strap: 'open', lat: undefined, fixValid: false }],
    warning: /^impossible_position/,
  },
  {
    name: 'a valid fix without a place',
    lines: [mgv('Timer', { 7: '', 8: '' })],
    reports: [{ fixValid: false, lat: undefined, batteryPercent: 64 }],
    warning: /^impossible_position/,
  },
  {
    name: '30 February',
    lines: [mgv('Timer', { 4: '300226' })],
    reports: [{ fixTime: null, batteryPercent: 64 }],
    warning: /^impossible_time/,
  },
  { name: 'no IMEI', lines: [mgv('Timer', { 1: '' })], reports: [], error: /IMEI/ },
  { name: 'a line that is something else', lines: ['HELLO', mgv('Timer')], reports: [placeMgv] },
  {
    name: 'the old variant',
    lines: [
      `STX,B-17,${nmea('GPRMC,093005.000,A,0612.00000,S,10648.00000,E,10.00,271.00,080126,,')},F,Help,imei:860000000000017,09/12,23.4,Battery=64%,0,0;5A`,
    ],
    reports: [{ ...placeMgv, satellites: 9, altitudeM: 23.4, alarms: ['sos'], archived: false }],
    reply: null,
  },
  {
    name: 'the old variant, logged, nothing to tell',
    lines: [
      `LOGSTX,B-17,${nmea('GPRMC,093005.000,V,0612.00000,S,10648.00000,E,0.00,0.00,080126,,')},L,Nil-Alarms,imei:860000000000017,00,23.4,Battery=64%;5A`,
    ],
    reports: [{ fixValid: false, archived: true, alarms: [] }],
  },
  {
    name: 'the old variant with a wrong checksum',
    lines: [
      'STX,B-17,$GPRMC,093005.000,A,0612.00000,S,10648.00000,E,10.00,271.00,080126,,*00,F,Help,imei:860000000000017,09,23.4,Battery=64%;5A',
    ],
    reports: [],
    error: /^checksum/,
  },
].map((golden) => ({ protocol: 'megastek', ...golden }))

const avrmc = (status: string, event: string, changes: Record<number, string> = {}, more = '') => {
  const fields =
    `AVRMC,86000041,093005,${status},0612.0000,S,10648.0000,E,10.00,271.00,080126,${event},3.912,12,1,0,0${more}`.split(
      ',',
    )
  for (const [index, text] of Object.entries(changes)) fields[Number(index)] = text
  return nmea(fields.join(','))
}
const ack = (received: string, event: string) => `${nmea(`EAVACK,${event},${received.slice(-2)}`)}\r\n`
const reset = (letter: string) => `${nmea(`AVCFG,00000000,${letter}`)}\r\n`
const place911 = { ...place, deviceId: '86000041', batteryVolts: 3.912 }

const LAIPAC: Golden[] = [
  {
    name: 'upper case wants no answer',
    lines: [avrmc('A', '0')],
    reports: [{ ...place911, courseDeg: 271, alarms: [] }],
    reply: null,
  },
  ...['a', 'r', 'p'].map((status) => ({
    name: `lower case ${status} wants one`,
    lines: [avrmc(status, '0')],
    reports: [{ ...place911, fixValid: status === 'a' }],
    reply: hexOfText(ack(avrmc(status, '0'), '0')),
  })),
  ...(
    [
      ['3', 'sos', 'd'],
      ['S', 'tamper', 't'],
      ['T', 'tamper', 't'],
      ['X', 'zoneIn', 'x'],
      ['4', 'zoneOut', 'x'],
      ['Y', 'movement', 'y'],
      ['Z', 'batteryLow', 'z'],
      ['M', 'other', 'm'],
    ] as const
  ).flatMap(([event, word, letter]) => [
    {
      name: `event ${event}: answered, then reset`,
      lines: [avrmc('a', event)],
      reports: [{ ...place911, alarms: [word] }],
      reply: hexOfText(ack(avrmc('a', event), event) + reset(letter)),
    },
    {
      name: `event ${event} in upper case: reset alone`,
      lines: [avrmc('A', event)],
      reports: [{ alarms: [word] }],
      reply: hexOfText(reset(letter)),
    },
  ]),
  ...(
    [
      ['5', ['powerCut']],
      ['6', ['overspeed']],
      ['7', ['zoneOut']],
      ['8', ['vibration']],
      ['H', ['powerOff']],
      ['A', []],
      ['R', []],
      ['9', ['unknown']],
    ] as const
  ).map(([event, alarms]) => ({
    name: `event ${event}`,
    lines: [avrmc('A', event)],
    reports: [{ ...place911, alarms: [...alarms] }],
    reply: null,
  })),
  {
    name: 'no place',
    lines: [avrmc('v', '0', { 4: '0000.0000', 6: '00000.0000' })],
    reports: [{ fixValid: false, lat: 0 }],
    reply: hexOfText(ack(avrmc('v', '0', { 4: '0000.0000', 6: '00000.0000' }), '0')),
  },
  { name: 'a cell', lines: [avrmc('A', '0', {}, ',2F1A01C3,510010')], reports: [{ ...place911 }] },
  { name: 'a cell of zero', lines: [avrmc('A', '0', {}, ',0,0')], reports: [place911] },
  { name: 'battery without a point', lines: [avrmc('A', '0', { 12: '4076' })], reports: [{ batteryVolts: 4.076 }] },
  {
    name: 'ECHK is echoed',
    lines: [nmea('ECHK,86000041,0')],
    reports: [],
    reply: hexOfText(`${nmea('ECHK,86000041,0')}\r\n`),
  },
  { name: 'AVSYS', lines: [nmea('AVSYS,86000041,V1.50,SN0000103,32768')], reports: [], reply: null },
  { name: 'EAVSYS', lines: [nmea('EAVSYS,86000041,8931086013104404999,,Owner,0x52014406')], reports: [], reply: null },
  {
    name: 'an impossible time is answered',
    lines: [avrmc('a', '0', { 2: '253005' })],
    reports: [{ fixTime: null, batteryVolts: 3.912 }],
    reply: hexOfText(ack(avrmc('a', '0', { 2: '253005' }), '0')),
    warning: /^impossible_time/,
  },
  {
    name: 'minutes of 60 do not swallow a tamper',
    lines: [avrmc('a', 'T', { 4: '0660.0000' })],
    reports: [{ fixValid: false, lat: undefined, alarms: ['tamper'] }],
    warning: /^impossible_position/,
  },
  {
    name: 'too few fields: heard',
    lines: [nmea('AVRMC,86000041,093005,a')],
    reports: [{ fixTime: null, fixValid: false, alarms: [] }],
    warning: /fields/,
  },
  {
    name: 'one field less in front of the date: the tamper is read, the place is not',
    lines: [nmea(`AVRMC,86000041,093005,a,0612.0000,S,10648.0000,E,10.00,080126,T,3.912`)],
    reports: [{ fixTime: place.fixTime, fixValid: false, alarms: ['tamper'], batteryVolts: 3.912 }],
    warning: /fields/,
  },
  {
    name: 'one field more in front of the date',
    lines: [nmea(`AVRMC,86000041,093005,a,0612.0000,S,10648.0000,E,10.00,271.00,9,080126,3,3.912`)],
    reports: [{ fixTime: place.fixTime, fixValid: false, alarms: ['sos'], batteryVolts: 3.912 }],
    warning: /fields/,
  },
  {
    name: 'AVRSP: heard',
    lines: [nmea('AVRSP,86000041,01')],
    reports: [{ fixTime: null, fixValid: false }],
    reply: null,
  },
  {
    name: 'a status nobody knows: heard, no evidence',
    lines: [avrmc('Q', 'T')],
    reports: [{ fixValid: false, alarms: ['tamper'] }],
    warning: /status/,
  },
  {
    name: 'a wrong checksum',
    lines: [`${avrmc('a', 'T').slice(0, -2)}00`],
    reports: [],
    reply: null,
    error: /^checksum/,
  },
  {
    name: 'a wrong checksum where the device is known for it: the one received is named',
    lines: [`${avrmc('a', '0').slice(0, -2)}00`],
    reports: [place911],
    reply: hexOfText(`${nmea('EAVACK,0,00')}\r\n`),
    settings: { acceptBadChecksum: true },
  },
  { name: 'cut', lines: [avrmc('a', '0').slice(0, -3)], reports: [], error: /cut/ },
].map((golden) => ({ protocol: 'laipac', ...golden }))

const r16h = (tail: string) => `@GPSD,860000000000058,R,20260108,093005,6.2,S,106.8,E,36,271,23,64,${tail}$`
const R16H: Golden[] = [
  { name: 'LINK', lines: ['@LINK,860000000000058$'], reports: [], reply: null },
  {
    name: 'GPSD',
    lines: [r16h('L,')],
    reports: [{ ...place, speedMps: 10, strap: 'closed', alarms: [] }],
    reply: null,
  },
  { name: 'SOS', lines: [r16h('L,SOS')], reports: [{ strap: 'closed', alarms: ['sos'] }] },
  { name: 'low battery', lines: [r16h('L,LBT')], reports: [{ alarms: ['batteryLow'] }] },
  { name: 'unlocked', lines: [r16h('R,ULK')], reports: [{ strap: 'open', alarms: ['strapOpen'] }] },
  {
    name: 'an impossible place does not swallow it',
    lines: [r16h('R,ULK').replace('6.2,S', '96.2,S')],
    reports: [{ strap: 'open', alarms: ['strapOpen'] }],
    warning: /^impossible_position/,
  },
  {
    name: 'its own zone',
    lines: [r16h('L,')],
    reports: [{ fixTime: '2026-01-08T02:30:05.000Z' }],
    settings: { utcOffsetMinutes: 420 },
  },
].map((golden) => ({ protocol: 'r16h', ...golden }))

const f64 = (value: number) => {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return bytes.toString('hex')
}
const item64 = (seconds: string, lat: number) => `6421${seconds}${f64(lat)}${f64(106.8)}41bc0000010b00000000000000`
const ackXexun = (type = '20') => xexun3(type, '00')
const XEXUN3: Golden[] = [
  { name: '01 login', lines: [xexun3('01', '')], reports: [], reply: ackXexun('01') },
  { name: '21 is not answered', lines: [xexun3('21', '0102')], reports: [], reply: null },
  {
    name: '64 and 6A',
    lines: [xexun3('20', `${item64('695f791d', -6.2)}6a10 2e 001e 18 01 00 01 ffffffffffffffffff`)],
    reports: [{ ...place, altitudeM: 23.5, satellites: 11, batteryPercent: 46, charging: true }],
    reply: ackXexun(),
  },
  {
    name: '6A alone',
    lines: [xexun3('20', '6a10 2e ffff ff ff ff ff ffffffffffffffffff')],
    reports: [{ fixTime: null, batteryPercent: 46, charging: undefined }],
    reply: ackXexun(),
  },
  {
    name: '64 and 69 of the same second are one report, others are apart',
    lines: [xexun3('20', `${item64('695f791d', -6.2)}6906695f791d0400 6906695f79600100`)],
    reports: [
      { ...place, alarms: ['strapOpen'] },
      { fixTime: '2026-01-08T09:31:12.000Z', lat: undefined, alarms: ['sos'] },
    ],
  },
  ...(
    [
      ['01', ['sos']],
      ['02', ['batteryLow']],
      ['04', ['strapOpen']],
      ['05', ['movement']],
      ['07', ['fall']],
      ['0d', ['restart']],
      ['0e', ['powerOff']],
      ['63', ['unknown']],
    ] as const
  ).map(([id, alarms]) => ({
    name: `69 alarm ${id}`,
    lines: [xexun3('20', `6906695f7960${id}00`)],
    reports: [{ fixTime: '2026-01-08T09:31:12.000Z', fixValid: false, alarms: [...alarms] }],
    reply: ackXexun(),
  })),
  { name: '69 charger on', lines: [xexun3('20', '6906695f79600b00')], reports: [{ charging: true, alarms: [] }] },
  { name: '69 charger off', lines: [xexun3('20', '6906695f79600c00')], reports: [{ charging: false, alarms: [] }] },
  {
    name: '65 Wi-Fi',
    lines: [xexun3('20', '650c 695f791d 01 aabbccddeeff c9')],
    reports: [{ source: 'wifi', fixValid: false, attributes: { wifi: 'aa-bb-cc-dd-ee-ff,-55' } }],
  },
  {
    name: 'an impossible latitude is answered',
    lines: [xexun3('20', item64('695f791d', 96.2))],
    reports: [{ fixTime: place.fixTime }],
    reply: ackXexun(),
    warning: /^impossible_position/,
  },
  {
    name: 'an item that runs over the end',
    lines: [xexun3('20', `${item64('695f791d', -6.2)}69ff00`)],
    reports: [place],
    reply: ackXexun(),
    error: /over the end/,
  },
  {
    name: 'a wrong CRC',
    lines: [xexun3('20', item64('695f791d', -6.2)).replace(/..cf$/, '00cf')],
    reports: [],
    reply: null,
    error: /^checksum/,
  },
  {
    name: 'a wrong CRC where the device is known for it',
    lines: [xexun3('20', item64('695f791d', -6.2)).replace(/..cf$/, '00cf')],
    reports: [place],
    reply: ackXexun(),
    settings: { acceptBadChecksum: true },
  },
].map((golden) => ({ protocol: 'xexun3', ...golden }))

const post = (body: object | string, more: object = {}) =>
  JSON.stringify({
    method: 'POST',
    url: '/pub?u=b17&d=phone',
    contentType: 'application/json',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...more,
  })
const own = { _type: 'location', topic: 'owntracks/b17/phone', lat: -6.2, lon: 106.8, tst: 1767864605 }
const placeOwn = { ...place, deviceId: 'owntracks/b17/phone' }
const OWNTRACKS: Golden[] = [
  {
    name: 'location',
    lines: [post({ ...own, acc: 14, vel: 36, cog: 271, batt: 64, bs: 1 })],
    reports: [{ ...placeOwn, accuracyM: 14, speedMps: 10, batteryPercent: 64, charging: false }],
    reply: '5b5d',
  },
  {
    name: 'numbers as text',
    lines: [post({ ...own, lat: '-6.2', lon: '106.8', tst: '1767864605', batt: '64' })],
    reports: [{ ...placeOwn, batteryPercent: 64 }],
  },
  { name: 'a ping is no fresh fix', lines: [post({ ...own, t: 'p' })], reports: [{ fixValid: false, lat: -6.2 }] },
  { name: 'battery unknown', lines: [post({ ...own, bs: 0 })], reports: [{ charging: undefined }] },
  { name: 'battery full', lines: [post({ ...own, bs: 3 })], reports: [{ charging: true }] },
  {
    name: 'transition',
    lines: [post({ ...own, _type: 'transition', event: 'leave', desc: 'Rumah', wtst: 1 })],
    reports: [{ fixValid: false, lat: -6.2, alarms: ['zoneOut'] }],
    reply: '5b5d',
  },
  ...['lwt', 'status', 'steps', 'card', 'cmd', 'waypoint', 'waypoints', 'configuration', 'beacon', 'request'].map(
    (kind) => ({ name: kind, lines: [post({ _type: kind, tst: 1767864605 })], reports: [], reply: '5b5d' }),
  ),
  {
    name: 'encrypted',
    lines: [post({ _type: 'encrypted', data: 'AAAA' })],
    reports: [],
    reply: '5b5d',
    error: /encrypted/,
  },
  { name: 'empty', lines: [post('')], reports: [], reply: '5b5d', heard: false },
  { name: 'no JSON', lines: [post('{"_type"')], reports: [], reply: '5b5d', error: /JSON/ },
  {
    name: 'who: the headers',
    lines: [post({ ...own, topic: undefined }, { url: '/pub', headers: { 'X-Limit-U': 'b17', 'X-Limit-D': 'phone' } })],
    reports: [placeOwn],
  },
  { name: 'who: the topic alone', lines: [post(own, { url: '/pub' })], reports: [placeOwn] },
  {
    name: 'who: tid alone',
    lines: [post({ ...own, topic: undefined, tid: '17' }, { url: '/' })],
    reports: [{ deviceId: '17' }],
  },
  {
    name: 'who: the payload does not override the user',
    lines: [post({ ...own, topic: 'owntracks/other/phone' })],
    reports: [placeOwn],
  },
  {
    name: 'who: Basic authentication',
    lines: [
      post(
        { ...own, topic: 'owntracks/other/x' },
        {
          url: '/pub',
          headers: { authorization: `Basic ${Buffer.from('b17:secret').toString('base64')}`, 'x-limit-d': 'phone' },
        },
      ),
    ],
    reports: [placeOwn],
  },
  {
    name: 'nobody',
    lines: [post({ ...own, topic: undefined }, { url: '/' })],
    reports: [],
    reply: null,
    error: /nobody/,
  },
  {
    name: 'an impossible place',
    lines: [post({ ...own, lat: 91 })],
    reports: [{ fixTime: place.fixTime }],
    reply: '5b5d',
    warning: /^impossible_position/,
  },
  {
    name: 'an impossible time',
    lines: [post({ ...own, tst: 'soon' })],
    reports: [{ fixTime: null }],
    reply: '5b5d',
    warning: /^impossible_time/,
  },
].map((golden) => ({ protocol: 'owntracks', ...golden }))

export const GOLDEN: Golden[] = [...GT06, ...JT808, ...MEGASTEK, ...LAIPAC, ...R16H, ...XEXUN3, ...OWNTRACKS]
