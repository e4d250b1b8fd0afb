import { type BenchReport, benchReportOf } from '../../model/report/bench-report.ts'
import {
  ALARM,
  type Alarm,
  CONTACT,
  type ContactState,
  PROTOCOL,
  type Protocol,
  REPORT_FLAG,
  TRISTATE,
  UNKNOWN_ALARM_ATTRIBUTE,
} from '../../model/report/report.ts'
import type { Db } from '../database/open-pool.ts'

type Row = Record<'time_ms' | 'received_ms' | 'flags' | 'protocol' | 'alarms', number> &
  Record<'battery_percent' | 'charging' | 'strap' | 'case_contact' | 'satellites' | 'accuracy_m', number | null> & {
    attributes: Record<string, string | number | boolean> | null
  }

const PROTOCOL_NAMES = new Map<number, Protocol>(
  Object.entries(PROTOCOL).map(([name, code]) => [code, name as Protocol]),
)
const ALARM_NAMES = Object.entries(ALARM) as [Alarm, number][]

/** What a bracelet that somebody in sight wears said within the hour, newest first, without places. */
export async function readWornReports(db: Db, braceletId: number): Promise<BenchReport[]> {
  const { rows } = await db.query<Row>(
    `SELECT utc_ms(t.time) AS time_ms, utc_ms(t.received_at) AS received_ms, t.flags, t.protocol, t.alarms, t.battery_percent,
      t.charging, t.strap, t.case_contact, t.satellites, t.accuracy_m, t.attributes
    FROM assignment a JOIN track t ON t.wearer_id = a.wearer_id AND t.bracelet_id = a.bracelet_id
    WHERE a.bracelet_id = $1 AND a.during @> now() AND t.time > now() - interval '1 hour'
    ORDER BY t.time DESC LIMIT 60`,
    [braceletId],
  )
  return rows.map(reportOf)
}

function reportOf(row: Row): BenchReport {
  const [strap, caseContact] = [contactOf(row.strap), contactOf(row.case_contact)]
  const unknownAlarm = row.attributes?.[UNKNOWN_ALARM_ATTRIBUTE]
  const report = {
    ...{ deviceId: '', timeMs: row.time_ms, fixValid: (row.flags & REPORT_FLAG.fixValid) !== 0 },
    archived: (row.flags & REPORT_FLAG.archived) !== 0,
    alarms: ALARM_NAMES.filter(([, bit]) => (row.alarms & bit) !== 0).map(([name]) => name),
    ...(row.battery_percent !== null && { batteryPercent: row.battery_percent }),
    ...(row.satellites !== null && { satellites: row.satellites }),
    ...(row.accuracy_m !== null && { accuracyM: row.accuracy_m }),
    ...(row.charging !== null && row.charging !== TRISTATE.unknown && { charging: row.charging === TRISTATE.yes }),
    ...(strap && { strap }),
    ...(caseContact && { case: caseContact }),
    ...(typeof unknownAlarm === 'string' && { unknownAlarm }),
  }
  return benchReportOf(report, row.received_ms, PROTOCOL_NAMES.get(row.protocol) ?? 'own')
}

function contactOf(code: number | null): ContactState | undefined {
  return code === CONTACT.open ? 'open' : code === CONTACT.closed ? 'closed' : undefined
}
