// Worked frames of our own for IW, Watch, Teltonika and H02. `expect` as in golden-frames.ts.
import type { Golden } from './golden-frames.ts'
import { hexOfText, teltonika, teltonikaDatagram, watch } from './wire-envelopes.ts'

const near = { fixTime: '2026-01-08T09:30:05.000Z', fixValid: true, lat: -6.2, lon: 106.8 }
const unknown = (text: string) => ({ alarms: ['unknown'], unknownAlarm: text })

const IW_LOGIN = 'IWAP00860000000000502#'
const IW_BLOCK = '260108A0612.0000S10648.0000E036.0093005271.0006000908300102'
const iwAlarm = (code: string) => `IWAP10${IW_BLOCK},510,10,4660,43981,${code},en,00,#`

const IW: Omit<Golden, 'protocol'>[] = [
  {
    name: 'the login says UTC, and the zone of the device',
    lines: [IW_LOGIN],
    reports: [],
    reply: hexOfText('IWBP00,20260108100000,0#'),
  },
  {
    name: 'a device in WIB gets that zone, and its time is read in it',
    lines: [IW_LOGIN, `IWAP01${IW_BLOCK},510,10,4660,43981,#`],
    reports: [{ ...near, fixTime: '2026-01-08T02:30:05.000Z' }],
    settings: { utcOffsetMinutes: 420 },
  },
  {
    name: '01 place, battery and cell',
    lines: [IW_LOGIN, `IWAP01${IW_BLOCK},510,10,4660,43981,#`],
    reports: [
      {
        ...near,
        speedMps: 10,
        courseDeg: 271,
        satellites: 9,
        batteryPercent: 83,
        attributes: { gsm: 60, cell: '510,10,4660,43981' },
      },
    ],
    reply: hexOfText('IWBP01#'),
  },
  {
    name: '01 of newer firmware: course of three digits, status in hex',
    lines: [IW_LOGIN, 'IWAP01260108A0612.0000S10648.0000E036.00930052713C095301,510,01,3A2B,1C4D,#'],
    reports: [
      { ...near, courseDeg: 271, satellites: 9, batteryPercent: 83, attributes: { gsm: 60, cell: '510,1,14891,7245' } },
    ],
  },
  {
    name: '01 with the day first',
    lines: [IW_LOGIN, `IWAP01080126${IW_BLOCK.slice(6)},510,10,4660,43981,#`],
    reports: [near],
    settings: { dateOrder: 'dmy' },
  },
  {
    name: 'commas behind the types of login and alarm',
    lines: ['IWAP00,860000000000502#', iwAlarm('01').replace('IWAP10', 'IWAP10,')],
    reports: [{ ...near, alarms: ['sos'] }],
    reply: hexOfText('IWBP10#'),
  },
  {
    name: '01 without a fix: the last place is no evidence',
    lines: [IW_LOGIN, `IWAP01${IW_BLOCK.replace('A', 'V')},510,10,4660,43981,#`],
    reports: [{ fixValid: false, lat: -6.2 }],
  },
  {
    name: '01 without a field, with one more, damaged: heard',
    lines: [IW_LOGIN, `IWAP01${IW_BLOCK.replace('S', '?')},510#`],
    reports: [{ fixTime: null, fixValid: false, lat: undefined }],
    warning: /place cannot be read/,
    reply: hexOfText('IWBP01#'),
  },
  {
    name: '01 on no date',
    lines: [IW_LOGIN, `IWAP01260230${IW_BLOCK.slice(6)},510,10,4660,43981,#`],
    reports: [{ fixTime: null, fixValid: false }],
    warning: /impossible_time/,
  },
  {
    name: '01 with 60 minutes of an angle',
    lines: [IW_LOGIN, `IWAP01${IW_BLOCK.replace('0612', '0660')},510,10,4660,43981,#`],
    reports: [{ fixValid: false, lat: undefined }],
    warning: /impossible_position/,
  },
  ...(
    [
      ['01', 'sos'],
      ['02', 'batteryLow'],
      ['03', 'strapOpen'],
      ['05', 'tamper'],
      ['06', 'fall'],
      ['08', 'other'],
      ['19', 'powerOff'],
      ['20', 'zoneOut'],
      ['21', 'zoneIn'],
    ] as const
  ).map(([code, word]) => ({
    name: `10 alarm ${code}: ${word}`,
    lines: [IW_LOGIN, iwAlarm(code)],
    reports: [{ ...near, alarms: [word] }],
    reply: hexOfText('IWBP10#'),
  })),
  { name: '10 with an unknown alarm', lines: [IW_LOGIN, iwAlarm('77')], reports: [unknown('alarm 77')] },
  {
    name: '10 with an alarm that the model knows',
    lines: [IW_LOGIN, iwAlarm('05')],
    reports: [{ alarms: ['fall'] }],
    settings: { alarmCodes: { '05': 'fall' } },
  },
  {
    name: '10 without its cell: the alarm is in front of the language',
    lines: [IW_LOGIN, `IWAP10${IW_BLOCK},510,10,4660,01,zh-cn,00,#`],
    reports: [{ ...near, alarms: ['sos'] }],
  },
  {
    name: '10 with a field more',
    lines: [IW_LOGIN, `IWAP10${IW_BLOCK},510,10,4660,43981,7,03,en,00,#`],
    reports: [{ alarms: ['strapOpen'], strap: 'open' }],
  },
  {
    name: '10 whose place is damaged: the alarm is raised',
    lines: [IW_LOGIN, 'IWAP10260108A06x2.0000S10648.0000E,510,10,4660,43981,01,en,00,#'],
    reports: [{ fixTime: null, fixValid: false, alarms: ['sos'] }],
    warning: /place cannot be read/,
  },
  {
    name: '10 cut before its alarm: somebody looks',
    lines: [IW_LOGIN, `IWAP10${IW_BLOCK},510#`],
    reports: [unknown('alarm')],
  },
  {
    name: '02 cells and Wi-Fi: no place',
    lines: [IW_LOGIN, 'IWAP02,en,0,1,510,10,1,4660|43981|13,1,rumah|A0-B1-C2-D3-E4-F5|67#'],
    reports: [{ fixTime: null, fixValid: false, source: 'wifi', attributes: { wifi: 'a0-b1-c2-d3-e4-f5,-67' } }],
    reply: hexOfText('IWBP02#'),
  },
  {
    name: '03 heartbeat with the battery',
    lines: [IW_LOGIN, 'IWAP03,06000908000102,5555,30#'],
    reports: [{ batteryPercent: 80, alarms: [] }],
    reply: hexOfText('IWBP03#'),
  },
  {
    name: '03 in hex',
    lines: [IW_LOGIN, 'IWAP03,1F0A640001,12345,0#'],
    reports: [{ batteryPercent: 100, satellites: 10 }],
  },
  ...['IWAPHT,72,118,76#', 'IWAPHP,72,118,76,98,90,36.5,,,,,,,#', 'IWAP49,72#'].map((line) => ({
    name: `${line.slice(4, 6)} health: heard, its values are not stored`,
    lines: [IW_LOGIN, line],
    reports: [{ fixTime: null, fixValid: false, alarms: [], attributes: undefined }],
    reply: hexOfText(`IWBP${line.slice(4, 6)}#`),
  })),
  {
    name: 'JK health names its kind in the answer',
    lines: [IW_LOGIN, 'IWAPJK,20260108093005,2,72#'],
    reports: [{ alarms: [] }],
    reply: hexOfText('IWBPJK,2#'),
  },
  {
    name: '50 temperature and battery',
    lines: [IW_LOGIN, 'IWAP50,36.5,77#'],
    reports: [{ batteryPercent: 77 }],
    reply: hexOfText('IWBP50#'),
  },
  {
    name: 'WR worn, before any login',
    lines: ['IWAPWR,860000000000502,1,1767864605000#'],
    reports: [{ deviceId: '860000000000502', fixTime: '2026-01-08T09:30:05.000Z', strap: 'closed', alarms: [] }],
    reply: null,
  },
  {
    name: 'WR taken off',
    lines: [IW_LOGIN, 'IWAPWR,860000000000502,0,1767864605#'],
    reports: [{ strap: 'open', alarms: ['strapOpen'] }],
  },
  {
    name: 'WR with an unknown state',
    lines: [IW_LOGIN, 'IWAPWR,860000000000502,7,1767864605#'],
    reports: [unknown('worn 7')],
  },
  {
    name: 'FD a fall',
    lines: [IW_LOGIN, 'IWAPFD,860000000000502,1767864605#'],
    reports: [{ alarms: ['fall'] }],
    reply: hexOfText('IWBPFD#'),
  },
  {
    name: '07 a voice message with # in it',
    lines: [IW_LOGIN, 'IWAP07,20260108093005,1,1,9,ab#cd#e#f#'],
    reports: [{ alarms: [] }],
    reply: null,
  },
  {
    name: '17 is never answered: IWBP17 is the factory reset',
    lines: [IW_LOGIN, 'IWAP17,080835#'],
    reports: [{ fixTime: null, alarms: [] }],
    reply: null,
    error: /not known/,
  },
]

const STATE = '00000000'
const PLACE = (state = STATE, valid = 'A', type = 'UD') =>
  `${type},080126,093005,${valid},6.200000,S,106.800000,E,36.00,271.0,12.0,9,60,83,5555,3,${state},1,0,510,10,4660,43981,142,0,12.5`
const without = (text: string, at: number) => text.split(',').toSpliced(at, 1).join(',')
const withMore = (text: string, at: number) => text.split(',').toSpliced(at, 0, '7').join(',')

const WATCH: Omit<Golden, 'protocol'>[] = [
  {
    name: 'LK with battery',
    lines: [watch('LK,50,100,64')],
    reports: [{ deviceId: '8600000302', fixTime: null, batteryPercent: 64 }],
    reply: hexOfText(watch('LK')),
  },
  {
    name: 'UD',
    lines: [watch(PLACE())],
    reports: [
      {
        ...near,
        speedMps: 10,
        courseDeg: 271,
        altitudeM: 12,
        satellites: 9,
        batteryPercent: 83,
        accuracyM: 12.5,
        alarms: [],
        attributes: { gsm: 60, cell: '510,10,4660,43981', state: 0 },
      },
    ],
    reply: null,
  },
  { name: 'UD2 is from memory', lines: [watch(PLACE(STATE, 'A', 'UD2'))], reports: [{ ...near, archived: true }] },
  {
    name: 'UD_LTE with a wrong length',
    lines: [watch(PLACE(STATE, 'A', 'UD_LTE')).replace(/\*00..\*/, '*0010*')],
    reports: [near],
  },
  {
    name: 'V: the place is the last known one',
    lines: [watch(PLACE(STATE, 'V'))],
    reports: [{ fixValid: false, lat: -6.2, source: 'cell' }],
  },
  {
    name: 'a sign in front and the letter of the other side',
    lines: [watch(PLACE().replace('6.200000,S', '-6.200000,N'))],
    reports: [near],
  },
  { name: 'a sign in front and the letter', lines: [watch(PLACE().replace('6.200000', '-6.200000'))], reports: [near] },
  ...(
    [
      [0, 'batteryLow'],
      [14, 'powerCut'],
      [16, 'sos'],
      [17, 'batteryLow'],
      [18, 'zoneOut'],
      [19, 'zoneIn'],
      [20, 'strapOpen'],
      [21, 'fall'],
      [22, 'fall'],
      [27, 'unknown'],
    ] as const
  ).map(([bit, word]) => ({
    name: `AL, bit ${bit}: ${word}`,
    lines: [watch(PLACE((2 ** bit).toString(16).padStart(8, '0'), 'A', 'AL'))],
    reports: [{ ...near, alarms: [word] }],
    reply: hexOfText(watch('AL')),
  })),
  {
    name: 'an alarm frame whose state says none',
    lines: [watch(PLACE(STATE, 'A', 'AL'))],
    reports: [unknown('AL 00000000')],
    reply: hexOfText(watch('AL')),
  },
  {
    name: 'AL with a field less: the state is found',
    lines: [watch(without(PLACE('00110000', 'A', 'AL'), 9))],
    reports: [{ fixTime: '2026-01-08T09:30:05.000Z', fixValid: false, alarms: ['sos', 'strapOpen'] }],
    warning: /not the fields/,
  },
  {
    name: 'AL with a field more',
    lines: [watch(withMore(PLACE('00110000', 'A', 'AL'), 9))],
    reports: [{ fixValid: false, alarms: ['sos', 'strapOpen'] }],
    warning: /not the fields/,
  },
  {
    name: 'AL cut before its state',
    lines: [watch('AL,080126,093005,A,6.2')],
    reports: [{ ...unknown('AL'), fixValid: false }],
    warning: /not the fields/,
  },
  {
    name: 'AL with a place that is none: the alarm is raised',
    lines: [watch(PLACE('00010000', 'A', 'AL').replace('6.200000,S', 'x,S'))],
    reports: [{ fixValid: false, lat: undefined, alarms: ['sos'] }],
    warning: /impossible_position/,
  },
  {
    name: 'the band by the model',
    lines: [watch(PLACE('00000008'))],
    reports: [{ strap: 'open', alarms: ['strapOpen'] }],
    settings: { alarmCodes: { 'bit:3': 'strap=open' } },
  },
  {
    name: 'UD on no date',
    lines: [watch(PLACE().replace('080126', '310226'))],
    reports: [{ fixTime: null, fixValid: false }],
    warning: /impossible_time/,
  },
  {
    name: 'a device with local time',
    lines: [watch(PLACE())],
    reports: [{ fixTime: '2026-01-08T02:30:05.000Z' }],
    settings: { utcOffsetMinutes: 420 },
  },
  ...['TKQ', 'TKQ2', 'heart,72', 'bphrt,118,76,72', 'oxygen,0,98'].map((content) => ({
    name: `${content.split(',')[0]}: heard`,
    lines: [watch(content)],
    reports: [{ fixTime: null, alarms: [], attributes: undefined }],
    reply: hexOfText(watch(content.split(',')[0]!)),
  })),
  {
    name: 'INIT is confirmed',
    lines: [watch('INIT,62811,1,G36')],
    reports: [{ alarms: [] }],
    reply: hexOfText(watch('INIT,1')),
  },
  { name: 'WAD has the language in front', lines: [watch(`WAD,EN,${PLACE().slice(3)}`)], reports: [near], reply: null },
  {
    name: 'an unknown type',
    lines: [watch('SPOF,1')],
    reports: [{ deviceId: '8600000302', alarms: [] }],
    reply: null,
    error: /not known/,
  },
]

const TELTONIKA_LOGIN = `000f${hexOfText('860000000000603')}`
// 2026-01-08 09:30:05, priority 0, 106.8 E 6.2 S, 12 m, 271°, 9 satellites, 36 km/h
const FIX = '0000019b9cf11948 00 3fa86300 fc4df480 000c 010f 09 0024'.replaceAll(' ', '')
const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')
/** Elements of one byte in a record of Codec 8. */
const codec8 = (event: number, ...one: [number, number][]) =>
  `${FIX}${hex(event, 2)}${hex(one.length, 2)}${hex(one.length, 2)}${one.map(([id, value]) => hex(id, 2) + hex(value, 2)).join('')}000000`
const codec8e = (event: number, ...one: [number, number][]) =>
  `${FIX}${hex(event, 4)}${hex(one.length, 4)}${hex(one.length, 4)}${one.map(([id, value]) => hex(id, 4) + hex(value, 2)).join('')}${'0000'.repeat(4)}`
const taken = (count: number) => hex(count, 8)

const TELTONIKA: Omit<Golden, 'protocol'>[] = [
  { name: 'login', lines: [TELTONIKA_LOGIN], reports: [], reply: '01' },
  {
    name: 'Codec 8',
    lines: [TELTONIKA_LOGIN, teltonika('08', [codec8(0, [113, 83], [116, 1], [21, 4])])],
    reports: [
      {
        ...near,
        altitudeM: 12,
        courseDeg: 271,
        satellites: 9,
        speedMps: 10,
        batteryPercent: 83,
        charging: true,
        alarms: [],
        attributes: { priority: 0, gsm: 4 },
      },
    ],
    reply: taken(1),
  },
  {
    name: 'three records, one answer',
    lines: [TELTONIKA_LOGIN, teltonika('8e', [codec8e(0), codec8e(236, [236, 1]), codec8e(0)])],
    reports: [near, { ...near, alarms: ['sos'] }, near],
    reply: taken(3),
  },
  ...(
    [
      [236, 1, 'sos'],
      [242, 1, 'fall'],
      [246, 1, 'movement'],
      [247, 3, 'vibration'],
      [249, 1, 'jamming'],
      [252, 1, 'powerCut'],
      [255, 120, 'overspeed'],
      [155, 0, 'zoneOut'],
      [175, 1, 'zoneIn'],
    ] as const
  ).map(([event, value, word]) => ({
    name: `event ${event}: ${word}`,
    lines: [TELTONIKA_LOGIN, teltonika('8e', [codec8e(event, [event, value])])],
    reports: [{ ...near, alarms: [word] }],
    reply: taken(1),
  })),
  ...(
    [
      [236, 0],
      [249, 0],
      [240, 1],
      [239, 0],
      [113, 20],
    ] as const
  ).map(([event, value]) => ({
    name: `event ${event}=${value}: routine, or the end of an alarm`,
    lines: [TELTONIKA_LOGIN, teltonika('08', [codec8(event, [event, value])])],
    reports: [{ ...near, alarms: [] }],
  })),
  {
    name: 'an unknown event is kept and raised as unknown',
    lines: [TELTONIKA_LOGIN, teltonika('8e', [codec8e(389, [389, 19], [900, 7])])],
    reports: [{ ...unknown('event 389=19'), attributes: { priority: 0, io900: 7, event: 389 } }],
  },
  {
    name: 'the button by the model',
    lines: [TELTONIKA_LOGIN, teltonika('8e', [codec8e(389, [389, 19])])],
    reports: [{ alarms: ['sos'] }],
    settings: { alarmCodes: { '389=19': 'sos' } },
  },
  {
    name: 'the strap by the model, open',
    lines: [TELTONIKA_LOGIN, teltonika('08', [codec8(0, [1, 0])])],
    reports: [{ strap: 'open', alarms: ['strapOpen'] }],
    settings: { alarmCodes: { '1=0': 'strap=open', '1=1': 'strap=closed' } },
  },
  {
    name: 'the strap by the model, closed',
    lines: [TELTONIKA_LOGIN, teltonika('08', [codec8(1, [1, 1])])],
    reports: [{ strap: 'closed', alarms: [] }],
    settings: { alarmCodes: { '1=0': 'strap=open', '1=1': 'strap=closed' } },
  },
  {
    name: 'no satellites: the last known place',
    lines: [TELTONIKA_LOGIN, teltonika('08', [codec8(0).replace('010f090024', '010f0000ff')])],
    reports: [{ fixValid: false, lat: -6.2, speedMps: undefined }],
  },
  {
    name: 'GNSS asleep: the last known place, whatever the satellites',
    lines: [TELTONIKA_LOGIN, teltonika('08', [codec8(0, [69, 3])])],
    reports: [{ fixValid: false, lat: -6.2 }],
  },
  {
    name: 'no place at all',
    lines: [TELTONIKA_LOGIN, teltonika('08', [codec8(236, [236, 1]).replace('3fa86300fc4df480', '0'.repeat(16))])],
    reports: [{ fixValid: false, lat: undefined, alarms: ['sos'] }],
  },
  {
    name: 'a time that is no time: the alarm is raised',
    lines: [TELTONIKA_LOGIN, teltonika('08', [codec8(236, [236, 1]).replace('0000019b9cf11948', 'f'.repeat(16))])],
    reports: [{ fixTime: null, alarms: ['sos'] }],
    warning: /impossible_time/,
  },
  {
    name: 'cut within the elements: the event says SOS',
    lines: [TELTONIKA_LOGIN, teltonika('08', [codec8(236, [236, 1]).slice(0, -10)])],
    reports: [{ ...near, alarms: ['sos'] }],
    reply: taken(1),
    error: /not the records/,
  },
  {
    name: 'fewer records than it counts',
    lines: [TELTONIKA_LOGIN, teltonika('08', [codec8(0)], 2)],
    reports: [near],
    reply: taken(2),
    error: /not the records/,
  },
  {
    name: 'a wrong CRC',
    lines: [TELTONIKA_LOGIN, teltonika('08', [codec8(0)]).replace(/..$/, '00')],
    reports: [],
    reply: null,
    error: /checksum/,
  },
  {
    name: 'a wrong CRC of a device that may send it',
    lines: [TELTONIKA_LOGIN, teltonika('08', [codec8(0)]).replace(/..$/, '00')],
    reports: [near],
    settings: { acceptBadChecksum: true },
  },
  {
    name: 'a frame before the login',
    lines: [teltonika('08', [codec8(0)])],
    reports: [],
    reply: null,
    error: /before the login/,
  },
  {
    name: 'a datagram needs no login',
    lines: [teltonikaDatagram('860000000000603', '08', [codec8(236, [236, 1])], 0xcafe)],
    reports: [{ ...near, deviceId: '860000000000603', alarms: ['sos'] }],
    reply: '0005cafe010501',
  },
  {
    name: 'an answer to a command',
    lines: [TELTONIKA_LOGIN, teltonika('0c', ['060000000441424344'], 1)],
    reports: [],
    reply: null,
  },
]

const H02_ID = '8600000408'
const h02 = (content: string) => `*HQ,${H02_ID},${content}#`
const V1 = (status = 'FFFFFBFF', valid = 'A') =>
  `V1,093005,${valid},0612.0000,S,10648.0000,E,010.00,271,080126,${status},510,10,4660,43981`
const clear = (...bits: number[]) =>
  bits
    .reduce((status, bit) => status - 2 ** bit, 0xff_ff_fb_ff)
    .toString(16)
    .toUpperCase()
const taken4 = hexOfText(h02('V4,V1,20260108100000'))

const H02: Omit<Golden, 'protocol'>[] = [
  {
    name: 'V1',
    lines: [h02(V1())],
    reports: [
      {
        ...near,
        deviceId: H02_ID,
        courseDeg: 271,
        alarms: [],
        attributes: { valid: 'A', status: 'FFFFFBFF', more: '510,10,4660,43981' },
      },
    ],
    reply: taken4,
  },
  {
    name: 'V: the last known place',
    lines: [h02(V1('FFFFFBFF', 'V'))],
    reports: [{ fixValid: false, lat: -6.2 }],
    reply: taken4,
  },
  { name: 'B: a place by cells', lines: [h02(V1('FFFFFBFF', 'B'))], reports: [{ fixValid: false, source: 'cell' }] },
  ...(
    [
      [0, 'vibration'],
      [1, 'sos'],
      [2, 'overspeed'],
      [4, 'zoneIn'],
      [7, 'zoneOut'],
      [18, 'sos'],
      [19, 'powerCut'],
      [21, 'gnssFault'],
      [26, 'jamming'],
      [23, 'unknown'],
    ] as const
  ).map(([bit, word]) => ({
    name: `status bit ${bit}: ${word}`,
    lines: [h02(V1(clear(bit)))],
    reports: [{ ...near, alarms: [word] }],
    reply: taken4,
  })),
  { name: 'SOS and cut at once', lines: [h02(V1(clear(1, 19)))], reports: [{ alarms: ['sos', 'powerCut'] }] },
  {
    name: 'a status of zeros is no SOS',
    lines: [h02(V1('00000000'))],
    reports: [{ ...near, ...unknown('status 00000000') }],
  },
  {
    name: 'its own battery is no alarm of a personal device',
    lines: [h02(V1(clear(19)))],
    reports: [{ alarms: [] }],
    settings: { alarmCodes: { 'bit:19': 'none' } },
  },
  {
    name: 'the case by the model',
    lines: [h02(V1(clear(29)))],
    reports: [{ case: 'open', alarms: ['caseOpen'] }],
    settings: { alarmCodes: { 'bit:29': 'case=open' } },
  },
  {
    name: 'V1 with a field less: time and status',
    lines: [h02(without(V1(clear(1)), 7))],
    reports: [{ fixTime: '2026-01-08T09:30:05.000Z', fixValid: false, alarms: ['sos'] }],
    warning: /not the fields/,
  },
  {
    name: 'V1 with a field more',
    lines: [h02(withMore(V1(clear(1)), 7))],
    reports: [{ fixTime: '2026-01-08T09:30:05.000Z', fixValid: false, alarms: ['sos'] }],
    warning: /not the fields/,
  },
  {
    name: 'V1 without a date: the status',
    lines: [h02(V1(clear(1)).replace('080126', ''))],
    reports: [{ fixTime: null, fixValid: false, alarms: ['sos'] }],
    warning: /not the fields/,
  },
  {
    name: 'V1 with a damaged angle: the alarm is raised',
    lines: [h02(V1(clear(1)).replace('0612', '06x2'))],
    reports: [{ fixValid: false, lat: undefined, alarms: ['sos'] }],
    warning: /impossible_position/,
  },
  {
    name: 'V1 with 60 minutes',
    lines: [h02(V1().replace('0612', '0660'))],
    reports: [{ fixValid: false, lat: undefined }],
    warning: /impossible_position/,
  },
  {
    name: 'a device with local time',
    lines: [h02(V1())],
    reports: [{ fixTime: '2026-01-08T02:30:05.000Z' }],
    settings: { utcOffsetMinutes: 420 },
  },
  { name: 'V4 with two fields in front', lines: [h02(`V4,S20,093000,${V1().slice(3)}`)], reports: [near], reply: null },
  {
    name: 'NBR: cells and status',
    lines: [h02(`NBR,093005,510,10,0,1,4660,43981,32,080126,${clear(18)}`)],
    reports: [
      {
        fixTime: '2026-01-08T09:30:05.000Z',
        fixValid: false,
        alarms: ['sos'],
        attributes: { cell: '510,10,4660,43981', status: clear(18) },
      },
    ],
  },
  {
    name: 'LINK',
    lines: [h02('LINK,093005,22,9,64,1200,3,080126,FFFFFBFF')],
    reports: [{ fixTime: '2026-01-08T09:30:05.000Z', batteryPercent: 64, alarms: [] }],
  },
  {
    name: 'HTBT',
    lines: [h02('HTBT,64')],
    reports: [{ fixTime: null, batteryPercent: 64 }],
    reply: hexOfText(h02('HTBT')),
  },
  { name: 'XT wants the time', lines: [h02('XT')], reports: [{ fixTime: null }], reply: hexOfText(h02('R12,100000')) },
  {
    name: 'V3: cells, and the status at the end',
    lines: [h02(`V3,093005,51010,02,4660,43981,148,0,4660,43982,143,0,0004,000000,080126,${clear(1)}`)],
    reports: [{ fixTime: '2026-01-08T09:30:05.000Z', fixValid: false, source: 'cell', alarms: ['sos'] }],
  },
  {
    name: 'an unknown type with a status at its end',
    lines: [h02(`V77,1,2,${clear(18)}`)],
    reports: [{ fixTime: null, alarms: ['sos'] }],
    error: /not known/,
  },
  {
    name: 'the binary form in hex',
    lines: ['2486000004080930050801260612000040106480000a010271fffffbfd000000'],
    reports: [{ ...near, deviceId: H02_ID, courseDeg: 271, batteryPercent: 64, alarms: ['sos'] }],
  },
  {
    name: 'the binary form without a fix, south and west',
    lines: ['24860000040809300508012659547950400104428000000000fffffbff000000'],
    reports: [{ fixValid: false, lat: -59.91325, lon: -10.738, alarms: [] }],
  },
  {
    name: 'an unknown type',
    lines: [h02('V9,1')],
    reports: [{ deviceId: H02_ID, fixTime: null, alarms: [] }],
    reply: null,
    error: /not known/,
  },
]

export const MORE_GOLDEN: Golden[] = [
  ...IW.map((golden) => ({ protocol: 'iw', ...golden })),
  ...WATCH.map((golden) => ({ protocol: 'watch', ...golden })),
  ...TELTONIKA.map((golden) => ({ protocol: 'teltonika', ...golden })),
  ...H02.map((golden) => ({ protocol: 'h02', ...golden })),
]
