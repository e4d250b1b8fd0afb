// Drops whole chunks of the tracks and of the quarantine once a day when they are older than the settings. No row is deleted, so no
// writer waits. The schema's owner decides the least time to keep them (`gelang migrate`).
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
 * Gives the turn of a loop. It throws what a retry mends. A refusal by PostgreSQL is logged, counted, and tried again in an hour:
 * data kept too long must not end the recording.
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
      // The slower of the two clocks counts: a clock that runs ahead must not drop young chunks.
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
