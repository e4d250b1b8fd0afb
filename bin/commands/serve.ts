// `gelang serve`: reads the environment once, opens connections, starts the roles asked for, and takes them down in order.
import { hostname } from 'node:os'
import { agreeShardCount } from '../../stream/ownership/agree.ts'
import { keysOf } from '../../stream/redis/keys.ts'
import { KEY_CHARS_MIN, sealOf } from '../../stream/redis/seal.ts'
import { askRedis } from '../process/ask-redis.ts'
import { clockOf } from '../process/clock.ts'
import { openLog } from '../process/log.ts'
import { openMeter } from '../process/meter.ts'
import { openRedisOf } from '../process/open-redis.ts'
import { knowsTheKey } from '../process/role-secrets.ts'
import { type ProcessRole, ROLES_OF_PROCESS, readSettings, required, type Settings } from '../process/settings.ts'
import { untilSignalOr } from '../process/until-signal.ts'
import { serveHealth } from '../roles/health.ts'
import type { RoleParts, RunningRole } from '../roles/role.ts'

// Loaded when asked for: a process that is started again after a crash should not wait for the code of roles that it has not.
const START = {
  ingest: async (parts) => (await import('../roles/serve-ingest.ts')).startIngestRole(parts),
  evaluate: async (parts) => (await import('../roles/serve-evaluate.ts')).startEvaluateRole(parts),
  record: async (parts) => (await import('../roles/serve-record.ts')).startRecordRole(parts),
  notify: async (parts) => (await import('../roles/serve-notify.ts')).startNotifyRole(parts),
  api: async (parts) => (await import('../roles/serve-api.ts')).startApiRole(parts),
} satisfies Record<ProcessRole, (parts: RoleParts) => Promise<RunningRole>>

/** Runs until SIGINT or SIGTERM. A bug in any role ends the process with code 70: it is started again and replays. */
export async function serve(list: string): Promise<void> {
  const roles = rolesOf(list)
  const settings = readSettings(process.env)
  const log = openLog(`gelang ${roles.join('+')}`, settings.logLevel)
  const { meter, text, contentType } = openMeter()
  const clock = clockOf(settings.virtualClock)
  if (settings.virtualClock !== undefined) log.warn({}, 'running on a virtual clock: for tests and simulations only')
  const onFatal = (error: unknown): void => {
    log.error(
      { err: error instanceof Error ? { message: error.message, stack: error.stack } : String(error) },
      'a bug or a lasting failure: ending',
    )
    // Whatever is in memory may be wrong now. The log holds every answered report; the next start replays it.
    process.exit(70)
  }
  process.on('uncaughtException', onFatal)
  process.on('unhandledRejection', onFatal)

  const addressOf = (role: ProcessRole) => settings.redisUrls[role] ?? required(settings.redisUrl, 'REDIS_URL')
  const opened = await openRedisOf(roles, settings, addressOf, log)

  const keys = keysOf(settings.prefix, roles.some(knowsTheKey) ? sealOf(rulesKey(settings)) : undefined)
  const { redis } = opened.of(roles[0]!)
  const shardCount = await askRedis(redis, () => agreeShardCount(redis, keys, settings.shardCount))
  if (shardCount !== settings.shardCount)
    throw new Error(
      `GELANG_SHARDS is ${settings.shardCount}, but this log was begun with ${shardCount} shards: another number needs an empty log.`,
    )

  const parts = {
    settings,
    keys,
    ownerId: `${hostname()}-${process.pid}`,
    clock,
    log,
    meter,
    metricsText: text,
    onFatal,
  }
  const running: [ProcessRole, RunningRole][] = []
  for (const role of roles) running.push([role, await START[role]({ ...parts, ...opened.of(role) })])
  const readiness = async () => {
    const reasons: string[] = []
    const warnings: string[] = []
    // The api says for itself what it can still do then.
    if (roles.some((role) => role !== 'api' && opened.of(role).redis.status !== 'ready')) reasons.push('Redis is away')
    for (const [role, { notReady, warning }] of running) {
      const reason = await notReady()
      if (reason !== undefined) reasons.push(`${role}: ${reason}`)
      const said = warning?.()
      if (said !== undefined) warnings.push(`${role}: ${said}`)
    }
    return { ready: reasons.length === 0, reasons, warnings }
  }
  const health =
    settings.healthPort === 0
      ? undefined
      : await serveHealth({
          host: settings.healthHost,
          port: settings.healthPort,
          readiness,
          metrics: text,
          metricsContentType: contentType,
        })
  log.info({ roles, healthPort: health?.port }, 'serving')
  await untilSignalOr()
  log.info({}, 'shutting down')
  // Ingest first: nothing new comes in while the others finish what is there.
  for (const [, role] of running) await role.stop()
  await health?.close()
  opened.close()
  log.info({}, 'stopped')
}

function rulesKey(settings: Settings): string {
  const key = required(settings.rulesKey, 'GELANG_RULES_KEY')
  if (key.length < KEY_CHARS_MIN)
    throw new Error(`GELANG_RULES_KEY must have ${KEY_CHARS_MIN} characters or more, and be the same for every process`)
  return key
}

function rolesOf(list: string): ProcessRole[] {
  const roles = list.split(',').map((role) => role.trim())
  const unknown = roles.filter((role) => !(ROLES_OF_PROCESS as readonly string[]).includes(role))
  if (unknown.length > 0)
    throw new Error(`no such role: ${unknown.join(', ')} (there are ${ROLES_OF_PROCESS.join(', ')})`)
  return ROLES_OF_PROCESS.filter((role) => roles.includes(role))
}
