import type { ReasonKind } from '../../model/access/reason.ts'
import type { Db } from '../database/open-pool.ts'

/**
 * Lets the acting officer see a wearer of their unit or below for `forMs` from now on, and writes that down. Gives the
 * end, UTC ms; undefined when there is no such wearer in their units. Throws on a reason that says nothing.
 */
export async function grantAccess(
  db: Db,
  grant: { wearerId: string; kind: ReasonKind; reason: string; forMs: number },
): Promise<number | undefined> {
  const { rows } = await db.query<{ until_ms: number | null }>(
    'SELECT utc_ms(grant_access($1, $2, $3, $4)) AS until_ms',
    [grant.wearerId, grant.kind, grant.reason, grant.forMs / 1000],
  )
  return rows[0]?.until_ms ?? undefined
}

/** The acting officer's valid reason for this wearer, with its end; undefined when there is none. */
export async function readAccess(db: Db, wearerId: string): Promise<{ reason: string; untilMs: number } | undefined> {
  const { rows } = await db.query<{ reason: string; untilMs: number }>(
    `SELECT g.reason, utc_ms(upper(g.during)) AS "untilMs"
    FROM access_grant g JOIN wearer w ON w.id = g.wearer_id
    WHERE w.uuid = $1 AND g.officer_id = acting_officer_id() AND g.during @> now()
    ORDER BY upper(g.during) DESC LIMIT 1`,
    [wearerId],
  )
  return rows[0]
}
