import { expect, test } from 'vitest'
import { Pacer } from '../../api/live/pacer.ts'

const limits = { everyMs: 8, everyMsMax: 250, share: 0.1 }

test('what was not done lately is done at once', () => {
  const pacer = new Pacer(limits)
  expect(pacer.waitMs(1000)).toBe(0)
  pacer.did(1000, 1000.5)
  expect(pacer.waitMs(1100)).toBe(0)
})

test('what costs little is done as often as it may be', () => {
  const pacer = new Pacer(limits)
  pacer.did(1000, 1000.5)
  expect(pacer.waitMs(1000.5)).toBe(8)
  expect(pacer.waitMs(1006.5)).toBe(2)
})

test('what takes long takes its share of the time and no more, but is never put off for long', () => {
  const pacer = new Pacer(limits)
  pacer.did(1000, 1010)
  expect(pacer.waitMs(1010)).toBeCloseTo(90)
  pacer.did(2000, 3000)
  expect(pacer.waitMs(3000)).toBe(250)
})
