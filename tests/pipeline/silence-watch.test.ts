import { expect, test } from 'vitest'
import { compileDocument } from '../../geofence/backtest.ts'
import { LogReport } from '../../model/report.ts'
import { SilenceWatch } from '../../pipeline/silence-watch.ts'
import { document, MINUTE } from '../geofence/make-reports.ts'

const T = Date.UTC(2026, 2, 3)
const rules = document({ reportIntervalMs: MINUTE, silenceGraceMs: 15 * MINUTE })
const plan = compileDocument(rules.plan, rules.zones)
const unitOf = (wearerId: number) => (wearerId % 2 === 0 ? 'dj.a' : 'dj.b')
const NEWS = { listening: { sinceMs: 0, toMs: Number.MAX_SAFE_INTEGER }, outages: new Map() }

function said(wearerId: number, receivedMs: number): LogReport {
  const report = new LogReport()
  return Object.assign(report, { wearerId, timeMs: receivedMs, receivedMs, batteryPercent: 80 })
}

test('traccar-web 136: nobody is looked at who is not due: an hour of looks each second costs a few looks a wearer', () => {
  const watch = new SilenceWatch()
  const count = 500
  let looks = 0
  const of = (wearerId: number) => {
    looks++
    return { plan, unitPath: unitOf(wearerId) }
  }
  for (let second = 0; second < 3600; second++) {
    const nowMs = T + second * 1000
    if (second % 60 === 0) for (let id = 1; id <= count; id++) watch.hear(said(id, nowMs), plan, unitOf)
    watch.caughtUp(nowMs)
    watch.look(NEWS, of)
  }
  expect(watch.counts()!.units).toEqual({ 'dj.a': { heard: 250, quiet: [] }, 'dj.b': { heard: 250, quiet: [] } })
  // Once each eight minutes or so.
  expect(looks).toBeLessThanOrEqual(count * 8)
})

test('counts are kept as wearers fall silent, come back, move to another unit and go', () => {
  const watch = new SilenceWatch()
  let units: (wearerId: number) => string = unitOf
  const look = (minute: number) => {
    watch.caughtUp(T + minute * MINUTE)
    watch.look(NEWS, (wearerId) => ({ plan, unitPath: units(wearerId) }))
    return watch.counts()!.units
  }
  for (let id = 1; id <= 6; id++) watch.hear(said(id, T + 30_000), plan, units)
  expect(look(8)).toEqual({ 'dj.a': { heard: 3, quiet: [] }, 'dj.b': { heard: 3, quiet: [] } })
  expect(look(9)).toEqual({ 'dj.a': { heard: 0, quiet: [[T, 3]] }, 'dj.b': { heard: 0, quiet: [[T, 3]] } })
  watch.hear(said(2, T + 9 * MINUTE), plan, units)
  expect(look(10)['dj.a']).toEqual({ heard: 1, quiet: [[T, 2]] })
  units = () => 'dj.b'
  expect(look(18)).toEqual({
    'dj.b': {
      heard: 0,
      quiet: [
        [T, 5],
        [T + 9 * MINUTE, 1],
      ],
    },
  })
  watch.delete(2)
  watch.hear(said(1, T + 19 * MINUTE), plan, units)
  expect(look(20)['dj.b']).toEqual({ heard: 1, quiet: [[T, 4]] })
  expect(look(24 * 60 + 10)['dj.b']).toEqual({ heard: 0, quiet: [[T + 19 * MINUTE, 1]] })
})

test('one whose supervision is over is no silent bracelet of the unit', () => {
  const short = document({ supervisions: [{ fromMs: 0, toMs: T + 5 * MINUTE }], reportIntervalMs: MINUTE })
  const over = compileDocument(short.plan, short.zones)
  const watch = new SilenceWatch()
  watch.hear(said(1, T), over, unitOf)
  watch.caughtUp(T + 30 * MINUTE)
  expect(watch.look(NEWS, () => ({ plan: over, unitPath: 'dj.b' }))).toEqual([])
  expect(watch.counts()!.units).toEqual({})
})

test('one who keeps silent into the next supervision is missed from its beginning, after a restart as without one', () => {
  const again = document({
    supervisions: [
      { fromMs: 0, toMs: T + 30 * MINUTE },
      { fromMs: T + 100 * MINUTE, toMs: T + 900 * MINUTE },
    ],
    reportIntervalMs: MINUTE,
    silenceGraceMs: 15 * MINUTE,
  })
  const twice = compileDocument(again.plan, again.zones)
  for (const restartedAt of [undefined, 25, 60, 105]) {
    let watch = new SilenceWatch()
    watch.hear(said(1, T + 20 * MINUTE), twice, unitOf)
    const told: unknown[] = []
    for (let minute = 20; minute < 140; minute++) {
      watch.caughtUp(T + minute * MINUTE)
      for (const [, changes] of watch.look(NEWS, () => ({ plan: twice, unitPath: 'dj.b' })))
        for (const { type, startMs, confirmedMs } of changes)
          told.push([type, (startMs - T) / MINUTE, (confirmedMs - T) / MINUTE])
      if (minute !== restartedAt) continue
      const saved = watch.encode(1)!
      watch = new SilenceWatch()
      watch.restore(1, saved)
    }
    expect(told).toEqual([['no_communication', 100, 116]])
  }
})
