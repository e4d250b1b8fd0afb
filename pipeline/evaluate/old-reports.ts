// Reports from bracelets' memories wait here while fresh ones are judged, so that a whole country's backlog after an outage delays
// nobody's alarm. A wearer's reports keep their order: who has one waiting has all later ones wait behind it.

type Entry = {
  id: string
  view: DataView
  /** The places of the waiting reports in it. */
  places: number[]
  next: number
}

export class OldReports {
  /** In the order of the log, from `#first` on; entries without waiting reports among them, for the sake of their ids. */
  #entries: Entry[] = []
  #first = 0
  /** No entry before it has anything waiting. */
  #current = 0
  readonly #waiting = new Map<number, number>()
  count = 0

  /** A log entry begins; `put` adds to it. */
  open(id: string, view: DataView): void {
    this.#entries.push({ id, view, places: [], next: 0 })
  }

  /** Something of this wearer waits. */
  has(wearerId: number): boolean {
    return this.count > 0 && this.#waiting.has(wearerId)
  }

  /** The report at `at` of the entry opened last waits. */
  put(at: number, wearerId: number): void {
    this.#entries[this.#entries.length - 1]!.places.push(at)
    this.#waiting.set(wearerId, (this.#waiting.get(wearerId) ?? 0) + 1)
    this.count++
  }

  /** The oldest that waits; it counts as waiting until `judged` is called for it. */
  peek(): { id: string; view: DataView; at: number } | undefined {
    if (this.count === 0) return undefined
    const { id, view, places, next } = this.#oldest()
    return { id, view, at: places[next]! }
  }

  #oldest(): Entry {
    for (;;) {
      const entry = this.#entries[this.#current]!
      if (entry.next < entry.places.length) return entry
      this.#current++
    }
  }

  /** What `peek` gave has been judged. */
  judged(wearerId: number): void {
    this.#oldest().next++
    this.count--
    const left = this.#waiting.get(wearerId)! - 1
    if (left === 0) this.#waiting.delete(wearerId)
    else this.#waiting.set(wearerId, left)
  }

  /** Lets go of the entries of which nothing waits before the first that has; gives the id of the last of them. */
  release(): string | undefined {
    let id: string | undefined
    while (this.#first < this.#entries.length) {
      const entry = this.#entries[this.#first]!
      if (entry.next < entry.places.length) break
      id = entry.id
      this.#first++
    }
    if (this.#first > 0 && this.#first * 2 >= this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first)
      this.#current = Math.max(0, this.#current - this.#first)
      this.#first = 0
    }
    return id
  }
}
