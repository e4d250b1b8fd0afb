// The address line is the only place that knows where the officer is.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Address, addressAt, pathOf, WEARER_TABS } from '../../model/console/addresses.ts'
import { QUERY, Router } from '../../web-map/address/router.ts'
import { fakeHistory } from './fake-history.ts'

const id = fc.stringMatching(/^[A-Za-z0-9-]{1,64}$/)
const address: fc.Arbitrary<Address> = fc.oneof(
  fc
    .constantFrom<Address['page']>('home', 'control-room', 'wearers', 'reports', 'account')
    .map((page) => ({ page }) as Address),
  fc.record({ page: fc.constant('incident' as const), id, why: fc.boolean() }),
  fc.record({ page: fc.constant('wearer' as const), id, tab: fc.constantFrom(...WEARER_TABS) }),
  fc.record({ page: fc.constant('trial' as const), id, conditionId: id }),
)

test('every page has a path that leads to it, with or without a slash at its end', () => {
  fc.assert(
    fc.property(address, (one) => {
      expect(addressAt(pathOf(one))).toEqual(one)
      expect(addressAt(`${pathOf(one)}/`.replace('//', '/'))).toEqual(one)
    }),
  )
})

test('no other path leads anywhere, and no path is a failure', () => {
  for (const path of [
    '/entah',
    '/insiden',
    '/klien/a/b',
    '/klien/a/coba',
    '/insiden/a/mengapa/b',
    '/insiden/..%2f',
    '/saya/x',
    '//',
    '/klien//',
  ])
    expect([path, addressAt(path)]).toEqual([path, path === '//' || path === '/klien//' ? addressAt(path) : undefined])
  fc.assert(
    fc.property(fc.string(), (path) => {
      const found = addressAt(path)
      if (found) expect(addressAt(pathOf(found))).toEqual(found)
    }),
  )
})

test('filters go along between pages with the map, the map’s view does not; other pages begin without', () => {
  const router = new Router(fakeHistory('/ruang-kendali?pk=Siti&peta=5/1/2'))
  expect(router.arrivedWithView).toBe(true)
  router.go({ page: 'incident', id: 'a', why: false })
  expect([router.hrefOf({ page: 'control-room' }), router.arrivedWithView]).toEqual(['/ruang-kendali?pk=Siti', false])
  expect(router.hrefOf({ page: 'reports' })).toBe('/laporan')
  router.go({ page: 'reports' })
  expect(router.query.value.size).toBe(0)
})

test('a filter is no step on the way back, a page is', () => {
  const history = fakeHistory('/ruang-kendali')
  const router = new Router(history)
  router.setQuery({ [QUERY.unit]: 'dj.dki', [QUERY.type]: 'sos' })
  router.setQuery({ [QUERY.type]: undefined })
  expect(history.href()).toBe('/ruang-kendali?unit=dj.dki')
  router.go({ page: 'wearer', id: 'w', tab: 'rekap' })
  router.go({ page: 'wearer', id: 'w', tab: 'rekap' })
  expect(history.href()).toBe('/klien/w/rekap?unit=dj.dki')
  history.back()
  expect([router.address.value, router.query.value.get(QUERY.unit)]).toEqual([{ page: 'control-room' }, 'dj.dki'])
})
