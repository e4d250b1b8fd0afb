import { storeTimeMs } from '../database/ask-store.ts'
import type { Db, PoolClient } from '../database/open-pool.ts'
import { type Decision, insertCondition, type NewCondition } from './insert-rules.ts'

/** A change was asked for at a time before it was decided, or of something that has ended. */
export class NotBackwards extends Error {
  override name = 'NotBackwards'
}

/** From when on a change holds; absent: from now on. `nowMs` counts in a take-over only, else the database says what now is. */
type When = { atMs?: number | undefined; nowMs?: number | undefined }

/** Ends a supervision early, in the caller's transaction; monitoring stops at `atMs`. Throws NotBackwards before now, or where it does not run then. */
export async function endSupervision(client: PoolClient, supervisionId: number, when: When = {}): Promise<void> {
  const { atMs, nowMs } = await forwards(client, when)
  const { rowCount } = await client.query(
    `UPDATE supervision SET during = tstzrange(lower(during), from_ms($2), '[)'), changed_at = greatest(changed_at, from_ms($3))
    WHERE id = $1 AND lower(during) < from_ms($2) AND upper(during) > from_ms($2)`,
    [supervisionId, atMs, nowMs],
  )
  if (rowCount === 0) throw new NotBackwards(`supervision ${supervisionId} is not running at that time`)
}

/** The bracelet comes off at `atMs`. A time in the past is allowed: the strap came off then, whenever it is entered. */
export async function endAssignment(db: Db, assignmentId: number, atMs: number): Promise<void> {
  const { rowCount } = await db.query(
    `UPDATE assignment SET during = tstzrange(lower(during), from_ms($2), '[)')
    WHERE id = $1 AND lower(during) < from_ms($2) AND (upper_inf(during) OR upper(during) > from_ms($2))`,
    [assignmentId, atMs],
  )
  if (rowCount === 0) throw new NotBackwards(`assignment ${assignmentId} is not running at that time`)
}

/**
 * Closes the version of a condition that is in force when `next` begins, cancels later ones, and opens `next`, in the
 * caller's transaction. Throws NotBackwards when `next` begins before now.
 */
export async function changeCondition(
  client: PoolClient,
  conditionId: string,
  next: Omit<NewCondition, 'id'>,
): Promise<void> {
  const fromMs = await endCondition(client, conditionId, next, { atMs: next.fromMs, nowMs: next.madeMs })
  await insertCondition(client, { ...next, fromMs, id: conditionId })
}

/**
 * The condition holds no longer from `atMs` on, which is given back. Throws NotBackwards before now, or when nothing is in
 * force then or later.
 */
export async function endCondition(
  client: PoolClient,
  conditionId: string,
  { authorId, approverId }: Decision,
  when: When = {},
): Promise<number> {
  const { atMs, nowMs } = await forwards(client, when)
  const who = [authorId, approverId]
  const cancelled = await client.query(
    `UPDATE condition SET cancelled_at = from_ms($3), changed_at = greatest(changed_at, from_ms($3)),
      end_author_id = $4, end_approver_id = $5
    WHERE id = $1 AND cancelled_at IS NULL AND lower(during) >= from_ms($2)`,
    [conditionId, atMs, nowMs, ...who],
  )
  const closed = await client.query(
    `UPDATE condition SET during = tstzrange(lower(during), from_ms($2), '[)'), changed_at = greatest(changed_at, from_ms($3)),
      end_author_id = $4, end_approver_id = $5
    WHERE id = $1 AND cancelled_at IS NULL AND during @> from_ms($2) AND lower(during) < from_ms($2)`,
    [conditionId, atMs, nowMs, ...who],
  )
  if (!cancelled.rowCount && !closed.rowCount)
    throw new NotBackwards(`no version of condition ${conditionId} is in force then or later`)
  return atMs
}

/** Whether a condition in sight is this wearer's. */
export async function isConditionOf(db: Db, wearerId: number, conditionId: string): Promise<boolean> {
  const { rows } = await db.query<{ theirs: boolean }>(
    'SELECT EXISTS (SELECT FROM condition WHERE id = $1 AND wearer_id = $2) AS theirs',
    [conditionId, wearerId],
  )
  return rows[0]!.theirs
}

/** A permit ends at `atMs`, or is cancelled when it has not begun by then; in the caller's transaction. Throws NotBackwards as above. */
export async function endPermit(
  client: PoolClient,
  permitId: string,
  { authorId, approverId }: Decision,
  when: When = {},
): Promise<void> {
  const { atMs, nowMs } = await forwards(client, when)
  const { rowCount } = await client.query(
    `UPDATE permit SET
      during = CASE WHEN lower(during) < from_ms($2) THEN tstzrange(lower(during), from_ms($2), '[)') ELSE during END,
      cancelled_at = CASE WHEN lower(during) >= from_ms($2) THEN from_ms($3) END,
      changed_at = greatest(changed_at, from_ms($3)), end_author_id = $4, end_approver_id = $5
    WHERE id = $1 AND cancelled_at IS NULL AND upper(during) > from_ms($2)`,
    [permitId, atMs, nowMs, authorId, approverId],
  )
  if (rowCount === 0) throw new NotBackwards(`permit ${permitId} has ended by then`)
}

/** Now is the transaction's beginning, in whole milliseconds. */
async function forwards(client: PoolClient, when: When): Promise<{ atMs: number; nowMs: number }> {
  const nowMs = when.nowMs ?? Math.floor(await storeTimeMs(client))
  const atMs = when.atMs ?? nowMs
  if (!(atMs >= nowMs)) throw new NotBackwards('a change holds from the moment it is made, never backwards')
  return { atMs, nowMs }
}
