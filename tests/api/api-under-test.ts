// A whole api server on its own database and key prefix, with two Bapas in it, and browsers to talk to it.
import { randomBytes } from 'node:crypto'
import { createAccount, createAuth } from '../../api/sign-in/auth.ts'
import { type ApiOptions, type RunningApi, startApi } from '../../api/start-api.ts'
import type { Incident } from '../../model/incident/incident.ts'
import type { Log, Meter } from '../../model/observe.ts'
import { openPool, type Pool } from '../../store/database/open-pool.ts'
import { linkAccount } from '../../store/people/insert-people.ts'
import { setPosition } from '../../stream/logs/positions.ts'
import { concealWith } from '../../stream/redis/conceal.ts'
import { connectRedis } from '../../stream/redis/connect.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'
import { createTestRedis, silentLog, type TestRedis } from '../setup/test-redis.ts'
import { incident, type Seeded, type SeededWearer, seedTwoBapas } from '../store/two-bapas.ts'

export const PASSWORD = 'sandi-panjang-untuk-uji'
export const SHARDS = 4
export const noMeter: Meter = {
  counter: () => ({ inc: () => undefined }),
  gauge: () => ({ set: () => undefined }),
  histogram: () => ({ observe: () => undefined }),
}

/** What the server calls an error is a bug in it, or in the test. */
const onlyErrors: Log = { ...silentLog, error: (fields, message) => console.error(message, fields) }

export type ApiUnderTest = {
  database: TestDatabase
  redis: TestRedis
  seeded: Seeded
  api: RunningApi
  /** Another server beside the first, on the same services. */
  another(options?: Partial<ApiOptions>): Promise<RunningApi>
  /** Signs in; gives the cookie. */
  signIn(officer: string, at?: RunningApi): Promise<string>
  /** Appends a revision to the incident log; gives its entry's id. */
  publish(wearer: SeededWearer, some?: Partial<Incident>): Promise<{ entryId: string; incident: Incident }>
  close(): Promise<void>
}

/** Other ways to the same services, for the server only: through a gate that a test can close. */
export type Services = { databaseUrl?: string; redisUrl?: string }

export async function apiUnderTest(options: Partial<ApiOptions> & Services = {}): Promise<ApiUnderTest> {
  const { databaseUrl, redisUrl, ...apiOptions } = options
  const database = await createTestDatabase()
  const redis = await createTestRedis()
  const apiRedis =
    redisUrl === undefined ? redis.redis : connectRedis({ ...redis.settings, url: redisUrl }, 'api', silentLog)
  const seeded = await seedTwoBapas(database.ownerPool)
  const secret = randomBytes(32).toString('hex')
  const closing: (() => Promise<unknown>)[] = []
  const pool = (role: 'gelang_api' | 'gelang_auth', max: number): Pool => {
    const own = role === 'gelang_api' ? database.apiUrl : database.authUrl
    const url = databaseUrl === undefined ? own : withHostOf(own, databaseUrl)
    const opened = openPool({ url, role, applicationName: 'gelang test', max })
    closing.push(() => opened.end())
    return opened
  }
  const another = async (more: Partial<ApiOptions> = {}): Promise<RunningApi> => {
    const api = await startApi({
      ...{ host: '127.0.0.1', port: 0, authSecret: secret, shardCount: SHARDS },
      ...{ apiPool: pool('gelang_api', 6), authPool: pool('gelang_auth', 3), redis: apiRedis, keys: redis.keys },
      ...{ clock: Date.now, log: onlyErrors, meter: noMeter },
      conceal: concealWith(secret),
      ...apiOptions,
      ...more,
    })
    closing.unshift(() => api.close())
    return api
  }
  await makeAccounts(database, seeded, secret)
  // As if the recorder had come this far.
  for (let shard = 0; shard < SHARDS; shard++)
    await setPosition(redis.redis, redis.keys, 'record-incidents', shard, '0-0')
  const api = await another()
  return {
    ...{ database, redis, seeded, api, another },
    signIn: (officer, at = api) => signIn(at, officer),
    publish: (wearer, some) => publish(redis, wearer, some),
    async close() {
      for (const close of closing) await close()
      if (apiRedis !== redis.redis) apiRedis.disconnect()
      await redis.cleanup()
      await database.drop()
    },
  }
}

async function makeAccounts(database: TestDatabase, seeded: Seeded, secret: string): Promise<void> {
  const pool = openPool({ url: database.authUrl, role: 'gelang_auth', applicationName: 'gelang test', max: 2 })
  const auth = createAuth({ pool, baseUrl: 'http://127.0.0.1', allowedOrigins: [], secret, log: silentLog })
  for (const [name, officerId] of Object.entries(seeded.officers))
    await linkAccount(
      database.ownerPool,
      officerId,
      await createAccount(auth, { username: name, password: PASSWORD, name }),
    )
  await pool.end()
}

export async function signIn(api: RunningApi, username: string, password = PASSWORD): Promise<string> {
  const answer = await post(api, '/api/auth/sign-in/username', { username, password })
  if (!answer.ok) throw new Error(`${username} could not sign in: ${answer.status} ${await answer.text()}`)
  return cookieOf(answer)
}

export function cookieOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}

export function get(api: RunningApi, path: string, cookie?: string, headers: Record<string, string> = {}) {
  return fetch(new URL(path, api.baseUrl), { headers: { ...headers, ...(cookie && { cookie }) } })
}

/** A request with a body, as a page of the console sends it. */
export function send(
  api: RunningApi,
  method: string,
  path: string,
  body: unknown,
  cookie?: string,
  headers: Record<string, string> = {},
) {
  return fetch(new URL(path, api.baseUrl), {
    method,
    headers: { origin: api.baseUrl, 'content-type': 'application/json', ...(cookie && { cookie }), ...headers },
    body: JSON.stringify(body),
  })
}

export function post(
  api: RunningApi,
  path: string,
  body: unknown,
  cookie?: string,
  headers: Record<string, string> = {},
) {
  return send(api, 'POST', path, body, cookie, headers)
}

let published = 0

async function publish(
  { redis, keys }: TestRedis,
  wearer: SeededWearer,
  some: Partial<Incident> = {},
): Promise<{ entryId: string; incident: Incident }> {
  published++
  const id = `10000000-0000-4000-8000-${String(published).padStart(12, '0')}`
  const whole = incident({ id, wearerId: wearer.n, conditionId: wearer.conditionId, ...some })
  const entryId = await redis.xadd(keys.incidents(wearer.n % SHARDS), '*', 'json', JSON.stringify(whole))
  return { entryId: entryId as string, incident: whole }
}

function withHostOf(url: string, other: string): string {
  const address = new URL(url)
  address.host = new URL(other).host
  return address.href
}
