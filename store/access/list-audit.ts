import type { Db } from '../database/open-pool.ts'

type AuditRow = {
  id: number
  atMs: number
  actor: string
  officerId?: string
  action: string
  subject: string
  wearerId?: number
  reason?: string
  detail?: Record<string, unknown>
}

/** Newest first, of the acting auditor's units; `before` is the id of the last row of the page before. */
export async function listAudit(db: Db, page: { limit: number; before?: number }): Promise<AuditRow[]> {
  const { rows } = await db.query<{ entry: AuditRow }>(
    `SELECT json_strip_nulls(json_build_object('id', id, 'atMs', utc_ms(at), 'actor', actor, 'officerId', officer_id,
      'action', action, 'subject', subject, 'wearerId', wearer_id, 'reason', reason, 'detail', detail)) AS entry
    FROM audit WHERE $2::bigint IS NULL OR id < $2 ORDER BY id DESC LIMIT $1`,
    [page.limit, page.before],
  )
  return rows.map((row) => row.entry)
}
