/**
 * From 32-bit numbers (as the log names wearers) to small integers, in one array: a look-up reads one cache line, where a Map
 * reads two or three. Open addressing, linear; what is deleted leaves no mark.
 */
export class NumberTable {
  /** Key (the same 32 bits, signed) and value beside each other; a value of −1 is an empty slot. */
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
      const value = slots[2 * i + 1]!
      if (value === EMPTY || slots[2 * i] === (key | 0)) return value
    }
  }

  /** Throws RangeError: a key that is no 32-bit number, a negative value. */
  set(key: number, value: number): void {
    if (!(key >>> 0 === key)) throw new RangeError(`a key must be an integer of 32 bits, got ${key}`)
    if (!(value >= 0 && (value | 0) === value)) throw new RangeError(`a value must be a small integer, got ${value}`)
    if (4 * (this.#size + 1) > 3 * (this.#mask + 1)) this.#grow()
    const slots = this.#slots
    let i = placeOf(key, this.#shift)
    while (slots[2 * i + 1] !== EMPTY && slots[2 * i] !== (key | 0)) i = (i + 1) & this.#mask
    if (slots[2 * i + 1] === EMPTY) this.#size++
    slots[2 * i] = key
    slots[2 * i + 1] = value
  }

  /** False when it is not there. */
  delete(key: number): boolean {
    const slots = this.#slots
    const mask = this.#mask
    let hole = placeOf(key, this.#shift)
    for (; slots[2 * hole] !== (key | 0) || slots[2 * hole + 1] === EMPTY; hole = (hole + 1) & mask)
      if (slots[2 * hole + 1] === EMPTY) return false
    // An entry that was pushed past the hole moves up into it.
    for (let i = (hole + 1) & mask; slots[2 * i + 1] !== EMPTY; i = (i + 1) & mask) {
      const home = placeOf(slots[2 * i]!, this.#shift)
      if (((i - home) & mask) < ((i - hole) & mask)) continue
      slots[2 * hole] = slots[2 * i]!
      slots[2 * hole + 1] = slots[2 * i + 1]!
      hole = i
    }
    slots[2 * hole + 1] = EMPTY
    this.#size--
    return true
  }

  /** How many slots a look-up of the key reads. */
  probesOf(key: number): number {
    let probes = 1
    for (let i = placeOf(key, this.#shift); ; i = (i + 1) & this.#mask, probes++)
      if (this.#slots[2 * i + 1] === EMPTY || this.#slots[2 * i] === (key | 0)) return probes
  }

  *keys(): Generator<number> {
    for (let i = 0; i <= this.#mask; i++) if (this.#slots[2 * i + 1] !== EMPTY) yield this.#slots[2 * i]! >>> 0
  }

  #grow(): void {
    const before = this.#slots
    this.#mask = 2 * this.#mask + 1
    this.#shift--
    this.#slots = emptySlots(this.#mask + 1)
    this.#size = 0
    for (let i = 0; i < before.length; i += 2) if (before[i + 1] !== EMPTY) this.set(before[i]! >>> 0, before[i + 1]!)
  }
}

const EMPTY = -1

function emptySlots(count: number): Int32Array {
  return new Int32Array(2 * count).fill(EMPTY)
}

/** Numbers given in order, or at any stride, spread over the table: high bits are folded in, then Fibonacci hashing. */
function placeOf(key: number, shift: number): number {
  return Math.imul(key ^ Math.imul(key >>> 15, 0x85ebca6b), 0x9e3779b1) >>> shift
}
