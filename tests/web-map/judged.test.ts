// What is drawn of an explanation, a ledger and a trial, without a browser.
import { describe, expect, test } from 'vitest'
import { badgesOf, nearestFix, scaleOf, thinned } from '../../web-map/explanation/chart-scale.ts'
import { decidingFixes, edgesOf, judgedFixes, turnOf } from '../../web-map/explanation/judged-fixes.ts'
import { hoursWords } from '../../web-map/i18n/measure-words.ts'
import { daysWords, mondayBefore, utcOffsetMs } from '../../web-map/i18n/time-words.ts'
import { draftOf, proposedShape, requestOf, withOneMore, withWindow } from '../../web-map/trial/trial-draft.ts'
import { placeOf } from '../../web-map/trial/trial-places.ts'
import { ledgerGroups } from '../../web-map/wearer/ledger-groups.ts'
import { detailOf, makeSample } from './sample-data.ts'
import { judgeSample } from './sample-judgement.ts'

const NOW_MS = Date.UTC(2026, 10, 26, 3, 0)
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const sample = makeSample(100, NOW_MS)
const { explanation, ledger } = judgeSample(sample)
const fixes = judgedFixes(explanation)
const FRAME = { left: 50, right: 450, top: 40, bottom: 240 }

describe('an explanation', () => {
  test('an evening away from home has a beginning, a confirmation, a depth and an end, each with its fix', () => {
    const edges = edgesOf(explanation, fixes)
    expect(edges.map(({ edge }) => edge)).toEqual(['start', 'confirm', 'deepest', 'end'])
    for (const { edge, fix, timeMs } of edges) {
      expect(fixes[fix!]!.timeMs).toBe(timeMs)
      expect(fixes[fix!]!.roles).toContain(edge)
    }
    const decided = decidingFixes(fixes)
    for (const { fix } of edges) expect(decided).toContain(fix)
    expect(decided.length).toBeLessThan(10)
  })

  test('the right side is above, also where inside is the wrong one', () => {
    expect(turnOf(explanation)).toBe(1)
    for (const { evidence, marginM } of fixes)
      if (evidence !== 'unsure') expect([evidence, marginM > 0]).toEqual([evidence, evidence === 'comply'])
    const mirrored = {
      ...explanation,
      weighings: explanation.weighings.map((weighing) => ({ ...weighing, distanceM: -weighing.distanceM })),
    }
    expect(turnOf(mirrored)).toBe(-1)
    expect(judgedFixes(mirrored).map(({ marginM }) => marginM)).toEqual(fixes.map(({ marginM }) => marginM))
    const silent = { ...explanation, weighings: [] }
    expect(turnOf(silent)).toBe(1)
    expect(turnOf({ ...silent, incident: { ...silent.incident, type: 'inside_avoided_zone' } })).toBe(-1)
  })

  test('an edge by the clock has no fix', () => {
    const incident = { ...explanation.incident, startMs: explanation.incident.startMs - 30_500 }
    const [start] = edgesOf({ ...explanation, incident }, fixes)
    expect(start).toEqual({ edge: 'start', timeMs: incident.startMs, fix: undefined })
  })
})

describe('the chart', () => {
  const scale = scaleOf(fixes, [], FRAME, 7 * HOUR_MS)

  test('every fix and its guard lie within the frame, the boundary between the sides', () => {
    for (const { timeMs, marginM, complyGuardM, breachGuardM } of fixes) {
      expect(scale.x(timeMs)).toBeGreaterThanOrEqual(FRAME.left)
      expect(scale.x(timeMs)).toBeLessThanOrEqual(FRAME.right)
      for (const metres of [marginM, complyGuardM, -breachGuardM]) {
        expect(scale.y(metres)).toBeGreaterThanOrEqual(FRAME.top)
        expect(scale.y(metres)).toBeLessThanOrEqual(FRAME.bottom)
      }
    }
    expect(scale.y(20)).toBeLessThan(scale.y(0))
    expect(scale.y(0)).toBeLessThan(scale.y(-20))
  })

  test('marks of metres and of time do not run into each other; time falls on local hours', () => {
    const ys = scale.ticks.map(({ y }) => y).sort((a, b) => a - b)
    for (let i = 1; i < ys.length; i++) expect(ys[i]! - ys[i - 1]!).toBeGreaterThanOrEqual(20)
    expect(scale.ticks[0]).toMatchObject({ marginM: 0 })
    expect(scale.times.length).toBeGreaterThan(2)
    for (const [i, { timeMs, x }] of scale.times.entries()) {
      expect((timeMs + 7 * HOUR_MS) % (5 * MINUTE_MS)).toBe(0)
      if (i > 0) expect(x - scale.times[i - 1]!.x).toBeGreaterThanOrEqual(64)
    }
  })

  test('numbers of edges that fall together stand one above the other, none above the chart', () => {
    const apart = badgesOf(fixes, edgesOf(explanation, fixes), FRAME)
    expect(apart.badges.map(({ number }) => number)).toEqual([1, 2, 3, 4])
    const [start] = edgesOf(explanation, fixes)
    const together = badgesOf(fixes, [start!, start!, start!, start!], FRAME)
    expect(new Set(together.badges.map(({ yAboveTop }) => yAboveTop)).size).toBe(4)
    for (const { yAboveTop } of together.badges) expect(yAboveTop + 8).toBeLessThanOrEqual(together.heightPx)
  })

  test('one fix alone can be drawn', () => {
    const alone = scaleOf(fixes.slice(0, 1), [], FRAME, 0)
    expect(alone.x(fixes[0]!.timeMs)).toBe(FRAME.left)
    expect(Number.isFinite(alone.y(fixes[0]!.marginM))).toBe(true)
  })

  test('two months of fixes are thinned to what can be seen, and none that decided is lost', () => {
    const many = Array.from({ length: 90_000 }, (_, i) => ({
      ...fixes[i % fixes.length]!,
      timeMs: NOW_MS + i * MINUTE_MS,
      roles: i === 44_444 ? (['confirm'] as const) : [],
    }))
    const { x } = scaleOf(many, [], FRAME, 0)
    const drawn = thinned(many, x, 500)
    expect(drawn.length).toBeLessThanOrEqual(2 * (FRAME.right - FRAME.left + 1) + 1)
    expect(drawn).toContain(44_444)
    expect(Math.max(...drawn.map((i) => many[i]!.marginM))).toBe(Math.max(...fixes.map(({ marginM }) => marginM)))
    expect(thinned(fixes, scale.x, 500)).toHaveLength(fixes.length)
  })

  test('the pointer finds the nearest fix', () => {
    const drawn = fixes.map((_, i) => i)
    expect(nearestFix(fixes, drawn, scale.x, 0)).toBe(0)
    expect(nearestFix(fixes, drawn, scale.x, scale.x(fixes[37]!.timeMs) + 0.4)).toBe(37)
    expect(nearestFix(fixes, drawn, scale.x, 9999)).toBe(fixes.length - 1)
  })
})

describe('the ledger', () => {
  const { conditions } = detailOf(sample.wearers[0]!, NOW_MS)

  test('by condition in the order of the file, newest week first; what nobody knows is shown as such', () => {
    const fromMs = mondayBefore(NOW_MS, 'Asia/Jakarta') - 2 * 7 * 24 * HOUR_MS
    const groups = ledgerGroups(ledger(fromMs, NOW_MS), conditions)
    expect(groups.map(({ conditionId }) => conditionId)).toEqual(['c-1', 'c-2', 'c-3', 'c-4'])
    for (const { weeks, total } of groups) {
      expect(weeks).toHaveLength(3)
      expect(weeks[0]!.fromMs).toBeGreaterThan(weeks[1]!.fromMs)
      expect(weeks.reduce((sum, { violationMs }) => sum + violationMs, 0)).toBe(total.violationMs)
      expect(total.violationMs + total.servedMs + total.unknownMs).toBe(total.inForceMs)
      expect(total.unknownMs).toBeGreaterThanOrEqual(0)
    }
    expect(groups[0]!.total.violationMs).toBeGreaterThan(HOUR_MS)
    // Ten hours of silence are neither kept nor violated.
    expect(groups[3]!.total.unknownMs).toBeGreaterThan(9 * HOUR_MS)
  })

  test('a condition that is no longer in the file keeps its minutes, last', () => {
    const groups = ledgerGroups(ledger(NOW_MS - 7 * 24 * HOUR_MS, NOW_MS), conditions.slice(1))
    expect(groups.map(({ conditionId, condition }) => [conditionId, condition?.id])).toEqual([
      ['c-2', 'c-2'],
      ['c-3', 'c-3'],
      ['c-4', 'c-4'],
      ['c-1', undefined],
    ])
  })

  test('hours and weeks in words', () => {
    expect([0, 10_000, 61 * MINUTE_MS, 168 * HOUR_MS].map(hoursWords)).toEqual(['–', '<0:01', '1:01', '168:00'])
    const monday = Date.UTC(2026, 10, 22, 17)
    expect(mondayBefore(NOW_MS, 'Asia/Jakarta')).toBe(monday)
    expect(mondayBefore(monday, 'Asia/Jakarta')).toBe(monday)
    expect(mondayBefore(monday - 1, 'Asia/Jakarta')).toBe(monday - 7 * 24 * HOUR_MS)
    expect(mondayBefore(NOW_MS, 'Asia/Jayapura')).toBe(monday - 2 * HOUR_MS)
    expect(utcOffsetMs(NOW_MS + 12_345, 'Asia/Makassar')).toBe(8 * HOUR_MS)
    expect(daysWords(monday, monday + 7 * 24 * HOUR_MS - 1, 'Asia/Jakarta')).toBe('23–29 Nov')
    expect(daysWords(monday + 7 * 24 * HOUR_MS, monday + 14 * 24 * HOUR_MS - 1, 'Asia/Jakarta')).toBe('30 Nov–6 Des')
    expect(daysWords(monday, monday + 1, 'Asia/Jakarta')).toBe('23 Nov')
  })
})

describe('a trial', () => {
  const condition = detailOf(sample.wearers[0]!, NOW_MS).conditions[0]!
  const zone = sample.zones.find(({ id }) => id === condition.zoneId)!

  test('what is not changed is asked for as it is; a changed size proposes a shape', () => {
    const draft = draftOf(condition, zone)
    expect(draft).toMatchObject({ sizeM: 220, windows: condition.windows, confirmMinutes: 0, days: 30 })
    expect(requestOf(draft, condition, zone, 'w', 'alasan')).toEqual({
      ...{ wearerId: 'w', days: 30, reason: 'alasan', zone: { id: 'z-rumah' } },
      condition: { kind: 'required', timeZone: 'Asia/Jakarta', windows: condition.windows },
    })
    const wider = { ...draft, sizeM: 350, confirmMinutes: 10, windows: [] }
    expect(requestOf(wider, condition, zone, 'w', 'alasan')).toMatchObject({
      zone: { shape: { type: 'Circle', center: [106.832, -6.1965], radiusM: 350 } },
      condition: { parameters: { confirmMinMs: 600_000 } },
    })
    expect(requestOf(wider, condition, zone, 'w', 'alasan').condition).not.toHaveProperty('windows')
    const polygon = sample.zones.find(({ id }) => id === 'z-korban')!
    expect(draftOf(condition, polygon).sizeM).toBeUndefined()
    expect(proposedShape(draftOf(condition, polygon), polygon)).toBe(polygon.shape)
  })

  test('hours are added, changed and removed without touching the condition', () => {
    const draft = draftOf(condition, zone)
    const two = withOneMore(draft)
    const changed = withWindow(two, 1, { ...two.windows[1]!, from: '19:00' })
    expect(changed.windows.map(({ from }) => from)).toEqual(['20:00', '19:00'])
    expect(withWindow(changed, 0, undefined).windows.map(({ from }) => from)).toEqual(['19:00'])
    expect(condition.windows).toHaveLength(1)
  })

  test('an incident is shown at its deepest, and not at all where no position is known', () => {
    const deepest = explanation.incident.evidence.find(({ role }) => role === 'deepest')!
    expect(placeOf(explanation.incident)).toMatchObject({ latDeg: deepest.latE7! / 1e7, lonDeg: deepest.lonE7! / 1e7 })
    expect(placeOf({ ...explanation.incident, evidence: [{ timeMs: 1, role: 'start' }] })).toBeUndefined()
  })
})
