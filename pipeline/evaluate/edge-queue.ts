// When each wearer's next edge or timer is due. A binary heap; an entry whose wearer has moved on is skipped when met.

export class EdgeQueue {
  #dueMs: number[] = []
  #wearer: number[] = []
  #current = new Map<number, number>()

  /** Sets when `wearerId` is due next; Infinity takes it out. */
  set(wearerId: number, dueMs: number): void {
    if (this.#current.get(wearerId) === dueMs) return
    if (dueMs === Number.POSITIVE_INFINITY) {
      this.#current.delete(wearerId)
      return
    }
    this.#current.set(wearerId, dueMs)
    this.#push(dueMs, wearerId)
  }

  delete(wearerId: number): void {
    this.#current.delete(wearerId)
  }

  /** The earliest time at which somebody is due; Infinity when nobody is. */
  nextDueMs(): number {
    this.#skipStale()
    return this.#dueMs[0] ?? Number.POSITIVE_INFINITY
  }

  /** Takes one wearer due at or before `nowMs` out, or gives undefined. */
  takeDue(nowMs: number): number | undefined {
    this.#skipStale()
    const due = this.#dueMs[0]
    if (due === undefined || due > nowMs) return undefined
    const wearerId = this.#wearer[0] as number
    this.#pop()
    this.#current.delete(wearerId)
    return wearerId
  }

  #skipStale(): void {
    while (this.#dueMs.length > 0 && this.#current.get(this.#wearer[0] as number) !== this.#dueMs[0]) this.#pop()
  }

  #push(dueMs: number, wearerId: number): void {
    let at = this.#dueMs.length
    this.#dueMs.push(dueMs)
    this.#wearer.push(wearerId)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if ((this.#dueMs[parent] as number) <= dueMs) break
      this.#swap(at, parent)
      at = parent
    }
  }

  #pop(): void {
    const last = this.#dueMs.length - 1
    this.#swap(0, last)
    this.#dueMs.pop()
    this.#wearer.pop()
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      if (left >= last) return
      const right = left + 1
      const child = right < last && (this.#dueMs[right] as number) < (this.#dueMs[left] as number) ? right : left
      if ((this.#dueMs[at] as number) <= (this.#dueMs[child] as number)) return
      this.#swap(at, child)
      at = child
    }
  }

  #swap(a: number, b: number): void {
    const dueMs = this.#dueMs[a] as number
    const wearer = this.#wearer[a] as number
    this.#dueMs[a] = this.#dueMs[b] as number
    this.#wearer[a] = this.#wearer[b] as number
    this.#dueMs[b] = dueMs
    this.#wearer[b] = wearer
  }
}
