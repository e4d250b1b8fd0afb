// The logins of a server of TimescaleDB that a bench or a test has for itself. Passwords follow from the administrator's, so that all
// who share the server agree on them.
import { createHmac } from 'node:crypto'
import { LOGINS, type Login, loginUrl, makeLogins } from '../../store/database/logins.ts'

export function passwordsOf(adminUrl: string): Record<Login, string> {
  const { password } = new URL(adminUrl)
  const all = Object.keys(LOGINS).map((login) => [login, createHmac('sha256', password).update(login).digest('hex')])
  return Object.fromEntries(all) as Record<Login, string>
}

/** Makes the logins; gives the addresses of this database for the processes that serve. Call it before migrating. */
export async function databaseEnvironment(adminUrl: string): Promise<Record<string, string>> {
  const passwords = passwordsOf(adminUrl)
  await makeLogins(adminUrl, passwords)
  return {
    API_DATABASE_URL: loginUrl(adminUrl, 'api', passwords.api),
    AUTH_DATABASE_URL: loginUrl(adminUrl, 'auth', passwords.auth),
    RECORD_DATABASE_URL: loginUrl(adminUrl, 'record', passwords.record),
  }
}
