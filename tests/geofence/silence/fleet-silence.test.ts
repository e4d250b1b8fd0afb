import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileDocument } from '../../../geofence/inquiry/backtest.ts'
import { coverOf, FLEET, judgeUnit, quietAfterMs, quietMinuteMs } from '../../../geofence/silence/fleet-silence.ts'
import { silenceDueMs } from '../../../geofence/silence/silence.ts'
import type { Outage, UnitCount } from '../../../model/incident/outage.ts'
import { document, HOUR, MINUTE } from '../make-reports.ts'

const T = Date.UTC(2026, 2, 3)
const at = (minute: number) => T + minute * MINUTE
const rules = document({ reportIntervalMs: MINUTE, silenceGraceMs: 15 * MINUTE })
const plan = compileDocument(rules.plan, rules.zones)
const QUIET_MIN = quietAfterMs(plan) / MINUTE

/** What a shard counts at a minute of bracelets last heard from at these minutes. */
function countOf(lastHeard: readonly number[], minute: number): UnitCount {
  const quiet = new Map<number, number>()
  let heard = 0
  for (const last of lastHeard)
    if (minute - last < QUIET_MIN) heard++
    else quiet.set(quietMinuteMs(at(last)), (quiet.get(quietMinuteMs(at(last))) ?? 0) + 1)
  return { heard, quiet: [...quiet].sort(([a], [b]) => a - b) }
}

const look = (lastHeard: readonly number[], minute: number, known?: Outage, whole = true) =>
  judgeUnit('dj.jabar.bandung', [countOf(lastHeard, minute)], known, at(minute), whole)

const many = (count: number, minute: number): number[] => Array.from({ length: count }, () => minute)

/** A look a minute; gives every revision that came out. */
function run(fromMinute: number, toMinute: number, lastHeardAt: (minute: number) => number[]) {
  let known: Outage | undefined
  const revisions: Outage['incident'][] = []
  for (let minute = fromMinute; minute <= toMinute; minute++) {
    const next = look(lastHeardAt(minute), minute, known)
    if (next !== undefined && next.incident !== known?.incident) revisions.push(next.incident)
    known = next
  }
  return { revisions, known }
}

describe('an outage begins', () => {
  test('with many silent at once: one incident of the unit, before anybody is missed alone', () => {
    expect(quietAfterMs(plan)).toBeLessThan(silenceDueMs(plan, 0))
    expect(quietAfterMs(plan)).toBeGreaterThan(plan.reportIntervalMs)
    expect(look(many(40, 10), 18)).toBeUndefined()
    expect(look(many(40, 10), 19)).toMatchObject({
      incident: {
        type: 'fleet_silence',
        severity: 'serius',
        unitPath: 'dj.jabar.bandung',
        startMs: at(10),
        confirmedMs: at(19),
        silentCount: 40,
        ofCount: 40,
        revision: 1,
      },
    })
  })

  test('not with few, not far apart in time, not with a small share', () => {
    expect(look(many(FLEET.silentMin - 1, 10), 60)).toBeUndefined()
    expect(
      look(
        Array.from({ length: 40 }, (_, i) => -i * 60),
        60,
      ),
    ).toBeUndefined()
    expect(look([...many(6, 10), ...many(60, 59)], 60)).toBeUndefined()
    expect(look([...many(26, 10), ...many(60, 59)], 60)).toBeDefined()
  })

  test('who had been silent long before is no part of the unit that fell silent now', () => {
    const begun = look([...Array.from({ length: 70 }, (_, i) => -300 - i * 11), ...many(6, 10), ...many(10, 40)], 40)
    expect(begun!.incident).toMatchObject({ startMs: at(10), silentCount: 6, ofCount: 16 })
    expect(coverOf(begun, at(-300)).covered).toBe(false)
  })

  test('wherever its wearers are evaluated: any split over shards, in any order, is one and the same', () => {
    const wearer = fc.integer({ min: 0, max: 60 })
    fc.assert(
      fc.property(fc.array(fc.tuple(wearer, fc.nat(15)), { maxLength: 60 }), fc.nat(15), (wearers, turn) => {
        const whole = judgeUnit(
          'u',
          [
            countOf(
              wearers.map(([last]) => last),
              60,
            ),
          ],
          undefined,
          at(60),
          true,
        )
        const shards = Array.from({ length: 16 }, (_, shard) =>
          countOf(
            wearers.filter(([, of]) => of === shard).map(([last]) => last),
            60,
          ),
        )
        const turned = [...shards.slice(turn), ...shards.slice(0, turn)].reverse()
        expect(judgeUnit('u', turned, undefined, at(60), true)).toEqual(whole)
      }),
    )
  })
})

describe('it ends', () => {
  test('when nearly all have been heard for long enough: once, at the first of those, without a word in between', () => {
    const heard = (minute: number) =>
      many(100, 10).map((last, i) => (minute > 20 && i < (minute - 20) * 2 ? minute : last))
    const { revisions } = run(19, 100, heard)
    expect(revisions).toHaveLength(2)
    expect(revisions[1]).toMatchObject({ id: revisions[0]!.id, revision: 2, endMs: at(66) })
  })

  test('not while some shard has not counted', () => {
    const begun = look(many(40, 10), 19)!
    let known: Outage | undefined = begun
    for (let minute = 20; minute < 80; minute++) known = look(many(40, minute), minute, known, false)
    expect(known!.incident).toBe(begun.incident)
  })

  test('network coming and going for hours never flaps: an outage begins ten minutes after the end of the last, or is the same', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 4, maxLength: 20 }), (spans) => {
        // Away, back, away … for so many minutes each.
        const last: number[] = []
        for (const [i, span] of spans.entries())
          for (let left = span; left > 0; left--) last.push(i % 2 === 0 ? (last.at(-1) ?? 0) : last.length)
        const { revisions } = run(0, last.length - 1, (minute) => many(50, last[minute]!))
        const begun = revisions.filter(({ revision }) => revision === 1)
        const over = revisions.filter(({ endMs }) => endMs !== undefined)
        expect(new Set(begun.map(({ id }) => id)).size).toBe(begun.length)
        expect(begun.length - over.length).toBeLessThanOrEqual(1)
        for (const [i, { endMs }] of over.entries())
          if (begun[i + 1]) expect(begun[i + 1]!.startMs).toBeGreaterThan(endMs! + 10 * MINUTE)
      }),
    )
  })

  test('who is left over from it makes no other; who was heard from since can', () => {
    const heard = (minute: number) => [...many(4, 10), ...many(40, minute < 30 ? 10 : Math.min(minute, 70))]
    const { revisions } = run(19, 90, heard)
    expect(revisions.map(({ startMs, endMs, revision }) => [startMs, endMs, revision])).toEqual([
      [at(10), undefined, 1],
      [at(10), at(30), 2],
      [at(70), undefined, 1],
    ])
    expect(run(19, 69, heard).revisions).toHaveLength(2)
  })

  test('after a day at the latest, even where nobody is heard again', () => {
    let known = look(many(40, 10), 19)
    const later = (minute: number) => judgeUnit('dj.jabar.bandung', [{ heard: 0, quiet: [] }], known, at(minute), true)
    known = later(24 * 60 + 10)
    known = later(24 * 60 + 30)
    expect(known!.incident.endMs).toBe(at(24 * 60 + 10))
    known = judgeUnit('dj.jabar.bandung', [], known, at(24 * 60 + 10) + 25 * HOUR, true)
    expect(known).toBeUndefined()
  })
})

describe('what it excuses', () => {
  test('whoever fell silent since it began, as long as it is massive; in its tail nobody new', () => {
    const begun = look(many(40, 10), 19)!
    expect(coverOf(begun, at(9)).covered).toBe(false)
    expect(coverOf(begun, at(10)).covered).toBe(true)
    expect(coverOf(begun, at(300)).covered).toBe(true)
    const tail = look([...many(6, 10), ...many(34, 60)], 60, begun)!
    expect(tail.incident).toBe(begun.incident)
    expect(coverOf(tail, at(10)).covered).toBe(true)
    expect(coverOf(tail, at(61)).covered).toBe(false)
    const again = look([...many(6, 10), ...many(14, 62), ...many(20, 75)], 75, tail)!
    expect(coverOf(again, at(62)).covered).toBe(true)
  })

  test('when it is over, those it covered are free from then on', () => {
    const { known } = run(19, 60, (minute) => many(40, minute < 30 ? 10 : minute))
    expect(known!.incident.endMs).toBe(at(30))
    expect(coverOf(known, at(10))).toEqual({ covered: false, freedMs: at(50) })
    expect(coverOf(known, at(50)).freedMs).toBe(Number.NEGATIVE_INFINITY)
  })

  test('it is published again when twice as many are silent, and not more often', () => {
    const { revisions } = run(19, 60, (minute) => [
      ...many(Math.min(100, 30 + (minute - 19) * 5), 10),
      ...many(Math.max(0, 70 - (minute - 19) * 5), minute),
    ])
    expect(revisions.map(({ silentCount }) => silentCount)).toEqual([30, 60])
  })
})
