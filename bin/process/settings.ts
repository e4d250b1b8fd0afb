// The only place that reads the environment. Every setting has a default fit for one machine; `gelang serve --help` lists them.
import { LEVELS, type Level } from '../../model/incident/response.ts'

export const ROLES_OF_PROCESS = ['ingest', 'evaluate', 'record', 'notify', 'api'] as const
export type ProcessRole = (typeof ROLES_OF_PROCESS)[number]

export type Settings = {
  databaseUrl: string | undefined
  apiDatabaseUrl: string | undefined
  recordDatabaseUrl: string | undefined
  authDatabaseUrl: string | undefined
  redisUrl: string | undefined
  redisCluster: boolean
  prefix: string
  shardCount: number
  host: string
  apiPort: number
  ingestPort: number
  osmandPort: number
  /** First port of the TCP protocols is their usual one; this is added to it (several instances on one machine). */
  tcpPortOffset: number
  healthPort: number
  baseUrl: string | undefined
  authSecret: string | undefined
  clientAddressHeader: string | undefined
  tileUrl: string | undefined
  tileAttribution: string | undefined
  /** Where alerts go, by who has to act. */
  webhookUrls: Partial<Record<Level, string>>
  /** Of the shards: a process that says nothing for this long loses its shards to the others. */
  leaseTtlMs: number
  retainMs: number
  retainEventsMax: number
  trackRetentionDays: number
  quarantineRetentionDays: number
  allowWeakDurability: boolean
  virtualClock: string | undefined
  logLevel: string
}

/** What each variable means, for `--help` and the documentation. */
export const ENVIRONMENT: readonly (readonly [name: string, meaning: string])[] = [
  [
    'DATABASE_URL',
    'TimescaleDB as the owner of the schema (migrate; and the roles below where they have no address of their own)',
  ],
  ['API_DATABASE_URL', 'the same as role gelang_api (default: DATABASE_URL, switching role on connect)'],
  ['RECORD_DATABASE_URL', 'the same as role gelang_record'],
  ['AUTH_DATABASE_URL', 'the same as role gelang_auth'],
  ['REDIS_URL', 'Redis with appendonly and appendfsync always'],
  ['GELANG_REDIS_CLUSTER', '1: the address names one node of a Redis Cluster'],
  ['GELANG_PREFIX', 'first part of every Redis key (gelang)'],
  ['GELANG_SHARDS', 'shards of the report log (16); changing it needs an empty log'],
  ['GELANG_HOST', 'address to listen on (127.0.0.1)'],
  ['GELANG_API_PORT', 'console and REST (8080)'],
  ['GELANG_INGEST_PORT', 'device API and gateway WebSocket (8090)'],
  ['GELANG_OSMAND_PORT', 'OsmAnd / Traccar Client (5055)'],
  ['GELANG_TCP_PORT_OFFSET', 'added to the usual ports of the TCP protocols (0)'],
  ['GELANG_HEALTH_PORT', '/healthz, /readyz and /metrics of this process (0 = off)'],
  ['GELANG_BASE_URL', 'address of the console as officers see it; https makes the cookies secure'],
  ['GELANG_AUTH_SECRET', 'secret that signs sessions, at least 32 characters'],
  [
    'GELANG_CLIENT_ADDRESS_HEADER',
    'header in which the reverse proxy before the console names the client, e.g. x-real-ip; set only behind one',
  ],
  [
    'GELANG_TILE_URL',
    'map tiles, e.g. https://tiles.example/{z}/{x}/{y}.png; without it the console draws its own coast',
  ],
  ['GELANG_TILE_ATTRIBUTION', 'who made the tiles'],
  ['GELANG_WEBHOOK_URL', 'where notify posts alerts (a reference and a severity, no personal data)'],
  [
    'GELANG_WEBHOOK_KASUBSI_URL',
    'where it posts those that nobody took in time, or that an officer escalates, for the Kasubsi or Kasi',
  ],
  ['GELANG_WEBHOOK_KEPALA_BAPAS_URL', 'and those kritis ones that the Kasubsi let pass too, for the Kepala Bapas'],
  ['GELANG_LEASE_TTL_MS', 'a process that says nothing for this long loses its shards to the others (5000)'],
  ['GELANG_RETAIN_HOURS', 'how far back a late report is judged from memory (24)'],
  ['GELANG_RETAIN_EVENTS', 'and at most this many reports a wearer (4096)'],
  ['GELANG_TRACK_RETENTION_DAYS', 'tracks older than this are dropped, a chunk at a time (0 = never)'],
  ['GELANG_QUARANTINE_RETENTION_DAYS', 'quarantined frames older than this are dropped (90; 0 = never)'],
  ['GELANG_ALLOW_WEAK_DURABILITY', '1: run although Redis may lose answered reports (never in production)'],
  [
    'GELANG_VIRTUAL_CLOCK',
    'realMs,virtualMs,speed, or a file that says so: simulated time, for tests and simulations only',
  ],
  ['GELANG_LOG_LEVEL', 'debug, info, warn or error (info)'],
]

/** Throws a sentence naming the variable when a value cannot be used. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  return {
    databaseUrl: env.DATABASE_URL,
    apiDatabaseUrl: env.API_DATABASE_URL,
    recordDatabaseUrl: env.RECORD_DATABASE_URL,
    authDatabaseUrl: env.AUTH_DATABASE_URL,
    redisUrl: env.REDIS_URL,
    redisCluster: env.GELANG_REDIS_CLUSTER === '1',
    prefix: env.GELANG_PREFIX ?? 'gelang',
    shardCount: integer(env, 'GELANG_SHARDS', 16, 1, 4096),
    host: env.GELANG_HOST ?? '127.0.0.1',
    apiPort: integer(env, 'GELANG_API_PORT', 8080, 0, 65_535),
    ingestPort: integer(env, 'GELANG_INGEST_PORT', 8090, 0, 65_535),
    osmandPort: integer(env, 'GELANG_OSMAND_PORT', 5055, 0, 65_535),
    tcpPortOffset: integer(env, 'GELANG_TCP_PORT_OFFSET', 0, 0, 60_000),
    healthPort: integer(env, 'GELANG_HEALTH_PORT', 0, 0, 65_535),
    baseUrl: env.GELANG_BASE_URL,
    authSecret: env.GELANG_AUTH_SECRET,
    clientAddressHeader: env.GELANG_CLIENT_ADDRESS_HEADER,
    tileUrl: env.GELANG_TILE_URL,
    tileAttribution: env.GELANG_TILE_ATTRIBUTION,
    webhookUrls: webhooks(env),
    leaseTtlMs: integer(env, 'GELANG_LEASE_TTL_MS', 5000, 500, 600_000),
    retainMs: integer(env, 'GELANG_RETAIN_HOURS', 24, 1, 24 * 90) * 3_600_000,
    retainEventsMax: integer(env, 'GELANG_RETAIN_EVENTS', 4096, 16, 100_000),
    trackRetentionDays: integer(env, 'GELANG_TRACK_RETENTION_DAYS', 0, 0, 36_500),
    quarantineRetentionDays: integer(env, 'GELANG_QUARANTINE_RETENTION_DAYS', 90, 0, 36_500),
    allowWeakDurability: env.GELANG_ALLOW_WEAK_DURABILITY === '1',
    virtualClock: env.GELANG_VIRTUAL_CLOCK,
    logLevel: env.GELANG_LOG_LEVEL ?? 'info',
  }
}

function integer(env: NodeJS.ProcessEnv, name: string, otherwise: number, min: number, max: number): number {
  const text = env[name]
  if (text === undefined || text === '') return otherwise
  const value = Number(text)
  if (!Number.isInteger(value) || value < min || value > max)
    throw new Error(`${name} must be a whole number from ${min} to ${max}, not "${text}"`)
  return value
}

const WEBHOOKS: Record<Level, string> = {
  petugas: 'GELANG_WEBHOOK_URL',
  kasubsi: 'GELANG_WEBHOOK_KASUBSI_URL',
  kepala_bapas: 'GELANG_WEBHOOK_KEPALA_BAPAS_URL',
}

/** An address may hold a secret: a wrong one is not repeated. */
function webhooks(env: NodeJS.ProcessEnv): Partial<Record<Level, string>> {
  const given: Partial<Record<Level, string>> = {}
  for (const level of LEVELS) {
    const name = WEBHOOKS[level]
    const text = env[name]
    if (text === undefined || text === '') continue
    const url = URL.canParse(text) ? new URL(text) : undefined
    if (url === undefined || !/^https?:$/.test(url.protocol))
      throw new Error(`${name} must be an http or https address`)
    if (url.username !== '' || url.password !== '')
      throw new Error(`${name} must hold no user and password; a secret belongs into its path or query`)
    given[level] = text
  }
  return given
}

/** The value, or a sentence saying which variable is missing. */
export function required(value: string | undefined, name: string): string {
  if (value === undefined || value === '')
    throw new Error(`${name} is not set; "gelang services up" prints what to set`)
  return value
}
