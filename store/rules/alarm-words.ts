// Alarms that no table knows, as bracelets have said them, and what an Admin TI maps them to.
import type { AlarmMapping, AlarmWord, AlarmWords, NewAlarmMapping } from '../../model/console/alarm-words.ts'
import type { Db } from '../database/open-pool.ts'

const MAPPING = `json_strip_nulls(json_build_object('model', m.model, 'protocol', m.protocol, 'word', m.word,
    'unitPath', m.unit_path::text, 'meaning', m.meaning, 'reason', m.reason, 'mappedMs', utc_ms(m.mapped_at),
    'officerName', (SELECT o.name FROM officer o WHERE o.id = m.officer_id))) AS mapping`

/** Of the acting Admin TI's units, at most `limit` of each list, newest first. */
export async function listAlarmWords(db: Db, limit: number): Promise<AlarmWords> {
  const words = await db.query<{ word: AlarmWord }>(
    `WITH said AS (
      SELECT max(b.model) AS model, regexp_replace(lower(b.model), '[^a-z0-9]', '', 'g') AS model_key, s.protocol, s.word,
        sum(s.reports) AS reports, count(*) AS bracelets, min(s.first_at) AS first_at, max(s.last_at) AS last_at
      FROM alarm_word_seen s JOIN bracelet b ON b.id = s.bracelet_id
      GROUP BY 2, s.protocol, s.word ORDER BY last_at DESC, s.word LIMIT $1::int + 1)
    SELECT json_strip_nulls(json_build_object('model', said.model, 'protocol', said.protocol, 'word', said.word,
      'reports', said.reports, 'bracelets', said.bracelets, 'firstMs', utc_ms(said.first_at), 'lastMs', utc_ms(said.last_at),
      'meaning', (SELECT m.meaning FROM alarm_word m
        WHERE (m.model_key, m.protocol, m.word) = (said.model_key, said.protocol, said.word) AND m.unit_path @> acting_unit()
        ORDER BY nlevel(m.unit_path) DESC LIMIT 1))) AS word
    FROM said ORDER BY said.last_at DESC, said.word`,
    [limit],
  )
  const mappings = await db.query<{ mapping: AlarmMapping }>(
    `SELECT ${MAPPING} FROM alarm_word m ORDER BY m.mapped_at DESC, m.id LIMIT $1::int + 1`,
    [limit],
  )
  return {
    words: words.rows.slice(0, limit).map(({ word }) => word),
    mappings: mappings.rows.slice(0, limit).map(({ mapping }) => mapping),
    ...((words.rows.length > limit || mappings.rows.length > limit) && { cut: true }),
  }
}

/** Says what an alarm means, or says it anew. Throws 42501 where the unit is not the acting officer's. */
export async function mapAlarmWord(db: Db, mapping: NewAlarmMapping & { unitPath: string }): Promise<AlarmMapping> {
  const { unitPath, model, protocol, word, meaning, reason } = mapping
  const { rows } = await db.query<{ mapping: AlarmMapping }>(
    `INSERT INTO alarm_word AS m (unit_path, model, protocol, word, meaning, reason) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (unit_path, model_key, protocol, word) DO UPDATE SET meaning = excluded.meaning, reason = excluded.reason
    RETURNING ${MAPPING}`,
    [unitPath, model, protocol, word, meaning, reason],
  )
  return rows[0]!.mapping
}
