import type { ZoneView } from '../../model/console/console.ts'
import type { Db } from '../database/open-pool.ts'

/** Zones in sight that are not retired, of `unit` and those below it where given; `kind` is their worst use now. */
export async function listZones(db: Db, page: { unit?: string; limit: number }): Promise<ZoneView[]> {
  const { rows } = await db.query<ZoneView>(
    `SELECT z.id, z.name, z.unit_path::text AS "unitPath", z.shape, coalesce((
        SELECT c.kind FROM condition c
        WHERE c.zone_id = z.id AND c.cancelled_at IS NULL AND (upper_inf(c.during) OR upper(c.during) > now())
        ORDER BY array_position(ARRAY['avoided', 'required', 'corridor', 'region', 'neutral'], c.kind) LIMIT 1), 'neutral') AS kind
    FROM zone z
    WHERE z.retired_at IS NULL AND ($1::ltree IS NULL OR z.unit_path <@ $1)
    ORDER BY z.name, z.id LIMIT $2`,
    [page.unit, page.limit],
  )
  return rows
}
