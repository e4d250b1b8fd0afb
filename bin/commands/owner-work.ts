// Commands that write people work as the owner of the schema; only the operators of the server have that login.
import { openPool, type PoolClient } from '../../store/database/open-pool.ts'
import { inTransaction } from '../../store/database/transaction.ts'
import { readSettings, required } from '../process/settings.ts'

/** All or nothing, in one transaction on DATABASE_URL. */
export async function asOwner<T>(
  env: NodeJS.ProcessEnv,
  command: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const url = required(readSettings(env).databaseUrl, 'DATABASE_URL')
  const pool = openPool({ url, applicationName: `gelang ${command}`, max: 1 })
  try {
    return await inTransaction(pool, work)
  } finally {
    await pool.end()
  }
}
