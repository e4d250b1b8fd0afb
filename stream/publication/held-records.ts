// What a reader remembers of the records that it has taken: enough to know an older one and to sum up the set, in 60 bytes each.
import { addTo, SHARE_WORDS } from '../redis/seal.ts'

export class HeldRecords {
  readonly #slots = new Map<string, number>()
  readonly #free: number[] = []
  #stamps = new Float64Array(64)
  #shares = new Int32Array(64 * SHARE_WORDS)
  /** Of the shares of all that are held. */
  readonly sum = new Int32Array(SHARE_WORDS)

  get size(): number {
    return this.#slots.size
  }

  fields(): IterableIterator<string> {
    return this.#slots.keys()
  }

  /** −1 where it is not held. */
  stampOf(field: string): number {
    const slot = this.#slots.get(field)
    return slot === undefined ? -1 : this.#stamps[slot]!
  }

  put(field: string, stamp: number, share: Int32Array): void {
    let slot = this.#slots.get(field)
    if (slot === undefined) {
      slot = this.#free.pop() ?? this.#slots.size
      if (slot >= this.#stamps.length) this.#grow()
      this.#slots.set(field, slot)
    } else addTo(this.sum, this.#shareAt(slot))
    this.#stamps[slot] = stamp
    this.#shares.set(share, slot * SHARE_WORDS)
    addTo(this.sum, share)
  }

  delete(field: string): void {
    const slot = this.#slots.get(field)
    if (slot === undefined) return
    addTo(this.sum, this.#shareAt(slot))
    this.#slots.delete(field)
    this.#free.push(slot)
  }

  /** The sum as it would be without these, each of which is held. */
  sumWithout(fields: readonly string[]): Int32Array {
    const sum = this.sum.slice()
    for (const field of fields) addTo(sum, this.#shareAt(this.#slots.get(field)!))
    return sum
  }

  #shareAt(slot: number): Int32Array {
    return this.#shares.subarray(slot * SHARE_WORDS, (slot + 1) * SHARE_WORDS)
  }

  #grow(): void {
    const stamps = new Float64Array(this.#stamps.length * 2)
    stamps.set(this.#stamps)
    const shares = new Int32Array(this.#shares.length * 2)
    shares.set(this.#shares)
    this.#stamps = stamps
    this.#shares = shares
  }
}
