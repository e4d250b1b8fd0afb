import type { WearerSummary } from '../../model/console/console.ts'
import type { Db } from '../database/open-pool.ts'

/** Of several supervisions the one that runs, else the newest. */
export const CURRENT_SUPERVISION = `JOIN LATERAL (
    SELECT * FROM supervision s WHERE s.wearer_id = w.id ORDER BY s.during @> now() DESC, lower(s.during) DESC LIMIT 1
  ) s ON true
  LEFT JOIN officer pk ON pk.id = w.pk_officer_id`

export const SUMMARY_COLUMNS = `w.uuid AS id, w.id AS n, w.name, w.unit_path::text AS "unitPath", s.programme,
  coalesce(pk.name, '') AS "pkName", utc_ms(upper(s.during)) AS "supervisionEndsMs"`

type WearerPage = {
  /** Part of a name, an SK or SDP number, a telephone number or the id of a bracelet worn now; or the last digits of a NIK. */
  q?: string
  /** This unit and those below it. */
  unit?: string
  limit: number
  /** `next` of the page before. */
  after?: string
}

/** Wearers in the acting officer's sight, by name; `next` is given where there are more. */
export async function listWearers(db: Db, page: WearerPage): Promise<{ wearers: WearerSummary[]; next?: string }> {
  const { rows } = await db.query<WearerSummary>(
    `WITH page AS MATERIALIZED (
      SELECT w.id, w.uuid, w.name, w.unit_path, w.pk_officer_id FROM wearer w
      WHERE EXISTS (SELECT FROM supervision s WHERE s.wearer_id = w.id)
        AND ($1::text IS NULL OR w.name ILIKE $1
          OR EXISTS (SELECT FROM supervision s WHERE s.wearer_id = w.id AND s.sk_number ILIKE $1)
          OR EXISTS (SELECT FROM assignment a JOIN bracelet b ON b.id = a.bracelet_id
            WHERE a.wearer_id = w.id AND a.during @> now() AND b.device_id ILIKE $1)
          OR w.sdp_number ILIKE $1 OR w.nik_masked LIKE $5
          OR regexp_replace(w.phone, '[^0-9]', '', 'g') LIKE $6)
        AND ($2::ltree IS NULL OR w.unit_path <@ $2)
        AND ($4::uuid IS NULL OR (w.name, w.id) > (SELECT name, id FROM wearer WHERE uuid = $4))
      ORDER BY w.name, w.id LIMIT $3::int + 1)
    SELECT ${SUMMARY_COLUMNS} FROM page w ${CURRENT_SUPERVISION} ORDER BY w.name, w.id`,
    [
      ...[page.q && `%${page.q.replaceAll(/[\\%_]/g, '\\$&')}%`, page.unit, page.limit, page.after],
      ...numbersIn(page.q),
    ],
  )
  const wearers = rows.slice(0, page.limit)
  const last = wearers.at(-1)
  return rows.length > page.limit && last ? { wearers, next: last.id } : { wearers }
}

/** Patterns for a NIK's last digits, of which four are shown, and for a part of a telephone number however it is written. */
function numbersIn(q = ''): [nik: string | undefined, phone: string | undefined] {
  const digits = /^[0-9+() -]+$/.test(q) ? q.replaceAll(/[^0-9]/g, '').replace(/^(62|0)(?=8)/, '') : ''
  return [/^[0-9]{3,4}$/.test(q) ? `*%${q}` : undefined, digits.length >= 5 ? `%${digits}%` : undefined]
}

/** Everyone in sight, for the live feed's roster. */
export async function listRoster(db: Db): Promise<WearerSummary[]> {
  const { rows } = await db.query<WearerSummary>(
    `SELECT ${SUMMARY_COLUMNS} FROM wearer w ${CURRENT_SUPERVISION} ORDER BY w.id`,
  )
  return rows
}
