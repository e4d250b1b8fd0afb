import { type Signal, signal } from '@preact/signals'
import type { Action } from '../../model/access/rights.ts'
import type { IncidentView, MapSettings, UnitView, ZoneView } from '../../model/console/console.ts'
import { type Api, ApiFailure, failureWords } from '../session/request.ts'
import type { LiveState } from './live-state.ts'
import { loadOpen } from './open-list.ts'

type LoadWish = {
  parts: 'all' | 'zones'
  /** Alerts that came while this screen was away are announced; those of a fresh sign-in are only listed. */
  missed: boolean
}

type DeskLoadOptions = {
  api: Api
  /** What is on screen when the load begins. */
  live(): LiveState
  onNews(live: LiveState, news: IncidentView[]): void
  onLoaded(): void
  onUnauthorized(): void
  /** Whether the officer who is signed in may do this: what they may not read is not asked for. */
  may(action: Action): boolean
}

/** What the desk takes over REST: units, zones, map settings, open incidents. What fails is said, and the rest is shown. */
export class DeskLoad {
  readonly units = signal<UnitView[]>([])
  readonly zones = signal<ZoneView[]>([])
  readonly mapSettings = signal<MapSettings>({})
  readonly problem = signal<string | undefined>(undefined)
  #options: DeskLoadOptions
  #officers = 0
  #wish: LoadWish | undefined
  #running: Promise<void> | undefined

  constructor(options: DeskLoadOptions) {
    this.#options = options
  }

  /** Another officer comes: nothing of this one's stays, nor comes in later. */
  forget(): void {
    this.#officers++
    this.#wish = undefined
    this.units.value = []
    this.zones.value = []
    this.problem.value = undefined
  }

  get busy(): boolean {
    return this.#running !== undefined
  }

  /**
   * Resolves when all that is wanted has been loaded. One load at a time; what is wanted while it runs is loaded after it, for
   * its answers may be older than the wish.
   */
  run(wish: LoadWish): Promise<void> {
    const before = this.#wish
    this.#wish = {
      parts: before?.parts === 'all' ? 'all' : wish.parts,
      missed: wish.missed || before?.missed === true,
    }
    this.#running ??= this.#work().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #work(): Promise<void> {
    for (let wish = this.#wish; wish; wish = this.#wish) {
      this.#wish = undefined
      await this.#load(wish)
    }
  }

  async #load(wish: LoadWish): Promise<void> {
    const { api, onNews, onLoaded, onUnauthorized, may } = this.#options
    const live = this.#options.live()
    const officers = this.#officers
    const into =
      <T>(kept: Signal<T>) =>
      (value: T) => {
        if (officers === this.#officers) kept.value = value
      }
    const zones = may('zone.read') ? [() => api.zones().then(into(this.zones))] : []
    const open = () => loadOpen(api, live).then((news) => wish.missed && onNews(live, news))
    const others = [
      () => api.units().then(into(this.units)),
      () => api.mapSettings().then(into(this.mapSettings)),
      ...(may('incident.list') ? [open] : []),
    ]
    const whole = wish.parts === 'all'
    const parts = await Promise.allSettled([...zones, ...(whole ? others : [])].map((part): Promise<unknown> => part()))
    if (officers !== this.#officers) return
    onLoaded()
    const failures = parts.filter((part) => part.status === 'rejected').map((part) => part.reason as unknown)
    if (failures.length > 0 || whole) this.problem.value = failures.length ? failureWords(failures[0]) : undefined
    if (failures.some((failure) => failure instanceof ApiFailure && failure.status === 401)) {
      this.#wish = undefined
      onUnauthorized()
    }
  }
}
