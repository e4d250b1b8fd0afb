// Connections to Redis, or to a Redis Cluster, that fail fast and reconnect by themselves.
import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis'
import type { Log } from '../../model/observe.ts'
import { forgetOperands, LogUnavailable } from './redis-errors.ts'

export type RedisSettings = {
  /** redis://[user:password@]host[:port][/db], or rediss:// with TLS. */
  url: string
  /** First part of every key. */
  prefix: string
  /** The address names one node of a Redis Cluster. */
  cluster?: boolean
  /** Instead of SOCKET_SILENT_MS_MAX; must exceed the longest blocking read. */
  socketSilentMsMax?: number
}
export type RedisClient = Redis | Cluster

/** A socket silent for this long with a command unanswered counts as dead; blocking reads stay well below it. */
export const SOCKET_SILENT_MS_MAX = 10_000
const RECONNECT_MS_MAX = 1000

// Nothing is queued while Redis is away and nothing is sent a second time behind a caller's back: a command either has an
// answer or an error. `maxRetriesPerRequest: 0` matters: without it ioredis 6 leaves commands that were under way when the
// connection broke unsettled for ever once resending is off.
const CONNECTION = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 5000,
  keepAlive: 10_000,
  reconnectOnError(error) {
    forgetOperands(error)
    return false
  },
} satisfies RedisOptions

const logOf = new WeakMap<RedisClient, Log>()

/**
 * A connection that reconnects for ever, at most a second apart. It is usable from its `ready` event on (`untilReady`);
 * before that, and whenever Redis is away, commands reject at once. Says once when Redis goes away and once when it is back.
 */
export function connectRedis(settings: RedisSettings, connectionName: string, log: Log): RedisClient {
  const redis = settings.cluster
    ? new Cluster([settings.url], clusterOptions(settings, connectionName))
    : new Redis(settings.url, { ...connectionOptions(settings, connectionName), retryStrategy: reconnectDelayMs })
  logOutages(redis, connectionName, log)
  return redis
}

/** A queue's worker blocks for up to ten seconds at a time and must not be cut while it does. */
const QUEUE_SILENT_MS_MAX = 30_000

/**
 * A connection for the worker of a job queue, which does its own waiting: commands are kept while Redis is away and sent when it
 * is back. Every job may be done twice then, so use it for nothing else.
 */
export function connectQueueWorker(settings: RedisSettings, connectionName: string, log: Log): RedisClient {
  const patient = { enableOfflineQueue: true, maxRetriesPerRequest: null }
  const silent = { ...settings, socketSilentMsMax: QUEUE_SILENT_MS_MAX }
  const options = clusterOptions(silent, connectionName)
  const redis = settings.cluster
    ? new Cluster([settings.url], {
        ...options,
        enableOfflineQueue: true,
        redisOptions: { ...options.redisOptions, ...patient },
      })
    : new Redis(settings.url, {
        ...connectionOptions(silent, connectionName),
        ...patient,
        retryStrategy: reconnectDelayMs,
      })
  logOutages(redis, connectionName, log)
  return redis
}

/** Another connection to the same server, logged in the same log. */
export function duplicateRedis(redis: RedisClient, connectionName: string): RedisClient {
  const copy: RedisClient = redis instanceof Cluster ? redis.duplicate() : redis.duplicate({ connectionName })
  logOutages(copy, connectionName, logOf.get(redis))
  return copy
}

/** Resolves when commands can be sent; rejects (`isRedisAway`) after `timeoutMs`, or when it has been closed for good. */
export function untilReady(redis: RedisClient, timeoutMs: number): Promise<void> {
  if (redis.status === 'ready') return Promise.resolve()
  if (redis.status === 'end') return Promise.reject(away('the connection has been closed'))
  return new Promise((resolve, reject) => {
    const settle = (error?: Error) => {
      clearTimeout(timer)
      redis.off('ready', ready)
      redis.off('end', ended)
      if (error) reject(error)
      else resolve()
    }
    const ready = () => settle()
    const ended = () => settle(away('the connection has been closed'))
    const timer = setTimeout(() => settle(away(`Redis did not answer within ${timeoutMs} ms`)), timeoutMs)
    redis.on('ready', ready)
    redis.on('end', ended)
  })
}

function away(reason: string): LogUnavailable {
  return new LogUnavailable('away', reason)
}

function logOutages(redis: RedisClient, connection: string, log: Log | undefined): void {
  if (log !== undefined) logOf.set(redis, log)
  let away = false
  redis.on('error', (error: Error) => {
    if (!away) log?.warn({ connection, reason: error.message }, 'Redis is away')
    away = true
  })
  redis.on('ready', () => {
    if (away) log?.info({ connection }, 'Redis is back')
    away = false
  })
}

function reconnectDelayMs(attempt: number): number {
  return Math.min(50 * 2 ** Math.min(attempt - 1, 8), RECONNECT_MS_MAX)
}

function connectionOptions({ socketSilentMsMax = SOCKET_SILENT_MS_MAX }: RedisSettings, connectionName: string) {
  return { ...CONNECTION, connectionName, socketTimeout: socketSilentMsMax } satisfies RedisOptions
}

function clusterOptions(settings: RedisSettings, connectionName: string) {
  const { username, password, protocol } = new URL(settings.url)
  return {
    enableOfflineQueue: false,
    scaleReads: 'master',
    maxRedirections: 4,
    clusterRetryStrategy: reconnectDelayMs,
    redisOptions: {
      ...connectionOptions(settings, connectionName),
      ...(username === '' ? {} : { username: decodeURIComponent(username) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss:' ? { tls: {} } : {}),
    },
  } satisfies ClusterOptions
}
