import { describe, expect, test } from 'vitest'
import { merged, windowPairs, without } from '../../../geofence/plan/windows.ts'
import { type WeeklyWindow, windowSchema } from '../../../model/plan/plan.ts'
import { DAY, HOUR } from '../make-reports.ts'

function iso(
  windows: Partial<WeeklyWindow>[],
  timeZone: string,
  from: string,
  to: string,
): [start: string, end: string][] {
  const parsed = windows.map((w) => windowSchema.parse({ from: '20:00', to: '05:00', ...w }))
  return merged(windowPairs(parsed, timeZone, Date.parse(from), Date.parse(to))).map(([start, end]) => [
    new Date(start).toISOString().slice(0, 16),
    new Date(end).toISOString().slice(0, 16),
  ])
}

describe('windows of local time', () => {
  test.each([
    ['Asia/Jakarta', '2026-03-03T13:00', '2026-03-03T22:00'],
    ['Asia/Makassar', '2026-03-03T12:00', '2026-03-03T21:00'],
    ['Asia/Jayapura', '2026-03-03T11:00', '2026-03-03T20:00'],
  ])('20.00–05.00 in %s crosses midnight', (timeZone, start, end) => {
    expect(iso([{}], timeZone, '2026-03-03T05:00Z', '2026-03-04T05:00Z')).toEqual([[start, end]])
  })

  test('a window that began the evening before reaches into the horizon', () => {
    expect(iso([{}], 'Asia/Jakarta', '2026-03-03T18:00Z', '2026-03-04T05:00Z')).toEqual([
      ['2026-03-03T18:00', '2026-03-03T22:00'],
    ])
  })

  test('weekdays are those on which it begins, in local time', () => {
    // Friday 6 March 2026; 23.00 UTC of Thursday is already Friday in Jakarta.
    expect(
      iso([{ days: [5], from: '06:00', to: '07:00' }], 'Asia/Jakarta', '2026-03-02T00:00Z', '2026-03-09T00:00Z'),
    ).toEqual([['2026-03-05T23:00', '2026-03-06T00:00']])
  })

  test('dates excepted do not begin; the night before still ends in them', () => {
    expect(iso([{ exceptDates: ['2026-03-04'] }], 'Asia/Jakarta', '2026-03-03T05:00Z', '2026-03-06T05:00Z')).toEqual([
      ['2026-03-03T13:00', '2026-03-03T22:00'],
      ['2026-03-05T13:00', '2026-03-05T22:00'],
    ])
  })

  test('only on given dates, whatever the weekday', () => {
    expect(
      iso([{ onlyDates: ['2026-03-04'], days: [1] }], 'Asia/Makassar', '2026-03-01T00:00Z', '2026-03-09T00:00Z'),
    ).toEqual([['2026-03-04T12:00', '2026-03-04T21:00']])
  })

  test('a whole day, every day, is one interval; 24.00 and overlaps merge', () => {
    expect(
      iso([{ from: '00:00', to: '24:00' }], 'Asia/Jakarta', '2026-03-03T00:00Z', '2026-03-06T00:00Z'),
    ).toHaveLength(1)
    expect(
      iso(
        [
          { from: '18:00', to: '22:00' },
          { from: '21:00', to: '23:00' },
        ],
        'UTC',
        '2026-03-03T00:00Z',
        '2026-03-04T00:00Z',
      ),
    ).toEqual([['2026-03-03T18:00', '2026-03-03T23:00']])
  })

  test('summer time: the night of the change is an hour shorter or longer', () => {
    const [spring] = iso([{}], 'Europe/Zurich', '2026-03-28T12:00Z', '2026-03-29T12:00Z')
    expect(spring).toEqual(['2026-03-28T19:00', '2026-03-29T03:00'])
    const [autumn] = iso([{}], 'Europe/Zurich', '2026-10-24T12:00Z', '2026-10-25T12:00Z')
    expect(autumn).toEqual(['2026-10-24T18:00', '2026-10-25T04:00'])
  })

  test('in the hour that does not exist it begins when the clock has gone on; in the one that comes twice, the first time', () => {
    expect(iso([{ from: '02:30', to: '06:00' }], 'Europe/Zurich', '2026-03-29T00:00Z', '2026-03-29T12:00Z')).toEqual([
      ['2026-03-29T01:30', '2026-03-29T04:00'],
    ])
    expect(iso([{ from: '02:30', to: '06:00' }], 'Europe/Zurich', '2026-10-25T00:00Z', '2026-10-25T12:00Z')).toEqual([
      ['2026-10-25T00:30', '2026-10-25T05:00'],
    ])
  })

  test('every minute of a year agrees with the local clock, in all three zones', () => {
    const clock = new Map<string, Intl.DateTimeFormat>()
    for (const timeZone of ['Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura'])
      clock.set(
        timeZone,
        new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
      )
    for (const [timeZone, format] of clock) {
      const from = Date.UTC(2026, 0, 1)
      const pairs = merged(
        windowPairs([windowSchema.parse({ from: '20:00', to: '05:00' })], timeZone, from, from + 365 * DAY),
      )
      for (let t = from; t < from + 365 * DAY; t += 7 * HOUR + 60_000) {
        const local = format.format(t)
        const inside = pairs.some(([start, end]) => t >= start && t < end)
        expect(inside, `${timeZone} ${local}`).toBe(local >= '20:00' || local < '05:00')
      }
    }
  })

  test('an unknown time zone is refused', () => {
    expect(() => iso([{}], 'Asia/Atlantis', '2026-03-03T00:00Z', '2026-03-04T00:00Z')).toThrow(RangeError)
  })

  test('permits are cut out', () => {
    expect(
      without(
        [
          [0, 10],
          [20, 30],
        ],
        [
          [5, 22],
          [25, 26],
        ],
      ),
    ).toEqual([
      [0, 5],
      [22, 25],
      [26, 30],
    ])
  })
})
