import type { CompiledPlan } from './compile-plan.ts'
import { ZoneCells } from './zone-cells.ts'
import { ZoneIndex } from './zone-index.ts'

/** When zones have to be asked, so far around is looked at once, that a wearer who stays is settled afterwards. */
const LOOK_MIN_M = 250

/**
 * A plan's avoided zones by place, so that weighing a fix does not walk over thousands of them: a list that a whole Bapas
 * shares names many, and a wearer is near to a few. May be shared by all wearers whose plans have the same lineages.
 */
export class PlanIndex {
  readonly #cells: ZoneCells
  readonly #index: ZoneIndex
  /** Lineages that are weighed anyway: far outside of them is where it matters. */
  readonly #always: Int32Array
  /** By place in the index. */
  readonly #lineageOf: Int32Array
  readonly #ringMaxM: number
  readonly #found: Int32Array
  readonly #distancesM: Float64Array
  readonly #clearM = new Float64Array(1)

  constructor({ zones: all, timing }: CompiledPlan) {
    const indices = timing.rules.map((_, i) => i)
    const avoided = indices.filter((i) => timing.rules[i]!.kind === 'avoided')
    const zones = avoided.map((i) => all[i]!)
    this.#always = Int32Array.from(indices.filter((i) => timing.rules[i]!.kind !== 'avoided'))
    this.#lineageOf = Int32Array.from(avoided)
    const rings = avoided.flatMap((i) => timing.rules[i]!.versions.map(({ parameters }) => parameters.warningRingM))
    this.#ringMaxM = Math.max(0, ...rings)
    this.#cells = new ZoneCells(zones)
    this.#index = new ZoneIndex(zones)
    this.#found = new Int32Array(zones.length)
    this.#distancesM = new Float64Array(zones.length + 1)
  }

  /**
   * Writes to `toWeigh` (as long as there are lineages) the places of those that a fix at the position is to be weighed
   * against and gives their number: all that are not avoided zones, and all avoided ones whose warning ring is not more
   * than `needM` away, with some beyond. Writes to `safeM[0]` how far, at least, all others lie beyond their rings; it
   * is more than `needM`. Whoever has a run or an incident open with a lineage weighs that one too.
   */
  near(latE7: number, lonE7: number, needM: number, toWeigh: Int32Array, safeM: Float64Array): number {
    toWeigh.set(this.#always)
    let count = this.#always.length
    const ringMaxM = this.#ringMaxM
    const inside = this.#cells.around(latE7, lonE7, this.#found, 0, this.#clearM)
    const clearM = this.#clearM[0]!
    if (inside === 0 && clearM - ringMaxM > needM) {
      safeM[0] = clearM - ringMaxM
      return count
    }
    const lookM = Math.ceil(Math.max(LOOK_MIN_M, needM) + ringMaxM + 1)
    const near = this.#index.near(latE7, lonE7, lookM, this.#found, this.#distancesM)
    for (let k = 0; k < near; k++) toWeigh[count++] = this.#lineageOf[this.#found[k]!]!
    safeM[0] = lookM - ringMaxM
    return count
  }
}
