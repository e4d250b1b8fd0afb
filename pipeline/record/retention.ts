// Once a day whole chunks that are older than the settings say go: of the tracks and of the quarantine. No row is deleted, so
// nobody who writes waits. Only the schema's owner may do it.
import type { Clock, Log, Meter } from '../../model/observe.ts'
import { storeTimeMs } from '../../store/database/ask-store.ts'
import { applyEditionPolicies, dropOldChunks } from '../../store/database/edition.ts'
import type { Pool } from '../../store/database/open-pool.ts'
import { retryable } from '../../store/database/retry.ts'

export type RetentionOptions = {
  /** As the schema's owner; undefined where this process has no such address. */
  ownerPool: Pool | undefined
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
/** Later reports than this are rare, and a compressed chunk still takes them. */
const COMPRESS_AFTER_DAYS = 7

/**
 * Gives one turn; a turn gives how long to wait before the next. Throws what retrying mends; a refusal by PostgreSQL is logged
 * and counted, and tried again in an hour: keeping too long must not end the recording.
 */
export function retention(options: RetentionOptions): () => Promise<number> {
  const { ownerPool, trackDays, quarantineDays, clock, log, meter } = options
  const dropped = meter.counter('gelang_retention_chunks_dropped_total', 'Chunks dropped for their age', ['table'])
  const refused = meter.counter('gelang_retention_refused_total', 'Times PostgreSQL refused to drop or to set policies')
  let policies: 'server' | 'caller' | undefined
  let doneDay = Number.NEGATIVE_INFINITY
  let said = false

  const drop = async (pool: Pool, table: 'fix' | 'quarantine', days: number, nowMs: number): Promise<void> => {
    if (days === 0) return
    const chunks = await dropOldChunks(pool, nowMs - days * DAY_MS, table)
    dropped.inc({ table }, chunks)
    if (chunks > 0) log.info({ table, chunks, days }, 'old chunks dropped')
  }

  return async () => {
    if (!options.mine()) return LOOK_AGAIN_MS
    if (ownerPool === undefined) {
      if (!said && trackDays + quarantineDays > 0)
        log.warn({}, 'DATABASE_URL is not set here: old tracks and quarantined frames are not dropped by this process')
      said = true
      return LOOK_AGAIN_MS
    }
    const day = Math.floor(clock() / DAY_MS)
    if (day === doneDay) return LOOK_AGAIN_MS
    try {
      policies ??= await applyEditionPolicies(ownerPool, {
        retentionDays: trackDays,
        compressAfterDays: COMPRESS_AFTER_DAYS,
      })
      // Of two clocks the one that is behind counts: a clock that runs ahead must not drop what is young.
      const nowMs = Math.min(clock(), await storeTimeMs(ownerPool))
      if (policies === 'caller') await drop(ownerPool, 'fix', trackDays, nowMs)
      await drop(ownerPool, 'quarantine', quarantineDays, nowMs)
    } catch (error) {
      if (retryable(error) || !(error instanceof Error) || !('code' in error)) throw error
      refused.inc()
      log.error({ reason: error.message, code: error.code }, 'old chunks cannot be dropped; is DATABASE_URL the owner?')
      return REFUSED_AGAIN_MS
    }
    doneDay = day
    return LOOK_AGAIN_MS
  }
}
