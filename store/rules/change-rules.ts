import type { Db, PoolClient } from '../database/open-pool.ts'
import { insertCondition, type NewCondition } from './insert-rules.ts'

/** A change was asked for at a time before it was decided, or of something that has ended. */
export class NotBackwards extends Error {
  override name = 'NotBackwards'
}

/** Ends a supervision early; monitoring stops at `atMs`. Throws NotBackwards unless `nowMs` ≤ `atMs` < its end. */
export async function endSupervision(db: Db, supervisionId: number, atMs: number, nowMs: number): Promise<void> {
  forwards(atMs, nowMs)
  const { rowCount } = await db.query(
    `UPDATE supervision SET during = tstzrange(lower(during), from_ms($2), '[)'), changed_at = greatest(changed_at, from_ms($3))
    WHERE id = $1 AND lower(during) < from_ms($2) AND upper(during) > from_ms($2)`,
    [supervisionId, atMs, nowMs],
  )
  if (rowCount === 0) throw new NotBackwards(`supervision ${supervisionId} is not running at that time`)
}

/** The bracelet comes off at `atMs`. A time in the past is allowed: the strap came off then, whoever types it in now. */
export async function endAssignment(db: Db, assignmentId: number, atMs: number): Promise<void> {
  const { rowCount } = await db.query(
    `UPDATE assignment SET during = tstzrange(lower(during), from_ms($2), '[)')
    WHERE id = $1 AND lower(during) < from_ms($2) AND (upper_inf(during) OR upper(during) > from_ms($2))`,
    [assignmentId, atMs],
  )
  if (rowCount === 0) throw new NotBackwards(`assignment ${assignmentId} is not running at that time`)
}

/**
 * Closes the version of a condition that is in force at `next.fromMs`, cancels later ones, and opens `next`, in the
 * caller's transaction. Throws NotBackwards when `next.fromMs` lies before `next.madeMs`.
 */
export async function changeCondition(
  client: PoolClient,
  conditionId: string,
  next: Omit<NewCondition, 'id'>,
): Promise<void> {
  await endCondition(client, conditionId, next.fromMs, next.madeMs)
  await insertCondition(client, { ...next, id: conditionId })
}

/** The condition holds no longer from `atMs` on. Throws NotBackwards before `nowMs`, or when nothing is in force then or later. */
export async function endCondition(
  client: PoolClient,
  conditionId: string,
  atMs: number,
  nowMs: number,
): Promise<void> {
  forwards(atMs, nowMs)
  const cancelled = await client.query(
    `UPDATE condition SET cancelled_at = from_ms($3), changed_at = greatest(changed_at, from_ms($3))
    WHERE id = $1 AND cancelled_at IS NULL AND lower(during) >= from_ms($2)`,
    [conditionId, atMs, nowMs],
  )
  const closed = await client.query(
    `UPDATE condition SET during = tstzrange(lower(during), from_ms($2), '[)'), changed_at = greatest(changed_at, from_ms($3))
    WHERE id = $1 AND cancelled_at IS NULL AND during @> from_ms($2) AND lower(during) < from_ms($2)`,
    [conditionId, atMs, nowMs],
  )
  if (!cancelled.rowCount && !closed.rowCount)
    throw new NotBackwards(`no version of condition ${conditionId} is in force then or later`)
}

/** A permit ends at `atMs`, or is cancelled when it has not begun by then. Throws NotBackwards as above. */
export async function endPermit(db: Db, permitId: string, atMs: number, nowMs: number): Promise<void> {
  forwards(atMs, nowMs)
  const { rowCount } = await db.query(
    `UPDATE permit SET
      during = CASE WHEN lower(during) < from_ms($2) THEN tstzrange(lower(during), from_ms($2), '[)') ELSE during END,
      cancelled_at = CASE WHEN lower(during) >= from_ms($2) THEN from_ms($3) END,
      changed_at = greatest(changed_at, from_ms($3))
    WHERE id = $1 AND cancelled_at IS NULL AND upper(during) > from_ms($2)`,
    [permitId, atMs, nowMs],
  )
  if (rowCount === 0) throw new NotBackwards(`permit ${permitId} has ended by then`)
}

function forwards(atMs: number, nowMs: number): void {
  if (!(atMs >= nowMs)) throw new NotBackwards('a change holds from the moment it is made, never backwards')
}
