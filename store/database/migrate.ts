import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import type { Log } from '../../model/observe.ts'
import { newClient } from './open-pool.ts'
import { forceRowSecurity } from './own-policies.ts'

export type Migration = { name: string; sql: string; checksum: string }

const MIGRATION_LOCK = 7101
const FILE_NAME = /^\d{3}-[a-z0-9-]+\.sql$/

/** The numbered SQL files of a folder in their order. Throws when two carry one number or a name does not fit. */
export function readMigrations(folder = join(import.meta.dirname, '../migrations')): Migration[] {
  const names = readdirSync(folder).sort()
  const numbers = new Set<string>()
  return names.map((name) => {
    if (!FILE_NAME.test(name)) throw new Error(`${name} is no name for a migration: 001-what-it-does.sql`)
    const number = name.slice(0, 3)
    if (numbers.has(number)) throw new Error(`two migrations carry the number ${number}`)
    numbers.add(number)
    const sql = readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n')
    return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
  })
}

/**
 * Brings the database at `url` (as the schema's owner) up to date and gives the names of the files that ran. Each file is
 * one transaction; of several processes that start at once one works and the others wait. Throws when a file that
 * already ran has been changed since, or when the database is ahead of this program.
 */
export async function migrate(url: string, log?: Log, migrations = readMigrations()): Promise<string[]> {
  const client = newClient({ url, applicationName: 'gelang migrate', statementTimeoutMs: 0, ...(log && { log }) })
  await client.connect()
  try {
    // Held by the session; it ends with it, whatever happens to this process.
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    const ran = await ranBefore(client)
    checkHistory(ran, migrations)
    const fresh = migrations.filter((migration) => !ran.has(migration.name))
    for (const migration of fresh) {
      await run(client, migration)
      log?.info({ migration: migration.name }, 'migrated')
    }
    await forceRowSecurity(client)
    return fresh.map((migration) => migration.name)
  } finally {
    await client.end()
  }
}

async function ranBefore(client: pg.Client): Promise<Map<string, string>> {
  await client.query(`CREATE TABLE IF NOT EXISTS schema_migration (
    name text PRIMARY KEY, checksum text NOT NULL, ran_at timestamptz NOT NULL DEFAULT now())`)
  const { rows } = await client.query<{ name: string; checksum: string }>('SELECT name, checksum FROM schema_migration')
  return new Map(rows.map((row) => [row.name, row.checksum]))
}

function checkHistory(ran: ReadonlyMap<string, string>, migrations: readonly Migration[]): void {
  const known = new Map(migrations.map((migration) => [migration.name, migration.checksum]))
  for (const [name, checksum] of ran) {
    const mine = known.get(name)
    if (mine === undefined)
      throw new Error(`the database has run ${name}, which this program does not have: a newer Gelang migrated it`)
    if (mine !== checksum)
      throw new Error(`${name} was changed after it ran here; restore it and put the change into a new migration`)
  }
  const newest = [...ran.keys()].sort().at(-1)
  const behind = migrations.find(({ name }) => newest !== undefined && name < newest && !ran.has(name))
  if (behind) throw new Error(`${behind.name} has not run, but ${newest} has; a new migration needs the highest number`)
}

async function run(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('BEGIN')
  try {
    await client.query('INSERT INTO schema_migration (name, checksum) VALUES ($1, $2)', [
      migration.name,
      migration.checksum,
    ])
    await client.query(migration.sql)
    await client.query('COMMIT')
  } catch (cause) {
    await client.query('ROLLBACK')
    throw new Error(`${migration.name} failed: ${(cause as Error).message}`, { cause })
  }
}
