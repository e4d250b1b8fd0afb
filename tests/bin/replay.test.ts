import { expect, test } from 'vitest'
import { refuseUnbelievable, shifted, TrackRefused } from '../../bin/commands/replay.ts'

const NOW_MS = Date.parse('2026-11-23T10:00:00Z')
const point = (timeMs: number) => ({ timeMs, latDeg: -6.2, lonDeg: 106.8 })

test('a recording whose times ingest would not believe is refused before it is sent, and shifted it is not', () => {
  const old = [point(Date.parse('2012-12-18T13:00:00Z')), point(Date.parse('2012-12-18T14:00:00Z'))]
  expect(() => refuseUnbelievable(old, NOW_MS)).toThrow(TrackRefused)
  expect(() => refuseUnbelievable([...old, point(NOW_MS)], NOW_MS)).toThrow(/^2 of 3 points .*--shift/)
  expect(() => refuseUnbelievable([point(NOW_MS + 3_600_000)], NOW_MS)).toThrow(/1 in the future/)
  refuseUnbelievable(shifted(old, NOW_MS), NOW_MS)
})
