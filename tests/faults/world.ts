// What scripts with the same world seed share: services of their own, seeded fleets in the database, logins, spans of time.
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { createAccount, createAuth } from '../../api/sign-in/auth.ts'
import { databaseEnvironment } from '../../bench/system/database-environment.ts'
import { seedFleet } from '../../bin/demo/seed-fleet.ts'
import { WIRE_DEVICES } from '../../simulators/devices/all-devices.ts'
import { makeFleet } from '../../simulators/fleet.ts'
import type { Fleet, FleetWearer } from '../../simulators/fleet-people.ts'
import { randomOf } from '../../simulators/random.ts'
import { migrate } from '../../store/database/migrate.ts'
import { openPool, type Pool } from '../../store/database/open-pool.ts'
import { isStoreAway } from '../../store/database/retry.ts'
import { linkAccount } from '../../store/people/insert-people.ts'
import { connectRedis, type RedisClient, untilReady } from '../../stream/redis/connect.ts'
import { isRedisAway } from '../../stream/redis/redis-errors.ts'
import { type OwnServer, ownPostgres, ownRedis } from '../setup/own-services.ts'
import { PATIENCE_MS } from '../setup/patience-ms.ts'
import { silentLog } from '../setup/test-redis.ts'
import { eventually } from './eventually.ts'
import { PortBlock } from './free-ports.ts'

/** Simulated milliseconds in a real one. */
export const SPEED = 300
/** Simulated time that a script covers. */
export const SPAN_MS = 30 * 60_000
/** Between the end of a script and the beginning of the next one, whose fleet is another: time to come to rest. */
const GAP_MS = 240 * 60_000
/** Scripts after one another in a world, while the server goes on; odd, and no multiple of what fleets are dealt out by. */
export const SLOTS = 7
export const SHARDS = 6

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const SERVERS_MS_MAX = 120_000
const WEARERS = 40
const PLAYERS_PER_SCRIPT = 2
const PLAYER_INTERVAL_MS = 24_000
const LIFE_INTERVAL_MS = 60_000
type Wire = Pick<FleetWearer, 'via' | 'form'>
/** Every other wearer speaks one of these; those that are never answered are fewer. Not as many as a multiple of the slots. */
// biome-ignore format: a table
const WIRES: readonly Wire[] = [
  { via: 'gt06' }, { via: 'jt808' }, { via: 'laipac' }, { via: 'owntracks' }, { via: 'xexun3' }, { via: 'teltonika' },
  { via: 'jt808', form: 'udp' }, { via: 'owntracks', form: 'mqtt' }, { via: 'gt06', form: 'topin' }, { via: 'iw' }, { via: 'watch' },
  { via: 'megastek' }, { via: 'laipac', form: 'udp' }, { via: 'owntracks', form: 'mqtt' }, { via: 'teltonika', form: 'udp' },
  { via: 'gateway', form: 'traccar' }, { via: 'h02' }, { via: 'r16h' }, { via: 'osmand', form: 'modem' }, { via: 'gt06' },
  { via: 'iw' }, { via: 'gateway', form: 'traccar' },
]
const answersNobody = (via: string) => WIRE_DEVICES.some(({ wire }) => wire.protocol === via && !wire.acknowledges)
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

export type Servers = {
  postgres: OwnServer
  redis: OwnServer
  ports: PortBlock
  logFolder: string
  discard(): Promise<void>
}

/** One script's part of a world: bracelets of its own, and when they live. */
export type Slot = { index: number; fleet: Fleet; fromMs: number; untilMs: number; wearerIds: ReadonlySet<number> }

export type World = {
  seed: number
  servers: Servers
  fleet: Fleet
  /** The first fleet lives from here on, in simulated time. */
  fromMs: number
  databaseUrl: string
  /** Addresses for the processes that serve. */
  databaseEnvironment: Record<string, string>
  wearerIdOf: ReadonlyMap<string, number>
  /** Wearers whose bracelets are never answered: what TCP took may be lost with the process that had it. */
  unanswered: ReadonlySet<number>
  slots: Slot[]
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
  const ports = await PortBlock.claim()
  const [postgresPort, redisPort] = (await ports.free(2)) as [number, number]
  const [postgres, redis] = await Promise.all([ownPostgres(postgresPort, 'memory'), ownRedis(redisPort, 'memory')])
  const logFolder = join(postgres.folder, '..', 'logs')
  mkdirSync(logFolder, { recursive: true })
  return {
    postgres,
    redis,
    ports,
    logFolder,
    async discard() {
      await Promise.all([postgres.discard(), redis.discard()])
    },
  }
}

/** `wires`: every second bracelet speaks a device protocol, and every second gateway sends compact frames. */
export async function makeWorld(seed: number, servers: Servers, { wires = false, slots = 1 } = {}): Promise<World> {
  const random = randomOf(seed)
  const made = makeFleet({
    seed: seed % 10_000,
    wearers: WEARERS * slots,
    intervalMs: LIFE_INTERVAL_MS,
    playersPerScript: PLAYERS_PER_SCRIPT * slots,
  })
  const fleet: Fleet = {
    ...made,
    gateways: made.gateways.map((gateway, i) => ({ ...gateway, compact: wires && i % 2 === 1 })),
    wearers: made.wearers.map((wearer) => ({
      ...wearer,
      ...(wires ? onWire(wearer) : {}),
      ...(wearer.script === undefined ? {} : { intervalMs: PLAYER_INTERVAL_MS }),
    })),
  }
  const fromMs = DAY + random.pick(SPANS_BEGIN_AT_MIN) * MINUTE_MS
  const slotFromMs = (index: number) => fromMs + index * (SPAN_MS + GAP_MS)
  const databaseUrl = await createDatabase(servers.postgres.url, `world_${seed}_${randomBytes(3).toString('hex')}`)
  const addresses = await databaseEnvironment(databaseUrl)
  await migrate(databaseUrl, silentLog)
  const pool = openPool({ url: databaseUrl, applicationName: 'fault harness', max: 2, takeOver: 'fault harness' })
  const { officers, wearerIds } = await seedFleet({
    pool,
    fleet,
    fromMs: fromMs - DAY_MS,
    // Nobody misses the bracelets whose turn has not come.
    wearerFromMs: ({ number }) => slotFromMs(number % slots) - MINUTE_MS,
    // Beyond the real time in which this runs: the API asks the database's own clock.
    toMs: fromMs + 50 * 365 * DAY_MS,
    silenceGraceMs: 30 * MINUTE_MS,
  })
  const authSecret = randomBytes(32).toString('hex')
  const password = randomBytes(9).toString('base64url')
  await makeLogins(databaseUrl, pool, officers, authSecret, password)
  const redis = connectRedis({ url: servers.redis.url, prefix: 'gelang' }, 'fault-harness', silentLog)
  await untilReady(redis, PATIENCE_MS)
  return {
    seed,
    servers,
    fleet,
    fromMs,
    databaseUrl,
    databaseEnvironment: addresses,
    wearerIdOf: new Map(fleet.wearers.map(({ deviceId, number }) => [deviceId, wearerIds[number]!])),
    unanswered: new Set(fleet.wearers.flatMap(({ via, number }) => (answersNobody(via) ? [wearerIds[number]!] : []))),
    slots: Array.from({ length: slots }, (_, index) => {
      const wearers = fleet.wearers.filter(({ number }) => number % slots === index)
      return {
        index,
        fleet: { ...fleet, wearers },
        fromMs: slotFromMs(index),
        untilMs: slotFromMs(index) + SPAN_MS,
        wearerIds: new Set(wearers.map(({ number }) => wearerIds[number]!)),
      }
    }),
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

/** Of the two that play a script one keeps to OsmAnd or a gateway, since not every wire can say all that a script wants said. */
function onWire({ number, script }: FleetWearer): Partial<FleetWearer> {
  if (number % 2 === 0) return {}
  // A phone without a fix says nothing.
  const wire: Wire = script === 'jamming' ? { via: 'gt06' } : WIRES[(number >> 1) % WIRES.length]!
  const device = WIRE_DEVICES.find((each) => each.wire.protocol === wire.via)
  return { ...wire, ...(device && { deviceId: device.idOf(number) }) }
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
