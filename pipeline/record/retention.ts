// Once a day whole chunks that are older than the settings say go: of the tracks and of the quarantine. No row is deleted, so
// nobody who writes waits. How long they are kept at least, the schema's owner decides (`gelang migrate`).
import type { Clock, Log, Meter } from '../../model/observe.ts'
import { storeTimeMs } from '../../store/database/ask-store.ts'
import { dropOld, timescaleEdition } from '../../store/database/edition.ts'
import type { Pool } from '../../store/database/open-pool.ts'
import { retryable } from '../../store/database/retry.ts'

export type RetentionOptions = {
  /** As gelang_record. */
  pool: Pool
  /** Days; 0 = for ever. */
  trackDays: number
  quarantineDays: number
  /** True for one process of all. */
  mine(): boolean
  clock: Clock
  log: Log
  meter: Meter
}

const DAY_MS = 86_400_000
const LOOK_AGAIN_MS = 60_000
const REFUSED_AGAIN_MS = 3_600_000

/**
 * Gives one turn; a turn gives how long to wait before the next. Throws what retrying mends; a refusal by PostgreSQL is logged
 * and counted, and tried again in an hour: keeping too long must not end the recording.
 */
export function retention(options: RetentionOptions): () => Promise<number> {
  const { pool, trackDays, quarantineDays, clock, log, meter } = options
  const dropped = meter.counter('gelang_retention_chunks_dropped_total', 'Chunks dropped for their age', ['table'])
  const refused = meter.counter('gelang_retention_refused_total', 'Times PostgreSQL refused to drop what is old')
  let doneDay = Number.NEGATIVE_INFINITY

  const drop = async (table: 'fix' | 'quarantine', days: number, nowMs: number): Promise<void> => {
    if (days === 0) return
    const chunks = await dropOld(pool, nowMs - days * DAY_MS, table)
    dropped.inc({ table }, chunks)
    if (chunks > 0) log.info({ table, chunks, days }, 'old chunks dropped')
  }

  return async () => {
    if (!options.mine()) return LOOK_AGAIN_MS
    const day = Math.floor(clock() / DAY_MS)
    if (day === doneDay) return LOOK_AGAIN_MS
    try {
      // Of two clocks the one that is behind counts: a clock that runs ahead must not drop what is young.
      const nowMs = Math.min(clock(), await storeTimeMs(pool))
      if ((await timescaleEdition(pool)) === 'apache') await drop('fix', trackDays, nowMs)
      await drop('quarantine', quarantineDays, nowMs)
    } catch (error) {
      if (retryable(error) || !(error instanceof Error) || !('code' in error)) throw error
      refused.inc()
      log.error(
        { reason: error.message, code: error.code },
        'old chunks cannot be dropped: does "gelang migrate" keep for as many days as this process?',
      )
      return REFUSED_AGAIN_MS
    }
    doneDay = day
    return LOOK_AGAIN_MS
  }
}
