// Worked frames in which real devices disagree with their documents, through the same door as `gelang decode`.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { decodeLines } from './decode-all.ts'
import { gt06 } from './wire-envelopes.ts'

type Expected = {
  deviceId?: string
  time?: string
  valid?: boolean
  lat?: number
  lon?: number
  alarms?: string[]
  strap?: string
  batt?: number
  charging?: boolean
  sats?: number
}
type Example = {
  protocol: string
  name: string
  before: string[]
  data: string
  expect: Expected | Expected[]
  reply?: string
}
const EXAMPLES: Example[] = JSON.parse(readFileSync(new URL('wire-examples-2.json', import.meta.url), 'utf8'))
const receivedMs = Date.parse('2026-11-20T03:05:00Z')

for (const { protocol, name, before, data, expect: wanted, reply } of EXAMPLES)
  test(`${protocol} ${name}`, () => {
    const last = [...decodeLines(protocol, [...before, data], { receivedMs })].at(-1)!
    expect(last).toMatchObject({ heard: true, error: null })
    const all = Array.isArray(wanted) ? wanted : [wanted]
    // A login carries no report.
    if (last.reports.length === 0) expect(all).toEqual([{ deviceId: '355488020000017' }])
    else expect(last.reports).toHaveLength(all.length)
    for (const [i, report] of last.reports.entries()) checkReport(report as Record<string, unknown>, all[i]!)
    if (reply !== undefined) expect(last.reply).toBe(reply)
  })

function checkReport(report: Record<string, unknown>, wanted: Expected): void {
  const near = (value: unknown, to: number | undefined) => to === undefined || expect(value).toBeCloseTo(to, 6)
  near(report.lat, wanted.lat)
  near(report.lon, wanted.lon)
  if (wanted.deviceId !== undefined) expect(report.deviceId).toBe(wanted.deviceId)
  if (wanted.time !== undefined) expect(report.fixTime).toBe(wanted.time)
  if (wanted.valid !== undefined) expect(report.fixValid).toBe(wanted.valid)
  if (wanted.strap !== undefined) expect(report.strap).toBe(wanted.strap)
  else expect(report.strap).toBeUndefined()
  expect(report.alarms).toEqual(wanted.alarms ?? (wanted.strap === 'open' ? ['strapOpen'] : []))
  if (wanted.batt !== undefined) expect(report.batteryPercent).toBe(wanted.batt)
  if (wanted.charging !== undefined) expect(report.charging).toBe(wanted.charging)
  if (wanted.sats !== undefined) expect(report.satellites).toBe(wanted.sats)
}

// 2026-11-20 03:04:05, 9 satellites, 6.2 S 106.82 E, positioned
const gps = '1a0b14030405 c9 00aa49c0 0b75e620 00 1000'
const login = gt06('01', '0355488020000017')
const hex = (value: number) => value.toString(16).padStart(2, '0')
/** How the byte in front of the cells, the cells and what stands behind the status may come. */
const NARROW: [name: string, cells: (last: string) => string][] = [
  ['counts itself', (last) => `09 01fe 0a 1234 0056${last}`],
  ['does not count itself', (last) => `08 01fe 0a 1234 0056${last}`],
  ['does not count itself, 32-bit cell', (last) => `09 01fe 0a 1234 000056${last}`],
  ['counts itself, 32-bit cell', (last) => `0a 01fe 0a 1234 000056${last}`],
  ['is missing', (last) => `01fe 0a 1234 0056${last}`],
  ['is missing, 32-bit cell', (last) => `01fe 0a 1234 000056${last}`],
  ['counts itself, MNC of two bytes', (last) => `0a 81fe 000a 1234 0056${last}`],
  ['does not count itself, MNC of two bytes', (last) => `09 81fe 000a 1234 0056${last}`],
  ['is missing, MNC of two bytes', (last) => `81fe 000a 1234 0056${last}`],
  ['is 0, zeros and rubbish', (last) => `00 ${'00'.repeat(20)}${last}`],
]
const FOUR_G: typeof NARROW = [
  ['counts itself', (last) => `10 01fe 0a 00001234 00000000000056${last}`],
  ['does not count itself', (last) => `0f 01fe 0a 00001234 00000000000056${last}`],
  ['is missing', (last) => `01fe 0a 00001234 00000000000056${last}`],
  ['counts itself, MNC of two bytes', (last) => `11 81fe 000a 00001234 00000000000056${last}`],
  ['is missing, MNC of two bytes', (last) => `81fe 000a 00001234 00000000000056${last}`],
]
const TYPES: [type: string, cells: typeof NARROW, fence: string][] = [
  ['16', NARROW, ''],
  ['26', NARROW, ''],
  ['25', NARROW, ''],
  ['27', NARROW, '07'],
  ['a3', FOUR_G, ''],
  ['a3', FOUR_G, '00'],
  ['a4', FOUR_G, 'ff'],
]

for (const [type, forms, fence] of TYPES)
  test(`${type}${fence && ` with fence ${fence}`}: over all values of the last cell byte, every form of the cells gives the alarm and no other`, () => {
    for (const [alarm, wanted] of [
      ['13', ['tamper']],
      ['01', ['sos']],
      ['25', ['tamper']],
      ['00', []],
    ] as const)
      for (const [name, cells] of forms)
        for (let last = 0; last < 256; last++) {
          const frame = gt06(type, `${gps} ${cells(hex(last))} 40 04 03 ${alarm} 02 ${fence}`, 2)
          const { reports } = [...decodeLines('gt06', [login, frame], { receivedMs })].at(-1)!
          const [report] = reports as { alarms: string[]; batteryPercent: number; strap?: string }[]
          expect([name, last, alarm, report!.alarms, report!.batteryPercent, report!.strap]).toEqual([
            name,
            last,
            alarm,
            wanted,
            66,
            undefined,
          ])
        }
  })

test('19 and a5: cells and a status, with a time or without, one cell or a list', () => {
  const cell = '01fe 0a 1234 005678'
  const cell4g = '01fe 0a 00001234 0000000000005678'
  const time = '1a0b14030405'
  const listed = '1234 005678 40'
  const listed4g = '00001234 0000000000005678 40'
  const lists: [string, string][] = [
    ['19', cell],
    ['19', `${time}${cell}`],
    ['19', `01fe 0a ${listed.repeat(7)}`],
    ['19', `${time} 01fe 0a ${listed.repeat(7)} ff`],
    ['a5', cell4g],
    ['a5', `${time}${cell4g}`],
    ['a5', `${time} 81fe 000a ${listed4g.repeat(7)} ff`],
  ]
  for (const [type, cells] of lists)
    for (const [status, alarms] of [
      ['40 04 03 13 02', ['tamper']],
      ['60 04 03 01 02', ['sos']],
      ['78 04 03 00 02', ['strapOpen']],
      ['40 04 03 00 02 ff', []],
    ] as const) {
      const { reports, error } = [
        ...decodeLines('gt06', [login, gt06(type, `${cells} ${status}`, 2)], { receivedMs }),
      ].at(-1)!
      expect([type, cells, status, error, reports]).toEqual([
        type,
        cells,
        status,
        null,
        [expect.objectContaining({ alarms, batteryPercent: 66, fixValid: false })],
      ])
    }
})
