import { LogReport } from '../../model/report/report.ts'
import type { Db } from '../database/open-pool.ts'

type StoredReport = { report: LogReport; attributes?: Record<string, string | number | boolean> }

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

/** `track` is what the acting officer may see of `fix`; the caller writes the reading down. */
type ReportSource = 'fix' | 'track'

/** Rows of one page: a few milliseconds of folding, so that the caller can let others in between. */
const PAGE_REPORTS = 5000

/** All of a wearer's reports of [fromMs, toMs) in canonical order, a page at a time, however many there are. */
export async function* eachReport(
  db: Db,
  wearerId: number,
  fromMs: number,
  toMs: number,
  { source = 'fix', pageReports = PAGE_REPORTS }: { source?: ReportSource; pageReports?: number } = {},
): AsyncGenerator<LogReport[]> {
  let after: LogReport | undefined
  for (;;) {
    const page = await readReports(db, wearerId, after?.timeMs ?? fromMs, toMs, pageReports, { source, after })
    if (page.length > 0) yield page.map(({ report }) => report)
    if (page.length < pageReports) return
    after = page[page.length - 1]!.report
  }
}

/** True when a report of [fromMs, toMs) was stored that had not been received before `receivedMs`. */
export async function hasNewReport(
  db: Db,
  wearerId: number,
  fromMs: number,
  toMs: number,
  receivedMs: number,
): Promise<boolean> {
  const { rows } = await db.query(
    `SELECT 1 FROM fix WHERE wearer_id = $1 AND time >= from_ms($2) AND time < from_ms($3) AND received_at >= from_ms($4) LIMIT 1`,
    [wearerId, fromMs, toMs, receivedMs],
  )
  return rows.length > 0
}

/**
 * A wearer's reports of [fromMs, toMs) as in the log, in canonical order, `limit` at most: to fold what is
 * older than memory, and for the back-test. `after`: only what comes after this report.
 */
export async function readReports(
  db: Db,
  wearerId: number,
  fromMs: number,
  toMs: number,
  limit: number,
  { source = 'fix', after }: { source?: ReportSource; after?: LogReport | undefined } = {},
): Promise<StoredReport[]> {
  const { rows } = await db.query<FixRow>(
    `SELECT utc_ms(time) AS time_ms, utc_ms(received_at) AS received_ms, content_key, wearer_id, bracelet_id, alarms, lat_e7,
      lon_e7, flags, source, protocol, battery_percent, charging, strap, case_contact, satellites, battery_mv, accuracy_m,
      speed_mps, course_deg, altitude_m, hdop, attributes
    FROM ${source} WHERE wearer_id = $1 AND time >= from_ms($2) AND time < from_ms($3)
      AND ($5::bigint IS NULL
        OR (time, content_key # (-9223372036854775808)) > (from_ms($6), $5::bigint # (-9223372036854775808)))
    -- the key is an unsigned number kept in a signed column
    ORDER BY time, content_key # (-9223372036854775808) LIMIT $4`,
    [wearerId, fromMs, toMs, limit, after && keyOf(after), after?.timeMs],
  )
  return rows.map((row) => ({ report: reportOf(row), ...(row.attributes !== null && { attributes: row.attributes }) }))
}

function keyOf({ contentHi, contentLo }: Pick<LogReport, 'contentHi' | 'contentLo'>): string {
  return BigInt.asIntN(64, (BigInt(contentHi >>> 0) << 32n) | BigInt(contentLo >>> 0)).toString()
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
