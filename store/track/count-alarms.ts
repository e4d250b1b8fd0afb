// Alarms that no table knows, counted by bracelet, so that somebody can map them.
import { type LogReport, PROTOCOL, UNKNOWN_ALARM_ATTRIBUTE } from '../../model/report/report.ts'
import { readAttributes } from '../../model/report/report-codec.ts'
import type { PoolClient } from '../database/open-pool.ts'

export type AlarmSaid = { braceletId: number; protocol: string; word: string; receivedMs: number }

/** Words kept of one bracelet; of more than these it only counts the known ones. */
const WORDS_OF_BRACELET_MAX = 64
const PROTOCOL_NAMES = new Map<number, string>(Object.entries(PROTOCOL).map(([name, code]) => [code, name]))

/** What the report at `at` of a log entry said that no table knows. */
export function alarmSaid({ braceletId, protocol, receivedMs }: LogReport, entry: DataView, at: number): AlarmSaid {
  const word = String(readAttributes(entry, at)?.[UNKNOWN_ALARM_ATTRIBUTE] ?? '?')
  return { braceletId, protocol: PROTOCOL_NAMES.get(protocol) ?? String(protocol), word, receivedMs }
}

/** Within the transaction that saves the log's position, so that each report counts once. */
export async function countAlarms(client: PoolClient, said: readonly AlarmSaid[]): Promise<void> {
  if (said.length === 0) return
  await client.query(
    `INSERT INTO alarm_word_seen AS known (bracelet_id, protocol, word, reports, first_at, last_at)
    SELECT bracelet_id, protocol, word, reports, first_at, last_at FROM (
      SELECT *, row_number() OVER (PARTITION BY bracelet_id ORDER BY is_known DESC, word) AS place FROM (
        SELECT s.bracelet_id, s.protocol, s.word, count(*) AS reports, from_ms(min(s.received_ms)) AS first_at,
          from_ms(max(s.received_ms)) AS last_at,
          EXISTS (SELECT FROM alarm_word_seen k WHERE (k.bracelet_id, k.protocol, k.word) = (s.bracelet_id, s.protocol, s.word)) AS is_known
        FROM unnest($1::int[], $2::text[], $3::text[], $4::float8[]) AS s (bracelet_id, protocol, word, received_ms)
        GROUP BY s.bracelet_id, s.protocol, s.word) counted) placed
    WHERE is_known OR place + (SELECT count(*) FROM alarm_word_seen k WHERE k.bracelet_id = placed.bracelet_id) <= $5
    ORDER BY bracelet_id, protocol, word
    ON CONFLICT (bracelet_id, protocol, word) DO UPDATE SET reports = known.reports + excluded.reports,
      first_at = least(known.first_at, excluded.first_at), last_at = greatest(known.last_at, excluded.last_at)`,
    [
      said.map(({ braceletId }) => braceletId),
      said.map(({ protocol }) => protocol),
      said.map(({ word }) => word),
      said.map(({ receivedMs }) => receivedMs),
      WORDS_OF_BRACELET_MAX,
    ],
  )
}
