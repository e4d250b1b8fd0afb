// Addresses and ranges of addresses: whose word is believed, and from where somebody may speak.
import { BlockList, isIPv4, isIPv6 } from 'node:net'

const MAPPED = '::ffff:'

/** The address of a socket as people write it: a version 4 address that came over version 6 without its prefix. */
export function plainAddress(address: string): string {
  return address.startsWith(MAPPED) && isIPv4(address.slice(MAPPED.length)) ? address.slice(MAPPED.length) : address
}

export class Networks {
  readonly #ranges = new BlockList()

  /** Throws a RangeError on a text that is no address and no range in CIDR notation. */
  constructor(cidrs: readonly string[]) {
    for (const cidr of cidrs) {
      const [base = '', bits, more] = cidr.split('/')
      const family = isIPv4(base) ? 'ipv4' : isIPv6(base) ? 'ipv6' : undefined
      const longest = family === 'ipv4' ? 32 : 128
      const prefix = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : -1
      if (family === undefined || prefix < 0 || prefix > longest || more !== undefined)
        throw new RangeError(`"${cidr}" is no address and no range like 10.0.0.0/8`)
      this.#ranges.addSubnet(base, prefix, family)
    }
  }

  has(address: string): boolean {
    const plain = plainAddress(address)
    return isIPv4(plain) ? this.#ranges.check(plain, 'ipv4') : isIPv6(plain) && this.#ranges.check(plain, 'ipv6')
  }
}
