// Who asks for what is not theirs leaves a row in the audit.
import type { Counter, Log, Meter } from '../../model/observe.ts'
import { auditRefusal } from '../../store/access/append-audit.ts'
import type { Pool } from '../../store/database/open-pool.ts'
import { isStoreAway } from '../../store/database/retry.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import type { Refusal } from './refusal.ts'

/** Of one officer in a minute; further ones are counted in the metric only. The audit is one chain for all, and nobody may fill it. */
const ROWS_PER_MINUTE_MAX = 30
const OFFICERS_MAX = 10_000
const MINUTE_MS = 60_000
const WORDS_MAX = 120

export class Refused {
  readonly #pool: Pool
  readonly #log: Log
  readonly #clock: () => number
  readonly #counter: Counter
  readonly #rows = new Map<string, { minute: number; count: number }>()

  constructor(parts: { apiPool: Pool; log: Log; clock: () => number; meter: Meter }) {
    this.#pool = parts.apiPool
    this.#log = parts.log
    this.#clock = parts.clock
    this.#counter = parts.meter.counter('gelang_api_refusals_total', 'Requests of officers that were refused', ['code'])
  }

  /** Written before the refusal is answered; where the database is away, the log says so. */
  async note(officerId: string, method: string, path: string, { status, code }: Refusal): Promise<void> {
    if (status !== 403 && status !== 404) return
    this.#counter.inc({ code })
    if (!this.#mayWrite(officerId)) return
    const what = `${method} ${path} ${code}`.replaceAll(/[^A-Za-z0-9/._: -]/g, '_').slice(0, WORDS_MAX)
    try {
      await asOfficer(this.#pool, officerId, (client) => auditRefusal(client, what))
    } catch (error) {
      if (!isStoreAway(error)) throw error
      this.#log.warn({ code }, 'a refusal is not in the audit: the database is away')
    }
  }

  #mayWrite(officerId: string): boolean {
    const minute = Math.floor(this.#clock() / MINUTE_MS)
    const known = this.#rows.get(officerId)
    const rows = known?.minute === minute ? known : { minute, count: 0 }
    this.#rows.delete(officerId)
    this.#rows.set(officerId, rows)
    if (this.#rows.size > OFFICERS_MAX) this.#rows.delete(this.#rows.keys().next().value as string)
    rows.count++
    return rows.count <= ROWS_PER_MINUTE_MAX
  }
}
