import pg from 'pg'
import type { Log } from '../../model/observe.ts'

export type Pool = pg.Pool
export type PoolClient = pg.PoolClient
/** What a single statement may run on: a pool, or one connection of it inside the caller's transaction. */
export type Db = Pick<pg.Pool, 'query'>

const DATABASE_ROLES = ['gelang_api', 'gelang_record', 'gelang_auth'] as const
export type DatabaseRole = (typeof DATABASE_ROLES)[number]

type PoolOptions = {
  url: string
  /** Without one the connections act as the user of the address: the owner of the schema. */
  role?: DatabaseRole
  applicationName: string
  /** Owner only: rules are inserted with the times at which they were decided elsewhere. The reason is in the audit. */
  takeOver?: string
  /** Asked of each new connection before its first statement; one that throws is closed, and the caller gets the error. */
  check?(db: Db): Promise<void>
  max: number
  /** A statement that runs longer is cancelled by the server; 0 = never. */
  statementTimeoutMs?: number
  log?: Log
}

const CONNECT_TIMEOUT_MS = 5_000
const STATEMENT_TIMEOUT_MS = 30_000
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000
/** Beyond the statement's own time the server is not slow but gone, and would never say so. */
const ANSWER_GRACE_MS = 5_000
const KEEP_ALIVE_AFTER_MS = 10_000

/**
 * A pool whose connections have taken `role` before their first statement. The role is in the startup packet, so
 * that RESET ROLE and DISCARD ALL return to it. An idle connection that breaks is logged and replaced.
 */
export function openPool(options: PoolOptions): Pool {
  const { check } = options
  const pool = new pg.Pool({
    ...connectionOf(options),
    max: options.max,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    ...(check && {
      verify: (client: pg.PoolClient, done: (error?: Error) => void) => {
        check(client).then(() => done(), done)
      },
    }),
  })
  pool.on('error', (error) => options.log?.warn({ error: error.message }, 'an idle database connection broke'))
  // One in use fails its statement; libraries that check out connections do not listen for more, and an error event that
  // nobody hears ends the process.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

/** One connection outside a pool, not yet connected: for LISTEN and for migrations. */
export function newClient(options: Omit<PoolOptions, 'max'>): pg.Client {
  const client = new pg.Client({ ...connectionOf(options), connectionTimeoutMillis: CONNECT_TIMEOUT_MS })
  client.on('error', (error) => options.log?.warn({ error: error.message }, 'a database connection broke'))
  return client
}

function connectionOf(options: Omit<PoolOptions, 'max'>): pg.ClientConfig {
  const statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS
  const settings: Record<string, string> = {
    TimeZone: 'UTC',
    // Row-level security makes long plans of short queries: compiling them took a second, running them 50 ms.
    jit: 'off',
    statement_timeout: String(statementTimeoutMs),
    idle_in_transaction_session_timeout: String(IDLE_IN_TRANSACTION_TIMEOUT_MS),
  }
  if (options.takeOver !== undefined) settings['gelang.take_over'] = options.takeOver.replaceAll(/[\\ ]/g, '\\$&')
  if (options.role !== undefined) settings.role = options.role
  if (options.role === 'gelang_auth') settings.search_path = 'auth'
  const startup = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`)
  const address = new URL(options.url)
  const given = address.searchParams.get('options')
  if (given !== null) startup.unshift(given)
  // pg lets the address win over the object, so the settings are put into the address.
  address.searchParams.set('options', startup.join(' '))
  address.search = address.search.replaceAll('+', '%20')
  return {
    connectionString: address.href,
    application_name: options.applicationName,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    ...(statementTimeoutMs > 0 && { query_timeout: statementTimeoutMs + ANSWER_GRACE_MS }),
  }
}
