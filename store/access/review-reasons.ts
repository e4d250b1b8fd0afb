import type { ReasonVerdict } from '../../model/access/reason.ts'
import type { ReasonGiven } from '../../model/console/console.ts'
import type { Db } from '../database/open-pool.ts'
import { storableText } from '../database/storable.ts'

/** Reasons that officers of the acting auditor's units gave, newest first; `before` is the id of the last one of the page before. */
export async function listReasons(
  db: Db,
  page: { limit: number; before?: number; unreviewed: boolean },
): Promise<ReasonGiven[]> {
  const { rows } = await db.query<{ given: ReasonGiven }>(
    `SELECT json_strip_nulls(json_build_object('id', a.id, 'atMs', utc_ms(a.at), 'officerId', a.officer_id, 'officerName', o.name,
      'role', o.role, 'for', a.action, 'subject', a.subject, 'kind', coalesce(a.detail ->> 'kind', 'lainnya'), 'reason', coalesce(a.reason, ''),
      'verdict', r.verdict, 'note', r.note, 'reviewedMs', utc_ms(r.at))) AS given
    FROM audit a LEFT JOIN officer o ON o.id = a.officer_id LEFT JOIN reason_review r ON r.audit_id = a.id
    WHERE a.action IN ('access.grant', 'nik.reveal', 'person.find') AND ($2::bigint IS NULL OR a.id < $2)
      AND (NOT $3 OR r.audit_id IS NULL)
    ORDER BY a.id DESC LIMIT $1`,
    [page.limit, page.before, page.unreviewed],
  )
  return rows.map(({ given }) => given)
}

/** What the acting auditor makes of a reason. False where there is none in their units, or it was judged before. */
export async function reviewReason(
  db: Db,
  id: number,
  { verdict, note }: { verdict: ReasonVerdict; note?: string | undefined },
): Promise<boolean> {
  const { rows } = await db.query<{ done: boolean }>('SELECT review_reason($1, $2, $3) AS done', [
    id,
    verdict,
    note === undefined ? undefined : storableText(note),
  ])
  return rows[0]!.done
}
