// Each role of the server has a login of its own, and so have the migration and the audit's verifier. An administrator of
// the server makes them.
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import type pg from 'pg'
import { newClient } from './open-pool.ts'

/** `owner` migrates; `audit` verifies; the others are the server's. */
export const LOGINS = {
  owner: 'gelang_owner',
  api: 'gelang_api',
  record: 'gelang_record',
  auth: 'gelang_auth',
  audit: 'gelang_audit',
} as const
export type Login = keyof typeof LOGINS

const SCRAM_ITERATIONS = 4096
const LOGINS_LOCK = 7104

/** The address of the same database as another login. */
export function loginUrl(url: string, login: Login, password: string): string {
  const address = new URL(url)
  address.username = LOGINS[login]
  address.password = encodeURIComponent(password)
  return address.href
}

/**
 * Makes the logins, or gives them these passwords; makes gelang_owner the owner of the database at `adminUrl` and of what Gelang
 * has put into it. As often as wanted. The administrator is a superuser, or may create roles and owns the database.
 */
export async function makeLogins(adminUrl: string, passwords: Readonly<Record<Login, string>>): Promise<void> {
  const client = newClient({ url: adminUrl, applicationName: 'gelang logins', statementTimeoutMs: 0 })
  await client.connect()
  try {
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOGINS_LOCK])
    for (const [login, name] of Object.entries(LOGINS))
      await makeLogin(client, name, scramVerifier(passwords[login as Login]))
    await handOver(client)
    await client.query('COMMIT')
  } finally {
    await client.end()
  }
}

async function makeLogin(client: pg.Client, name: string, verifier: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [name])
  const rights = 'LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION'
  const password = client.escapeLiteral(verifier)
  await client.query(`${rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${name} ${rights} PASSWORD ${password}`)
}

/** What an earlier version, or an administrator, made in Gelang's schemas becomes the owner's. Chunks follow their hypertable. */
async function handOver(client: pg.Client): Promise<void> {
  const owner = LOGINS.owner
  await client.query(`
    DO $$
    DECLARE
      each record;
    BEGIN
      EXECUTE format('ALTER DATABASE %I OWNER TO ${owner}', current_database());
      FOR each IN
        SELECT format('ALTER SCHEMA %s OWNER TO ${owner}', nspname) AS change FROM pg_namespace
          WHERE nspname = 'auth' AND nspowner <> '${owner}'::regrole
        UNION ALL
        SELECT format('ALTER %s %s OWNER TO ${owner}', CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, c.oid::regclass)
        FROM pg_class c WHERE relkind IN ('r', 'p', 'v') AND relowner <> '${owner}'::regrole
          AND relnamespace::regnamespace::text IN ('public', 'auth')
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
        UNION ALL
        SELECT format('ALTER ROUTINE %s OWNER TO ${owner}', p.oid::regprocedure)
        FROM pg_proc p WHERE proowner <> '${owner}'::regrole AND pronamespace::regnamespace::text IN ('public', 'auth')
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
      LOOP
        EXECUTE each.change;
      END LOOP;
      ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
    END $$`)
}

/** What PostgreSQL keeps of a password (RFC 5803), so that the password itself is in no log of statements. */
function scramVerifier(password: string): string {
  const salt = randomBytes(16)
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, SCRAM_ITERATIONS, 32, 'sha256')
  const key = (of: string): Buffer => createHmac('sha256', salted).update(of).digest()
  const stored = createHash('sha256').update(key('Client Key')).digest('base64')
  return `SCRAM-SHA-256$${SCRAM_ITERATIONS}:${salt.toString('base64')}$${stored}:${key('Server Key').toString('base64')}`
}
