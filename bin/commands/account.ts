// `gelang account`: a login for an officer who is in the database already.
import { createAccount, createAuth } from '../../api/sign-in/auth.ts'
import { openPool } from '../../store/database/open-pool.ts'
import { linkAccount } from '../../store/people/insert-people.ts'
import { openLog } from '../process/log.ts'
import { readSettings, required } from '../process/settings.ts'

/** Throws a sentence where the name is taken, the password too short, or the officer unknown. */
export async function accountCommand({ officer, username }: { officer: string; username: string }): Promise<void> {
  const settings = readSettings(process.env)
  const url = required(settings.databaseUrl, 'DATABASE_URL')
  const password = required(process.env.GELANG_NEW_PASSWORD, 'GELANG_NEW_PASSWORD')
  const pool = openPool({ url, applicationName: 'gelang account', max: 1 })
  const authPool = openPool({
    url: settings.authDatabaseUrl ?? url,
    role: 'gelang_auth',
    applicationName: 'gelang account',
    max: 1,
  })
  try {
    const auth = createAuth({
      pool: authPool,
      baseUrl: settings.baseUrl ?? 'http://127.0.0.1',
      allowedOrigins: [],
      secret: required(settings.authSecret, 'GELANG_AUTH_SECRET'),
      log: openLog('account', settings.logLevel),
    })
    const { rows } = await pool.query<{ name: string }>('SELECT name FROM officer WHERE id = $1', [officer])
    const found = rows[0]
    if (found === undefined) throw new Error(`there is no officer ${officer}`)
    await linkAccount(pool, officer, await createAccount(auth, { username, password, name: found.name }))
    console.log(`${username} can log in now.`)
  } finally {
    await pool.end()
    await authPool.end()
  }
}
