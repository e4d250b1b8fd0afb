// Worked GT06 frames of our own for the types that few models send, and for the form without serial and CRC (Topin).
import type { Golden } from './golden-frames.ts'
import { gt06 } from './wire-envelopes.ts'

type Worked = Omit<Golden, 'protocol'>

const LOGIN = gt06('01', '0860000000000027')
// 2026-01-08 09:30:05, 9 satellites, 6.2 S 106.8 E, 36 km/h, positioned, course 271
const GPS = '1a0108091e05 c9 00aa49c0 0b755980 24 110f'
const CELL = '01fe 0a 1234 00abcd'
const CELL_4G = '01fe 0a 00001234 0000000000abcdef'
const PLACE = { fixTime: '2026-01-08T09:30:05.000Z', fixValid: true, lat: -6.2, lon: 106.8 }
const answer = (type: string) => gt06(type, '', 2)

const RARE: Worked[] = [
  // Without its language, the length byte of the cells counting itself, not counting itself, or missing.
  ...['09', '08', ''].map((length) => ({
    name: `26 a byte short behind its alarm, cells' length ${length || 'missing'}: the SOS is taken, and nothing else`,
    lines: [LOGIN, gt06('26', `${GPS} ${length} 01fe 0a 1234 000004 40 04 04 01`, 2)],
    reports: [{ ...PLACE, alarms: ['sos'] }],
    reply: answer('26'),
  })),
  ...['1a', '1e', '2a', '38', '61'].map((type) => ({
    name: `${type}: a place and a cell`,
    lines: [LOGIN, gt06(type, GPS + CELL, 2)],
    reports: [{ ...PLACE, attributes: { cell: '510,10,4660,43981' } }],
    reply: answer(type),
  })),
  {
    name: '61 without a place: heard, and kept',
    lines: [LOGIN, gt06('61', '0102030405', 2)],
    reports: [{ fixTime: null, fixValid: false }],
    reply: answer('61'),
    error: /malformed/,
  },
  {
    name: '31: a place, its cell of 64 bits, ACC, reason, from memory',
    lines: [LOGIN, gt06('31', `${GPS} 01fe 000a 1234 0000000000abcdef 01 05 01 0000`, 2)],
    reports: [{ ...PLACE, archived: true }],
    reply: answer('31'),
  },
  {
    name: '34 of an X1: data and alarm bits in front of the place',
    lines: [LOGIN, gt06('34', `00000002 ${GPS} 00`, 2)],
    reports: [{ ...PLACE, attributes: { dataAndAlarm: '00000002', more: '00' } }],
    reply: answer('34'),
  },
  {
    name: '34: cells and no place',
    lines: [LOGIN, gt06('34', '1a0108091e05 01fe 000a 1234 0000abcd 3c', 2)],
    reports: [{ fixTime: '2026-01-08T09:30:05.000Z', fixValid: false, source: 'cell', lat: undefined }],
    reply: answer('34'),
  },
  {
    name: '36 heartbeat: removed, and what follows is kept',
    lines: [LOGIN, gt06('36', '38 50 03 00 02 0102', 2)],
    reports: [{ fixTime: null, batteryPercent: 80, alarms: ['strapOpen'] }],
    reply: answer('36'),
  },
  {
    name: '11: cells and no place',
    lines: [LOGIN, gt06('11', '1a0108091e05 01fe 000a 1234 0000abcd', 2)],
    reports: [{ fixTime: '2026-01-08T09:30:05.000Z', fixValid: false, source: 'cell' }],
    reply: answer('11'),
  },
  {
    name: '17 with a place instead of Wi-Fi',
    lines: [LOGIN, gt06('17', GPS + CELL, 2)],
    reports: [PLACE],
    reply: answer('17'),
  },
  {
    name: '24 with a place, ACC, the supply and the battery',
    lines: [LOGIN, gt06('24', `${GPS}${CELL} 01 04d2 0186`, 2)],
    reports: [
      { ...PLACE, batteryVolts: 3.9, attributes: { cell: '510,10,4660,43981', acc: true, externalVolts: 12.34 } },
    ],
    reply: answer('24'),
  },
  {
    name: 'a2 with a place, and SOS behind the supply',
    lines: [LOGIN, gt06('a2', `${GPS}${CELL_4G} 01 40 04d2 50 04 01 02`, 2)],
    reports: [{ ...PLACE, batteryPercent: 80, alarms: ['sos'] }],
    reply: answer('a2'),
  },
  {
    name: 'a2 with a place, and a terminal that was taken off',
    lines: [LOGIN, gt06('a2', `${GPS}${CELL_4G} 01 78 04d2 50 04 00 02`, 2)],
    reports: [{ ...PLACE, alarms: ['strapOpen'] }],
  },
  {
    name: 'an unknown type with a place in it',
    lines: [LOGIN, gt06('6f', `${GPS}00`, 2)],
    reports: [PLACE],
    reply: answer('6f'),
    error: /not known/,
  },
]

/** A frame without serial and CRC. The length counts type and content, or it is what the type says. */
const plain = (type: string, content = '', length = content.replaceAll(' ', '').length / 2 + 1) =>
  `7878${length.toString(16).padStart(2, '0')}${type}${content}0d0a`.replaceAll(' ', '')
const PLAIN_LOGIN = plain('01', '0860000000000028 08', 13)
const TIME = '1a0108091e05'
const BCD_TIME = '260108093005'
const WIFI = 'a0b1c2d3e4f5 43 001122334455 50'
const CELLS = '01 01fe 0a 1234 abcd 3c'

const PLAIN: Worked[] = [
  { name: 'login', lines: [PLAIN_LOGIN], reports: [], reply: plain('01') },
  {
    name: '08 sign of life',
    lines: [PLAIN_LOGIN, plain('08')],
    reports: [{ deviceId: '860000000000028', fixTime: null, alarms: [] }],
    reply: null,
  },
  {
    name: '30 wants the time',
    lines: [PLAIN_LOGIN, plain('30')],
    reports: [],
    reply: plain('30', '07ea 01 08 0a 00 00', 7),
  },
  {
    name: '13 battery, version, zone, interval',
    lines: [PLAIN_LOGIN, plain('13', '53 12 07 0a 64')],
    reports: [{ fixTime: null, batteryPercent: 83 }],
    reply: plain('13', '53 12 07 0a 64'),
  },
  {
    name: '10 place',
    lines: [PLAIN_LOGIN, plain('10', GPS)],
    reports: [{ ...PLACE, archived: true, alarms: [] }],
    reply: plain('10', TIME, 19),
  },
  {
    name: '11 place from memory',
    lines: [PLAIN_LOGIN, plain('11', GPS)],
    reports: [{ ...PLACE, archived: true }],
    reply: plain('11', TIME, 19),
  },
  {
    name: '10 with altitude and a low battery',
    lines: [PLAIN_LOGIN, plain('10', `${GPS} 000c 10`)],
    reports: [{ ...PLACE, altitudeM: 12, alarms: ['batteryLow'] }],
  },
  {
    name: '10 with an unknown alarm bit',
    lines: [PLAIN_LOGIN, plain('10', `${GPS} 000c 40`)],
    reports: [{ alarms: ['unknown'], unknownAlarm: 'alarm bit 6' }],
  },
  {
    name: '10 with an alarm bit of the model',
    lines: [PLAIN_LOGIN, plain('10', `${GPS} 000c 40`)],
    reports: [{ strap: 'open', alarms: ['strapOpen'] }],
    settings: { alarmCodes: { 'bit:6': 'strap=open' } },
  },
  {
    name: '10 without a fix: the last known place',
    lines: [PLAIN_LOGIN, plain('10', GPS.replace('110f', '010f'))],
    reports: [{ fixValid: false, lat: -6.2 }],
  },
  {
    name: '10 cut short: heard',
    lines: [PLAIN_LOGIN, plain('10', '1a0108091e05 c9 00aa')],
    reports: [{ fixTime: null, fixValid: false }],
    error: /shorter/,
  },
  {
    name: '69 Wi-Fi and a cell',
    lines: [PLAIN_LOGIN, plain('69', `${BCD_TIME} ${WIFI} ${CELLS}`, 2)],
    reports: [
      {
        fixTime: '2026-01-08T09:30:05.000Z',
        fixValid: false,
        source: 'wifi',
        attributes: { wifi: 'a0-b1-c2-d3-e4-f5,-67|00-11-22-33-44-55,-80', cells: '0101fe0a1234abcd3c' },
      },
    ],
    reply: plain('69', BCD_TIME, 0),
  },
  {
    name: '69 with a low battery behind the cells',
    lines: [PLAIN_LOGIN, plain('69', `${BCD_TIME} ${WIFI} ${CELLS} 10`, 2)],
    reports: [{ source: 'wifi', alarms: ['batteryLow'] }],
    reply: plain('69', BCD_TIME, 0),
  },
  {
    name: '17 from memory',
    lines: [PLAIN_LOGIN, plain('17', `${BCD_TIME} ${WIFI} ${CELLS}`, 2)],
    reports: [{ archived: true, source: 'wifi' }],
    reply: plain('17', BCD_TIME, 0),
  },
  {
    name: '18 without a point',
    lines: [PLAIN_LOGIN, plain('18', `${BCD_TIME} ${CELLS}`, 0)],
    reports: [{ source: 'cell', attributes: { cells: '0101fe0a1234abcd3c' } }],
    reply: plain('18', BCD_TIME, 0),
  },
  {
    name: '1a of a device without CRC is Wi-Fi',
    lines: [PLAIN_LOGIN, plain('1a', `${BCD_TIME} ${WIFI} ${CELLS}`, 2)],
    reports: [{ source: 'wifi', fixValid: false }],
    reply: plain('1a', BCD_TIME, 0),
  },
  {
    name: '69 of a device with local time',
    lines: [PLAIN_LOGIN, plain('69', `${BCD_TIME} ${WIFI} ${CELLS}`, 2)],
    reports: [{ fixTime: '2026-01-08T02:30:05.000Z' }],
    settings: { utcOffsetMinutes: 420 },
  },
  {
    name: '99 SOS',
    lines: [PLAIN_LOGIN, plain('99')],
    reports: [{ fixTime: null, fixValid: false, alarms: ['sos'] }],
    reply: null,
  },
  {
    name: '99 SOS with a byte',
    lines: [PLAIN_LOGIN, plain('99', '01')],
    reports: [{ alarms: ['sos'], attributes: { more: '01' } }],
  },
  { name: '94 vibration', lines: [PLAIN_LOGIN, plain('94', '01')], reports: [{ alarms: ['vibration'] }] },
  ...['80', '81', '57', '14'].map((type) => ({
    name: `${type}: heard`,
    lines: [PLAIN_LOGIN, plain(type, '01')],
    reports: [{ fixTime: null, alarms: [], attributes: { more: '01' } }],
    reply: null,
  })),
  {
    name: '92 is unknown: heard, and kept',
    lines: [PLAIN_LOGIN, plain('92', '01')],
    reports: [{ fixTime: null, alarms: [] }],
    reply: null,
    error: /not known/,
  },
  {
    name: '92 that the model knows',
    lines: [PLAIN_LOGIN, plain('92', '01')],
    reports: [{ strap: 'open', alarms: ['strapOpen'] }],
    settings: { alarmCodes: { 'type:92': 'strap=open' } },
  },
  { name: 'a frame before the login', lines: [plain('99')], reports: [], error: /malformed/ },
]

export const GT06_GOLDEN: Golden[] = [
  ...RARE.map((golden) => ({ protocol: 'gt06', ...golden })),
  ...PLAIN.map((golden) => ({ protocol: 'gt06', ...golden, name: `without CRC: ${golden.name}` })),
]
