// The connections of a process to TimescaleDB: each as a login that may do what its role needs and no more.
import type { Log } from '../../model/observe.ts'
import { PrivilegedLogin, privilegesBeyond } from '../../store/database/check-login.ts'
import { type DatabaseRole, openPool, type Pool } from '../../store/database/open-pool.ts'
import { isStoreAway } from '../../store/database/retry.ts'
import { required, type Settings } from './settings.ts'

const ADDRESSES = {
  gelang_api: ['apiDatabaseUrl', 'API_DATABASE_URL'],
  gelang_record: ['recordDatabaseUrl', 'RECORD_DATABASE_URL'],
  gelang_auth: ['authDatabaseUrl', 'AUTH_DATABASE_URL'],
} as const satisfies Record<DatabaseRole, readonly [keyof Settings, string]>

const HINT = '"gelang database-logins" makes a login for each role.'

/**
 * A pool as `role`. Throws PrivilegedLogin where its login is a superuser, owns the tables, may bypass row security or may become
 * another role; while the database is away this is checked later, on every new connection.
 */
export async function openRolePool(
  role: DatabaseRole,
  { settings, log }: { settings: Settings; log: Log },
  options: { applicationName: string; max: number },
): Promise<Pool> {
  const [key, name] = ADDRESSES[role]
  const url = settings[key] || required(settings.databaseUrl, name)
  let said = false
  const pool = openPool({
    ...options,
    ...{ url, role, log },
    async check(db) {
      const sentence = await privilegesBeyond(db, role)
      if (sentence === undefined) return
      if (!settings.allowPrivilegedDatabase)
        throw new PrivilegedLogin(
          `${sentence} Gelang does not serve with it (GELANG_ALLOW_PRIVILEGED_DATABASE=1 overrides, never in production). Set ${name}. ${HINT}`,
        )
      if (!said) log.warn({}, `${sentence} An error in one query opens everything (${name}).`)
      said = true
    },
  })
  try {
    await pool.query('SELECT 1')
  } catch (error) {
    if (!isStoreAway(error)) {
      await pool.end()
      // The role is taken on connect: this login may not.
      const forbidden = error instanceof Error && 'code' in error && error.code === '42501'
      if (forbidden)
        throw new PrivilegedLogin(`The login of ${name} may not serve as ${role}. ${HINT}`, { cause: error })
      throw error
    }
    log.warn({}, 'TimescaleDB is away: the rights of its login are checked when it is back')
  }
  return pool
}
