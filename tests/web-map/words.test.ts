import { afterEach, expect, test } from 'vitest'
import { language, t } from '../../web-map/i18n/language.ts'
import { countWords, distanceWords } from '../../web-map/i18n/measure-words.ts'
import {
  ageWords,
  clockSecondsWords,
  clockWords,
  dateWords,
  durationWords,
  momentWords,
  spanWords,
} from '../../web-map/i18n/time-words.ts'
import { windowsWords, windowWords } from '../../web-map/i18n/window-words.ts'

afterEach(() => {
  language.value = 'id'
})

const NOON_UTC = Date.UTC(2026, 10, 23, 13, 0, 7)
const MINUTE = 60_000
const every = [1, 2, 3, 4, 5, 6, 7]

test('times have a dot and the zone of their place', () => {
  expect(clockWords(NOON_UTC, 'Asia/Jakarta')).toBe('20.00 WIB')
  expect(clockWords(NOON_UTC, 'Asia/Makassar')).toBe('21.00 WITA')
  expect(clockWords(NOON_UTC, 'Asia/Jayapura')).toBe('22.00 WIT')
  expect(clockSecondsWords(NOON_UTC, 'Asia/Jakarta')).toBe('20.00.07 WIB')
  expect(clockWords(Date.UTC(2026, 0, 1, 17, 5), 'Asia/Jakarta')).toBe('00.05 WIB')
})

test('a moment of another day has its date, of another year its year', () => {
  expect(momentWords(NOON_UTC, NOON_UTC, 'Asia/Jakarta')).toBe('20.00 WIB')
  expect(momentWords(NOON_UTC - 86_400_000, NOON_UTC, 'Asia/Jakarta')).toBe('22 Nov 20.00 WIB')
  expect(momentWords(Date.UTC(2025, 4, 2, 1), NOON_UTC, 'Asia/Jakarta')).toBe('2 Mei 2025 08.00 WIB')
  // 23.30 WIB is already the next day in Jayapura.
  const late = Date.UTC(2026, 10, 23, 16, 30)
  expect(momentWords(late, NOON_UTC, 'Asia/Jayapura')).toBe('24 Nov 01.30 WIT')
})

test('a span names its day once, its zone once, and a minute once', () => {
  const words = (fromMs: number, toMs: number, nowMs = NOON_UTC) => spanWords(fromMs, toMs, nowMs, 'Asia/Jakarta')
  expect(words(NOON_UTC, NOON_UTC + 30 * MINUTE)).toBe('20.00–20.30 WIB')
  expect(words(NOON_UTC, NOON_UTC + 40_000)).toBe('20.00 WIB')
  const tomorrow = NOON_UTC + 86_400_000
  expect(words(NOON_UTC, NOON_UTC + 30 * MINUTE, tomorrow)).toBe('23 Nov 20.00–20.30 WIB')
  expect(words(NOON_UTC, NOON_UTC + 40_000, tomorrow)).toBe('23 Nov 20.00 WIB')
  expect(words(NOON_UTC, tomorrow, tomorrow)).toBe('23 Nov 20.00–24 Nov 20.00 WIB')
})

test('dates and ages follow the language', () => {
  expect(dateWords(Date.UTC(2026, 7, 17), 'Asia/Jakarta')).toBe('17 Agu 2026')
  expect(ageWords(NOON_UTC - 3000, NOON_UTC)).toBe('baru saja')
  expect(ageWords(NOON_UTC + 5000, NOON_UTC)).toBe('baru saja')
  expect(ageWords(NOON_UTC - 7 * MINUTE, NOON_UTC)).toBe('7 mnt lalu')
  language.value = 'en'
  expect(dateWords(Date.UTC(2026, 7, 17), 'Asia/Jakarta')).toBe('17 Aug 2026')
  expect(ageWords(NOON_UTC - 7 * MINUTE, NOON_UTC)).toBe('7 min ago')
})

test('durations keep two steps where the second still matters', () => {
  const words = [0, 59_999, 60_000, 61 * MINUTE, 120 * MINUTE, 12 * 60 * MINUTE + MINUTE, 72 * 60 * MINUTE, -5].map(
    durationWords,
  )
  expect(words).toEqual(['0 dtk', '59 dtk', '1 mnt', '1 jam 1 mnt', '2 jam', '12 jam', '3 hari', '0 dtk'])
})

test('windows in words', () => {
  const night = { days: every, from: '20:00', to: '05:00', exceptDates: [] }
  expect(windowWords(night, 'Asia/Jakarta')).toBe('Setiap hari 20.00–05.00 WIB')
  const shift = { days: [5, 1, 2, 3, 4], from: '06:30', to: '17:30', exceptDates: ['2026-12-25'] }
  expect(windowWords(shift, 'Asia/Makassar')).toBe('Senin–Jumat 06.30–17.30 WITA, kecuali 25 Des 2026')
  expect(windowWords({ ...night, days: [6, 7] }, 'Asia/Jayapura')).toBe('Sabtu, Minggu 20.00–05.00 WIT')
  expect(windowWords({ ...night, days: [1, 2, 3, 5] }, 'Asia/Jakarta')).toBe('Senin–Rabu, Jumat 20.00–05.00 WIB')
  expect(windowWords({ ...night, from: '00:00', to: '24:00' }, 'Asia/Jakarta')).toBe('Setiap hari sepanjang hari')
  expect(windowWords({ ...night, onlyDates: ['2026-12-24', '2026-12-25'] }, 'Asia/Jakarta')).toBe(
    'Tanggal 24 Des 2026, 25 Des 2026 20.00–05.00 WIB',
  )
  expect(windowsWords(undefined, 'Asia/Jakarta')).toEqual(['Sepanjang waktu'])
  language.value = 'en'
  expect(windowWords(night, 'Asia/Jakarta')).toBe('Every day 20.00–05.00 WIB')
})

test('measures and placeholders', () => {
  expect([distanceWords(38.4), distanceWords(1449), distanceWords(23_400)]).toEqual(['38 m', '1,4 km', '23 km'])
  expect(countWords(1283)).toBe('1.283')
  expect(t('alerts.since', { time: '20.00 WIB' })).toBe('sejak 20.00 WIB')
  expect(t('alerts.since')).toBe('sejak {time}')
})
