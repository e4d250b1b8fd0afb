import { computed, effect, signal } from '@preact/signals'
import type { Api, ExplanationAnswer } from '../session/request.ts'
import type { WearerFile } from '../wearer/wearer-file.ts'
import { type Edge, edgesOf, type JudgedFix, judgedFixes } from './judged-fixes.ts'

/** Running it again: the same to the last bit, more reports than before, or another outcome of the same reports. */
type Rerun = { times: number; outcome: 'first' | 'same' | 'moreFixes' | 'differs' }

/** The explanation on screen, forgotten when its page is left. Every reading is an access to the track and is written down. */
export class Explaining {
  readonly incidentId = signal<string | undefined>(undefined)
  readonly answer = signal<ExplanationAnswer | undefined>(undefined)
  readonly rerun = signal<Rerun>({ times: 0, outcome: 'first' })
  /** The fix that is pointed at, in the chart, the table or on the map. */
  readonly cursor = signal<number | undefined>(undefined)
  readonly fixes = computed<JudgedFix[]>(() => (this.answer.value ? judgedFixes(this.answer.value) : []))
  readonly edges = computed<Edge[]>(() => (this.answer.value ? edgesOf(this.answer.value, this.fixes.value) : []))
  #api: Api
  #file: WearerFile

  constructor(api: Api, file: WearerFile) {
    this.#api = api
    this.#file = file
    effect(() => {
      if (file.page.value !== 'explanation') this.#forget()
    })
  }

  /** Of an incident of the wearer whose file is open. */
  async open(incidentId: string, nowMs: number): Promise<void> {
    this.#file.turnTo('ringkas')
    this.incidentId.value = incidentId
    this.#file.turnTo('explanation')
    await this.run(nowMs)
  }

  async run(nowMs: number): Promise<void> {
    const incidentId = this.incidentId.value
    if (incidentId === undefined) return
    await this.#file.read('explanation', nowMs, async () => {
      const answer = await this.#api.explanation(incidentId)
      if (this.incidentId.value === incidentId) this.#take(answer)
    })
  }

  #take(answer: ExplanationAnswer): void {
    const before = this.answer.value
    const { times } = this.rerun.value
    this.rerun.value = { times: times + 1, outcome: before ? compared(before, answer) : 'first' }
    if (before?.hash === answer.hash && before.same === answer.same) return
    this.cursor.value = undefined
    this.answer.value = answer
  }

  #forget(): void {
    this.incidentId.value = this.answer.value = this.cursor.value = undefined
    this.rerun.value = { times: 0, outcome: 'first' }
  }
}

function compared(before: ExplanationAnswer, now: ExplanationAnswer): Rerun['outcome'] {
  if (before.hash === now.hash) return 'same'
  return before.weighings.length === now.weighings.length ? 'differs' : 'moreFixes'
}
