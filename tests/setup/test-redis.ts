// Keys of one test file's own, on the server that REDIS_URL names.
import { randomBytes } from 'node:crypto'
import { Cluster, type Redis } from 'ioredis'
import type { Log } from '../../model/observe.ts'
import { connectRedis, type RedisClient, type RedisSettings, untilReady } from '../../stream/redis/connect.ts'
import { type Keys, keysOf } from '../../stream/redis/keys.ts'
import { REDIS_ROLES, type RedisRole, redisUser } from '../../stream/redis/rights.ts'
import { setUsers } from '../../stream/redis/users.ts'
import { PATIENCE_MS } from './patience-ms.ts'

export type TestRedis = {
  settings: RedisSettings
  redis: RedisClient
  keys: Keys
  /** Another connection, ready, closed by `cleanup`. */
  open(name?: string): Promise<RedisClient>
  /** The same place for one role of the server, as its own user with its own rights. */
  as(role: RedisRole): RedisSettings
  /** Deletes what stands under the prefix and closes the connections. */
  cleanup(): Promise<void>
}

const PASSWORDS = Object.fromEntries(REDIS_ROLES.map((role) => [role, randomBytes(9).toString('base64url')])) as Record<
  RedisRole,
  string
>

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
  const hasUsers = await makeUsers(redis, settings.prefix)
  return {
    settings,
    redis,
    keys: keysOf(settings.prefix),
    open,
    as(role) {
      if (!hasUsers) return settings
      const address = new URL(settings.url)
      address.username = redisUser(settings.prefix, role)
      address.password = PASSWORDS[role]
      return { ...settings, url: address.href }
    },
    async cleanup() {
      const nodes: Redis[] = redis instanceof Cluster ? redis.nodes('master') : [redis]
      for (const node of nodes) {
        if (node.status !== 'ready') continue
        await deleteUnder(node, `${settings.prefix}:*`)
        if (hasUsers) await node.call('ACL', 'DELUSER', ...REDIS_ROLES.map((role) => redisUser(settings.prefix, role)))
      }
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

/** False on a Redis that is somebody else's, where we may make none. */
async function makeUsers(redis: RedisClient, prefix: string): Promise<boolean> {
  try {
    await setUsers(redis, prefix, PASSWORDS)
    return true
  } catch (error) {
    if (!(error instanceof Error) || !/^NOPERM/.test(error.message)) throw error
    return false
  }
}

async function deleteUnder(node: Redis, pattern: string): Promise<void> {
  let cursor = '0'
  do {
    const [next, found] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', 1000)
    for (const key of found) await node.unlink(key)
    cursor = next
  } while (cursor !== '0')
}
