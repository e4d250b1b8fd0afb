// One field more, one less, one damaged: the device is heard, and what cries out is raised, as long as its own field is whole.
import { describe, expect, test } from 'vitest'
import { decodeLines } from './decode-all.ts'
import { nmea, watch } from './wire-envelopes.ts'

const receivedMs = Date.parse('2026-01-08T10:00:00Z')

type Urgent = {
  name: string
  protocol: string
  login?: string
  /** Fields joined by commas. */
  body: string
  wrap(body: string): string
  /** Fields that say who speaks and what kind of frame it is: without them nothing can be read. */
  head: number
  /** The fields that say the alarm. */
  alarmAt: number[]
  alarm: string
}

const FRAMES: Urgent[] = [
  {
    name: 'Megastek, SOS',
    protocol: 'megastek',
    body: '$MGV002,860000000000058,,R,080126,095905,A,0612.00000,S,10648.00000,E,00,09,00,0.95,0.000,0.00,12.0,1.5,510,10,1F2E,2A3B,25,0000,0000,0,0,0,28.5,28.3,,10,083,SOS',
    wrap: (body) => `${body};!`,
    head: 2,
    alarmAt: [34],
    alarm: 'sos',
  },
  {
    name: 'Laipac, tamper',
    protocol: 'laipac',
    body: 'AVRMC,86000043,095905,a,0612.0000,S,10648.0000,E,0.00,0.00,080126,T,3.905,12,1,0,0',
    wrap: nmea,
    head: 2,
    alarmAt: [10, 11],
    alarm: 'tamper',
  },
  {
    name: 'R16H, strap',
    protocol: 'r16h',
    body: '@GPSD,860000000000059,R,20260108,095905,6.200000,S,106.800000,E,4,187,23,64,R,ULK',
    wrap: (body) => `${body}$`,
    head: 2,
    alarmAt: [14],
    alarm: 'strapOpen',
  },
  {
    name: 'IW, SOS',
    protocol: 'iw',
    login: 'IWAP00860000000000502#',
    body: 'IWAP10260108A0612.0000S10648.0000E000.0095905000.0006000908300102,510,10,4660,43981,01,en,00,',
    wrap: (body) => `${body}#`,
    head: 1,
    alarmAt: [5, 6],
    alarm: 'sos',
  },
  {
    name: 'Watch, taken off',
    protocol: 'watch',
    body: 'AL,080126,095905,A,6.200000,S,106.800000,E,36.00,271.0,12.0,9,60,83,5555,3,00100000,1,0,510,10,4660,43981,142,0,12.5',
    wrap: (body) => watch(body),
    head: 1,
    alarmAt: [16],
    alarm: 'strapOpen',
  },
  {
    name: 'H02, SOS',
    protocol: 'h02',
    body: '*HQ,8600000408,V1,095905,A,0612.0000,S,10648.0000,E,010.00,271,080126,FFFFFBFD,510,10,4660,43981',
    wrap: (body) => `${body}#`,
    head: 3,
    alarmAt: [12],
    alarm: 'sos',
  },
]

const DAMAGES: [name: string, of: (fields: string[], at: number) => string[]][] = [
  ['missing', (fields, at) => fields.toSpliced(at, 1)],
  ['empty', (fields, at) => fields.with(at, '')],
  ['one more in front, empty', (fields, at) => fields.toSpliced(at, 0, '')],
  ['one more in front', (fields, at) => fields.toSpliced(at, 0, '7')],
  ['of other signs', (fields, at) => fields.with(at, '?~?')],
  ['cut in half', (fields, at) => fields.with(at, fields[at]!.slice(0, fields[at]!.length >> 1))],
]

for (const { name, protocol, login, body, wrap, head, alarmAt, alarm } of FRAMES)
  describe(name, () => {
    const fields = body.split(',')
    const last = (changed: string[]) =>
      [...decodeLines(protocol, [...(login === undefined ? [] : [login]), wrap(changed.join(','))], { receivedMs })].at(
        -1,
      )!
    const alarmsOf = ({ reports }: { reports: object[] }) =>
      (reports as { alarms: string[] }[]).flatMap((r) => r.alarms)

    test('whole', () => {
      expect(last(fields)).toMatchObject({ heard: true, error: null, warning: null })
      expect(alarmsOf(last(fields))).toContain(alarm)
    })

    test.each(DAMAGES)('a field %s', (_, damage) => {
      for (let at = head; at < fields.length; at++) {
        const line = last(damage(fields, at))
        expect([at, fields[at], line.heard, line.reports.length]).toEqual([at, fields[at], true, 1])
        if (!alarmAt.includes(at)) expect([at, fields[at], ...alarmsOf(line)]).toContain(alarm)
      }
    })

    test('the frame ends after any field', () => {
      for (let end = head; end < fields.length; end++)
        expect([end, last(fields.slice(0, end)).heard]).toEqual([end, true])
    })
  })
