// The logins of TimescaleDB: made once, kept in one file a role. The server's roles do not learn the owner's address.
import { randomBytes } from 'node:crypto'
import { LOGINS, type Login, loginUrl, makeLogins } from '../../store/database/logins.ts'
import { readSecrets, writeSecrets } from './secret-files.ts'

/** Which role's file holds which variable. */
const PLACES: Readonly<Record<Login, readonly [file: string, variable: string]>> = {
  owner: ['migrate', 'DATABASE_URL'],
  api: ['api', 'API_DATABASE_URL'],
  auth: ['api', 'AUTH_DATABASE_URL'],
  record: ['record', 'RECORD_DATABASE_URL'],
  audit: ['audit', 'AUDIT_DATABASE_URL'],
}
export const DATABASE_SECRET_FILES = [...new Set(Object.values(PLACES).map(([file]) => file))]

const PASSWORD_BYTES = 24

/**
 * Makes the logins, with the passwords that `folder` holds or, where it holds none, new ones. Gives what the environment of
 * migrate, api, record and audit needs. `adminUrl` is a superuser's.
 */
export async function makeDatabaseSecrets(
  adminUrl: string,
  folder: string,
): Promise<Record<string, Record<string, string>>> {
  const passwords = {} as Record<Login, string>
  const secrets: Record<string, Record<string, string>> = {}
  for (const login of Object.keys(LOGINS) as Login[]) {
    const [file, variable] = PLACES[login]
    const before = readSecrets(folder, file)[variable]
    passwords[login] = before
      ? decodeURIComponent(new URL(before).password)
      : randomBytes(PASSWORD_BYTES).toString('base64url')
    secrets[file] = { ...secrets[file], [variable]: loginUrl(adminUrl, login, passwords[login]) }
  }
  // Written first: a password that PostgreSQL knows and nobody else is lost.
  for (const [file, variables] of Object.entries(secrets)) writeSecrets(folder, file, variables)
  await makeLogins(adminUrl, passwords)
  return secrets
}
