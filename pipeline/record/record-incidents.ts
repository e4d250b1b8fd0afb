// Moves incident revisions from the incident log into PostgreSQL. Repeats change nothing there, so the position may lag behind.
import type { LoggedIncident } from '../../model/incident/incident.ts'
import type { Meter } from '../../model/observe.ts'
import type { Pool } from '../../store/database/open-pool.ts'
import { inTransaction } from '../../store/database/transaction.ts'
import { upsertIncidents } from '../../store/incidents/upsert-incidents.ts'
import { readIncidents, trimIncidents } from '../../stream/logs/incident-log.ts'
import { getPosition, parseId, setPosition } from '../../stream/logs/positions.ts'
import type { RedisClient } from '../../stream/redis/connect.ts'
import { INCIDENTS_READER, type Keys } from '../../stream/redis/keys.ts'

/** Where recipients are notified from this log, no entry is trimmed before they are. */
const NOTIFY = 'notify'
const ENTRIES_PER_READ = 200
/** Kept in Redis behind the record, so that a console that was away can still be sent what it missed. */
const KEPT_MS = 7 * 86_400_000

/** Gives one turn over the shards that are ours now; a turn gives how many revisions it moved. */
export function recordIncidents(options: {
  pool: Pool
  redis: RedisClient
  keys: Keys
  shards(): Iterable<number>
  meter: Meter
}): () => Promise<number> {
  const { pool, redis, keys } = options
  const moved = options.meter.counter(
    'gelang_record_incident_revisions_total',
    'Incident revisions taken to the record',
  )
  return async () => {
    let count = 0
    for (const shard of [...options.shards()]) {
      const position = (await getPosition(redis, keys, INCIDENTS_READER, shard)) ?? '0-0'
      const entries = await readIncidents(redis, keys, shard, position, { count: ENTRIES_PER_READ })
      const last = entries.at(-1)
      if (last === undefined) continue
      const revisions = entries.map(({ id, json }) => ({
        incident: JSON.parse(json) as LoggedIncident,
        knownMs: parseId(id)[0],
      }))
      await inTransaction(pool, (client) => upsertIncidents(client, revisions))
      await setPosition(redis, keys, INCIDENTS_READER, shard, last.id)
      const notifies = (await getPosition(redis, keys, NOTIFY, shard)) !== undefined
      await trimIncidents(
        redis,
        keys,
        shard,
        parseId(last.id)[0] - KEPT_MS,
        notifies ? [INCIDENTS_READER, NOTIFY] : [INCIDENTS_READER],
      )
      moved.inc(undefined, entries.length)
      count += entries.length
    }
    return count
  }
}
