/**
 * One copy of what many wearers' plans have alike. Bounded: when it holds `entriesMax` it starts anew, and what was handed
 * out lives on as long as somebody holds it.
 */
export class Interned<T> {
  readonly #entriesMax: number
  #known = new Map<string, T>()

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax
  }

  /** What was made for the key before, or `make()`. Equal keys must mean equal values, and nobody changes them. */
  of(key: string, make: () => T): T {
    let value = this.#known.get(key)
    if (value !== undefined) return value
    if (this.#known.size >= this.#entriesMax) this.#known = new Map()
    value = make()
    this.#known.set(key, value)
    return value
  }
}
