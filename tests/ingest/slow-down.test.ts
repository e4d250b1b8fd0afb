import { expect, test } from 'vitest'
import { Buckets } from '../../ingest/admission/buckets.ts'
import { SlowDown } from '../../ingest/admission/slow-down.ts'
import { INGEST_LIMITS } from '../../ingest/limits.ts'

test('wrong tries wait longer and longer, by address and by whom they name, up to a bound; time pays back', () => {
  const clock = { nowMs: 0 }
  const limits = {
    ...INGEST_LIMITS,
    wrongTriesByAddress: { perSecond: 10, burst: 4 },
    wrongTriesByName: { perSecond: 1, burst: 2 },
    wrongTryWaitMsMax: 1500,
  }
  const slow = new SlowDown(limits, () => clock.nowMs)
  expect(Array.from({ length: 4 }, () => slow.wrong('10.0.0.1', 'b1'))).toEqual([0, 0, 1000, 1500])
  expect(slow.wrong('::ffff:10.0.0.1', 'b2')).toBe(100)
  expect(slow.wrong('10.0.0.2', 'b1')).toBe(1500)
  expect(slow.wrong('10.0.0.2', 'b2')).toBe(0)
  clock.nowMs = 60_000
  expect(slow.wrong('10.0.0.1', 'b1')).toBe(0)
})

test('buckets are bounded: the one that was silent for longest is forgotten', () => {
  const buckets = new Buckets({ perSecond: 1, burst: 1 }, 2)
  for (const name of ['a', 'b', 'a', 'c']) buckets.take(name, 1, 0)
  expect(buckets.size).toBe(2)
  expect(buckets.take('a', 1, 0)).toBe(2000)
  expect(buckets.take('b', 1, 0)).toBe(0)
})
