import { expect, test } from 'vitest'
import { keepSayingListening } from '../../ingest/say-listening.ts'
import { readListening } from '../../stream/ownership/listening.ts'
import { waitFor } from '../setup/patience.ts'
import { createTestRedis, silentLog } from '../setup/test-redis.ts'

test('says that reports are taken while they are, and no longer', async () => {
  const { redis, keys, cleanup } = await createTestRedis()
  let nowMs = 1000
  let ready = false
  let asked = 0
  const saying = keepSayingListening({
    ...{ redis, keys, log: silentLog, everyMs: 5 },
    clock: () => nowMs,
    ready: () => {
      asked++
      return ready
    },
  })
  await waitFor(() => expect(asked).toBeGreaterThan(3))
  expect(await readListening(redis, keys)).toBeUndefined()
  ready = true
  await waitFor(async () => expect(await readListening(redis, keys)).toEqual({ sinceMs: 1000, toMs: 1000, gaps: [] }))
  nowMs = 9000
  await waitFor(async () => expect(await readListening(redis, keys)).toEqual({ sinceMs: 1000, toMs: 9000, gaps: [] }))
  await saying.stop()
  nowMs = 10_000
  const before = asked
  await redis.ping()
  expect(asked).toBe(before)
  expect((await readListening(redis, keys))!.toMs).toBe(9000)
  await cleanup()
})
