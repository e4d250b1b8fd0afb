import type { SealedRecipient } from '../../model/notice/recipient.ts'
import type { Db } from '../database/open-pool.ts'

/** Every recipient that is notified now; the ways stay encrypted. */
export async function loadRecipients(db: Db): Promise<SealedRecipient[]> {
  const { rows } = await db.query<SealedRecipient>(`
    SELECT id, unit_path::text AS "unitPath", level, language, sealed_ways AS "sealedWays"
    FROM recipient WHERE active ORDER BY id`)
  return rows
}
