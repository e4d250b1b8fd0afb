import type { LoggedIncident } from '../../model/incident/incident.ts'
import type { PoolClient } from '../database/open-pool.ts'
import { storableJson } from '../database/storable.ts'

/** Incidents written in one statement; more are written in several. */
const BATCH_MAX = 500

/**
 * Keeps every revision and shows the newest one, in the caller's transaction. Whatever comes again or late changes
 * nothing; revisions may come in any order.
 */
export async function upsertIncidents(client: PoolClient, incidents: readonly LoggedIncident[]): Promise<void> {
  for (let from = 0; from < incidents.length; from += BATCH_MAX)
    await upsertBatch(client, incidents.slice(from, from + BATCH_MAX))
}

async function upsertBatch(client: PoolClient, incidents: readonly LoggedIncident[]): Promise<void> {
  const bodies = [incidents.map(storableJson)]
  // Shared with the trigger on officer_act: a resolution and a revision at one moment must see each other.
  await client.query(
    `SELECT pg_advisory_xact_lock(7103, key)
    FROM (SELECT DISTINCT hashtext(lower(body ->> 'id')) AS key FROM unnest($1::jsonb[]) body ORDER BY 1) keys`,
    bodies,
  )
  await client.query(
    `INSERT INTO incident_revision (incident_id, revision, wearer_id, unit_path, body)
    SELECT (body ->> 'id')::uuid, (body ->> 'revision')::int, (body ->> 'wearerId')::int, (body ->> 'unitPath')::ltree, body
    FROM unnest($1::jsonb[]) body
    ON CONFLICT DO NOTHING`,
    bodies,
  )
  await client.query(
    `INSERT INTO incident AS i (id, revision, type, severity, wearer_id, unit_path, condition_id, start_at, end_at, withdrawn, body, resolved_at)
    SELECT DISTINCT ON (id) id, revision, body ->> 'type', body ->> 'severity', (body ->> 'wearerId')::int,
      (body ->> 'unitPath')::ltree, body ->> 'conditionId', from_ms((body ->> 'startMs')::float8),
      from_ms((body ->> 'endMs')::float8), body ? 'withdrawn', body,
      (SELECT min(at) FROM officer_act
        WHERE incident_id = id AND action = 'resolve' AND signs >= coalesce((body ->> 'signs')::int, 1))
    FROM (SELECT (body ->> 'id')::uuid AS id, (body ->> 'revision')::int AS revision, body FROM unnest($1::jsonb[]) body) incoming
    ORDER BY id, revision DESC
    ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, type = excluded.type, severity = excluded.severity,
      condition_id = excluded.condition_id, start_at = excluded.start_at, end_at = excluded.end_at,
      withdrawn = excluded.withdrawn, body = excluded.body, resolved_at = excluded.resolved_at
    WHERE i.revision < excluded.revision`,
    bodies,
  )
}
