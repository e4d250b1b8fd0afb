// A write that is sent twice with one Idempotency-Key is made once. The key and the answer are kept in PostgreSQL, in the
// transaction of the write.
import { createHash } from 'node:crypto'
import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { claimKey, keepAnswer } from '../../store/access/idempotency.ts'
import type { Pool, PoolClient } from '../../store/database/open-pool.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { entityTag } from '../answer/entity-tag.ts'
import { Refusal } from '../answer/refusal.ts'
import type { OfficerEnv } from '../sign-in/sessions.ts'
import { storeRefusal } from './store-refusal.ts'

const KEY = /^[A-Za-z0-9_-]{8,100}$/

export const keyHeader = z.object({
  'idempotency-key': z
    .string()
    .regex(KEY)
    .optional()
    .openapi({ description: 'the same key again gives the same answer again, for a day' }),
})
export const matchHeader = z.object({
  'if-match': z.string().max(200).optional().openapi({ description: 'ETag of what is changed; needed' }),
})

/** Runs `work` as the officer who is signed in, once for each key; sets the ETag of what it gives. */
export async function writeOnce<T extends object>(
  c: Context<OfficerEnv>,
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const { officerId } = c.get('signedIn').officer
  const key = c.req.header('idempotency-key')
  const request = createHash('sha256')
    .update(`${c.req.method} ${c.req.path}\n${await c.req.text()}`)
    .digest('hex')
  const written = await asOfficer(pool, officerId, async (client) => {
    if (key === undefined) return work(client)
    const claim = await claimKey(client, officerId, key, request)
    if (claim.is === 'reused') throw new Refusal(422, 'key_reused', 'the Idempotency-Key was used for another request')
    if (claim.is === 'answered') return claim.answer.body as T
    const body = await work(client)
    await keepAnswer(client, officerId, key, { body })
    return body
  }).catch((error: unknown) => {
    throw storeRefusal(error)
  })
  c.header('etag', entityTag(written))
  return written
}
