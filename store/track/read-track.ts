import type { TrackFix } from '../../model/console/console.ts'
import type { Db } from '../database/open-pool.ts'

export const TRACK_SQL = `
  SELECT utc_ms(time) AS "timeMs", lat_e7 / 1e7::float8 AS "latDeg", lon_e7 / 1e7::float8 AS "lonDeg", flags,
    accuracy_m AS "accuracyM", speed_mps AS "speedMps", battery_percent AS "batteryPercent"
  FROM track
  WHERE wearer_id = (SELECT id FROM wearer WHERE uuid = $1) AND time >= $2::timestamptz AND time < $3::timestamptz
    AND flags & 1 = 1
  ORDER BY time LIMIT $4`

/**
 * Positions of a wearer whose track is in the acting officer's sight, oldest first, of [fromMs, toMs). The caller writes
 * the reading down (`auditReading`) in the same transaction.
 */
export async function readTrack(
  db: Db,
  wearerId: string,
  fromMs: number,
  toMs: number,
  limit: number,
): Promise<TrackFix[]> {
  type Row = Record<'timeMs' | 'latDeg' | 'lonDeg' | 'flags', number> &
    Record<'accuracyM' | 'speedMps' | 'batteryPercent', number | null>
  const { rows } = await db.query<Row>(TRACK_SQL, [
    wearerId,
    new Date(fromMs).toISOString(),
    new Date(toMs).toISOString(),
    limit,
  ])
  return rows.map((row) => ({
    timeMs: row.timeMs,
    latDeg: row.latDeg,
    lonDeg: row.lonDeg,
    valid: (row.flags & 2) !== 0,
    ...(row.accuracyM !== null && { accuracyM: row.accuracyM }),
    ...(row.speedMps !== null && { speedMps: row.speedMps }),
    ...(row.batteryPercent !== null && { batteryPercent: row.batteryPercent }),
    archived: (row.flags & 4) !== 0,
  }))
}
