// Wrong tries to sign in, counted in the database so that all processes count together. Role gelang_auth.
import type { Db } from '../database/open-pool.ts'

export type TryCount = {
  /** A keyed hash: it does not reveal the account or the address. */
  key: string
  failedMax: number
}

/**
 * Counts a try as failed under each key before it is made, so that many at once cannot pass together. Undefined where it may be
 * made; else in how many seconds the next one may, and nothing is counted.
 */
export async function beginTry(db: Db, counts: readonly TryCount[], windowMs: number): Promise<number | undefined> {
  const { rows } = await db.query<{ wait_s: number | null }>('SELECT auth.begin_sign_in($1, $2, $3) AS wait_s', [
    counts.map(({ key }) => key),
    counts.map(({ failedMax }) => failedMax),
    windowMs / 1000,
  ])
  return rows[0]?.wait_s ?? undefined
}

/** The try could not be made: it is not counted. */
export async function tryNotMade(db: Db, counts: readonly TryCount[]): Promise<void> {
  await db.query('SELECT auth.sign_in_not_made($1)', [counts.map(({ key }) => key)])
}

/** The try was right: the first key is forgotten, under the others it is not counted. */
export async function trySucceeded(db: Db, counts: readonly TryCount[]): Promise<void> {
  await db.query('SELECT auth.sign_in_succeeded($1)', [counts.map(({ key }) => key)])
}
