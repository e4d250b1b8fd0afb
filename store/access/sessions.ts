// An account's sessions. Role gelang_auth.
import type { Db } from '../database/open-pool.ts'

type SessionRow = { id: string; sinceMs: number; endsMs: number; address: string; agent: string }

/** The open sessions of an account, newest first. */
export async function listSessions(authDb: Db, userId: string): Promise<SessionRow[]> {
  const { rows } = await authDb.query<SessionRow>(
    `SELECT id, (extract(epoch FROM "createdAt") * 1000)::float8 AS "sinceMs",
      (extract(epoch FROM "expiresAt") * 1000)::float8 AS "endsMs",
      coalesce("ipAddress", '') AS address, coalesce("userAgent", '') AS agent
    FROM auth.session WHERE "userId" = $1 AND "expiresAt" > now() ORDER BY "createdAt" DESC, id`,
    [userId],
  )
  return rows
}

/** Ends sessions of this account: one, or all but one. Gives the ids of those that ended. */
export async function endSessions(
  authDb: Db,
  userId: string,
  which: { only: string } | { allBut: string },
): Promise<string[]> {
  const [only, allBut] = 'only' in which ? [which.only, undefined] : [undefined, which.allBut]
  const { rows } = await authDb.query<{ id: string }>(
    `DELETE FROM auth.session
    WHERE "userId" = $1 AND ($2::text IS NULL OR id = $2) AND ($3::text IS NULL OR id <> $3) RETURNING id`,
    [userId, only, allBut],
  )
  return rows.map(({ id }) => id)
}
