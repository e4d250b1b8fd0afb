import { expect, test } from 'vitest'
import { disagreement } from '../../ingest/admission/two-senders.ts'
import type { SenderSeen } from '../../stream/publication/disputes.ts'

const T = Date.UTC(2026, 2, 3)
const HOME: [number, number] = [-6.2, 106.8]
const OUT: [number, number] = [-6.21, 106.81]

/** A report at second `s`, by default about a fix of the same moment. */
function said(sender: string, s: number, place?: [number, number], changes: Partial<SenderSeen> = {}): SenderSeen {
  const where = place === undefined ? {} : { latDeg: place[0], lonDeg: place[1], accuracyM: 10 }
  return { braceletId: 1, wearerId: 1, sender, receivedMs: T + s * 1000, timeMs: T + s * 1000, ...where, ...changes }
}

test('a forged home after each honest fix outside', () => {
  const seen = Array.from({ length: 8 }, (_, i) => [said('a', i * 30, OUT), said('b', i * 30 + 5, HOME)]).flat()
  expect(disagreement(seen)).toMatch(/too far apart/)
  expect(disagreement(seen.slice(0, 4))).toBeUndefined()
})

test('two sessions that both go on for minutes, one of which sends no positions', () => {
  const seen = Array.from({ length: 8 }, (_, i) => [said('a', i * 60), said('b', i * 60 + 5, HOME)]).flat()
  expect(disagreement(seen)).toMatch(/two sessions/)
})

test('a device that reconnects, again and again', () => {
  const seen = Array.from({ length: 12 }, (_, i) => said(`session ${i}`, i * 20, i % 2 === 0 ? HOME : OUT))
  expect(disagreement(seen)).toBeUndefined()
})

test('the last packets of a dead connection arrive after the new one has begun', () => {
  const seen = [
    ...[0, 30, 60].map((s) => said('old', s, HOME)),
    said('new', 90, OUT),
    said('old', 91, HOME, { timeMs: T + 80_000 }),
    said('new', 91.5, OUT),
    ...[120, 150, 180, 210].map((s) => said('new', s, OUT)),
  ]
  expect(disagreement(seen)).toBeUndefined()
})

test('a phone whose address changes with every request, on the move', () => {
  const seen = Array.from({ length: 20 }, (_, i) =>
    said(i % 2 === 0 ? 'wifi' : 'cell', i * 30, [-6.2 + i * 0.003, 106.8]),
  )
  expect(disagreement(seen)).toBeUndefined()
})

test('a phone at rest between two networks, whose receiver errs within what it states', () => {
  const seen = Array.from({ length: 20 }, (_, i) => {
    const place: [number, number] = i % 2 === 0 ? HOME : [-6.2 + 0.006, 106.8]
    return said(i % 2 === 0 ? 'wifi' : 'cell', i * 30, place, { accuracyM: i % 2 === 0 ? 20 : 900 })
  })
  expect(disagreement(seen)).toBeUndefined()
})

test('a memory that is uploaded over one network while the other carries what is live', () => {
  const seen = Array.from({ length: 10 }, (_, i) => [
    said('live', i * 30, HOME),
    said('memory', i * 30 + 5, OUT, { timeMs: T - 7_200_000 + i * 60_000 }),
  ]).flat()
  expect(disagreement(seen)).toBeUndefined()
})

test('two paths of one device that say the same', () => {
  const seen = Array.from({ length: 12 }, (_, i) => [
    said('main', i * 30, HOME),
    said('backup', i * 30 + 1, HOME),
  ]).flat()
  expect(disagreement(seen)).toBeUndefined()
})

test('a burst of turns within seconds decides nothing', () => {
  const seen = Array.from({ length: 24 }, (_, i) => said(i % 2 === 0 ? 'a' : 'b', i, i % 2 === 0 ? HOME : OUT))
  expect(disagreement(seen)).toBeUndefined()
})
