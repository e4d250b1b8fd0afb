// Before the demo's processes start: schema, fleet, logins, secrets. The second time everything is there already.
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createAccount, createAuth } from '../../api/sign-in/auth.ts'
import type { Services } from '../../local-services/ensure-services.ts'
import { type Fleet, makeFleet } from '../../simulators/fleet.ts'
import { migrate } from '../../store/database/migrate.ts'
import { openPool } from '../../store/database/open-pool.ts'
import { linkAccount } from '../../store/people/insert-people.ts'
import { connectRedis, untilReady } from '../../stream/redis/connect.ts'
import { makeDatabaseSecrets } from '../process/database-secrets.ts'
import { openLog } from '../process/log.ts'
import { keptSecret, makeRoleSecrets, type RoleSecrets } from '../process/role-secrets.ts'
import { ROLES_OF_PROCESS } from '../process/settings.ts'
import type { DemoPorts } from './demo-ports.ts'
import { seedFleet } from './seed-fleet.ts'

export type Prepared = {
  environment: Record<string, string>
  /** What only some roles are given: their logins, and the key of the rules. */
  roleEnvironment: Readonly<Record<string, Readonly<Record<string, string>>>>
  fleet: Fleet
  password: string
  operators: { username: string }[]
  databaseUrl: string
}

type DemoState = { authSecret: string; password: string; fleet: Fleet | undefined }

const REPORT_INTERVAL_MS = 2000
const SILENCE_GRACE_MS = 20_000
const PLAYERS_PER_SCRIPT = 1
const DAY_MS = 86_400_000
const REDIS_READY_MS = 30_000

export async function prepareDemo(options: {
  services: Services
  folder: string
  wearers: number
  seed: number
  ports: DemoPorts
  say(sentence: string): void
}): Promise<Prepared> {
  const { services, folder, ports, say } = options
  const stateFile = join(folder, 'data', 'demo.json')
  const state: DemoState = existsSync(stateFile)
    ? JSON.parse(readFileSync(stateFile, 'utf8'))
    : { authSecret: randomBytes(32).toString('hex'), password: randomBytes(9).toString('base64url'), fleet: undefined }
  const secretsFolder = join(folder, 'data', 'secrets')
  const logins = services.how === 'given' ? undefined : await makeDatabaseSecrets(services.databaseUrl, secretsFolder)
  const databaseUrl = logins?.migrate?.DATABASE_URL ?? services.databaseUrl
  const ran = await migrate(databaseUrl, openLog('migrate', 'warn'))
  if (ran.length > 0) say(`Database: ${ran.length} migrations ran.`)
  const audit = {
    GELANG_AUDIT_KEY: keptSecret(join(folder, 'data', 'audit-key')),
    GELANG_AUDIT_HEADS: resolve(folder, 'data', 'audit-heads.jsonl'),
  }
  const users: Partial<RoleSecrets> = services.how === 'given' ? {} : await redisUsers(services.redisUrl, secretsFolder)
  const roleEnvironment = Object.fromEntries(
    ROLES_OF_PROCESS.map((role) => [role, { ...users[role], ...logins?.[role], ...(role === 'record' && audit) }]),
  )
  if (services.how === 'given' && !process.env.API_DATABASE_URL)
    say('Only DATABASE_URL is given: all of the demo uses its login, whatever that may do.')
  const environment = {
    ...(services.how === 'given' && {
      DATABASE_URL: services.databaseUrl,
      GELANG_ALLOW_PRIVILEGED_DATABASE: '1',
    }),
    // Where each role has an address of its own nobody is given that of the user who may do everything.
    REDIS_URL: services.how === 'given' ? services.redisUrl : '',
    GELANG_API_PORT: String(ports.api),
    GELANG_INGEST_PORT: String(ports.ingest),
    GELANG_OSMAND_PORT: String(ports.osmand),
    GELANG_TCP_PORT_OFFSET: String(ports.tcpOffset),
    GELANG_BASE_URL: `http://127.0.0.1:${ports.api}`,
    GELANG_AUTH_SECRET: state.authSecret,
    ...(services.how === 'given' ? { GELANG_RULES_KEY: keptSecret(join(folder, 'data', 'rules-key')) } : {}),
  }
  if (state.fleet === undefined) {
    say(`Making a fleet of ${options.wearers} wearers in three Bapas (seed ${options.seed}).`)
    const fleet = makeFleet({
      seed: options.seed,
      wearers: options.wearers,
      intervalMs: REPORT_INTERVAL_MS,
      playersPerScript: PLAYERS_PER_SCRIPT,
    })
    await seed(databaseUrl, logins?.api?.AUTH_DATABASE_URL ?? databaseUrl, fleet, state)
    state.fleet = fleet
    writeFileSync(stateFile, JSON.stringify(state), { mode: 0o600 })
  }
  const { fleet } = state
  const operators = fleet.officers.filter(({ role }) => role === 'operator').map(({ username }) => ({ username }))
  return { environment, roleEnvironment, fleet, password: state.password, operators, databaseUrl }
}

async function redisUsers(url: string, folder: string): Promise<RoleSecrets> {
  const settings = { url, prefix: process.env.GELANG_PREFIX ?? 'gelang' }
  const redis = connectRedis(settings, 'gelang-demo', openLog('demo', 'warn'))
  try {
    await untilReady(redis, REDIS_READY_MS)
    return (await makeRoleSecrets(redis, settings, folder)).secrets
  } finally {
    redis.disconnect()
  }
}

async function seed(databaseUrl: string, authUrl: string, fleet: Fleet, state: DemoState): Promise<void> {
  const pool = openPool({ url: databaseUrl, applicationName: 'gelang demo', max: 2, takeOver: 'demo' })
  const authPool = openPool({ url: authUrl, role: 'gelang_auth', applicationName: 'gelang demo', max: 2 })
  try {
    const nowMs = Date.now()
    const { officers } = await seedFleet({
      pool,
      fleet,
      fromMs: nowMs - DAY_MS,
      toMs: nowMs + 365 * DAY_MS,
      silenceGraceMs: SILENCE_GRACE_MS,
    })
    const auth = createAuth({
      pool: authPool,
      baseUrl: 'http://127.0.0.1',
      allowedOrigins: [],
      secret: state.authSecret,
      log: openLog('demo', 'warn'),
    })
    for (const { officerId, username, name } of officers)
      await linkAccount(pool, officerId, await createAccount(auth, { username, name, password: state.password }))
  } finally {
    await pool.end()
    await authPool.end()
  }
}
