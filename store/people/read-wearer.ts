import type { WearerDetail } from '../../model/console/console.ts'
import type { Db } from '../database/open-pool.ts'
import { CURRENT_SUPERVISION, SUMMARY_COLUMNS } from './list-wearers.ts'

// An officer who may not see where a zone is (Kanwil without a reason) sees that the condition holds, and no name.
const PARTS = `
  (SELECT json_build_object('deviceId', b.device_id, 'model', b.model, 'sinceMs', utc_ms(lower(a.during)))
    FROM assignment a JOIN bracelet b ON b.id = a.bracelet_id
    WHERE a.wearer_id = w.id AND a.during @> now() ORDER BY lower(a.during) DESC LIMIT 1) AS bracelet,
  coalesce((SELECT json_agg(json_strip_nulls(json_build_object('id', c.id, 'kind', c.kind, 'zoneId', c.zone_id,
      'zoneName', coalesce(z.name, '–'),
      'legalBasis', c.legal_basis, 'timeZone', c.time_zone, 'windows', c.windows, 'fromMs', utc_ms(lower(c.during)),
      'toMs', utc_ms(upper(c.during)))) ORDER BY lower(c.during), c.id)
    FROM condition c LEFT JOIN zone z ON z.id = c.zone_id
    WHERE c.wearer_id = w.id AND c.cancelled_at IS NULL AND (upper_inf(c.during) OR upper(c.during) > now())), '[]') AS conditions,
  coalesce((SELECT json_agg(json_build_object('id', p.id, 'fromMs', utc_ms(lower(p.during)), 'toMs', utc_ms(upper(p.during)),
      'legalBasis', p.legal_basis) ORDER BY lower(p.during), p.id)
    FROM permit p WHERE p.wearer_id = w.id AND p.cancelled_at IS NULL AND upper(p.during) > now()), '[]') AS permits`

const LAST = `
  SELECT json_strip_nulls(json_build_object('timeMs', utc_ms(time), 'latDeg', lat_e7 / 1e7::float8, 'lonDeg', lon_e7 / 1e7::float8,
    'accuracyM', accuracy_m, 'batteryPercent', battery_percent)) AS last
  FROM track WHERE wearer_id = $1 AND time >= $2::timestamptz AND time < $3::timestamptz AND flags & 2 = 2
  ORDER BY time DESC LIMIT 1`
/** Nearly every bracelet has reported within it. */
const FIRST_LOOK_MS = 3_600_000

type Row = Omit<WearerDetail, 'bracelet' | 'last'> & { nowMs: number; bracelet: WearerDetail['bracelet'] | null }

/** One wearer in sight with what holds now and later; `last` only where the track is in sight too. */
export async function readWearer(db: Db, wearerId: string): Promise<WearerDetail | undefined> {
  const { rows } = await db.query<Row>(
    `SELECT ${SUMMARY_COLUMNS}, s.sk_number AS "skNumber", utc_ms(lower(s.during)) AS "supervisionBeginsMs",
      w.nik_masked AS "nikMasked", utc_ms(now()) AS "nowMs", ${PARTS}
    FROM wearer w ${CURRENT_SUPERVISION} WHERE w.uuid = $1`,
    [wearerId],
  )
  const row = rows[0]
  if (row === undefined) return undefined
  const { bracelet, nowMs, ...rest } = row
  const { n, supervisionBeginsMs } = rest
  const last = await readLast(db, n, supervisionBeginsMs, nowMs)
  return { ...rest, ...(bracelet && { bracelet }), ...(last && { last }) }
}

/**
 * The newest valid fix since `beginsMs`. The view over the track lets no order through to the index, so all fixes of the time that is
 * asked for are read: the last hour's first, then twice as far back each time, never a whole year of supervision for one fix.
 */
async function readLast(db: Db, n: number, beginsMs: number, nowMs: number): Promise<WearerDetail['last']> {
  let to = 'infinity'
  for (let backMs = FIRST_LOOK_MS; ; backMs *= 2) {
    const fromMs = Math.max(beginsMs, nowMs - backMs)
    const from = new Date(fromMs).toISOString()
    const { rows } = await db.query<{ last: NonNullable<WearerDetail['last']> }>(LAST, [n, from, to])
    if (rows[0] !== undefined || fromMs === beginsMs) return rows[0]?.last
    to = from
  }
}
