// A fresh, migrated database for one test file, on the server that DATABASE_URL names.
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { migrate } from '../../store/database/migrate.ts'
import { type DatabaseRole, openPool, type Pool } from '../../store/database/open-pool.ts'

/** Shorter than a pool keeps an idle connection, or one that was left open would close itself. */
const CLOSING_MS_MAX = 6_000

export type TestDatabase = {
  /** As the schema's owner, who puts rules in as decided at any time; the others take the role on connect. */
  ownerUrl: string
  apiUrl: string
  recordUrl: string
  authUrl: string
  ownerPool: Pool
  apiPool: Pool
  recordPool: Pool
  /** Closes the pools above and drops the database. Throws when a test left a connection of its own open. */
  drop(): Promise<void>
}

/** An empty database; `migrated: false` leaves it without schema. */
export async function createTestDatabase(options: { migrated?: boolean } = {}): Promise<TestDatabase> {
  const serverUrl = process.env.DATABASE_URL
  if (!serverUrl) throw new Error('DATABASE_URL is not set: tests/setup/services.ts sets it')
  const name = `gelang_test_${process.pid}_${randomBytes(4).toString('hex')}`
  await onServer(serverUrl, `CREATE DATABASE ${name} TEMPLATE template0`)
  const ownerUrl = withDatabase(serverUrl, name)
  if (options.migrated !== false) await migrate(ownerUrl)

  const pools: Pool[] = []
  const pool = (role?: DatabaseRole): Pool => {
    const as = role ? { role } : { takeOver: 'seed of a test' }
    const opened = openPool({ url: ownerUrl, applicationName: OWN_NAME, max: 4, ...as })
    pools.push(opened)
    return opened
  }
  return {
    ownerUrl,
    apiUrl: withRole(ownerUrl, 'gelang_api'),
    recordUrl: withRole(ownerUrl, 'gelang_record'),
    authUrl: withRole(ownerUrl, 'gelang_auth'),
    ownerPool: pool(),
    apiPool: pool('gelang_api'),
    recordPool: pool('gelang_record'),
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

function withRole(url: string, role: DatabaseRole): string {
  const address = new URL(url)
  const path = role === 'gelang_auth' ? ' -c search_path=auth' : ''
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
