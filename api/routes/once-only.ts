/**
 * Runs work once for each key and gives the same result to every repetition of it, within this process and as long as
 * the key is among the newest `max`. Work that failed may be tried again.
 */
export class OnceOnly<T> {
  readonly #max: number
  readonly #results = new Map<string, Promise<T>>()

  constructor(max: number) {
    this.#max = max
  }

  run(key: string | undefined, work: () => Promise<T>): Promise<T> {
    if (key === undefined) return work()
    const known = this.#results.get(key)
    if (known) return known
    const result = work()
    this.#results.set(key, result)
    if (this.#results.size > this.#max) this.#results.delete(this.#results.keys().next().value as string)
    result.catch(() => this.#results.delete(key))
    return result
  }
}
