// What scripts with the same world seed share: services of their own, a seeded fleet in the database, logins, a span of time.
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { createAccount, createAuth } from '../../api/auth.ts'
import { seedFleet } from '../../bin/seed-fleet.ts'
import { type Fleet, makeFleet } from '../../simulators/fleet.ts'
import { randomOf } from '../../simulators/random.ts'
import { linkAccount } from '../../store/insert-people.ts'
import { migrate } from '../../store/migrate.ts'
import { openPool, type Pool } from '../../store/open-pool.ts'
import { isStoreAway } from '../../store/retry.ts'
import { connectRedis, type RedisClient, untilReady } from '../../stream/connect.ts'
import { isRedisAway } from '../../stream/redis-errors.ts'
import { type OwnServer, ownPostgres, ownRedis } from '../setup/own-services.ts'
import { silentLog } from '../setup/test-redis.ts'
import { eventually } from './eventually.ts'
import { freePorts } from './free-ports.ts'

/** Simulated milliseconds in a real one. */
export const SPEED = 200
/** Simulated time that a script covers. */
export const SPAN_MS = 50 * 60_000
export const SHARDS = 6

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const SERVERS_MS_MAX = 120_000
const WEARERS = 45
const PLAYERS_PER_SCRIPT = 2
const PLAYER_INTERVAL_MS = 24_000
const LIFE_INTERVAL_MS = 60_000
/** A Wednesday. Spans begin so that curfews and working hours begin or end within them, in one of the three time zones. */
const DAY = Date.parse('2026-02-04T00:00:00+07:00')
const SPANS_BEGIN_AT_MIN = [
  2 * 60 + 45,
  4 * 60 + 40,
  6 * 60 + 25,
  16 * 60 + 50,
  17 * 60 + 35,
  18 * 60 + 40,
  19 * 60 + 40,
]

export type Servers = { postgres: OwnServer; redis: OwnServer; logFolder: string; discard(): Promise<void> }

export type World = {
  seed: number
  servers: Servers
  fleet: Fleet
  /** The fleet lives from here to here, in simulated time. */
  fromMs: number
  untilMs: number
  databaseUrl: string
  wearerIdOf: ReadonlyMap<string, number>
  operators: string[]
  /** Session cookies by operator, from their one login: too many logins are refused. */
  cookies: Map<string, string>
  password: string
  authSecret: string
  pool: Pool
  redis: RedisClient
  close(): Promise<void>
}

/** TimescaleDB and Redis for any number of worlds, one after the other, on ports that no outgoing connection can be given. */
export async function startServers(): Promise<Servers> {
  const [postgresPort, redisPort] = (await freePorts(2)) as [number, number]
  const [postgres, redis] = await Promise.all([ownPostgres(postgresPort), ownRedis(redisPort)])
  const logFolder = join(postgres.folder, '..', 'logs')
  mkdirSync(logFolder, { recursive: true })
  return {
    postgres,
    redis,
    logFolder,
    async discard() {
      await Promise.all([postgres.discard(), redis.discard()])
    },
  }
}

export async function makeWorld(seed: number, servers: Servers): Promise<World> {
  const random = randomOf(seed)
  const made = makeFleet({
    seed: seed % 10_000,
    wearers: WEARERS,
    intervalMs: LIFE_INTERVAL_MS,
    playersPerScript: PLAYERS_PER_SCRIPT,
  })
  const fleet: Fleet = {
    ...made,
    wearers: made.wearers.map((wearer) =>
      wearer.script === undefined ? wearer : { ...wearer, intervalMs: PLAYER_INTERVAL_MS },
    ),
  }
  const fromMs = DAY + random.pick(SPANS_BEGIN_AT_MIN) * MINUTE_MS
  const databaseUrl = await createDatabase(servers.postgres.url, `world_${seed}_${randomBytes(3).toString('hex')}`)
  await migrate(databaseUrl, silentLog)
  const pool = openPool({ url: databaseUrl, applicationName: 'fault harness', max: 2 })
  const { officers, wearerIds } = await seedFleet({
    pool,
    fleet,
    fromMs: fromMs - DAY_MS,
    // Beyond the real time in which this runs: the API asks the database's own clock.
    toMs: fromMs + 50 * 365 * DAY_MS,
    silenceGraceMs: 30 * MINUTE_MS,
  })
  const authSecret = randomBytes(32).toString('hex')
  const password = randomBytes(9).toString('base64url')
  await makeLogins(databaseUrl, pool, officers, authSecret, password)
  const redis = connectRedis({ url: servers.redis.url, prefix: 'gelang' }, 'fault-harness', silentLog)
  await untilReady(redis, 10_000)
  return {
    seed,
    servers,
    fleet,
    fromMs,
    untilMs: fromMs + SPAN_MS,
    databaseUrl,
    wearerIdOf: new Map(fleet.wearers.map(({ deviceId, number }) => [deviceId, wearerIds[number]!])),
    operators: officers.filter(({ role }) => role === 'operator').map(({ username }) => username),
    cookies: new Map(),
    password,
    authSecret,
    pool,
    redis,
    async close() {
      await pool.end()
      redis.disconnect()
    },
  }
}

/** Forgets everything that a run left behind; rules, wearers and logins stay, so that ids are the same in every run. */
export async function forgetRun(world: World): Promise<void> {
  await eventually(
    async () => {
      try {
        await world.pool.query('TRUNCATE fix, incident, incident_revision, quarantine, record_position')
        await world.redis.flushall()
        return true
      } catch (error) {
        // A run that broke may have left them starting.
        if (!isStoreAway(error) && !isRedisAway(error)) throw error
        return false
      }
    },
    'TimescaleDB and Redis are there',
    SERVERS_MS_MAX,
  )
}

async function makeLogins(
  databaseUrl: string,
  pool: Pool,
  officers: readonly { officerId: string; username: string; name: string; role: string }[],
  secret: string,
  password: string,
): Promise<void> {
  const authPool = openPool({ url: databaseUrl, role: 'gelang_auth', applicationName: 'fault harness', max: 1 })
  const auth = createAuth({ pool: authPool, baseUrl: 'http://127.0.0.1', allowedOrigins: [], secret, log: silentLog })
  for (const { officerId, username, name, role } of officers)
    if (role === 'operator') await linkAccount(pool, officerId, await createAccount(auth, { username, name, password }))
  await authPool.end()
}

async function createDatabase(serverUrl: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  await client.query(`CREATE DATABASE ${name} TEMPLATE template0`)
  await client.end()
  const address = new URL(serverUrl)
  address.pathname = `/${name}`
  return address.href
}

export { freePorts } from './free-ports.ts'
