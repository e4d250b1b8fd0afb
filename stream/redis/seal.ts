// What is published is sealed with a key that Redis does not hold: whoever can write to Redis can neither make a record nor move one to
// another name, nor put an older one back where a newer one has been seen, nor leave one out.
//
// HMAC-SHA512 of a record's set, name, stamp and body; its first half is the record's MAC, its second half is never published. The
// exclusive or of the second halves of a whole set is, under a MAC of its own, in the set's head (Clarke et al., "Incremental
// multiset hash functions", MSet-XOR-Hash): one changed record costs one HMAC, and the whole set is still vouched for.
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'

/** `stamp` grows with every publication of the set. `share`: the record's part in the sum of its set, SHARE_WORDS numbers. */
type Sealed = { stamp: number; body: string; digest: Int32Array }
export type Head = { stamp: number; count: number; mac: string }

export type Seal = {
  seal(set: string, name: string, stamp: number, body: string): { text: string; digest: Int32Array }
  /** Undefined: not sealed with this key under this name. */
  open(set: string, name: string, text: string): Sealed | undefined
  headText(set: string, stamp: number, count: number, sum: Int32Array): string
  /** True where the head was made for this set of so many records with this sum. */
  vouches(set: string, head: Head, count: number, sum: Int32Array): boolean
}

export const DIGEST_INTS = 8
const MAC_BYTES = 32
const MAC_CHARS = 43
/** Shorter keys are guessed. */
export const KEY_CHARS_MIN = 32

/** Throws RangeError for a key of fewer than KEY_CHARS_MIN characters. */
export function sealOf(key: string): Seal {
  if (key.length < KEY_CHARS_MIN)
    throw new RangeError(`the key of the rules must have ${KEY_CHARS_MIN} characters or more`)
  const secret = createSecretKey(Buffer.from(key))
  const digest = (kind: string, name: readonly unknown[], body: string): Buffer =>
    createHmac('sha512', secret)
      .update(`${kind}${JSON.stringify(name)}${body}`)
      .digest()
  const headMac = (set: string, stamp: number, count: number, sum: Int32Array): Buffer =>
    digest('head', [set, stamp, count, ...sum], '').subarray(0, MAC_BYTES)
  return {
    seal(set, name, stamp, body) {
      const both = digest('record', [set, name, stamp], body)
      return { text: `${both.toString('base64url', 0, MAC_BYTES)}.${stamp}.${body}`, digest: digestOf(both) }
    },
    open(set, name, text) {
      const bodyAt = text.indexOf('.', MAC_CHARS + 1) + 1
      const stamp = Number(text.slice(MAC_CHARS + 1, bodyAt - 1))
      if (text[MAC_CHARS] !== '.' || bodyAt === 0 || !Number.isSafeInteger(stamp)) return undefined
      const body = text.slice(bodyAt)
      const both = digest('record', [set, name, stamp], body)
      return isMac(text.slice(0, MAC_CHARS), both.subarray(0, MAC_BYTES))
        ? { stamp, body, digest: digestOf(both) }
        : undefined
    },
    headText: (set, stamp, count, sum) => `${headMac(set, stamp, count, sum).toString('base64url')}.${stamp}.${count}`,
    vouches: (set, { stamp, count, mac }, found, sum) => found === count && isMac(mac, headMac(set, stamp, count, sum)),
  }
}

/** A seal that anybody can make: for tests and tools, and never what `gelang serve` uses. */
export const KNOWN_SEAL = sealOf('known-to-everybody-'.repeat(2))

/** Undefined where the text is no head. */
export function parseHead(text: string | null): Head | undefined {
  const [mac, stamp, count] = text?.split('.') ?? []
  if (mac === undefined || !/^\d{1,16}$/.test(stamp ?? '') || !/^\d{1,10}$/.test(count ?? '')) return undefined
  return { mac, stamp: Number(stamp), count: Number(count) }
}

export function addTo(sum: Int32Array, digest: Int32Array): void {
  for (let i = 0; i < DIGEST_INTS; i++) sum[i]! ^= digest[i]!
}

function digestOf(both: Buffer): Int32Array {
  const digest = new Int32Array(DIGEST_INTS)
  for (let i = 0; i < DIGEST_INTS; i++) digest[i] = both.readInt32LE(MAC_BYTES + 4 * i)
  return digest
}

function isMac(text: string, mac: Buffer): boolean {
  const given = Buffer.from(text, 'base64url')
  return given.length === mac.length && timingSafeEqual(given, mac)
}
