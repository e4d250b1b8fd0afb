import type { Clock, Log, Meter } from '../../model/observe.ts'
import type { RedisClient, RedisSettings } from '../../stream/redis/connect.ts'
import type { Keys } from '../../stream/redis/keys.ts'
import type { Settings } from '../process/settings.ts'

/** What every role is given when it starts. */
export type RoleParts = {
  settings: Settings
  /** For commands; shared by the roles of the process that have one address. */
  redis: RedisClient
  /** Another connection, for blocking reads; closed with the process. */
  openRedis(name: string): RedisClient
  redisSettings: RedisSettings
  keys: Keys
  /** Names this process among the owners of leases. */
  ownerId: string
  clock: Clock
  log: Log
  meter: Meter
  metricsText(): Promise<string>
  onFatal(error: unknown): void
}

export type RunningRole = {
  /** Why the role cannot do its work now; undefined when it can. */
  notReady(): Promise<string | undefined>
  /** What an operator should know although the role does its work; said beside the readiness. */
  warning?(): string | undefined
  stop(): Promise<void>
}
