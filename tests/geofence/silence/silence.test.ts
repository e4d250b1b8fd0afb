import { describe, expect, test } from 'vitest'
import { compileDocument } from '../../../geofence/inquiry/backtest.ts'
import { judgeSilence, type Silence, type SilenceAround, silenceDueMs } from '../../../geofence/silence/silence.ts'
import { document, MINUTE, WEARER } from '../make-reports.ts'

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
    expect(silenceDueMs(plan, at(10))).toBe(at(26))
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

  describe('never reported', () => {
    const look = (minute: number, around: SilenceAround, open?: Silence) =>
      judgeSilence(WEARER, plan, {}, open, at(minute), around)
    const worn = [{ fromMs: at(100), toMs: at(400) }, { fromMs: at(500) }]

    test('missed at interval and grace after the bracelet was put on, with one id whoever looks; not before, and not where none is', () => {
      for (const minute of [0, 99, 115, 401])
        expect(look(minute, { worn })).toEqual({ silence: undefined, changes: [] })
      const opened = look(116, { worn })
      expect(opened.changes).toMatchObject([
        { type: 'no_communication', startMs: at(100), confirmedMs: at(116), revision: 1 },
      ])
      expect(look(399, { worn })).toEqual(opened)
      expect(look(399, { worn: [] }).changes).toEqual([])
      expect(look(399, {}).changes).toEqual([])
    })

    test('ended by the first report, by the bracelet being taken off, or by the end of supervision', () => {
      const { silence } = look(116, { worn })
      const heard = judgeSilence(WEARER, plan, { lastReceivedMs: at(130) }, silence, at(130), { worn })
      expect(heard).toMatchObject({ silence: undefined, changes: [{ endMs: at(130), revision: 2 }] })
      expect(look(420, { worn }, silence).changes).toMatchObject([{ endMs: at(400) }])
      expect(look(420, { worn: [] }, silence).changes).toMatchObject([{ endMs: at(116) }])
      const last = look(600, { worn })
      expect(look(1001, { worn }, last.silence).changes).toMatchObject([{ startMs: at(500), endMs: at(1000) }])
    })

    test('supervision begins after the bracelet is put on: from then', () => {
      const later = document({ supervisions: [{ fromMs: at(200), toMs: at(1000) }], reportIntervalMs: MINUTE })
      const latePlan = compileDocument(later.plan, later.zones)
      expect(judgeSilence(WEARER, latePlan, {}, undefined, at(300), { worn }).changes).toMatchObject([
        { startMs: at(200), confirmedMs: at(216) },
      ])
    })

    test('heard of under the bracelet before only: as never, and no battery is inferred from that', () => {
      const contact = { lastReceivedMs: at(399), batteryPercent: 3 }
      expect(judgeSilence(WEARER, plan, contact, undefined, at(450), { worn }).changes).toEqual([])
      expect(judgeSilence(WEARER, plan, contact, undefined, at(516), { worn }).changes).toMatchObject([
        { type: 'no_communication', startMs: at(500), confirmedMs: at(516) },
      ])
    })

    test('entered after it began: nobody is missed for the time before', () => {
      expect(look(300, { worn, learnedMs: at(290) }).changes).toEqual([])
      expect(look(306, { worn, learnedMs: at(290) }).changes).toMatchObject([
        { startMs: at(100), confirmedMs: at(306) },
      ])
    })
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

  test('nobody is blamed for a time in which we did not listen', () => {
    const contact = { lastReceivedMs: at(10) }
    const around = { listeningSinceMs: at(60) }
    expect(judgeSilence(WEARER, plan, contact, undefined, at(76) - 1, around).changes).toEqual([])
    expect(judgeSilence(WEARER, plan, contact, undefined, at(76), around).changes).toMatchObject([
      { startMs: at(10), confirmedMs: at(76) },
    ])
  })

  test('part of a fleet silence: held back, or withdrawn with the reason; whoever is still silent after it stands, same id', () => {
    const contact = { lastReceivedMs: at(10), batteryPercent: 4 }
    expect(judgeSilence(WEARER, plan, contact, undefined, at(40), { covered: true })).toEqual({
      silence: undefined,
      changes: [],
    })
    const raised = judgeSilence(WEARER, plan, contact, undefined, at(26))
    const held = judgeSilence(WEARER, plan, contact, raised.silence, at(27), { covered: true })
    expect(held.changes).toMatchObject([
      { type: 'no_communication', withdrawn: { reason: 'fleet_silence' }, revision: 2 },
      { type: 'battery_dead', withdrawn: { reason: 'fleet_silence' }, revision: 2 },
    ])
    expect(judgeSilence(WEARER, plan, contact, held.silence, at(28), { covered: true }).changes).toEqual([])
    const freed = judgeSilence(WEARER, plan, contact, held.silence, at(90), { freedMs: at(80) })
    expect(freed.changes.map(({ id }) => id)).toEqual(raised.changes.map(({ id }) => id))
    expect(freed.changes).toMatchObject([{ startMs: at(10), confirmedMs: at(80), revision: 3 }, { revision: 3 }])
    expect(freed.changes[0]!.withdrawn).toBeUndefined()
    expect(judgeSilence(WEARER, plan, { lastReceivedMs: at(50) }, held.silence, at(50))).toEqual({
      silence: undefined,
      changes: [],
    })
  })

  test('held back and never raised: after the outage it is confirmed when that was over', () => {
    const freed = judgeSilence(WEARER, plan, { lastReceivedMs: at(10) }, undefined, at(90), { freedMs: at(80) })
    expect(freed.changes).toMatchObject([{ startMs: at(10), confirmedMs: at(80), revision: 1 }])
  })

  test('the end of supervision ends it, and after it nobody is missed', () => {
    const opened = judgeSilence(WEARER, plan, { lastReceivedMs: at(900) }, undefined, at(950))
    expect(judgeSilence(WEARER, plan, { lastReceivedMs: at(900) }, opened.silence, at(1100)).changes).toMatchObject([
      { endMs: at(1000) },
    ])
    expect(judgeSilence(WEARER, plan, { lastReceivedMs: at(999) }, undefined, at(1100)).changes).toEqual([])
  })
})
