import type { Db } from '../database/open-pool.ts'
import { storableJson, storableText } from '../database/storable.ts'

export type AuditEntry = {
  /** A dotted word: track.read, session.open, condition.change. */
  action: string
  /** What it was done to: `wearer:<uuid>`, `officer:<uuid>`, `incident:<uuid>`. */
  subject: string
  /** The wearer's number, where one is concerned: an auditor of that wearer's unit sees the row. */
  wearerId?: number
  reason?: string
  /** No positions, no NIK. */
  detail?: Record<string, unknown>
}

/** Adds a row to the chain for the acting officer, at the database's own time, in the caller's transaction; gives its number. */
export async function appendAudit(db: Db, entry: AuditEntry): Promise<number> {
  const { rows } = await db.query<{ id: number }>('SELECT append_audit($1, $2, $3, $4, $5)::float8 AS id', [
    entry.action,
    storableText(entry.subject),
    entry.wearerId,
    entry.reason === undefined ? undefined : storableText(entry.reason),
    entry.detail && storableJson(entry.detail),
  ])
  return rows[0]!.id
}

/** The end of the chain; note it somewhere else and a later `verifyAudit` can prove that nothing before it was rewritten. */
export type AuditHead = { id: number; hash: string }
export type AuditVerdict = {
  rows: number
  head: AuditHead
  /** The first row that does not hold, or one past the last where rows are missing at the end. Absent: the chain holds. */
  brokenAt?: number
}

/** Walks the whole chain. */
export async function verifyAudit(db: Db, noted?: AuditHead): Promise<AuditVerdict> {
  const { rows } = await db.query<{ row_count: number; head_id: number; head_hash: string; broken_at: number | null }>(
    `SELECT row_count::float8, head_id::float8, encode(head_hash, 'hex') AS head_hash, broken_at::float8
    FROM verify_audit($1, decode($2, 'hex'))`,
    [noted?.id, noted?.hash],
  )
  const row = rows[0]!
  return {
    rows: row.row_count,
    head: { id: row.head_id, hash: row.head_hash },
    ...(row.broken_at !== null && { brokenAt: row.broken_at }),
  }
}
