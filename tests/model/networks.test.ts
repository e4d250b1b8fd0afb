import { expect, test } from 'vitest'
import { readSettings } from '../../bin/process/settings.ts'
import { Networks, readRange } from '../../model/networks.ts'

test('addresses within ranges, of both versions, also a version 4 address that came over version 6', () => {
  const networks = new Networks(['10.1.0.0/16', '192.0.2.7', '2001:db8::/32'])
  for (const inside of ['10.1.255.1', '::ffff:10.1.0.1', '192.0.2.7', '2001:db8:1::1'])
    expect([inside, networks.has(inside)]).toEqual([inside, true])
  for (const outside of ['10.2.0.1', '192.0.2.8', '2001:db9::1', 'x', '', undefined])
    expect([outside, networks.has(outside)]).toEqual([outside, false])
  expect(new Networks([]).has('127.0.0.1')).toBe(false)
})

test.each(['10.0.0.0/33', '10.0.0/8', '10.0.0.0/-1', '10.0.0.0/8/8', '10.0.0.0/', '::/129', 'proxy.example', '*'])(
  '%s is no range, and refused at start',
  (cidr) => {
    expect(readRange(cidr)).toBeUndefined()
    expect(() => readSettings({ GELANG_TRUSTED_PROXIES: `127.0.0.1, ${cidr}` })).toThrow('GELANG_TRUSTED_PROXIES')
  },
)
