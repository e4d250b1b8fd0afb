// Fixes that are looked up, not measured: the place of an access point or of a cell, the same coordinates again and again.
import { POSITION_SOURCE } from '../../model/report/report.ts'
import type { Random } from '../../simulators/random.ts'

type Point = { eastM: number; northM: number; accuracyM: number; wobbleM: number }

/** A wrong entry of the look-up (a router that moved house, a far cell): entered and left with these chances a fix. */
const STRAY = { wifi: { enter: 0.012, stay: 0.4 }, cell: { enter: 0.004, stay: 0.3 } }
/** Beyond this from where it was made, other access points and cells are heard. */
const REACH_M = { wifi: 40, cell: 1500 }

export class Radio {
  readonly source: number
  readonly #kind: 'wifi' | 'cell'
  readonly #eastM: number
  readonly #northM: number
  readonly #points: Point[]
  readonly #stray: Point
  readonly #said = new Set<Point>()
  #strayed = false
  #at = 0

  constructor(kind: 'wifi' | 'cell', eastM: number, northM: number, points: Point[], stray: Point) {
    this.source = POSITION_SOURCE[kind]
    this.#kind = kind
    this.#eastM = eastM
    this.#northM = northM
    this.#points = points
    this.#stray = stray
  }

  near(eastM: number, northM: number): boolean {
    return Math.hypot(eastM - this.#eastM, northM - this.#northM) < REACH_M[this.#kind]
  }

  hear(random: Random): { eastM: number; northM: number; accuracyM: number; conclusive: boolean; strayed: boolean } {
    const { enter, stay } = STRAY[this.#kind]
    this.#strayed = random.next() < (this.#strayed ? stay : enter)
    // Access points alternate nearly every time, cells seldom.
    if (random.next() < (this.#kind === 'wifi' ? 0.9 : 0.15)) this.#at = (this.#at + 1) % this.#points.length
    const point = this.#strayed ? this.#stray : this.#points[this.#at]!
    // The same coordinates again prove nothing new.
    const known = point.wobbleM === 0 && this.#said.has(point)
    this.#said.add(point)
    return {
      eastM: point.eastM + point.wobbleM * (random.next() - 0.5),
      northM: point.northM + point.wobbleM * (random.next() - 0.5),
      accuracyM: point.accuracyM,
      conclusive: !this.#strayed && !known,
      strayed: this.#strayed,
    }
  }
}

/** Two access points and a stray one around a place. The first says the very same each time, the second wobbles by metres. */
export function wifiPlaces(random: Random, eastM: number, northM: number): Radio {
  const point = (wobbleM: number): Point => {
    const accuracyM = Math.round(random.between(20, 46))
    return { ...aside(random, eastM, northM, accuracyM * random.between(0.2, 1.5)), accuracyM, wobbleM }
  }
  const stray = {
    ...aside(random, eastM, northM, random.between(70, 300)),
    accuracyM: Math.round(random.between(31, 94)),
    wobbleM: 0,
  }
  return new Radio('wifi', eastM, northM, [point(0), point(12)], stray)
}

/** Two cells that cover the place, mostly at less than half of what they state, and a far one that does not. */
export function cellPlaces(random: Random, eastM: number, northM: number): Radio {
  const cell = (): Point => {
    const accuracyM = random.pick([635, 649, 697, 697, 697, 835, 1001])
    return { ...aside(random, eastM, northM, accuracyM * random.between(0.1, 0.9)), accuracyM, wobbleM: 0 }
  }
  const far = cell()
  return new Radio('cell', eastM, northM, [cell(), cell()], {
    ...aside(random, eastM, northM, far.accuracyM * random.between(1.2, 3)),
    accuracyM: far.accuracyM,
    wobbleM: 0,
  })
}

function aside(random: Random, eastM: number, northM: number, byM: number): { eastM: number; northM: number } {
  const angle = 2 * Math.PI * random.next()
  return { eastM: eastM + byM * Math.cos(angle), northM: northM + byM * Math.sin(angle) }
}
