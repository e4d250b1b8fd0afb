// One-time links by which an officer sets a password. The database keeps the token's hash only.
import { createHash } from 'node:crypto'
import type { Db } from '../database/open-pool.ts'

/**
 * Replaces an earlier link of the officer. Gives its end, UTC ms, and the user name: an account keeps the one it has. Throws 23505
 * where the name is somebody else's.
 */
export async function addInvitation(
  db: Db,
  invitation: { officerId: string; username: string; token: string },
): Promise<{ username: string; endsMs: number }> {
  const { rows } = await db.query<{ username: string; endsMs: number }>(
    `INSERT INTO invitation (officer_id, username, token_sha256) VALUES ($1, $2, $3)
    RETURNING username, utc_ms(ends_at) AS "endsMs"`,
    [invitation.officerId, invitation.username, hashOf(invitation.token)],
  )
  return rows[0]!
}

type OpenInvitation = {
  officerName: string
  username: string
  /** The officer's account; absent: none yet. */
  account?: string
}

/** An invitation that may be used now, locked until the caller's transaction ends; undefined where there is none. */
export async function openInvitation(db: Db, token: string): Promise<OpenInvitation | undefined> {
  const { rows } = await db.query<{ officer_name: string; username: string; account: string | null }>(
    'SELECT officer_name, username, account FROM open_invitation($1)',
    [hashOf(token)],
  )
  const row = rows[0]
  if (row === undefined) return undefined
  const { officer_name: officerName, username, account } = row
  return { officerName, username, ...(account !== null && { account }) }
}

/** Binds the account to the officer and uses the link up; false where it may not be used (any more). */
export async function useInvitation(db: Db, token: string, account: string): Promise<boolean> {
  const { rows } = await db.query<{ used: boolean }>('SELECT use_invitation($1, $2) AS used', [hashOf(token), account])
  return rows[0]!.used
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
