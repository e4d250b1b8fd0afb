// A process that starts while Redis goes away for a moment asks again instead of ending.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askRedis } from '../../bin/process/ask-redis.ts'
import { connectRedis, type RedisClient } from '../../stream/redis/connect.ts'
import { PATIENCE_MS } from '../setup/patience-ms.ts'
import { createTestRedis, silentLog, type TestRedis } from '../setup/test-redis.ts'

let services: TestRedis
let redis: RedisClient
beforeAll(async () => {
  services = await createTestRedis()
  redis = connectRedis(services.settings, 'starting', silentLog)
})
afterAll(async () => {
  redis.disconnect()
  await services.cleanup()
})

/** Ends this client's own connection before the answer. */
async function losesItsConnection(): Promise<unknown> {
  const id = await redis.call('CLIENT', 'ID')
  const answer = redis.call('BLPOP', `${services.settings.prefix}:nothing`, '0')
  const [lost] = await Promise.allSettled([answer, services.redis.call('CLIENT', 'KILL', 'ID', String(id))])
  if (lost.status === 'rejected') throw lost.reason
  return lost.value
}

test('asked again when the connection was lost; the answer counts', async () => {
  let asked = 0
  const answer = await askRedis(redis, async () => (++asked < 3 ? losesItsConnection() : redis.ping()), PATIENCE_MS)
  expect([answer, asked]).toEqual(['PONG', 3])
})

test('a refusal, and what is no error of Redis, ends it at once', async () => {
  let asked = 0
  const unknown = () => {
    asked++
    return redis.call('NO-SUCH-COMMAND')
  }
  await expect(askRedis(redis, unknown)).rejects.toThrow(/unknown command/i)
  const wrong = () => {
    asked++
    return Promise.reject(new Error('GELANG_SHARDS is another'))
  }
  await expect(askRedis(redis, wrong)).rejects.toThrow('GELANG_SHARDS')
  expect(asked).toBe(2)
})

test('not for longer than it waits', async () => {
  await expect(askRedis(redis, losesItsConnection, 50)).rejects.toThrow()
})
