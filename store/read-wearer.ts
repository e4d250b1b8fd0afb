import type { WearerDetail } from '../model/console.ts'
import { CURRENT_SUPERVISION, SUMMARY_COLUMNS } from './list-wearers.ts'
import type { Db } from './open-pool.ts'

const PARTS = `
  (SELECT json_build_object('deviceId', b.device_id, 'model', b.model, 'sinceMs', utc_ms(lower(a.during)))
    FROM assignment a JOIN bracelet b ON b.id = a.bracelet_id
    WHERE a.wearer_id = w.id AND a.during @> now() ORDER BY lower(a.during) DESC LIMIT 1) AS bracelet,
  coalesce((SELECT json_agg(json_strip_nulls(json_build_object('id', c.id, 'kind', c.kind, 'zoneId', c.zone_id, 'zoneName', z.name,
      'legalBasis', c.legal_basis, 'timeZone', c.time_zone, 'windows', c.windows, 'fromMs', utc_ms(lower(c.during)),
      'toMs', utc_ms(upper(c.during)))) ORDER BY lower(c.during), c.id)
    FROM condition c JOIN zone z ON z.id = c.zone_id
    WHERE c.wearer_id = w.id AND c.cancelled_at IS NULL AND (upper_inf(c.during) OR upper(c.during) > now())), '[]') AS conditions,
  coalesce((SELECT json_agg(json_build_object('id', p.id, 'fromMs', utc_ms(lower(p.during)), 'toMs', utc_ms(upper(p.during)),
      'legalBasis', p.legal_basis) ORDER BY lower(p.during), p.id)
    FROM permit p WHERE p.wearer_id = w.id AND p.cancelled_at IS NULL AND upper(p.during) > now()), '[]') AS permits,
  (SELECT json_strip_nulls(json_build_object('timeMs', utc_ms(t.time), 'latDeg', t.lat_e7 / 1e7::float8, 'lonDeg', t.lon_e7 / 1e7::float8,
      'accuracyM', t.accuracy_m, 'batteryPercent', t.battery_percent))
    FROM track t WHERE t.wearer_id = w.id AND t.time >= lower(s.during) AND t.flags & 2 = 2
    ORDER BY t.time DESC LIMIT 1) AS last`

type Row = Omit<WearerDetail, 'bracelet' | 'last'> & {
  bracelet: WearerDetail['bracelet'] | null
  last: WearerDetail['last'] | null
}

/** One wearer in sight with what holds now and later; `last` only where the track is in sight too. */
export async function readWearer(db: Db, wearerId: string): Promise<WearerDetail | undefined> {
  const { rows } = await db.query<Row>(
    `SELECT ${SUMMARY_COLUMNS}, s.sk_number AS "skNumber", utc_ms(lower(s.during)) AS "supervisionBeginsMs",
      w.nik_masked AS "nikMasked", ${PARTS}
    FROM wearer w ${CURRENT_SUPERVISION} WHERE w.uuid = $1`,
    [wearerId],
  )
  const row = rows[0]
  if (row === undefined) return undefined
  const { bracelet, last, ...rest } = row
  return { ...rest, ...(bracelet && { bracelet }), ...(last && { last }) }
}
