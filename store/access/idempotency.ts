// The answer to a write is kept with the write, so that sending it again with the same key changes nothing.
import type { Db } from '../database/open-pool.ts'

type KeptAnswer = { body: unknown; etag?: string }
type KeyClaim = { is: 'fresh' } | { is: 'answered'; answer: KeptAnswer } | { is: 'reused' }

const KEPT_FOR = '1 day'

/**
 * Claims a key of the acting officer's, in the transaction of the write; waits for one that is under way with the same key.
 * `reused`: it was another request's.
 */
export async function claimKey(db: Db, officerId: string, key: string, requestSha256: string): Promise<KeyClaim> {
  await db.query(`DELETE FROM idempotency WHERE officer_id = $1 AND at < now() - interval '${KEPT_FOR}'`, [officerId])
  const { rowCount } = await db.query(
    'INSERT INTO idempotency (officer_id, key, request_sha256) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [officerId, key, requestSha256],
  )
  if (rowCount === 1) return { is: 'fresh' }
  const { rows } = await db.query<{ sha256: string; answer: KeptAnswer | null }>(
    'SELECT request_sha256 AS sha256, answer FROM idempotency WHERE officer_id = $1 AND key = $2',
    [officerId, key],
  )
  const known = rows[0]
  if (known === undefined || known.answer === null || known.sha256 !== requestSha256) return { is: 'reused' }
  return { is: 'answered', answer: known.answer }
}

export async function keepAnswer(db: Db, officerId: string, key: string, answer: KeptAnswer): Promise<void> {
  await db.query('UPDATE idempotency SET answer = $3 WHERE officer_id = $1 AND key = $2', [
    officerId,
    key,
    JSON.stringify(answer),
  ])
}
