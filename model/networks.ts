// Addresses and ranges of addresses: the private APN of bracelets' SIMs, the proxies before the console.
import { BlockList, isIPv4, isIPv6 } from 'node:net'

const MAPPED = '::ffff:'

/** The address of a socket as people write it: a version 4 address that came over version 6 without its prefix. */
export function plainAddress<A extends string | undefined>(address: A): A | string {
  return address?.startsWith(MAPPED) && isIPv4(address.slice(MAPPED.length)) ? address.slice(MAPPED.length) : address
}

type Range = { base: string; prefix: number; family: 'ipv4' | 'ipv6' }

/** An address, or a range in CIDR notation; undefined for a text that is neither. */
export function readRange(cidr: string): Range | undefined {
  const [base = '', bits, more] = cidr.split('/')
  const family = isIPv4(base) ? 'ipv4' : isIPv6(base) ? 'ipv6' : undefined
  const longest = family === 'ipv4' ? 32 : 128
  const prefix = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : -1
  return family === undefined || prefix < 0 || prefix > longest || more !== undefined
    ? undefined
    : { base, prefix, family }
}

export class Networks {
  readonly #ranges = new BlockList()

  /** Ranges that are none are passed over; without any that is one, nobody is within. */
  constructor(cidrs: readonly string[]) {
    for (const cidr of cidrs) {
      const range = readRange(cidr)
      if (range !== undefined) this.#ranges.addSubnet(range.base, range.prefix, range.family)
    }
  }

  has(address: string | undefined): boolean {
    const plain = plainAddress(address)
    if (plain === undefined) return false
    return isIPv4(plain) ? this.#ranges.check(plain, 'ipv4') : isIPv6(plain) && this.#ranges.check(plain, 'ipv6')
  }
}
