import { signal } from '@preact/signals'

const LISTS_EVERY_MS = 250

/** Live data is kept in plain maps; these signals say when to look at them again. */
export class LiveVersions {
  readonly roster = signal(0)
  /** For the map, which paints once a frame. */
  readonly positions = signal(0)
  /** The same for lists and counts, which go through all wearers: some times a second. */
  readonly lists = signal(0)
  readonly incidents = signal(0)
  readonly status = signal(0)
  #after: (delayMs: number, act: () => void) => void
  #listsRest = false
  #listsBehind = false

  constructor(after: (delayMs: number, act: () => void) => void) {
    this.#after = after
  }

  positionsChanged(): void {
    this.positions.value++
    this.#listsBehind = true
    if (!this.#listsRest) this.#notifyLists()
  }

  #notifyLists(): void {
    this.#listsRest = this.#listsBehind
    if (!this.#listsBehind) return
    this.#listsBehind = false
    this.lists.value++
    this.#after(LISTS_EVERY_MS, () => this.#notifyLists())
  }
}
