/**
 * From integers up to 2⁵³ to small integers, in one array: a look-up reads one cache line, where a Map reads two or three.
 * Open addressing, linear; what is deleted leaves no mark.
 */
export class NumberTable {
  /** Key and value beside each other; NaN = empty. */
  #slots = emptySlots(64)
  #mask = 63
  /** 32 less the bits of the mask. */
  #shift = 26
  #size = 0

  get size(): number {
    return this.#size
  }

  /** The value, or −1. */
  get(key: number): number {
    const slots = this.#slots
    const mask = this.#mask
    for (let i = placeOf(key, this.#shift); ; i = (i + 1) & mask) {
      const found = slots[2 * i]!
      if (found === key) return slots[2 * i + 1]!
      if (Number.isNaN(found)) return -1
    }
  }

  set(key: number, value: number): void {
    if (!Number.isSafeInteger(key)) throw new RangeError(`a key must be an integer, got ${key}`)
    if (4 * (this.#size + 1) > 3 * (this.#mask + 1)) this.#grow()
    let i = placeOf(key, this.#shift)
    while (!Number.isNaN(this.#slots[2 * i]!) && this.#slots[2 * i] !== key) i = (i + 1) & this.#mask
    if (Number.isNaN(this.#slots[2 * i]!)) this.#size++
    this.#slots[2 * i] = key
    this.#slots[2 * i + 1] = value
  }

  /** False when it is not there. */
  delete(key: number): boolean {
    const slots = this.#slots
    const mask = this.#mask
    let hole = placeOf(key, this.#shift)
    while (slots[2 * hole] !== key) {
      if (Number.isNaN(slots[2 * hole]!)) return false
      hole = (hole + 1) & mask
    }
    // Whoever was pushed along past the hole moves up into it.
    for (let i = (hole + 1) & mask; !Number.isNaN(slots[2 * i]!); i = (i + 1) & mask) {
      const home = placeOf(slots[2 * i]!, this.#shift)
      if (((i - home) & mask) < ((i - hole) & mask)) continue
      slots[2 * hole] = slots[2 * i]!
      slots[2 * hole + 1] = slots[2 * i + 1]!
      hole = i
    }
    slots[2 * hole] = Number.NaN
    this.#size--
    return true
  }

  /** How many slots a look-up of the key reads. */
  probesOf(key: number): number {
    let probes = 1
    for (let i = placeOf(key, this.#shift); ; i = (i + 1) & this.#mask, probes++)
      if (this.#slots[2 * i] === key || Number.isNaN(this.#slots[2 * i]!)) return probes
  }

  *keys(): Generator<number> {
    for (let i = 0; i <= this.#mask; i++) if (!Number.isNaN(this.#slots[2 * i]!)) yield this.#slots[2 * i]!
  }

  #grow(): void {
    const before = this.#slots
    this.#mask = 2 * this.#mask + 1
    this.#shift--
    this.#slots = emptySlots(this.#mask + 1)
    this.#size = 0
    for (let i = 0; i < before.length; i += 2) if (!Number.isNaN(before[i]!)) this.set(before[i]!, before[i + 1]!)
  }
}

function emptySlots(count: number): Float64Array {
  return new Float64Array(2 * count).fill(Number.NaN)
}

/** Numbers given in order, or at any stride, spread over the table: high bits are folded in, then Fibonacci hashing. */
function placeOf(key: number, shift: number): number {
  const low = (key ^ (key / 4_294_967_296)) | 0
  return Math.imul(low ^ Math.imul(low >>> 15, 0x85ebca6b), 0x9e3779b1) >>> shift
}
