// What a reader remembers of the records that it has taken: enough to know an older one and to sum up the set, in 60 bytes each.
import { addTo, DIGEST_INTS } from '../redis/seal.ts'

export class HeldRecords {
  readonly #slots = new Map<string, number>()
  readonly #free: number[] = []
  #stamps = new Float64Array(64)
  #digests = new Int32Array(64 * DIGEST_INTS)
  /** Of the shares of all that are held. */
  readonly sum = new Int32Array(DIGEST_INTS)

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

  put(field: string, stamp: number, digest: Int32Array): void {
    let slot = this.#slots.get(field)
    if (slot === undefined) {
      slot = this.#free.pop() ?? this.#slots.size
      if (slot >= this.#stamps.length) this.#grow()
      this.#slots.set(field, slot)
    } else addTo(this.sum, this.#digestAt(slot))
    this.#stamps[slot] = stamp
    this.#digests.set(digest, slot * DIGEST_INTS)
    addTo(this.sum, digest)
  }

  delete(field: string): void {
    const slot = this.#slots.get(field)
    if (slot === undefined) return
    addTo(this.sum, this.#digestAt(slot))
    this.#slots.delete(field)
    this.#free.push(slot)
  }

  /** The sum as it would be without these, each of which is held. */
  sumWithout(fields: readonly string[]): Int32Array {
    const sum = this.sum.slice()
    for (const field of fields) addTo(sum, this.#digestAt(this.#slots.get(field)!))
    return sum
  }

  #digestAt(slot: number): Int32Array {
    return this.#digests.subarray(slot * DIGEST_INTS, (slot + 1) * DIGEST_INTS)
  }

  #grow(): void {
    const stamps = new Float64Array(this.#stamps.length * 2)
    stamps.set(this.#stamps)
    const digests = new Int32Array(this.#digests.length * 2)
    digests.set(this.#digests)
    this.#stamps = stamps
    this.#digests = digests
  }
}
