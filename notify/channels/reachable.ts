// Which addresses notify may call. An address that somebody entered on a page must not lead into the network behind the server, also
// not by a name that changes its address between the check and the call: what is checked is what is connected to.
import { lookup as resolveName } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Networks } from '../../model/networks.ts'
import { NotDelivered } from './channel.ts'

/** Not of the public Internet: IANA's special-purpose registries for IPv4 and IPv6. */
const PRIVATE = new Networks([
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/3', '::/96', '::1/128', '::ffff:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64'],
  ...['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
])

export type Reachable = {
  /** Throws NotDelivered where the URL's host is an address that may not be called. */
  check(url: URL): void
  /** Resolves names for a connection, and fails for one that leads to an address that may not be called. */
  lookup: LookupFunction
}

/** `allowed`: private networks that may be called all the same. */
export function reachableBut(allowed: Networks): Reachable {
  const refused = (address: string): boolean => PRIVATE.has(address) && !allowed.has(address)
  return {
    check({ hostname }) {
      const host = hostname.replace(/^\[|\]$/g, '')
      if (isIP(host) !== 0 && refused(host)) throw refusal()
    },
    lookup(name, options, callback) {
      resolveName(name, { ...options, all: true }, (error, found) => {
        if (error) return callback(error, '', 0)
        if (found.length === 0 || found.some(({ address }) => refused(address))) return callback(refusal(), '', 0)
        if (options.all) return callback(null, found)
        callback(null, found[0]!.address, found[0]!.family)
      })
    },
  }
}

/** For addresses that whoever runs the server wrote into its settings. */
export const REACHABLE_ALL: Reachable = reachableBut(new Networks(['0.0.0.0/0', '::/0']))

function refusal(): NotDelivered {
  return new NotDelivered(
    'the address leads into a private network, which GELANG_NOTIFY_NETWORKS does not allow',
    false,
  )
}
