import { computed, effect, signal } from '@preact/signals'
import type { ConditionView, ZoneView } from '../../model/console/console.ts'
import type { BacktestAnswer } from '../../model/console/judgement.ts'
import type { ConditionKind } from '../../model/plan/plan.ts'
import type { ZoneShape } from '../../model/plan/zone.ts'
import type { Api } from '../session/request.ts'
import type { WearerFile } from '../wearer/wearer-file.ts'
import { draftOf, NEW_ZONE, NEW_ZONE_KINDS, requestOf, type TrialDraft } from './trial-draft.ts'

type LatLng = { latDeg: number; lonDeg: number }

/** What a changed condition would have raised, on screen; forgotten when its page is left. */
export class Trial {
  readonly condition = signal<ConditionView | undefined>(undefined)
  readonly draft = signal<TrialDraft | undefined>(undefined)
  readonly answer = signal<BacktestAnswer | undefined>(undefined)
  /** The incident that is pointed at, in the list and on the map. */
  readonly chosen = signal<number | undefined>(undefined)
  /** Where the trial is of a zone that does not exist yet. */
  readonly newZone = signal<ZoneView | undefined>(undefined)
  readonly zone = computed(
    () => this.newZone.value ?? this.#zones().find(({ id }) => id === this.condition.value?.zoneId),
  )
  #api: Api
  #file: WearerFile
  #zones: () => readonly ZoneView[]

  constructor(api: Api, file: WearerFile, zones: () => readonly ZoneView[]) {
    this.#api = api
    this.#file = file
    this.#zones = zones
    effect(() => {
      if (file.page.value !== 'trial')
        this.condition.value = this.draft.value = this.newZone.value = this.answer.value = this.chosen.value = undefined
    })
  }

  open(condition: ConditionView): void {
    this.#file.turnTo('trial')
    this.condition.value = condition
    this.draft.value = draftOf(condition, this.zone.value)
  }

  /** A circle that is nobody's yet. */
  openNew(name: string, place: LatLng, unitPath: string, timeZone: string): void {
    this.#file.turnTo('trial')
    const { id, radiusM } = NEW_ZONE
    const [kind] = NEW_ZONE_KINDS
    const shape: ZoneShape = { type: 'Circle', center: [place.lonDeg, place.latDeg], radiusM }
    this.newZone.value = { id, name, unitPath, kind, shape }
    const condition: ConditionView = { id, kind, zoneId: id, zoneName: name, legalBasis: '', timeZone, fromMs: 0 }
    this.condition.value = condition
    this.draft.value = draftOf(condition, this.newZone.value)
  }

  /** Turns the new zone into one to stay in, or out of. */
  become(kind: ConditionKind): void {
    const condition = this.condition.value
    if (!condition || !this.newZone.value) return
    this.condition.value = { ...condition, kind }
    this.answer.value = this.chosen.value = undefined
  }

  move({ latDeg, lonDeg }: LatLng): void {
    const zone = this.newZone.value
    if (zone?.shape.type !== 'Circle') return
    this.newZone.value = { ...zone, shape: { ...zone.shape, center: [lonDeg, latDeg] } }
    this.answer.value = this.chosen.value = undefined
  }

  /** A changed draft has no result yet. */
  change(draft: TrialDraft): void {
    this.draft.value = draft
    this.answer.value = this.chosen.value = undefined
  }

  async run(reason: string, nowMs: number): Promise<void> {
    const draft = this.draft.value
    const condition = this.condition.value
    const zone = this.zone.value
    if (!draft || !condition) return
    this.answer.value = this.chosen.value = undefined
    await this.#file.read('trial', nowMs, async (wearerId) => {
      const answer = await this.#api.backtest(requestOf(draft, condition, zone, wearerId, reason))
      const asked = this.draft.value === draft && this.condition.value === condition && this.zone.value === zone
      if (asked) this.answer.value = answer
    })
  }
}
