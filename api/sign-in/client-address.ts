// From where a request comes. A header is believed only where a configured proxy has sent it.
import { isIP, isIPv6 } from 'node:net'
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { Networks, plainAddress } from '../../model/networks.ts'

/** More proxies than this in a row are not followed. */
const HOPS_MAX = 10

export type ProxySettings = {
  /** Whose header is believed, in CIDR notation; none: the socket's address counts. */
  trusted: readonly string[]
  /** In which they name the client. */
  header: string
}

/** Reads the client's address from a request. */
export function clientAddressReader({ trusted, header }: ProxySettings): (c: Context) => string {
  const proxies = new Networks(trusted)
  return (c) => {
    const socket = (c.env as HttpBindings | undefined)?.incoming?.socket.remoteAddress ?? '127.0.0.1'
    return addressBehind(proxies, plainAddress(socket), c.req.header(header))
  }
}

/** Each proxy appends the address that it saw: from the last one back, the first that is no proxy of ours. */
function addressBehind(proxies: Networks, socket: string, named: string | undefined): string {
  let address = socket
  const hops = named?.split(',').slice(-HOPS_MAX).reverse() ?? []
  for (const hop of hops) {
    if (!proxies.has(address)) break
    const next = plainAddress(withoutPort(hop.trim()))
    if (isIP(next) === 0) break
    address = next
  }
  return address
}

function withoutPort(hop: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(hop)
  return bracketed?.[1] ?? hop.replace(/^([\d.]+):\d{1,5}$/, '$1')
}

/** What counts as one address: of version 6 the /64, of which a single line has billions. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const [head = '', tail = ''] = address.toLowerCase().split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const groups = [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
