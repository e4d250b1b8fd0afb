// A fresh, migrated database for one test file, on the server that DATABASE_URL names.
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { passwordsOf } from '../../bench/system/database-environment.ts'
import { LOGINS, type Login, loginUrl } from '../../store/database/logins.ts'
import { migrate } from '../../store/database/migrate.ts'
import { type DatabaseRole, openPool, type Pool } from '../../store/database/open-pool.ts'

/** Shorter than a pool keeps an idle connection, or one that was left open would close itself. */
const CLOSING_MS_MAX = 6_000
/** Set where the server of the test run has a login for each role. */
export const LOGINS_VARIABLE = 'GELANG_TEST_LOGINS'

export type TestDatabase = {
  /** A superuser's. */
  adminUrl: string
  /** Of the schema's owner, who is none. */
  ownerUrl: string
  apiUrl: string
  recordUrl: string
  authUrl: string
  auditUrl: string
  /** As the owner, who puts rules in as decided at any time. */
  ownerPool: Pool
  apiPool: Pool
  recordPool: Pool
  /** What a serving process is given. */
  environment: Record<string, string>
  /** One statement of a superuser's. */
  asAdmin(sql: string): Promise<Record<string, unknown>[]>
  /** Closes the pools above and drops the database. Throws when a test left a connection of its own open. */
  drop(): Promise<void>
}

/** An empty database; `migrated: false` leaves it without schema. */
export async function createTestDatabase(options: { migrated?: boolean } = {}): Promise<TestDatabase> {
  const serverUrl = process.env.DATABASE_URL
  if (!serverUrl) throw new Error('DATABASE_URL is not set: tests/setup/services.ts sets it')
  const passwords = process.env[LOGINS_VARIABLE] === undefined ? undefined : passwordsOf(serverUrl)
  const name = `gelang_test_${process.pid}_${randomBytes(4).toString('hex')}`
  await onServer(serverUrl, `CREATE DATABASE ${name} TEMPLATE template0 ${passwords ? `OWNER ${LOGINS.owner}` : ''}`)
  const adminUrl = withDatabase(serverUrl, name)
  const urlOf = (login: Login): string => {
    if (passwords !== undefined) return loginUrl(adminUrl, login, passwords[login])
    return login === 'owner' ? adminUrl : withRole(adminUrl, LOGINS[login])
  }
  const ownerUrl = urlOf('owner')
  if (options.migrated !== false) await migrate(ownerUrl)

  const pools: Pool[] = []
  const pool = (login: Login, as: { role?: DatabaseRole; takeOver?: string }): Pool => {
    const opened = openPool({ url: urlOf(login), applicationName: OWN_NAME, max: 4, ...as })
    pools.push(opened)
    return opened
  }
  const [apiUrl, recordUrl, authUrl, auditUrl] = (['api', 'record', 'auth', 'audit'] as const).map(urlOf) as [
    string,
    string,
    string,
    string,
  ]
  return {
    ...{ adminUrl, ownerUrl, apiUrl, recordUrl, authUrl, auditUrl },
    ownerPool: pool('owner', { takeOver: 'seed of a test' }),
    apiPool: pool('api', { role: 'gelang_api' }),
    recordPool: pool('record', { role: 'gelang_record' }),
    environment: {
      ...{ API_DATABASE_URL: apiUrl, AUTH_DATABASE_URL: authUrl, RECORD_DATABASE_URL: recordUrl },
      ...(passwords === undefined && { GELANG_ALLOW_PRIVILEGED_DATABASE: '1' }),
    },
    asAdmin: (sql) => onServer(adminUrl, sql),
    async drop() {
      await Promise.all(pools.map((opened) => opened.end()))
      const left = await leftOpen(serverUrl, name)
      await onServer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`)
      if (left.length > 0) throw new Error(`connections left open: ${left.join(', ')}`)
    },
  }
}

const OWN_NAME = 'gelang test'

function withDatabase(url: string, name: string): string {
  const address = new URL(url)
  address.pathname = `/${name}`
  return address.href
}

function withRole(url: string, role: string): string {
  const address = new URL(url)
  const path = role === LOGINS.auth ? ' -c search_path=auth' : ''
  address.searchParams.set('options', `-c role=${role}${path}`)
  address.search = address.search.replaceAll('+', '%20') // libpq reads no + as a space
  return address.href
}
// A backend ends a moment after its socket; what is still there later was never closed.
async function leftOpen(serverUrl: string, name: string): Promise<string[]> {
  const endMs = performance.now() + CLOSING_MS_MAX
  for (;;) {
    const rows = await onServer(
      serverUrl,
      `SELECT application_name FROM pg_stat_activity WHERE datname = '${name}' AND backend_type = 'client backend'`,
    )
    if (rows.length === 0 || performance.now() >= endMs) return rows.map((row) => String(row.application_name))
    await delay(50)
  }
}

async function onServer(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, application_name: OWN_NAME })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}
