// Moves quarantined frames from Redis into PostgreSQL, where people look at them and have them replayed.
import type { Meter } from '../../model/observe.ts'
import type { Pool } from '../../store/database/open-pool.ts'
import { inTransaction } from '../../store/database/transaction.ts'
import { insertQuarantine } from '../../store/track/insert-quarantine.ts'
import { dropQuarantine, quarantinePosition, readQuarantine } from '../../stream/logs/quarantine-log.ts'
import type { RedisClient } from '../../stream/redis/connect.ts'
import type { Keys } from '../../stream/redis/keys.ts'

const ENTRIES_PER_READ = 200

/** Gives one turn; only the owner of shard 0 moves anything. A turn gives how many frames it moved. */
export function recordQuarantine(options: {
  pool: Pool
  redis: RedisClient
  keys: Keys
  mine(): boolean
  meter: Meter
}): () => Promise<number> {
  const { pool, redis, keys } = options
  const moved = options.meter.counter('gelang_record_quarantined_total', 'Quarantined frames taken to the record')
  return async () => {
    if (!options.mine()) return 0
    const items = await readQuarantine(redis, keys, await quarantinePosition(redis, keys), { count: ENTRIES_PER_READ })
    const last = items.at(-1)
    if (last === undefined) return 0
    await inTransaction(pool, (client) => insertQuarantine(client, items))
    await dropQuarantine(redis, keys, last.id)
    moved.inc(undefined, items.length)
    return items.length
  }
}
