import type { CompiledZone } from '../geometry/compiled-zone.ts'
import { ZoneCells } from '../geometry/zone-cells.ts'
import { ZoneIndex } from '../geometry/zone-index.ts'
import { Interned } from '../memory/interned.ts'
import { turnOf } from './condition-kinds.ts'
import type { PlanTiming } from './plan-timing.ts'

/** An exact look-up covers this radius, so that a wearer who stays takes the fast path afterwards. A wearer who goes farther travels. */
const LOOK_MIN_M = 250

/** Avoided zones by place; all wearers with the same ones share it. */
type AvoidedZones = {
  cells: ZoneCells
  index: ZoneIndex
  found: Int32Array
  distancesM: Float64Array
}

const known = new Interned<AvoidedZones>(256)
const serials = new WeakMap<CompiledZone, number>()
let zonesSeen = 0

function serialOf(zone: CompiledZone): number {
  let serial = serials.get(zone)
  if (serial === undefined) {
    serial = zonesSeen++
    serials.set(zone, serial)
  }
  return serial
}

/**
 * A plan's avoided zones by place, so that weighing a fix does not walk over all of them: a list that a whole Bapas shares
 * names many, and a wearer is near to a few.
 */
export class PlanIndex {
  readonly #avoided: AvoidedZones
  /** Lineages that are weighed anyway: far outside of them is where it matters. */
  readonly #always: Int32Array
  /** By place in the index. */
  readonly #lineageOf: Int32Array
  readonly #ringMaxM: number
  readonly #clearM = new Float64Array(1)

  /** Of a plan's lineages: their zones, and their rules. */
  constructor(zones: readonly CompiledZone[], { rules }: PlanTiming) {
    const lineages = rules.map((_, i) => i)
    const avoided = lineages
      .filter((i) => turnOf(rules[i]!.kind) === -1)
      .sort((a, b) => serialOf(zones[a]!) - serialOf(zones[b]!) || a - b)
    this.#always = Int32Array.from(lineages.filter((i) => turnOf(rules[i]!.kind) === 1))
    this.#lineageOf = Int32Array.from(avoided)
    const rings = avoided.flatMap((i) => rules[i]!.versions.map(({ parameters }) => parameters.warningRingM))
    this.#ringMaxM = rings.reduce((widest, ringM) => Math.max(widest, ringM), 0)
    this.#avoided = known.of(avoided.map((i) => serialOf(zones[i]!)).join(), () => {
      const placed = avoided.map((i) => zones[i]!)
      return {
        cells: new ZoneCells(placed),
        index: new ZoneIndex(placed),
        found: new Int32Array(placed.length),
        distancesM: new Float64Array(placed.length + 1),
      }
    })
  }

  /**
   * Writes to `toWeigh` (as long as there are lineages) the places of those that a fix at the position is to be weighed
   * against and gives their number: all that are not avoided zones, all avoided ones whose warning ring is not more than
   * `guardM` away, and all that the straight way from the last fix, `lineM` long, may pass. Writes to `outsideM`, beside each,
   * how far outside its zone the position is where that was measured exactly, else NaN. Writes to `safeM[0]` how far, at
   * least, all others lie beyond their rings; it is more than `guardM`. A wearer with a run or an incident open with a lineage
   * weighs that one too.
   */
  near(
    fromLatE7: number,
    fromLonE7: number,
    latE7: number,
    lonE7: number,
    lineM: number,
    guardM: number,
    toWeigh: Int32Array,
    outsideM: Float64Array,
    safeM: Float64Array,
  ): number {
    const always = this.#always
    let count = 0
    for (; count < always.length; count++) {
      toWeigh[count] = always[count]!
      outsideM[count] = Number.NaN
    }
    const ringMaxM = this.#ringMaxM
    const { cells, index, found, distancesM } = this.#avoided
    const needM = Math.max(guardM, lineM)
    if (cells.isClear(latE7, lonE7, this.#clearM) && this.#clearM[0]! - ringMaxM > needM) {
      safeM[0] = this.#clearM[0]! - ringMaxM
      return count
    }
    // A traveller is elsewhere at the next fix: what lies around is of no use then.
    const travels = lineM > LOOK_MIN_M
    const lookM = Math.ceil(Math.max(LOOK_MIN_M, needM) + ringMaxM + 1)
    const besideM = travels ? Math.ceil(guardM + ringMaxM + 1) : lookM
    const near = travels
      ? index.along(fromLatE7, fromLonE7, latE7, lonE7, besideM, lookM, found, distancesM)
      : index.near(latE7, lonE7, lookM, found, distancesM)
    let leastM = besideM - ringMaxM
    for (let k = 0; k < near; k++) {
      const awayM = -distancesM[k]!
      const beyondM = awayM - ringMaxM
      if (!(beyondM > needM)) {
        toWeigh[count] = this.#lineageOf[found[k]!]!
        outsideM[count++] = awayM > -lookM ? awayM : Number.NaN
      } else if (beyondM < leastM) leastM = beyondM
    }
    safeM[0] = leastM
    return count
  }
}
