// Addresses within ranges: the private APN of bracelets' SIMs.
import { BlockList, isIPv4, isIPv6 } from 'node:net'

const MAPPED = '::ffff:'

/** The address of a socket as people write it: a version 4 address that came over version 6 without its prefix. */
export function plainAddress(address: string | undefined): string | undefined {
  return address?.startsWith(MAPPED) && isIPv4(address.slice(MAPPED.length)) ? address.slice(MAPPED.length) : address
}

export class Networks {
  readonly #ranges = new BlockList()

  /** Ranges that are none are passed over; without any that is one, nobody is within. */
  constructor(cidrs: readonly string[]) {
    for (const cidr of cidrs) {
      const [base = '', bits] = cidr.split('/')
      const family = isIPv4(base) ? 'ipv4' : isIPv6(base) ? 'ipv6' : undefined
      const longest = family === 'ipv4' ? 32 : 128
      const prefix = bits === undefined ? longest : Number(bits)
      if (family !== undefined && Number.isInteger(prefix) && prefix >= 0 && prefix <= longest)
        this.#ranges.addSubnet(base, prefix, family)
    }
  }

  has(address: string | undefined): boolean {
    const plain = plainAddress(address)
    if (plain === undefined) return false
    return isIPv4(plain) ? this.#ranges.check(plain, 'ipv4') : isIPv6(plain) && this.#ranges.check(plain, 'ipv6')
  }
}
