import { effect, signal } from '@preact/signals'
import type { LedgerRow } from '../../model/console/judgement.ts'
import { mondayBefore } from '../i18n/time-words.ts'
import type { Api } from '../session/request.ts'
import type { WearerFile } from './wearer-file.ts'

/** Whole weeks before the one that runs; the API counts 62 days at most. */
export const LEDGER_WEEKS = [1, 4, 7] as const
export type LedgerWeeks = (typeof LEDGER_WEEKS)[number]

const WEEK_MS = 7 * 24 * 3_600_000

/** The minutes ledger on screen, forgotten when its page is left. Every reading is an access to the track. */
export class Minutes {
  readonly rows = signal<LedgerRow[] | undefined>(undefined)
  readonly weeks = signal<LedgerWeeks>(4)
  #api: Api
  #file: WearerFile

  constructor(api: Api, file: WearerFile) {
    this.#api = api
    this.#file = file
    effect(() => {
      if (file.page.value !== 'rekap') this.rows.value = undefined
    })
  }

  /** This week up to now and `weeks` whole ones before it, by the calendar of `timeZone`. */
  async open(weeks: LedgerWeeks, timeZone: string, nowMs: number): Promise<void> {
    this.weeks.value = weeks
    this.#file.turnTo('rekap')
    this.rows.value = undefined
    await this.#file.read('rekap', nowMs, async (wearerId, toMs) => {
      const fromMs = mondayBefore(toMs, timeZone) - weeks * WEEK_MS
      const rows = await this.#api.ledger(wearerId, fromMs, toMs)
      const wanted = this.#file.selectedId.value === wearerId && this.#file.page.value === 'rekap'
      if (wanted && this.weeks.value === weeks) this.rows.value = rows
    })
  }
}
