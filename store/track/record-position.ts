import { FencedOff } from '../../model/fenced-off.ts'
import type { Db } from '../database/open-pool.ts'

/**
 * A new owner announces its token before it reads on, and gets the last id stored. From then on a transaction of the
 * former owner that is still under way fails at its own position. Throws FencedOff when a newer owner was here.
 */
export async function claimRecordPosition(db: Db, shard: number, token: number): Promise<string> {
  const { rows } = await db.query<{ last_id: string }>(
    `INSERT INTO record_position (shard, token, last_id) VALUES ($1, $2, '0-0')
    ON CONFLICT (shard) DO UPDATE SET token = excluded.token WHERE record_position.token <= excluded.token
    RETURNING last_id`,
    [shard, token],
  )
  if (rows[0] === undefined) throw new FencedOff(`shard ${shard}: token ${token} is not the newest`)
  return rows[0].last_id
}

/**
 * Saves the position in the transaction that stored the rows. The same token and id again changes nothing; an older token
 * or an older id throws FencedOff, and the caller must roll back.
 */
export async function saveRecordPosition(db: Db, shard: number, token: number, lastId: string): Promise<void> {
  const { rowCount } = await db.query(
    `INSERT INTO record_position AS p (shard, token, last_id) VALUES ($1, $2, $3)
    ON CONFLICT (shard) DO UPDATE SET token = excluded.token, last_id = excluded.last_id
    WHERE p.token <= excluded.token
      AND string_to_array(p.last_id, '-')::numeric[] <= string_to_array(excluded.last_id, '-')::numeric[]`,
    [shard, token, lastId],
  )
  if (rowCount === 0) throw new FencedOff(`shard ${shard}: token ${token} at ${lastId} is behind what is stored`)
}
