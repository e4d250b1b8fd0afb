import { createHash } from 'node:crypto'
import type { Db } from '../database/open-pool.ts'

/** One end of the chain: the number of its last row and that row's hash, in hex. */
export type AuditHead = { seq: number; hash: string }

export type AuditVerdict = {
  rows: number
  head: AuditHead
  /** The first row that differs, or one past the last where rows are missing at the end. Absent: the chain holds. */
  brokenAt?: number
  why?: 'row_changed' | 'row_missing' | 'not_as_signed' | 'cut_off'
}

const PAGE_ROWS = 5_000
const GENESIS = createHash('sha256').update('gelang audit').digest()

// The text that is hashed, as audit_hash() makes it; only functions of PostgreSQL itself, which the schema's owner cannot replace.
const PAGE = `
  SELECT id::float8 AS id, previous_hash, hash,
    pg_catalog.jsonb_build_array(id, pg_catalog.to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), actor,
      officer_id, unit_path::text, action, subject, wearer_id, reason, detail)::text AS content
  FROM public.audit WHERE id > $1 ORDER BY id LIMIT ${PAGE_ROWS}`

/**
 * Walks the whole chain and hashes every row again. `heads` are ends that were noted elsewhere earlier: they also show a chain
 * that was rewritten whole. The first difference ends the walk.
 */
export async function verifyAudit(db: Db, heads: readonly AuditHead[] = []): Promise<AuditVerdict> {
  const noted = new Map(heads.map(({ seq, hash }) => [seq, hash]))
  // Read first: what is written while the walk goes on lies behind it.
  const end = await readAuditHead(db)
  let last = { id: 0, hash: GENESIS }
  // Rows are numbered from 1; one below is one that was put in.
  let after = Number.MIN_SAFE_INTEGER
  const head = () => ({ seq: last.id, hash: last.hash.toString('hex') })
  const broken = (brokenAt: number, why: AuditVerdict['why'] & string): AuditVerdict => ({
    ...{ rows: last.id, head: head(), brokenAt, why },
  })
  for (;;) {
    type Row = { id: number; previous_hash: Buffer; hash: Buffer; content: string }
    const { rows } = await db.query<Row>(PAGE, [after])
    for (const row of rows) {
      if (row.id !== last.id + 1) return broken(last.id + 1, 'row_missing')
      const hash = createHash('sha256').update(row.previous_hash).update(row.content).digest()
      if (!row.previous_hash.equals(last.hash) || !row.hash.equals(hash)) return broken(row.id, 'row_changed')
      const signed = noted.get(row.id)
      if (signed !== undefined && signed !== hash.toString('hex')) return broken(row.id, 'not_as_signed')
      if (row.id === end.seq && end.hash !== hash.toString('hex')) return broken(row.id, 'row_changed')
      last = { id: row.id, hash }
      after = row.id
    }
    if (rows.length < PAGE_ROWS) break
  }
  const newest = Math.max(end.seq, ...noted.keys())
  if (newest > last.id) return broken(last.id + 1, 'cut_off')
  return { rows: last.id, head: head() }
}

/** The end of the chain as the last commit left it. */
export async function readAuditHead(db: Db): Promise<AuditHead> {
  const { rows } = await db.query<AuditHead>(
    `SELECT id::float8 AS seq, pg_catalog.encode(hash, 'hex') AS hash FROM public.audit_head`,
  )
  return rows[0]!
}

/** The hash of one row now; undefined when there is none. */
export async function readAuditHash(db: Db, seq: number): Promise<string | undefined> {
  const { rows } = await db.query<{ hash: string }>(
    `SELECT pg_catalog.encode(hash, 'hex') AS hash FROM public.audit WHERE id = $1`,
    [seq],
  )
  return rows[0]?.hash
}
