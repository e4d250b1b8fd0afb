import { INCIDENT_TYPES, type Incident, type IncidentType } from '../../model/incident/incident.ts'
import type { Db } from '../database/open-pool.ts'

/** Silence is judged by the clock beside the fold; everything else is what the fold of a track decides. */
const BESIDE_THE_FOLD = (Object.keys(INCIDENT_TYPES) as IncidentType[]).filter(
  (type) => INCIDENT_TYPES[type].openedBy === 'clock',
)

/**
 * A wearer's incidents as last published: the named ones, and all that were confirmed in [confirmedFromMs, confirmedToMs).
 * Only those that the fold decides; and what was withdrawn of the same matters, for their count of revisions.
 */
export async function readJudged(
  db: Db,
  wearerId: number,
  ids: readonly string[],
  confirmedFromMs: number,
  confirmedToMs: number,
): Promise<Incident[]> {
  const { rows } = await db.query<{ body: Incident }>(
    `WITH judged AS (SELECT id, matter_id FROM incident
      WHERE wearer_id = $1 AND type <> ALL ($5)
        AND (id = ANY ($2::uuid[]) OR start_at < from_ms($4)
          AND (body ->> 'confirmedMs')::float8 >= $3::float8 AND (body ->> 'confirmedMs')::float8 < $4::float8))
    SELECT body FROM incident
    WHERE id IN (SELECT id FROM judged) OR withdrawn AND matter_id IN (SELECT matter_id FROM judged)
    ORDER BY start_at, id`,
    [wearerId, ids, confirmedFromMs, confirmedToMs, BESIDE_THE_FOLD],
  )
  return rows.map(({ body }) => body)
}

/**
 * A time at or before `atMs` at which the wearer had no open incident, with `quietMs` before the beginning of whatever
 * did: a fold from there comes to what a fold of everything would.
 */
export async function quietBefore(db: Db, wearerId: number, atMs: number, quietMs: number): Promise<number> {
  let fromMs = atMs
  for (;;) {
    const { rows } = await db.query<{ ms: number | null }>(
      `SELECT utc_ms(min(start_at)) AS ms FROM incident
      WHERE wearer_id = $1 AND type <> ALL ($3) AND start_at < from_ms($2) AND (end_at IS NULL OR end_at >= from_ms($2))`,
      [wearerId, fromMs, BESIDE_THE_FOLD],
    )
    const earliestMs = rows[0]!.ms
    if (earliestMs === null) return fromMs
    fromMs = Math.min(fromMs, earliestMs) - quietMs
  }
}

/**
 * An incident of the wearer is active, and was so at or after `firstMs`, that begins or has its evidence before: a fold of what is
 * stored from `firstMs` on cannot come to it.
 */
export async function openSinceBefore(db: Db, wearerId: number, firstMs: number): Promise<boolean> {
  const { rows } = await db.query(
    `SELECT 1 FROM incident
    WHERE wearer_id = $1 AND type <> ALL ($3) AND NOT withdrawn AND (end_at IS NULL OR end_at >= from_ms($2))
      AND (start_at < from_ms($2)
        OR EXISTS (SELECT FROM jsonb_array_elements(body -> 'evidence') each WHERE (each ->> 'timeMs')::float8 < $2::float8))
    LIMIT 1`,
    [wearerId, firstMs, BESIDE_THE_FOLD],
  )
  return rows.length > 0
}
