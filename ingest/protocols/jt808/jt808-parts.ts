// Messages that were split: bit 13 of the attributes, u16 parts in all, u16 number of this one (from 1), serials in a row.

const PARTS_MAX = 128
const BYTES_MAX = 64 * 1024
/** Messages of one connection that are being put together at a time. */
const MESSAGES_MAX = 4
const PATIENCE_MS = 5 * 60_000

type Part = { message: number; serial: number; total: number; number: number; body: Buffer }
type Whole = { body: Buffer; serials: number[] }

type Collected = { beganMs: number; bodies: (Buffer | undefined)[]; bytes: number; missing: number }

/** Puts split messages together. What is not complete is not answered, so that the device still has it. */
export class SplitMessages {
  readonly #collected = new Map<string, Collected>()

  /** The whole message once its last part is there; undefined before; a text when it cannot become one. */
  add(part: Part, receivedMs: number): Whole | string | undefined {
    const { message, serial, total, number } = part
    if (number < 1 || number > total) return 'a part outside its message'
    if (total > PARTS_MAX) return `more than ${PARTS_MAX} parts`
    const firstSerial = (serial - number + 1) & 0xffff
    const key = `${message}:${firstSerial}:${total}`
    for (const [other, { beganMs }] of this.#collected)
      if (receivedMs - beganMs > PATIENCE_MS) this.#collected.delete(other)
    const collected = this.#collected.get(key) ?? {
      beganMs: receivedMs,
      bodies: Array(total),
      bytes: 0,
      missing: total,
    }
    const before = collected.bodies[number - 1]
    if (before === undefined) collected.missing--
    else collected.bytes -= before.length
    // The frame's bytes are good until the next chunk only.
    collected.bodies[number - 1] = Buffer.from(part.body)
    collected.bytes += part.body.length
    if (collected.bytes > BYTES_MAX) {
      this.#collected.delete(key)
      return `more than ${BYTES_MAX} bytes in its parts`
    }
    if (collected.missing === 0) {
      this.#collected.delete(key)
      const serials = collected.bodies.map((_, i) => (firstSerial + i) & 0xffff)
      return { body: Buffer.concat(collected.bodies as Buffer[]), serials }
    }
    if (!this.#collected.has(key) && this.#collected.size >= MESSAGES_MAX)
      this.#collected.delete(this.#collected.keys().next().value as string)
    this.#collected.set(key, collected)
    return undefined
  }
}
