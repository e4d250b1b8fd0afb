import { computed, effect, signal } from '@preact/signals'
import type { ConditionView, ZoneView } from '../../model/console.ts'
import type { BacktestAnswer } from '../../model/judgement.ts'
import { draftOf, requestOf, type TrialDraft } from '../judged/trial-draft.ts'
import type { Api } from './request.ts'
import type { WearerFile } from './wearer-file.ts'

/** What a changed condition would have raised, on screen; forgotten when its page is left. */
export class Trial {
  readonly condition = signal<ConditionView | undefined>(undefined)
  readonly draft = signal<TrialDraft | undefined>(undefined)
  readonly answer = signal<BacktestAnswer | undefined>(undefined)
  /** The incident that is pointed at, in the list and on the map. */
  readonly chosen = signal<number | undefined>(undefined)
  readonly zone = computed(() => this.#zones().find(({ id }) => id === this.condition.value?.zoneId))
  #api: Api
  #file: WearerFile
  #zones: () => readonly ZoneView[]

  constructor(api: Api, file: WearerFile, zones: () => readonly ZoneView[]) {
    this.#api = api
    this.#file = file
    this.#zones = zones
    effect(() => {
      if (file.page.value !== 'trial')
        this.condition.value = this.draft.value = this.answer.value = this.chosen.value = undefined
    })
  }

  open(condition: ConditionView): void {
    this.#file.turnTo('trial')
    this.condition.value = condition
    this.draft.value = draftOf(condition, this.zone.value)
  }

  /** A changed draft has no result yet. */
  change(draft: TrialDraft): void {
    this.draft.value = draft
    this.answer.value = this.chosen.value = undefined
  }

  async run(reason: string, nowMs: number): Promise<void> {
    const draft = this.draft.value
    const condition = this.condition.value
    if (!draft || !condition) return
    this.answer.value = this.chosen.value = undefined
    await this.#file.read('trial', nowMs, async (wearerId) => {
      const answer = await this.#api.backtest(requestOf(draft, condition, this.zone.value, wearerId, reason))
      if (this.draft.value === draft) this.answer.value = answer
    })
  }
}
