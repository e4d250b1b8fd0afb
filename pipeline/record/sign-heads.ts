// Signs the end of the audit's chain every few minutes and writes it to a second place. First it checks that the row signed last is
// unchanged.
import type { Clock, Log, Meter } from '../../model/observe.ts'
import { type SignedHead, signHead } from '../../store/access/signed-heads.ts'
import { readAuditHash, readAuditHead } from '../../store/access/verify-audit.ts'
import type { Pool } from '../../store/database/open-pool.ts'

/** Where heads are kept. */
export type HeadsPlace = {
  /** Rejects when the line is not known to be there. */
  write(line: string): Promise<void>
  /** The last head there that a key has signed; undefined where none is, or the place cannot be read. */
  last(): Promise<SignedHead | undefined>
}

export type SignHeadsOptions = {
  place: HeadsPlace
  keys: readonly string[]
  everyMs: number
}

const AGAIN_MS = 10_000
const LOOK_AGAIN_MS = 5_000
/** A head is signed although nothing was added: a gap in the heads then shows that nobody signed. */
const QUIET_MS_MAX = 3_600_000

/** Gives one turn, which gives how long to wait before the next, and what an operator should know. */
export function signHeads(
  options: SignHeadsOptions & { pool: Pool; mine(): boolean; clock: Clock; log: Log; meter: Meter },
): { turn(): Promise<number>; warning(): string | undefined } {
  const { pool, place, keys, everyMs, clock, log, meter } = options
  const written = meter.counter('gelang_audit_heads_total', "Signed heads of the audit's chain, by outcome", [
    'outcome',
  ])
  const differs = meter.gauge('gelang_audit_differs', '1: an audit row is not what was signed')
  let last: SignedHead | undefined
  let warning: string | undefined

  return {
    warning: () => warning,
    async turn() {
      let head: SignedHead
      if (!options.mine()) {
        last = undefined
        return LOOK_AGAIN_MS
      }
      try {
        last ??= await place.last()
        if (last !== undefined && last.seq > 0 && (await readAuditHash(pool, last.seq)) !== last.hash) {
          differs.set(1)
          warning = `the audit is not what was signed up to row ${last.seq}: run "gelang audit verify" with the heads`
          log.error({ row: last.seq }, warning)
          return everyMs
        }
        differs.set(0)
        warning = undefined
        head = { ...(await readAuditHead(pool)), timeMs: clock() }
        if (last?.hash === head.hash && head.timeMs - last.timeMs < QUIET_MS_MAX) return everyMs
        await place.write(signHead(head, keys))
      } catch (error) {
        // TimescaleDB or the second place may be away. Whatever the reason, recording goes on and signing is tried again.
        written.inc({ outcome: 'failed' })
        warning = 'no signed head of the audit could be written to its second place'
        log.warn({ reason: (error as Error).message }, warning)
        return Math.min(AGAIN_MS, everyMs)
      }
      written.inc({ outcome: 'written' })
      last = head
      return everyMs
    },
  }
}
