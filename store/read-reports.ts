import { LogReport } from '../model/report.ts'
import type { Db } from './open-pool.ts'

export type StoredReport = { report: LogReport; attributes?: Record<string, string | number | boolean> }

type FixRow = Record<
  | 'time_ms'
  | 'received_ms'
  | 'wearer_id'
  | 'bracelet_id'
  | 'alarms'
  | 'lat_e7'
  | 'lon_e7'
  | 'flags'
  | 'source'
  | 'protocol',
  number
> &
  Record<
    | 'battery_percent'
    | 'charging'
    | 'strap'
    | 'case_contact'
    | 'satellites'
    | 'battery_mv'
    | 'accuracy_m'
    | 'speed_mps'
    | 'course_deg'
    | 'altitude_m'
    | 'hdop',
    number | null
  > & { content_key: string; attributes: Record<string, string | number | boolean> | null }

/**
 * A wearer's reports of [fromMs, toMs) as they stood in the log, in canonical order, `limit` at most: to fold what is
 * older than memory, and for the back-test.
 */
export async function readReports(
  db: Db,
  wearerId: number,
  fromMs: number,
  toMs: number,
  limit: number,
): Promise<StoredReport[]> {
  const { rows } = await db.query<FixRow>(
    `SELECT utc_ms(time) AS time_ms, utc_ms(received_at) AS received_ms, content_key, wearer_id, bracelet_id, alarms, lat_e7,
      lon_e7, flags, source, protocol, battery_percent, charging, strap, case_contact, satellites, battery_mv, accuracy_m,
      speed_mps, course_deg, altitude_m, hdop, attributes
    FROM fix WHERE wearer_id = $1 AND time >= from_ms($2) AND time < from_ms($3)
    -- the key is an unsigned number kept in a signed column
    ORDER BY time, content_key # (-9223372036854775808) LIMIT $4`,
    [wearerId, fromMs, toMs, limit],
  )
  return rows.map((row) => ({ report: reportOf(row), ...(row.attributes !== null && { attributes: row.attributes }) }))
}

function reportOf(row: FixRow): LogReport {
  const key = BigInt.asUintN(64, BigInt(row.content_key))
  return Object.assign(new LogReport(), {
    wearerId: row.wearer_id >>> 0,
    braceletId: row.bracelet_id >>> 0,
    timeMs: row.time_ms,
    receivedMs: row.received_ms,
    contentHi: Number(key >> 32n),
    contentLo: Number(key & 0xffffffffn),
    flags: row.flags,
    source: row.source,
    protocol: row.protocol,
    alarms: row.alarms >>> 0,
    latE7: row.lat_e7,
    lonE7: row.lon_e7,
    accuracyM: single(row.accuracy_m),
    speedMps: single(row.speed_mps),
    courseDeg: single(row.course_deg),
    altitudeM: single(row.altitude_m),
    hdop: single(row.hdop),
    batteryMillivolts: row.battery_mv ?? Number.NaN,
    batteryPercent: row.battery_percent ?? 255,
    charging: row.charging ?? 0,
    strap: row.strap ?? 0,
    case: row.case_contact ?? 0,
    satellites: row.satellites ?? 255,
  })
}

// The driver reads the shortest decimal of a 4-byte number; the log carries the 4-byte number itself.
function single(value: number | null): number {
  return value === null ? Number.NaN : Math.fround(value)
}
