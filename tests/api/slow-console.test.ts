import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeLive } from '../../model/console/live.ts'
import type { Meter } from '../../model/observe.ts'
import { publishLive } from '../../stream/logs/live-channel.ts'
import type { SeededWearer } from '../store/two-bapas.ts'
import { type ApiUnderTest, apiUnderTest, noMeter, SHARDS } from './api-under-test.ts'
import { connectLive } from './live-client.ts'

let t: ApiUnderTest
let wearer: SeededWearer
let cookie: string
const heavy = Array.from({ length: 1000 }, (_, i) => ({
  timeMs: i,
  role: 'sign' as const,
  contentKey: 'f'.repeat(100),
}))
let connected = 0
const meter: Meter = {
  ...noMeter,
  gauge: () => ({
    set: (value) => {
      connected = value
    },
  }),
}
const limits = {
  positions: { everyMs: 5, everyMsMax: 5, share: 0.5 },
  positionsWaitBytes: 64 * 1024,
  unsentBytesMax: 1024 * 1024,
  replayPage: 5,
}
beforeAll(async () => {
  t = await apiUnderTest({ limits })
  wearer = t.seeded.wearers.a1
  cookie = await t.signIn('pk1A')
})
afterAll(() => t.close())

const publish = (timeMs: number) =>
  publishLive(
    t.redis.redis,
    t.redis.keys,
    wearer.n % SHARDS,
    encodeLive([
      {
        ...{ wearerId: wearer.n, state: 0, flags: 1, batteryPercent: 80, charging: 1, timeMs, receivedMs: timeMs },
        ...{ latE7: 0, lonE7: 0, accuracyM: 10, speedMps: 1, courseDeg: 1 },
      },
    ]),
  )

test('a console that reads slowly gets the newest position, not all of them, and every incident', async () => {
  const slow = connectLive(t.api, cookie, { compressed: false })
  const quick = connectLive(t.api, cookie, { compressed: false })
  await Promise.all([slow, quick].map((each) => each.until('status')))
  slow.socket.pause()
  // More than the kernel takes for a reader that does not read.
  const ids: string[] = []
  for (let i = 0; i < 60; i++) ids.push((await t.publish(wearer, { evidence: heavy })).incident.id)
  await quick.until('incident', (m) => m.incident.id === ids.at(-1))
  for (let timeMs = 1; timeMs <= 300; timeMs++) {
    await publish(timeMs)
    if (timeMs % 50 === 0) await quick.until('positions', (m) => (m.rows[0]?.[5] ?? 0) >= timeMs)
  }
  slow.socket.resume()
  await slow.until('positions', (m) => m.rows[0]?.[5] === 300)
  await slow.until('incident', (m) => m.incident.id === ids.at(-1))
  expect(slow.all('positions').length).toBeLessThan(quick.all('positions').length)
  expect(slow.all('incident').map((m) => m.incident.id)).toEqual(ids)
  for (const each of [slow, quick]) each.cut()
})

test('one that reads nothing is cut off, and misses nothing when it comes back', async () => {
  const strict = await t.another({ meter, limits: { ...limits, drainMs: 500, closingMs: 200 } })
  const stuck = connectLive(strict, cookie, { compressed: false })
  const quick = connectLive(strict, cookie, { compressed: false })
  await Promise.all([stuck, quick].map((each) => each.until('status')))
  stuck.socket.pause()
  const ids: string[] = []
  for (let i = 0; i < 160; i++) ids.push((await t.publish(wearer, { evidence: heavy })).incident.id)
  await quick.until('incident', (m) => m.incident.id === ids.at(-1))
  await expect.poll(() => connected).toBe(1)
  stuck.socket.resume()
  await stuck.untilClosed()
  const back = connectLive(strict, cookie, { cursor: stuck.cursor })
  expect((await back.until('hello')).resumed).toBe(true)
  await back.until('incident', (m) => m.incident.id === ids.at(-1))
  const heard = [...stuck.all('incident'), ...back.all('incident')].map((m) => m.incident.id)
  expect(heard.filter((id) => ids.includes(id))).toEqual(ids)
  for (const each of [quick, back]) each.cut()
})
