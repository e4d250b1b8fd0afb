// Reading where people are leaves a row in the audit, and reading many raises an alarm.
import type { Counter, Log, Meter } from '../../model/observe.ts'
import { auditReading, type Reading } from '../../store/access/append-audit.ts'
import { raiseReadingAlarms } from '../../store/access/reading-alarms.ts'
import type { PoolClient } from '../../store/database/open-pool.ts'

/** An alarm stays in the readiness of the process for so long. */
const WARNED_MS = 24 * 3_600_000

export class ReadingWatch {
  readonly #log: Log
  readonly #clock: () => number
  readonly #alarms: Counter
  readonly #niks: Counter
  #raisedMs: number[] = []

  constructor(parts: { meter: Meter; log: Log; clock: () => number }) {
    this.#log = parts.log
    this.#clock = parts.clock
    this.#alarms = parts.meter.counter(
      'gelang_api_mass_reading_alarms_total',
      'Officers who read more than is usual for their role',
      ['what', 'per'],
    )
    this.#niks = parts.meter.counter('gelang_api_nik_reveals_total', 'Full NIK that were shown', ['role'])
  }

  /** Writes the reading down in the transaction that reads, last in it, and counts. */
  async read(client: PoolClient, reading: Reading): Promise<void> {
    await auditReading(client, reading)
    await this.count(client)
  }

  /** After a row that counts was written. The alarm is written in the same transaction. */
  async count(client: PoolClient): Promise<void> {
    for (const { what, per, found, allowed } of await raiseReadingAlarms(client)) {
      this.#alarms.inc({ what, per })
      this.#log.warn(
        { what, per, found, allowed },
        'an officer reads more than is usual for the role: see /v1/reading-alarms',
      )
      this.#raisedMs.push(this.#clock())
    }
  }

  nikShown(role: string): void {
    this.#niks.inc({ role })
  }

  /** For those who run it; who it was, the auditor and Admin TI see. */
  warning(): string | undefined {
    this.#raisedMs = this.#raisedMs.filter((atMs) => atMs > this.#clock() - WARNED_MS)
    const count = this.#raisedMs.length
    return count === 0
      ? undefined
      : `${count} alarms about mass reading within a day; the auditor and Admin TI see whose`
  }
}
