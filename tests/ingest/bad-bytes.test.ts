import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BadBytes } from '../../ingest/devices/tcp/bad-bytes.ts'

const LIMITS = { malformedFramesMax: 20, garbageBytesMax: 1000 }
const HOUR_MS = 3_600_000

test('an unknown line an hour is forgiven for ever', () => {
  const bad = new BadBytes(LIMITS)
  for (let hour = 1; hour <= 5000; hour++) bad.badFrame(hour * HOUR_MS)
  expect(bad.cause).toBeUndefined()
})

test('good frames pay back, also within one second', () => {
  const bad = new BadBytes(LIMITS)
  for (let i = 0; i < 500; i++) {
    bad.badFrame(1)
    bad.goodFrame(40)
    bad.garbage(30, 1)
  }
  expect(bad.cause).toBeUndefined()
})

test('a burst of bad frames, or of bytes outside frames, is cut off', () => {
  const frames = new BadBytes(LIMITS)
  for (let i = 0; i < 20; i++) frames.badFrame(1)
  expect(frames.cause).toBeUndefined()
  frames.badFrame(1)
  expect(frames.cause).toBe('malformed_frames')
  const bytes = new BadBytes(LIMITS)
  bytes.garbage(1000, 1)
  expect(bytes.cause).toBeUndefined()
  bytes.garbage(1, 1)
  expect(bytes.cause).toBe('garbage')
})

test('good frames of the past are no credit: however many came before, a burst has the same end', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.nat(1000), (before, hours) => {
      const bad = new BadBytes(LIMITS)
      bad.badFrame(1)
      for (let i = 0; i < before; i++) bad.goodFrame(100)
      for (let i = 0; i <= LIMITS.malformedFramesMax; i++) bad.badFrame(hours * HOUR_MS + 2)
      expect(bad.cause).toBe('malformed_frames')
    }),
  )
})
