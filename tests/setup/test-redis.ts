// Keys of one test file's own, on the server that REDIS_URL names.
import { randomBytes } from 'node:crypto'
import { Cluster, type Redis } from 'ioredis'
import type { Log } from '../../model/observe.ts'
import { connectRedis, type RedisClient, type RedisSettings, untilReady } from '../../stream/redis/connect.ts'
import { type Keys, keysOf } from '../../stream/redis/keys.ts'
import { PATIENCE_MS } from './patience-ms.ts'

export type TestRedis = {
  settings: RedisSettings
  redis: RedisClient
  keys: Keys
  /** Another connection, ready, closed by `cleanup`. */
  open(name?: string): Promise<RedisClient>
  /** Deletes what stands under the prefix and closes the connections. */
  cleanup(): Promise<void>
}

/** A connection, ready, and a key prefix that nobody else has. */
export async function createTestRedis(
  url = process.env.REDIS_URL,
  options: Partial<RedisSettings> = {},
): Promise<TestRedis> {
  if (!url) throw new Error('REDIS_URL is not set: tests/setup/services.ts sets it')
  const settings = { url, prefix: `test-${process.pid}-${randomBytes(4).toString('hex')}`, ...options }
  const opened: RedisClient[] = []
  const open = async (name = 'test') => {
    const redis = connectRedis(settings, name, silentLog)
    opened.push(redis)
    await untilReady(redis, PATIENCE_MS)
    return redis
  }
  const redis = await open()
  return {
    settings,
    redis,
    keys: keysOf(settings.prefix),
    open,
    async cleanup() {
      const nodes: Redis[] = redis instanceof Cluster ? redis.nodes('master') : [redis]
      for (const node of nodes) if (node.status === 'ready') await deleteUnder(node, `${settings.prefix}:*`)
      for (const connection of opened) connection.disconnect()
    },
  }
}

/** Swallows everything: for tests that assert on behaviour, not on what is said. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

async function deleteUnder(node: Redis, pattern: string): Promise<void> {
  let cursor = '0'
  do {
    const [next, found] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', 1000)
    for (const key of found) await node.unlink(key)
    cursor = next
  } while (cursor !== '0')
}
