import { expect, test } from 'vitest'
import { braceletOf } from '../../simulators/bracelet.ts'
import { makeFleet } from '../../simulators/fleet.ts'
import { inOutage, parseOutage } from '../../simulators/outage.ts'

const T = Date.parse('2026-11-23T10:00:00+07:00')
const fleet = makeFleet({ seed: 7, wearers: 60, intervalMs: 60_000, playersPerScript: 1 })

test('every bracelet of the unit is without network while it lasts, nobody else for its sake, and the truth goes on', () => {
  const { unitPath } = fleet.wearers[0]!
  const outage = parseOutage(`${unitPath},60,600`, T)
  expect(outage).toEqual({ unitPath, fromMs: T + 60_000, toMs: T + 660_000 })
  let ours = 0
  for (const wearer of fleet.wearers) {
    const calm = braceletOf(7, wearer, undefined)
    const struck = inOutage(calm, outage)
    const isOurs = wearer.unitPath === unitPath
    if (isOurs) ours++
    for (const second of [0, 59, 60, 300, 659, 660, 900]) {
      const timeMs = T + second * 1000
      expect(struck.offlineAt(timeMs)).toBe((isOurs && second >= 60 && second < 660) || calm.offlineAt(timeMs))
      expect(struck.reportAt(timeMs)).toEqual(calm.reportAt(timeMs))
    }
  }
  expect(ours).toBeGreaterThan(1)
})

test('a unit above takes those below it along; not a name that only begins the same', () => {
  const bracelet = braceletOf(7, { ...fleet.wearers[0]!, unitPath: 'dj.jabar.bandung' }, undefined)
  const at = { fromMs: T, toMs: T + 1000 }
  expect(inOutage(bracelet, { unitPath: 'dj.jabar', ...at }).offlineAt(T)).toBe(true)
  expect(inOutage(bracelet, { unitPath: 'dj.ja', ...at })).toBe(bracelet)
})

test.each(['', 'dj', 'dj,1', 'dj,x,1', 'dj,1,2,3', "dj';,1,2"])('"%s" is no outage', (text) => {
  expect(() => parseOutage(text, T)).toThrow(RangeError)
})
