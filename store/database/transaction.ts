import type { Pool, PoolClient } from './open-pool.ts'

/** Runs `work` in one transaction; commits before it resolves, rolls back and rethrows when it throws. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>, mode = ''): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  // A checked-out connection that breaks says so here as well as to the statement that waits on it.
  const onError = (error: Error): void => {
    broken = error
  }
  client.on('error', onError)
  try {
    await client.query(`BEGIN ${mode}`)
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch((rollbackError: Error) => {
      broken ??= rollbackError
    })
    throw error
  } finally {
    client.off('error', onError)
    client.release(broken)
  }
}

/**
 * The same as the officer: row-level security gives what that officer may see, and their name is in the audit. The
 * result is handed out only after the commit, so that nothing is read whose audit row was not written.
 */
export function asOfficer<T>(pool: Pool, officerId: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, async (client) => {
    await client.query(`SELECT set_config('gelang.officer_id', $1, true)`, [officerId])
    return work(client)
  })
}
