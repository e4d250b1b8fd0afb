import { effect, signal } from '@preact/signals'
import type { WearerTab } from '../../model/console/addresses.ts'
import type { WearerDetail } from '../../model/console/console.ts'
import { type Track, trackOf } from '../map/track-lines.ts'
import { type Api, type ApiFailure, failureWords } from '../session/request.ts'

const TRACK_SPAN_MS = 24 * 3_600_000

/** What the panel shows of the wearer. */
type FilePage = WearerTab | 'explanation' | 'trial'
type Part = FilePage | 'file'
type Work = (wearerId: string, nowMs: number) => Promise<void>

type WearerFileOptions = {
  onUnauthorized(): void
  /** The officer must say why before this wearer is read. */
  asksReason(id: string): boolean
}

/** The wearer whose file is open, with the track when it was asked for. */
export class WearerFile {
  readonly selectedId = signal<string | undefined>(undefined)
  readonly page = signal<FilePage>('ringkas')
  readonly detail = signal<WearerDetail | undefined>(undefined)
  readonly track = signal<Track | undefined>(undefined)
  readonly busy = signal<ReadonlySet<Part>>(new Set())
  readonly problem = signal<string | undefined>(undefined)
  /** Something was refused until a reason is written. */
  readonly reasonNeeded = signal(false)
  #refused = new Map<Part, Work>()
  #api: Api
  #options: WearerFileOptions

  constructor(api: Api, options: WearerFileOptions) {
    this.#api = api
    this.#options = options
  }

  open(id: string): void {
    const known = this.detail.value || this.busy.value.has('file') || this.reasonNeeded.value
    if (this.selectedId.value === id && known) {
      this.turnTo('ringkas')
      return
    }
    this.close()
    this.selectedId.value = id
    if (!this.#options.asksReason(id)) return void this.load()
    this.#refused.set('file', (wearerId) => this.#readDetail(wearerId))
    this.reasonNeeded.value = true
  }

  close(): void {
    this.selectedId.value = this.detail.value = this.track.value = undefined
    this.busy.value = new Set()
    this.#refused.clear()
    this.reasonNeeded.value = false
    this.turnTo('ringkas')
  }

  turnTo(page: FilePage): void {
    this.page.value = page
    this.problem.value = undefined
  }

  async load(): Promise<void> {
    await this.read('file', 0, (id) => this.#readDetail(id))
  }

  async #readDetail(id: string): Promise<void> {
    const detail = await this.#api.wearer(id)
    if (this.selectedId.value === id) this.detail.value = detail
  }

  /** The open file once it has come, were it after a reason was written; undefined when it is closed before. */
  whenKnown(): Promise<WearerDetail | undefined> {
    const id = this.selectedId.value
    return new Promise((resolve) => {
      const settle = () => {
        if (this.selectedId.value !== id) resolve(undefined)
        else if (this.detail.value) resolve(this.detail.value)
        else return false
        return true
      }
      if (settle()) return
      const stop = effect(() => {
        if (settle()) queueMicrotask(() => stop())
      })
    })
  }

  async showTrack(nowMs: number): Promise<void> {
    await this.read('jejak', nowMs, async (id, toMs) => {
      const fixes = await this.#api.track(id, toMs - TRACK_SPAN_MS, toMs)
      if (this.selectedId.value === id && this.page.value === 'jejak') this.track.value = trackOf(fixes)
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
      if (status === 401) this.#options.onUnauthorized()
      else if (this.selectedId.value !== id || !this.#inSight(part)) return false
      else if (onRefused && code === 'reason_required') onRefused()
      else this.problem.value = words
      return false
    }
  }

  #inSight(part: Part): boolean {
    return part === 'file' || this.page.value === part
  }
}
