import type { Db } from './open-pool.ts'
import { isStoreAway } from './retry.ts'

const ANSWER_MS_MAX = 3000

/** Why the database cannot be used now, in a word for operators; undefined when it answers. */
export async function storeTrouble(db: Db): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined
  const overdue = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('TimescaleDB does not answer'), ANSWER_MS_MAX)
  })
  const asked = db.query('SELECT 1').then(
    () => undefined,
    (error: unknown) => {
      if (!isStoreAway(error)) throw error
      return 'TimescaleDB is away'
    },
  )
  return Promise.race([asked, overdue]).finally(() => clearTimeout(timer))
}

/** The database's own time, UTC ms. */
export async function storeTimeMs(db: Db): Promise<number> {
  const { rows } = await db.query<{ ms: number }>('SELECT utc_ms(now()) AS ms')
  return rows[0]!.ms
}
