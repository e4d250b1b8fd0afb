import { signal } from '@preact/signals'
import type { WearerDetail } from '../../model/console.ts'
import { type Track, trackOf } from '../map/track-lines.ts'
import { type Api, ApiFailure, failureWords } from './request.ts'

export const TRACK_SPAN_MS = 24 * 3_600_000

/** The wearer whose panel is open, with the track when it was asked for. */
export class WearerFile {
  readonly selectedId = signal<string | undefined>(undefined)
  readonly detail = signal<WearerDetail | undefined>(undefined)
  readonly track = signal<Track | undefined>(undefined)
  readonly loading = signal(false)
  readonly trackLoading = signal(false)
  readonly problem = signal<string | undefined>(undefined)
  /** What waits for a reason: the file itself or its track. */
  readonly reasonFor = signal<'file' | 'track' | undefined>(undefined)
  #api: Api
  #onUnauthorized: () => void

  constructor(api: Api, onUnauthorized: () => void) {
    this.#api = api
    this.#onUnauthorized = onUnauthorized
  }

  open(id: string): void {
    if (this.selectedId.value === id && this.detail.value) return
    this.close()
    this.selectedId.value = id
    void this.load()
  }

  close(): void {
    this.selectedId.value = this.detail.value = this.track.value = undefined
    this.problem.value = this.reasonFor.value = undefined
    this.loading.value = this.trackLoading.value = false
  }

  async load(): Promise<void> {
    const id = this.selectedId.value
    if (!id) return
    this.loading.value = true
    await this.#guarded(id, 'file', async () => {
      const detail = await this.#api.wearer(id)
      if (this.selectedId.value === id) this.detail.value = detail
    })
    if (this.selectedId.value === id) this.loading.value = false
  }

  async showTrack(nowMs: number): Promise<void> {
    const id = this.selectedId.value
    if (!id) return
    this.trackLoading.value = true
    await this.#guarded(id, 'track', async () => {
      const fixes = await this.#api.track(id, nowMs - TRACK_SPAN_MS, nowMs)
      if (this.selectedId.value === id) this.track.value = trackOf(fixes)
    })
    if (this.selectedId.value === id) this.trackLoading.value = false
  }

  hideTrack(): void {
    this.track.value = undefined
  }

  /** Opens with a written reason what was refused without one. */
  async giveReason(reason: string, nowMs: number): Promise<void> {
    const id = this.selectedId.value
    const what = this.reasonFor.value
    if (!id || !what) return
    const granted = await this.#guarded(id, what, () => this.#api.grantAccess(id, reason))
    if (!granted || this.selectedId.value !== id) return
    this.reasonFor.value = undefined
    if (what === 'file') await this.load()
    else await this.showTrack(nowMs)
  }

  async #guarded(id: string, what: 'file' | 'track', work: () => Promise<void>): Promise<boolean> {
    this.problem.value = undefined
    try {
      await work()
      return true
    } catch (failure) {
      if (this.selectedId.value !== id) return false
      if (failure instanceof ApiFailure && failure.code === 'reason_required') this.reasonFor.value = what
      else if (failure instanceof ApiFailure && failure.status === 401) this.#onUnauthorized()
      else this.problem.value = failureWords(failure)
      return false
    }
  }
}
