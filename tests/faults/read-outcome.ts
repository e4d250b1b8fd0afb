// What a run left behind: in the record, in the logs, and how far the readers are.
import type { Incident, LoggedIncident } from '../../model/incident/incident.ts'
import { REPORT_FLAG } from '../../model/report/report.ts'
import type { Pool } from '../../store/database/open-pool.ts'
import { readIncidents } from '../../stream/logs/incident-log.ts'
import { readLag } from '../../stream/logs/lag.ts'
import { readEdges } from '../../stream/logs/log-edges.ts'
import { getPosition } from '../../stream/logs/positions.ts'
import { keysOf } from '../../stream/redis/keys.ts'
import { isRedisAway } from '../../stream/redis/redis-errors.ts'
import { eventually, until } from './eventually.ts'
import { type RetryOptions, withRetry } from './with-retry.ts'
import { SHARDS, type Slot, type World } from './world.ts'

const PATIENCE: RetryOptions = {
  attemptsMax: 20,
  firstDelayMs: 100,
  delayMaxMs: 2000,
  sleep: (ms) => until(performance.now() + ms),
}

export type StoredRow = { wearerId: number; timeMs: number; contentKey: string; copies: number }

/** Both readers have read the whole report log, and the record has every incident revision and every quarantined frame. */
export function untilCaughtUp(world: World, ms: number): Promise<unknown> {
  const keys = keysOf('gelang')
  let behind = ''
  return eventually(
    async () => {
      try {
        const lags = await readLag(world.redis, keys, SHARDS)
        behind = JSON.stringify(
          lags.filter(({ evaluateLagEntries, recordLagEntries }) => evaluateLagEntries + recordLagEntries > 0),
        )
        if (behind !== '[]') return false
        for (let shard = 0; shard < SHARDS; shard++) {
          const { lastId } = await readEdges(world.redis, keys.incidents(shard))
          const position = (await getPosition(world.redis, keys, 'record-incidents', shard)) ?? '0-0'
          behind = `incidents of shard ${shard}: ${position} of ${lastId}`
          if (position !== lastId) return false
        }
        behind = 'quarantine'
        return (await world.redis.xlen(keys.quarantine)) === 0
      } catch (error) {
        if (!isRedisAway(error)) throw error
        behind = error.message
        return false
      }
    },
    'evaluate and record catch up',
    ms,
    () => behind,
  )
}

/** Reports with a time of their own: no signs of life, and not what ingest adds where it hears a record again much later. */
export const WITH_OWN_TIME = `attributes->>'repeatedTime' IS NULL AND flags & ${REPORT_FLAG.timeFromReceipt} = 0`

export async function readRows({ pool }: World, { wearerIds }: Slot): Promise<StoredRow[]> {
  const { rows } = await ask<StoredRow>(
    pool,
    `SELECT wearer_id AS "wearerId", utc_ms(time) AS "timeMs", min(content_key)::text AS "contentKey", count(*)::int AS copies
    FROM fix WHERE wearer_id = ANY($1) AND ${WITH_OWN_TIME}
    GROUP BY wearer_id, time ORDER BY wearer_id, time`,
    [[...wearerIds]],
  )
  return rows
}

/** How many rows are of nobody who had a turn in these slots. */
export async function countForeign({ pool }: World, slots: readonly Slot[]): Promise<number> {
  const { rows } = await ask<{ n: number }>(pool, 'SELECT count(*)::int AS n FROM fix WHERE wearer_id != ALL($1)', [
    slots.flatMap(({ wearerIds }) => [...wearerIds]),
  ])
  return rows[0]!.n
}

export async function readRecorded({ pool }: World, { wearerIds }: Slot): Promise<Map<string, Incident>> {
  const { rows } = await ask<{ body: Incident }>(pool, 'SELECT body FROM incident WHERE wearer_id = ANY($1)', [
    [...wearerIds],
  ])
  return new Map(rows.map(({ body }) => [body.id, body]))
}

/** Newest revisions in the incident log. */
export async function readLogged(world: World, { wearerIds }: Slot): Promise<Map<string, Incident>> {
  const newest = new Map<string, Incident>()
  for (let shard = 0; shard < SHARDS; shard++)
    for (const { json } of await readIncidents(world.redis, keysOf('gelang'), shard, '0-0', { count: 100_000 })) {
      const incident = JSON.parse(json) as LoggedIncident
      // Those of whole units say when we heard from anybody.
      if (incident.unitPath === undefined && wearerIds.has(incident.wearerId)) newest.set(incident.id, incident)
    }
  return newest
}

/** What is in quarantine, in words, oldest first. */
export async function readQuarantined({ pool }: World): Promise<string[]> {
  const { rows } = await ask<{ text: string }>(
    pool,
    `SELECT concat_ws(' ', protocol, device_id, reason, detail, left(encode(raw, 'escape'), 120)) AS text
    FROM quarantine ORDER BY received_at, source_id`,
  )
  return rows.map(({ text }) => text)
}

/** A fault may have left TimescaleDB starting, and a busy machine takes long to let anybody in. */
function ask<T extends object>(pool: Pool, sql: string, values: unknown[] = []): Promise<{ rows: T[] }> {
  return withRetry(() => pool.query<T>(sql, values), PATIENCE)
}
