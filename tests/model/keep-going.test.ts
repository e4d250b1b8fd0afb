// The loop that all supervised work runs in: what it tries again, what ends it, how it is woken and stopped.
import { afterEach, expect, test, vi } from 'vitest'
import { type Going, keepGoing, type Loop } from '../../model/keep-going.ts'
import type { Log } from '../../model/observe.ts'

const going: Going[] = []
afterEach(async () => {
  await Promise.all(going.splice(0).map((each) => each.stop()))
  vi.useRealTimers()
})

const passing = new Error('away')
const retries = (error: Error) => error === passing

function begin(turn: Loop['turn'], more: Partial<Loop> = {}) {
  const said: string[] = []
  const say = (_: object, message: string) => void said.push(message)
  const log: Log = { debug: say, info: say, warn: say, error: say }
  const fatal: unknown[] = []
  const loop = keepGoing({ name: 'work', turn, retries, log, onFatal: (error) => fatal.push(error), ...more })
  going.push(loop)
  return { loop, said, fatal }
}

test('a failure that passes is tried again, later each time up to the longest, and logged once until it works', async () => {
  vi.useFakeTimers()
  const turnsMs: number[] = []
  const { said, fatal } = begin(
    async () => {
      turnsMs.push(Date.now())
      if (turnsMs.length < 6) throw passing
      return Number.POSITIVE_INFINITY
    },
    { retryMs: { first: 100, max: 350 } },
  )
  await vi.advanceTimersByTimeAsync(10_000)
  expect(turnsMs.slice(1).map((ms, i) => ms - turnsMs[i]!)).toEqual([100, 200, 350, 350, 350])
  expect([said, fatal]).toEqual([['failed; retrying', 'recovered'], []])
})

test('after it worked the next failure waits for the first time again', async () => {
  vi.useFakeTimers()
  const turnsMs: number[] = []
  begin(
    async ({ works }) => {
      turnsMs.push(Date.now())
      if (turnsMs.length === 3) works()
      throw passing
    },
    { retryMs: { first: 100, max: 1000 } },
  )
  await vi.advanceTimersByTimeAsync(400)
  expect(turnsMs.slice(1).map((ms, i) => ms - turnsMs[i]!)).toEqual([100, 200, 100])
})

test('any other failure ends it and surfaces', async () => {
  let turns = 0
  const bug = new TypeError('a bug')
  const { loop, fatal } = begin(async () => {
    turns++
    throw bug
  })
  await loop.done
  loop.wake()
  expect([turns, fatal]).toEqual([1, [bug]])
})

test('what is thrown and is no error is never tried again', async () => {
  const { loop, fatal } = begin(async () => Promise.reject('text'), { retries: () => true })
  await loop.done
  expect(fatal).toEqual(['text'])
})

test('woken while it waits it turns at once; woken in a turn it turns once more', async () => {
  const started: (() => void)[] = []
  const { loop } = begin(() => new Promise((resolve) => started.push(() => resolve(Number.POSITIVE_INFINITY))))
  expect(started).toHaveLength(1)
  loop.wake()
  loop.wake()
  expect(started).toHaveLength(1)
  started[0]!()
  await expect.poll(() => started.length).toBe(2)
  started[1]!()
  await new Promise((resolve) => setImmediate(resolve))
  expect(started).toHaveLength(2)
  loop.wake()
  await expect.poll(() => started.length).toBe(3)
  started[2]!()
})

test('a stop ends the wait, waits for the turn under way, and says nothing of its failure', async () => {
  let fail: (error: Error) => void = () => undefined
  const { loop, said } = begin(() => new Promise((_, reject) => (fail = reject)))
  let stopped = false
  const stopping = loop.stop().then(() => {
    stopped = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(stopped).toBe(false)
  fail(passing)
  await stopping
  expect(said).toEqual([])
  const { loop: waiting } = begin(async () => 3_600_000)
  await waiting.stop()
})

test('a turn that is done ends it', async () => {
  let turns = 0
  const { loop } = begin(async () => (++turns < 3 ? 0 : 'done'))
  await loop.done
  expect(turns).toBe(3)
})
