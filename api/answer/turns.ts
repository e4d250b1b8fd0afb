import type { Refusal } from './refusal.ts'

type TurnLimits = {
  /** At once, in this process. */
  readonly runningMax: number
  /** For one key, those that wait included. */
  readonly perKeyMax: number
  readonly waitingMax: number
  readonly waitMsMax: number
}

/** Lets little costly work run at once; the rest waits for its turn, first come first served. */
export class Turns {
  readonly #limits: TurnLimits
  readonly #tooMany: () => Refusal
  readonly #ofKey = new Map<string, number>()
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(limits: TurnLimits, tooMany: () => Refusal) {
    this.#limits = limits
    this.#tooMany = tooMany
  }

  /** Does `work` when its turn has come. Throws a Refusal when too many wait, or for too long. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const own = this.#ofKey.get(key) ?? 0
    if (own >= this.#limits.perKeyMax) throw this.#tooMany()
    this.#ofKey.set(key, own + 1)
    try {
      await this.#turn()
      try {
        return await work()
      } finally {
        this.#pass()
      }
    } finally {
      const left = this.#ofKey.get(key)! - 1
      if (left > 0) this.#ofKey.set(key, left)
      else this.#ofKey.delete(key)
    }
  }

  #turn(): Promise<void> {
    if (this.#running < this.#limits.runningMax) {
      this.#running++
      return Promise.resolve()
    }
    if (this.#waiting.length >= this.#limits.waitingMax) return Promise.reject(this.#tooMany())
    return new Promise((resolve, reject) => {
      const begin = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(begin), 1)
        reject(this.#tooMany())
      }, this.#limits.waitMsMax)
      this.#waiting.push(begin)
    })
  }

  /** The turn goes to the request that has waited longest. */
  #pass(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#running--
    else next()
  }
}
