import { signal } from '@preact/signals'
import type { WearerDetail } from '../../model/console/console.ts'
import { type Track, trackOf } from '../map/track-lines.ts'
import { type Api, type ApiFailure, failureWords } from '../session/request.ts'

const TRACK_SPAN_MS = 24 * 3_600_000

/** What the panel shows of the wearer. */
type FilePage = 'file' | 'explanation' | 'ledger' | 'trial'
type Part = FilePage | 'track'
type Work = (wearerId: string, nowMs: number) => Promise<void>

/** The wearer whose panel is open, with the track when it was asked for. */
export class WearerFile {
  readonly selectedId = signal<string | undefined>(undefined)
  readonly page = signal<FilePage>('file')
  readonly detail = signal<WearerDetail | undefined>(undefined)
  readonly track = signal<Track | undefined>(undefined)
  readonly busy = signal<ReadonlySet<Part>>(new Set())
  readonly problem = signal<string | undefined>(undefined)
  /** Something was refused until a reason is written. */
  readonly reasonNeeded = signal(false)
  #refused = new Map<Part, Work>()
  #api: Api
  #onUnauthorized: () => void

  constructor(api: Api, onUnauthorized: () => void) {
    this.#api = api
    this.#onUnauthorized = onUnauthorized
  }

  open(id: string): void {
    if (this.selectedId.value === id && this.detail.value) {
      this.turnTo('file')
      return
    }
    this.close()
    this.selectedId.value = id
    void this.load()
  }

  close(): void {
    this.selectedId.value = this.detail.value = this.track.value = undefined
    this.busy.value = new Set()
    this.#refused.clear()
    this.reasonNeeded.value = false
    this.turnTo('file')
  }

  turnTo(page: FilePage): void {
    this.page.value = page
    this.problem.value = undefined
  }

  async load(): Promise<void> {
    await this.read('file', 0, async (id) => {
      const detail = await this.#api.wearer(id)
      if (this.selectedId.value === id) this.detail.value = detail
    })
  }

  async showTrack(nowMs: number): Promise<void> {
    await this.read('track', nowMs, async (id, toMs) => {
      const fixes = await this.#api.track(id, toMs - TRACK_SPAN_MS, toMs)
      if (this.selectedId.value === id) this.track.value = trackOf(fixes)
    })
  }

  hideTrack(): void {
    this.track.value = undefined
  }

  /** Opens with a written reason all that was refused without one. */
  async giveReason(reason: string, nowMs: number): Promise<void> {
    const id = this.selectedId.value
    if (!id || !(await this.#guarded(id, () => this.#api.grantAccess(id, reason), 'file'))) return
    const refused = [...this.#refused]
    this.#refused.clear()
    this.reasonNeeded.value = false
    await Promise.all(refused.map(([part, work]) => this.read(part, nowMs, work)))
  }

  /** Reads a part of the file; if that is refused for want of a reason, it is read once one has been written. */
  async read(part: Part, nowMs: number, work: Work): Promise<void> {
    const id = this.selectedId.value
    if (!id) return
    this.#mark(part, true)
    const refuse = () => {
      this.#refused.set(part, work)
      this.reasonNeeded.value = true
    }
    await this.#guarded(id, () => work(id, nowMs), part, refuse)
    if (this.selectedId.value === id) this.#mark(part, false)
  }

  #mark(part: Part, busy: boolean): void {
    const parts = new Set(this.busy.value)
    if (busy) parts.add(part)
    else parts.delete(part)
    this.busy.value = parts
  }

  /** False where the API refused; what it said is on screen. */
  async #guarded(id: string, work: () => Promise<void>, part: Part, onRefused?: () => void): Promise<boolean> {
    this.problem.value = undefined
    try {
      await work()
      return true
    } catch (failure) {
      const words = failureWords(failure)
      const { status, code } = failure as ApiFailure
      if (status === 401) this.#onUnauthorized()
      else if (this.selectedId.value !== id || !this.#inSight(part)) return false
      else if (onRefused && code === 'reason_required') onRefused()
      else this.problem.value = words
      return false
    }
  }

  #inSight(part: Part): boolean {
    return part === 'file' || part === 'track' || this.page.value === part
  }
}
