import type { Db } from '../database/open-pool.ts'

/** Whether anybody can sign in, or was invited to; as the owner. Two who ask at once are one after the other. */
export async function hasAccounts(db: Db): Promise<boolean> {
  await db.query('LOCK TABLE invitation IN SHARE ROW EXCLUSIVE MODE')
  const { rows } = await db.query<{ found: boolean }>(
    'SELECT EXISTS (SELECT FROM officer WHERE auth_user_id IS NOT NULL) OR EXISTS (SELECT FROM auth."user") AS found',
  )
  return rows[0]!.found
}
