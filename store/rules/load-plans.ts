import type { Plan, Span, Zone } from '../../model/plan/plan.ts'
import type { Db } from '../database/open-pool.ts'

/**
 * `changedMs`: when the newest change of this plan was made; it holds from then on, never backwards. `unitPath`: the Bapas that the
 * wearer's unit is or belongs to, the unit itself where there is none above it. `worn`: when a bracelet is assigned, sorted, disjoint.
 */
export type WearerPlan = { wearerId: number; changedMs: number; unitPath: string; worn: Span[]; plan: Plan }

type PlanRow = {
  id: number
  report_interval_ms: number
  silence_grace_ms: number
  changed_ms: number
  unit_path: string
  worn: Span[]
  supervisions: Plan['supervisions']
  conditions: Plan['conditions']
  permits: Plan['permits']
}

/**
 * The plans of all wearers, or of the named ones, with every version of their conditions: a late report is judged by what
 * was in force at its own time. Wearers who never had a supervision have no plan.
 */
export async function loadPlans(db: Db, wearerIds?: readonly number[]): Promise<WearerPlan[]> {
  const { rows } = await db.query<PlanRow>(
    `SELECT w.id, w.report_interval_ms, w.silence_grace_ms,
      utc_ms(greatest(w.plan_changed_at, s.changed_at, c.changed_at, p.changed_at)) AS changed_ms,
      coalesce((SELECT u.path FROM unit u WHERE u.kind = 'bapas' AND u.path @> w.unit_path LIMIT 1), w.unit_path)::text AS unit_path,
      coalesce(a.spans, '[]') AS worn, s.spans AS supervisions, coalesce(c.versions, '[]') AS conditions, coalesce(p.permits, '[]') AS permits
    FROM wearer w
    JOIN (
      SELECT wearer_id, max(changed_at) AS changed_at,
        json_agg(json_build_object('fromMs', utc_ms(lower(during)), 'toMs', utc_ms(upper(during))) ORDER BY lower(during)) AS spans
      FROM supervision WHERE $1::int[] IS NULL OR wearer_id = ANY ($1) GROUP BY wearer_id
    ) s ON s.wearer_id = w.id
    LEFT JOIN (
      SELECT wearer_id, max(changed_at) AS changed_at,
        json_agg(json_strip_nulls(json_build_object('id', id, 'kind', kind, 'zoneId', zone_id,
            'fromMs', utc_ms(lower(during)), 'toMs', utc_ms(upper(during)), 'madeMs', utc_ms(made_at), 'timeZone', time_zone, 'windows', windows,
            'severity', severity, 'parameters', parameters, 'legalBasis', legal_basis))
          ORDER BY id, lower(during)) FILTER (WHERE cancelled_at IS NULL) AS versions
      FROM condition WHERE $1::int[] IS NULL OR wearer_id = ANY ($1) GROUP BY wearer_id
    ) c ON c.wearer_id = w.id
    LEFT JOIN (
      SELECT wearer_id, max(changed_at) AS changed_at,
        json_agg(json_strip_nulls(json_build_object('id', id, 'fromMs', utc_ms(lower(during)), 'toMs', utc_ms(upper(during)),
            'conditionIds', condition_ids, 'zoneId', zone_id, 'decidedMs', utc_ms(decided_at), 'legalBasis', legal_basis))
          ORDER BY lower(during), id) FILTER (WHERE cancelled_at IS NULL) AS permits
      FROM permit WHERE $1::int[] IS NULL OR wearer_id = ANY ($1) GROUP BY wearer_id
    ) p ON p.wearer_id = w.id
    LEFT JOIN (
      SELECT wearer_id, json_agg(json_strip_nulls(json_build_object('fromMs', utc_ms(lower(span)), 'toMs', utc_ms(upper(span))))
        ORDER BY lower(span)) AS spans
      FROM (SELECT wearer_id, unnest(range_agg(during)) AS span
        FROM assignment WHERE $1::int[] IS NULL OR wearer_id = ANY ($1) GROUP BY wearer_id) worn
      GROUP BY wearer_id
    ) a ON a.wearer_id = w.id
    WHERE $1::int[] IS NULL OR w.id = ANY ($1)
    ORDER BY w.id`,
    [wearerIds ?? null],
  )
  return rows.map((row) => ({
    wearerId: row.id,
    changedMs: row.changed_ms,
    unitPath: row.unit_path,
    worn: row.worn,
    plan: {
      wearerId: row.id,
      supervisions: row.supervisions,
      conditions: row.conditions,
      permits: row.permits,
      reportIntervalMs: row.report_interval_ms,
      silenceGraceMs: row.silence_grace_ms,
    },
  }))
}

/** The zones that some plan names, or the named ones. */
export async function loadZones(db: Db, ids?: readonly string[]): Promise<Zone[]> {
  const { rows } = await db.query<Zone>(
    `SELECT id, name, shape FROM zone
    WHERE CASE WHEN $1::text[] IS NULL
      THEN id IN (SELECT zone_id FROM condition UNION SELECT zone_id FROM permit) ELSE id = ANY ($1) END
    ORDER BY id`,
    [ids ?? null],
  )
  return rows
}

/** Counts up with every transaction that changes what `loadPlans` or `loadDirectory` give. */
export async function rulesVersion(db: Db): Promise<number> {
  const { rows } = await db.query<{ version: number }>('SELECT version::float8 AS version FROM rules_version')
  return rows[0]!.version
}
