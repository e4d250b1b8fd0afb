import { afterAll, beforeAll, expect, test } from 'vitest'
import { publishLive, subscribeLive } from '../../stream/logs/live-channel.ts'
import { untilReady } from '../../stream/redis/connect.ts'
import { type OwnServer, ownRedis } from '../setup/own-services.ts'
import { waitFor } from '../setup/patience.ts'
import { PATIENCE_MS } from '../setup/patience-ms.ts'
import { createTestRedis, type TestRedis } from '../setup/test-redis.ts'

let server: OwnServer
let shared: TestRedis
beforeAll(async () => {
  server = await ownRedis()
  shared = await createTestRedis(server.url)
})
afterAll(async () => {
  await shared?.cleanup()
  await server?.discard()
})

test('messages arrive by shard, byte for byte; after Redis was away they come again, and it is said', async () => {
  const { redis, keys } = shared
  const heard: [number, number[]][] = []
  let subscribed = 0
  const subscription = subscribeLive(
    redis,
    keys,
    3,
    (shard, bytes) => void heard.push([shard, [...bytes]]),
    () => void subscribed++,
  )
  await subscription.ready
  expect(subscribed).toBe(1)
  expect(await publishLive(redis, keys, 2, new Uint8Array([0, 255, 10]))).toBe(1)
  expect(await publishLive(redis, keys, 3, new Uint8Array([1]))).toBe(0)
  await waitFor(() => expect(heard).toEqual([[2, [0, 255, 10]]]))

  await server.kill9()
  await server.startAgain()
  await untilReady(redis, PATIENCE_MS)
  await waitFor(() => expect(subscribed).toBe(2))
  await publishLive(redis, keys, 0, new Uint8Array([7]))
  await waitFor(() => expect(heard).toContainEqual([0, [7]]))
  subscription.stop()
})
