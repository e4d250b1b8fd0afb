// Wrong secrets are answered later and later, by sender address and by the id that they name. The right one is taken at once whatever others
// try: an attacker must not be able to keep a bracelet out.

import { plainAddress } from '../../model/networks.ts'
import type { Clock } from '../../model/observe.ts'
import type { IngestLimits } from '../limits.ts'
import { Buckets } from './buckets.ts'

export class SlowDown {
  readonly #limits: IngestLimits
  readonly #clock: Clock
  readonly #byAddress: Buckets
  readonly #byName: Buckets
  #waiting = 0

  constructor(limits: IngestLimits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
    const { wrongTriesByAddress, wrongTriesByName, bucketNamesMax } = limits
    this.#byAddress = new Buckets(wrongTriesByAddress, bucketNamesMax)
    this.#byName = new Buckets(wrongTriesByName, bucketNamesMax)
  }

  /** Counts a wrong try; gives how long its answer is held back, ms. `name`: the bracelet or gateway that it named. */
  wrong(address: string | undefined, name: string | undefined): number {
    const nowMs = this.#clock()
    const ofAddress = this.#byAddress.take(plainAddress(address) ?? '', 1, nowMs)
    const ofName = name === undefined ? 0 : this.#byName.take(name, 1, nowMs)
    return Math.min(this.#limits.wrongTryWaitMsMax, Math.max(ofAddress, ofName))
  }

  /** Counts a wrong try and resolves when it may be answered: at once where too many wait already. */
  async hold(address: string | undefined, name: string | undefined): Promise<void> {
    const waitMs = this.wrong(address, name)
    if (waitMs === 0 || this.#waiting >= this.#limits.wrongTriesWaitingMax) return
    this.#waiting++
    await new Promise<void>((resolve) => setTimeout(resolve, waitMs).unref())
    this.#waiting--
  }
}
