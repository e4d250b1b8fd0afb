// Reports of a bracelet that nobody wears go nowhere, but to the officer who tests it.
import type { Counter, Log, Meter } from '../../model/observe.ts'
import { type BenchReport, benchReportOf } from '../../model/report/bench-report.ts'
import type { DeviceReport, Protocol } from '../../model/report/report.ts'
import { isRedisAway } from '../../stream/redis/redis-errors.ts'

/** Notes under way at once: a whole store that reports must not hold up those who are worn. */
const PENDING_MAX = 50

/** Notes a report where the bracelet is being tested. */
export type NoteBench = (braceletId: number, report: BenchReport) => Promise<boolean>

export class BenchNotes {
  readonly #note: NoteBench
  readonly #log: Log
  readonly #notes: Counter
  #pending = 0

  constructor(note: NoteBench, log: Log, meter: Meter) {
    this.#note = note
    this.#log = log
    this.#notes = meter.counter(
      'gelang_ingest_bench_notes_total',
      'Reports of bracelets that nobody wears, offered to a test: noted, not wanted, skipped, failed',
      ['outcome'],
    )
  }

  /** Nobody waits for it: a test that misses a report sees the next one. */
  offer(braceletId: number, report: DeviceReport, receivedMs: number, protocol: Protocol): void {
    if (this.#pending >= PENDING_MAX) {
      this.#notes.inc({ outcome: 'skipped' })
      return
    }
    this.#pending++
    void this.#offer(braceletId, benchReportOf(report, receivedMs, protocol))
  }

  async #offer(braceletId: number, report: BenchReport): Promise<void> {
    try {
      const noted = await this.#note(braceletId, report)
      this.#notes.inc({ outcome: noted ? 'noted' : 'not wanted' })
    } catch (error) {
      if (!isRedisAway(error)) throw error
      this.#notes.inc({ outcome: 'failed' })
      this.#log.debug({ error: error.message }, 'a report could not be offered to a test')
    } finally {
      this.#pending--
    }
  }
}
