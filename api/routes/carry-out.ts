import type { Proposal } from '../../model/console/people.ts'
import { storeTimeMs } from '../../store/database/ask-store.ts'
import type { PoolClient } from '../../store/database/open-pool.ts'
import { changeCondition, isConditionOf } from '../../store/rules/change-rules.ts'
import { insertCondition, insertPermit } from '../../store/rules/insert-rules.ts'
import { Refusal } from '../answer/refusal.ts'

/**
 * Makes the rule that was proposed, in the transaction of its approval; gives its id and from when on it holds: never before now.
 * Throws a Refusal, what the database refuses, and NotBackwards.
 */
export async function carryOut(
  client: PoolClient,
  { proposed, authorId }: Proposal,
  wearerId: number,
  approverId: string,
): Promise<{ id: string; fromMs: number }> {
  const nowMs = Math.floor(await storeTimeMs(client))
  const decision = { wearerId, authorId, approverId }
  if ('permit' in proposed) {
    const fromMs = Math.max(nowMs, proposed.permit.fromMs ?? nowMs)
    return { id: await insertPermit(client, { ...proposed.permit, ...decision, fromMs }), fromMs }
  }
  const { replaces, ...condition } = proposed.condition
  const fromMs = Math.max(nowMs, condition.fromMs ?? nowMs)
  const next = { ...condition, ...decision, fromMs }
  if (replaces !== undefined && !(await isConditionOf(client, wearerId, replaces)))
    throw new Refusal(409, 'not_theirs', 'what it replaces is no condition of this klien')
  if (replaces === undefined) return { id: await insertCondition(client, next), fromMs }
  await changeCondition(client, replaces, next)
  return { id: replaces, fromMs }
}
