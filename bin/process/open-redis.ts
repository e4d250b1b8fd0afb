// The connections of a process to Redis: each role as its own user, roles of one address share a connection for commands.
import type { Log } from '../../model/observe.ts'
import { connectRedis, type RedisClient, type RedisSettings } from '../../stream/redis/connect.ts'
import { readDurability } from '../../stream/redis/durability.ts'
import { admitsStrangers } from '../../stream/redis/users.ts'
import { askRedis } from './ask-redis.ts'
import { redisUrlName } from './role-secrets.ts'
import type { ProcessRole, Settings } from './settings.ts'

type RoleRedis = {
  redisSettings: RedisSettings
  /** For commands. */
  redis: RedisClient
  /** Another connection, for blocking reads; closed with the process. */
  openRedis(name: string): RedisClient
}

type OpenedRedis = { of(role: ProcessRole): RoleRedis; close(): void }

/** Connects, and throws a sentence where Redis may lose what it has answered, or answers anybody, and neither is allowed. */
export async function openRedisOf(
  roles: readonly ProcessRole[],
  settings: Settings,
  addressOf: (role: ProcessRole) => string,
  log: Log,
): Promise<OpenedRedis> {
  const { prefix, redisCluster: cluster } = settings
  const opened: RedisClient[] = []
  const byUrl = new Map<string, RoleRedis>()
  for (const role of roles) {
    const url = addressOf(role)
    if (byUrl.has(url)) continue
    const redisSettings = { url, prefix, cluster }
    const openRedis = (name: string): RedisClient => {
      const redis = connectRedis(redisSettings, `gelang-${name}`, log)
      opened.push(redis)
      return redis
    }
    const redis = openRedis(roles.filter((other) => addressOf(other) === url).join('+'))
    byUrl.set(url, { redisSettings, redis, openRedis })
    await refuseWeak(redis, settings, log)
    await refuseOpen(redis, redisSettings, settings, log)
  }
  const shared = roles.filter((role) => settings.redisUrls[role] === undefined)
  if (shared.length > 0)
    log.warn(
      { roles: shared },
      `these roles use REDIS_URL and may do all that its user may; ${redisUrlName(shared[0]!)} gives one its own ("gelang redis-users")`,
    )
  return {
    of: (role) => byUrl.get(addressOf(role))!,
    close() {
      for (const each of opened) each.disconnect()
    },
  }
}

async function refuseWeak(redis: RedisClient, settings: Settings, log: Log): Promise<void> {
  const { promise, sentence } = await askRedis(redis, () => readDurability(redis))
  log.info({ promise }, sentence)
  if (promise === 'none' && !settings.allowWeakDurability)
    throw new Error(
      `${sentence} Gelang does not start on it (GELANG_ALLOW_WEAK_DURABILITY=1 overrides, never in production).`,
    )
}

async function refuseOpen(
  redis: RedisClient,
  redisSettings: RedisSettings,
  settings: Settings,
  log: Log,
): Promise<void> {
  if (!(await askRedis(redis, () => admitsStrangers(redisSettings)))) return
  const sentence =
    'Redis answers whoever reaches it, without a password: positions can be read and rules changed there.'
  if (!settings.allowOpenRedis)
    throw new Error(
      `${sentence} Gelang does not start on it (GELANG_ALLOW_OPEN_REDIS=1 overrides, never in production).`,
    )
  log.warn({}, sentence)
}
