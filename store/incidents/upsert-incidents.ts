import { type LoggedIncident, matterOf } from '../../model/incident/incident.ts'
import { type KnownRevision, type Standing, standingAfter } from '../../model/incident/life.ts'
import type { PoolClient } from '../database/open-pool.ts'
import { storableJson } from '../database/storable.ts'

/** Revisions written in one statement; more are written in several. */
const BATCH_MAX = 500

/**
 * Keeps every revision and shows the newest one, in the caller's transaction. Whatever comes again or late changes
 * nothing; revisions may come in any order.
 */
export async function upsertIncidents(client: PoolClient, revisions: readonly KnownRevision[]): Promise<void> {
  for (let from = 0; from < revisions.length; from += BATCH_MAX)
    await upsertBatch(client, revisions.slice(from, from + BATCH_MAX))
}

async function upsertBatch(client: PoolClient, revisions: readonly KnownRevision[]): Promise<void> {
  const matterIds = [...new Set(revisions.map(({ incident }) => matterOf(incident)))]
  // Shared with the trigger on officer_act: a resolution and a revision at one moment must see each other.
  await client.query(
    `SELECT pg_advisory_xact_lock(7103, key)
    FROM (SELECT DISTINCT hashtext(id::text) AS key FROM unnest($1::uuid[]) id ORDER BY 1) keys`,
    [matterIds],
  )
  await client.query(
    `INSERT INTO incident_revision (incident_id, revision, wearer_id, unit_path, body, known_at)
    SELECT (body ->> 'id')::uuid, (body ->> 'revision')::int, (body ->> 'wearerId')::int, (body ->> 'unitPath')::ltree, body,
      from_ms(known_ms)
    FROM unnest($1::jsonb[], $2::float8[]) AS r (body, known_ms)
    ON CONFLICT DO NOTHING`,
    [revisions.map(({ incident }) => storableJson(incident)), revisions.map(({ knownMs }) => knownMs)],
  )
  const newest = await continueStandings(client, matterIds, revisions)
  await client.query(
    `INSERT INTO incident AS i (id, revision, type, severity, wearer_id, unit_path, condition_id, start_at, end_at, withdrawn, body, resolved_at, standing)
    SELECT id, revision, body ->> 'type', body ->> 'severity', (body ->> 'wearerId')::int,
      (body ->> 'unitPath')::ltree, body ->> 'conditionId', from_ms((body ->> 'startMs')::float8),
      from_ms((body ->> 'endMs')::float8), body ? 'withdrawn', body,
      (SELECT min(at) FROM officer_act
        WHERE coalesce(matter_id, incident_id) = matter AND action = 'resolve' AND signs >= coalesce((body ->> 'signs')::int, 1)), standing
    FROM (SELECT (body ->> 'id')::uuid AS id, coalesce(body ->> 'matterId', body ->> 'id')::uuid AS matter, (body ->> 'revision')::int AS revision, body, standing
      FROM unnest($1::jsonb[], $2::jsonb[]) AS r (body, standing)) incoming
    ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, type = excluded.type, severity = excluded.severity,
      condition_id = excluded.condition_id, start_at = excluded.start_at, end_at = excluded.end_at,
      withdrawn = excluded.withdrawn, body = excluded.body, resolved_at = excluded.resolved_at, standing = excluded.standing
    WHERE i.revision < excluded.revision`,
    [newest.map(({ incident }) => storableJson(incident)), newest.map(({ standing }) => JSON.stringify(standing))],
  )
}

type Continued = { incident: LoggedIncident; standing: Standing }

/** The newest revision of each incident that is newer than what the table shows, with its matter's `standing` then. */
async function continueStandings(
  client: PoolClient,
  matterIds: readonly string[],
  revisions: readonly KnownRevision[],
): Promise<Continued[]> {
  const { rows } = await client.query<{ body: LoggedIncident; standing: Standing | null }>(
    'SELECT body, standing FROM incident WHERE matter_id = ANY ($1::uuid[]) ORDER BY revision',
    [matterIds],
  )
  const shown = new Map<string, number>()
  const newest = new Map<string, Continued>()
  for (const { body: incident, standing } of rows) {
    shown.set(incident.id.toLowerCase(), incident.revision)
    newest.set(matterOf(incident).toLowerCase(), { incident, standing: standing ?? legacyStanding(incident) })
  }
  const changed = new Map<string, Continued>()
  for (const { incident, knownMs } of revisions.toSorted((a, b) => a.incident.revision - b.incident.revision)) {
    const [id, matter] = [incident.id.toLowerCase(), matterOf(incident).toLowerCase()]
    if ((shown.get(id) ?? 0) >= incident.revision) continue
    const before = newest.get(matter)
    // A revision that an earlier batch overtook has the `standing` of the newest one.
    const overtaken = before !== undefined && before.incident.revision >= incident.revision
    const standing = overtaken
      ? before.standing
      : standingAfter(before && { revised: before.incident, standing: before.standing }, incident, knownMs)
    shown.set(id, incident.revision)
    changed.set(id, { incident, standing })
    if (!overtaken) newest.set(matter, { incident, standing })
  }
  return [...changed.values()]
}

/** Of a row that an older version wrote. */
export function legacyStanding({ confirmedMs }: LoggedIncident): Standing {
  return { fromMs: confirmedMs }
}
