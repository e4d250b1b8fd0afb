import { describe, expect, test } from 'vitest'
import { compileDocument } from '../../geofence/backtest.ts'
import { FLEET, type FleetMember, type FleetSilence, judgeFleetSilence } from '../../geofence/fleet-silence.ts'
import { judgeSilence, silenceDueMs } from '../../geofence/silence.ts'
import { document, HOUR, MINUTE, WEARER } from './make-reports.ts'

const T = Date.UTC(2026, 2, 3)
const at = (minute: number) => T + minute * MINUTE
const rules = document({
  supervisions: [{ fromMs: 0, toMs: at(1000) }],
  reportIntervalMs: MINUTE,
  silenceGraceMs: 15 * MINUTE,
})
const plan = compileDocument(rules.plan, rules.zones)

describe('no communication', () => {
  test('after interval and grace, from the last contact; ended by the next', () => {
    const contact = { lastReceivedMs: at(10) }
    expect(silenceDueMs(plan, contact)).toBe(at(26))
    expect(judgeSilence(WEARER, plan, contact, undefined, at(26) - 1).changes).toEqual([])
    const opened = judgeSilence(WEARER, plan, contact, undefined, at(26))
    expect(opened.changes).toMatchObject([
      { type: 'no_communication', startMs: at(10), confirmedMs: at(26), revision: 1 },
    ])
    expect(judgeSilence(WEARER, plan, contact, opened.silence, at(60)).changes).toEqual([])
    const closed = judgeSilence(WEARER, plan, { lastReceivedMs: at(70) }, opened.silence, at(70))
    expect(closed).toMatchObject({
      silence: undefined,
      changes: [{ id: opened.changes[0]!.id, endMs: at(70), revision: 2 }],
    })
  })

  test('looked at late, or by another process, it is the same incident', () => {
    const contact = { lastReceivedMs: at(10) }
    const early = judgeSilence(WEARER, plan, contact, undefined, at(26)).changes
    expect(judgeSilence(WEARER, plan, contact, undefined, at(500)).changes).toEqual(early)
  })

  test('the battery is taken for dead when it was nearly empty and not charging', () => {
    const types = (batteryPercent: number | undefined, charging?: boolean) =>
      judgeSilence(WEARER, plan, { lastReceivedMs: at(0), batteryPercent, charging }, undefined, at(30)).changes.map(
        ({ type }) => type,
      )
    expect(types(4)).toEqual(['no_communication', 'battery_dead'])
    expect(types(4, true)).toEqual(['no_communication'])
    expect(types(40)).toEqual(['no_communication'])
    expect(types(undefined)).toEqual(['no_communication'])
  })

  test('the end of supervision ends it, and after it nobody is missed', () => {
    const opened = judgeSilence(WEARER, plan, { lastReceivedMs: at(900) }, undefined, at(950))
    expect(judgeSilence(WEARER, plan, { lastReceivedMs: at(900) }, opened.silence, at(1100)).changes).toMatchObject([
      { endMs: at(1000) },
    ])
    expect(judgeSilence(WEARER, plan, { lastReceivedMs: at(999) }, undefined, at(1100)).changes).toEqual([])
  })
})

describe('fleet silence', () => {
  const dueAfterMs = 16 * MINUTE
  const member = (wearerId: number, lastMinute: number, unitPath = 'jkt'): FleetMember => ({
    wearerId,
    unitPath,
    lastReceivedMs: at(lastMinute),
    dueMs: at(lastMinute) + dueAfterMs,
  })
  const fleet = (count: number, lastMinute: number) => Array.from({ length: count }, (_, i) => member(i, lastMinute))

  test('many at once: one incident for the unit, before the single ones, which are held back', () => {
    const { open, changes, covered } = judgeFleetSilence(fleet(40, 10), [], at(19))
    expect(changes).toMatchObject([
      { unitPath: 'jkt', incident: { type: 'fleet_silence', startMs: at(10), confirmedMs: at(19) } },
    ])
    expect(changes[0]!.incident.evidence.length).toBeLessThanOrEqual(16)
    expect(covered.size).toBe(40)
    expect(judgeFleetSilence(fleet(40, 10), open, at(30)).changes).toEqual([])
  })

  test('it ends when nearly all are heard again, once, and does not flap in between', () => {
    let open: FleetSilence[] = judgeFleetSilence(fleet(100, 10), [], at(20)).open
    const changes: (number | undefined)[] = []
    for (let minute = 21; minute < 80; minute++) {
      const back = (minute - 20) * 2
      const members = fleet(100, 10).map((m, i) => (i < back ? member(i, minute) : m))
      const look = judgeFleetSilence(members, open, at(minute))
      open = look.open
      changes.push(...look.changes.map(({ incident }) => incident.endMs))
    }
    expect(changes).toHaveLength(1)
    expect(changes[0]).toBeGreaterThan(at(60))
  })

  test('few, or far apart in time, or a small share: judged one by one', () => {
    expect(judgeFleetSilence(fleet(FLEET.silentMin - 1, 10), [], at(60)).changes).toEqual([])
    const scattered = Array.from({ length: 40 }, (_, i) => member(i, -i * 60))
    expect(judgeFleetSilence(scattered, [], at(60)).changes).toEqual([])
    const share = [...fleet(6, 10), ...Array.from({ length: 60 }, (_, i) => member(100 + i, 59))]
    expect(judgeFleetSilence(share, [], at(60)).changes).toEqual([])
  })

  test('units apart; the same whatever order the wearers come in', () => {
    const both = [...fleet(10, 10), ...Array.from({ length: 10 }, (_, i) => member(200 + i, 11, 'mks'))]
    const forward = judgeFleetSilence(both, [], at(30))
    expect(forward.changes.map(({ unitPath }) => unitPath)).toEqual(['jkt', 'mks'])
    expect(judgeFleetSilence([...both].reverse(), [], at(30)).changes).toEqual(forward.changes)
    expect(HOUR).toBeGreaterThan(dueAfterMs)
  })
})
