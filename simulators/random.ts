// Seeded chance. `Random` runs on; `chanceAt` is a pure function, so that a simulated life is the same whenever it is asked.

export type Random = {
  /** [0, 1) */
  next(): number
  between(min: number, max: number): number
  /** min ≤ n < max */
  integer(min: number, max: number): number
  pick<T>(items: readonly T[]): T
}

/** sfc32 by Chris Doty-Humphrey, seeded from one number. */
export function randomOf(seed: number): Random {
  let a = hash32(seed, 1)
  let b = hash32(seed, 2)
  let c = hash32(seed, 3)
  let counter = 1
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + t
    return (t >>> 0) / 2 ** 32
  }
  const integer = (min: number, max: number) => min + Math.floor(next() * (max - min))
  return {
    next,
    integer,
    between: (min, max) => min + next() * (max - min),
    pick: (items) => items[integer(0, items.length)]!,
  }
}

/** A number in [0, 1) that depends on its arguments alone. */
export function chanceAt(...parts: number[]): number {
  let hash = 0x9e3779b9
  for (const part of parts) {
    hash = hash32(hash, part % 0x1_0000_0000)
    hash = hash32(hash, Math.floor(part / 0x1_0000_0000))
  }
  return (hash >>> 0) / 2 ** 32
}

/** Two standard normal numbers from two uniform ones (Box–Muller). */
export function normalPair(u: number, v: number): [number, number] {
  const radius = Math.sqrt(-2 * Math.log(1 - u))
  return [radius * Math.cos(2 * Math.PI * v), radius * Math.sin(2 * Math.PI * v)]
}

function hash32(a: number, b: number): number {
  let h = Math.imul(a ^ 0x85ebca6b, 0xcc9e2d51) ^ Math.imul(b | 0, 0x1b873593)
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d)
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b)
  return (h ^ (h >>> 16)) | 0
}
