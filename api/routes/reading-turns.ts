import { Refusal } from '../answer/refusal.ts'

export const READINGS = {
  /** At once, in this process: each keeps a database connection and folds in between others' requests. */
  runningMax: 2,
  /** Of one officer, those that wait included. */
  officerMax: 2,
  waitingMax: 30,
  waitMsMax: 10_000,
} as const

const tooMany = () => new Refusal(429, 'too_many_attempts', 'too many tracks are being judged; try again in a moment')

/** Lets few long readings of a track run at once; the others wait for their turn, first come first served. */
export class ReadingTurns {
  readonly #limits: Readonly<Record<keyof typeof READINGS, number>>
  readonly #ofOfficer = new Map<string, number>()
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(limits: Readonly<Record<keyof typeof READINGS, number>> = READINGS) {
    this.#limits = limits
  }

  /** Does `work` when its turn has come. Throws a Refusal when too many wait, or for too long. */
  async run<T>(officerId: string, work: () => Promise<T>): Promise<T> {
    const own = this.#ofOfficer.get(officerId) ?? 0
    if (own >= this.#limits.officerMax) throw tooMany()
    this.#ofOfficer.set(officerId, own + 1)
    try {
      await this.#turn()
      try {
        return await work()
      } finally {
        this.#pass()
      }
    } finally {
      const left = this.#ofOfficer.get(officerId)! - 1
      if (left > 0) this.#ofOfficer.set(officerId, left)
      else this.#ofOfficer.delete(officerId)
    }
  }

  #turn(): Promise<void> {
    if (this.#running < this.#limits.runningMax) {
      this.#running++
      return Promise.resolve()
    }
    if (this.#waiting.length >= this.#limits.waitingMax) return Promise.reject(tooMany())
    return new Promise((resolve, reject) => {
      const begin = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(begin), 1)
        reject(tooMany())
      }, this.#limits.waitMsMax)
      this.#waiting.push(begin)
    })
  }

  /** The turn goes to whoever has waited longest. */
  #pass(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#running--
    else next()
  }
}
