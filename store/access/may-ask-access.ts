import type { Db } from '../database/open-pool.ts'
import { grantAccess } from './grant-access.ts'

/**
 * True when the acting officer would be let see this wearer for a written reason. Asks grant_access() itself and takes it
 * back, so that the two can never differ. Needs the caller's transaction.
 */
export async function mayAskAccess(db: Db, wearerId: string): Promise<boolean> {
  await db.query('SAVEPOINT may_ask_access')
  const untilMs = await grantAccess(db, { wearerId, kind: 'lainnya', reason: 'not granted but asked', forMs: 1000 })
  await db.query('ROLLBACK TO SAVEPOINT may_ask_access')
  return untilMs !== undefined
}
