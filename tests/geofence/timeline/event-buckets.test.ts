// The chain of chunks against a sorted list, and the fleet's short way against a timeline's own.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { freshRow } from '../../../geofence/fold/state/wearer-row.ts'
import { NumberTable } from '../../../geofence/memory/number-table.ts'
import { EventBuckets } from '../../../geofence/timeline/event-buckets.ts'
import { BUCKET_MS } from '../../../geofence/timeline/report-chain.ts'
import { ReportChunks } from '../../../geofence/timeline/report-chunks.ts'
import { LogReport } from '../../../model/report/report.ts'
import { compareReports } from '../compare-reports.ts'

type Row = { timeMs: number; contentHi: number; contentLo: number }

function reportOf({ timeMs, contentHi, contentLo }: Row): LogReport {
  const report = new LogReport()
  report.timeMs = timeMs
  report.contentHi = contentHi
  report.contentLo = contentLo
  report.latE7 = contentLo & 0xffff
  return report
}

const hourOf = ({ timeMs }: Row): number => Math.floor(timeMs / BUCKET_MS) * BUCKET_MS

function rowsOf(events: EventBuckets, fromMs: number): Row[] {
  const rows: Row[] = []
  const place = events.after(fromMs)
  const report = new LogReport()
  while (events.next(place, report)) {
    expect(report.latE7).toBe(report.contentLo & 0xffff)
    rows.push({ timeMs: report.timeMs, contentHi: report.contentHi, contentLo: report.contentLo })
  }
  return rows
}

// Few times and keys, so that ties and repeats are frequent; four hours, one of them long before the others.
const row = fc.record({
  timeMs: fc.oneof(
    fc.integer({ min: 0, max: 120 }).map((n) => n * 20_000 + 7 * BUCKET_MS),
    fc.integer({ min: 0, max: 500 }).map((n) => n * 20_000 + 8 * BUCKET_MS),
    fc.integer({ min: 0, max: 30 }).map((n) => n * 1000),
  ),
  contentHi: fc.constantFrom(0, 1, 0xffffffff),
  contentLo: fc.constantFrom(0, 5, 0xffffffff),
})
const act = fc.oneof(
  { arbitrary: row.map((r) => ({ add: r })), weight: 60 },
  { arbitrary: fc.integer({ min: 1, max: 40 }).map((run) => ({ run })), weight: 8 },
  { arbitrary: fc.constant('save' as const), weight: 4 },
  { arbitrary: fc.constant('drop' as const), weight: 1 },
  { arbitrary: fc.constant('cut' as const), weight: 1 },
  { arbitrary: fc.constant('reload' as const), weight: 1 },
)

test('keeps what a sorted list keeps, and saves exactly the hours that changed', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 150 }), (acts) => {
      const chunks = new ReportChunks()
      let events = new EventBuckets(chunks, freshRow(), 0)
      let model: Row[] = []
      let saved = new Map<number, Uint8Array>()
      let changed = new Set<number>()
      const kept = new LogReport()
      const add = (each: Row) => {
        const known = model.some((m) => compareReports(m, each) === 0)
        const last = model[model.length - 1]
        const later = last === undefined || compareReports(each, last) > 0
        expect(events.add(reportOf(each), kept)).toBe(known ? 'known' : later ? 'last' : 'between')
        if (known) return
        expect(compareReports(kept, each)).toBe(0)
        model = [...model, each].sort(compareReports)
        changed.add(hourOf(each))
      }
      const save = () => {
        const dirty = events.takeDirty()
        expect(new Set(dirty.map(([hourMs]) => hourMs))).toEqual(changed)
        for (const [hourMs, bytes] of dirty) saved.set(hourMs, bytes)
        changed = new Set()
      }
      for (const each of acts) {
        if (each === 'save') save()
        else if (each === 'drop') {
          if (model.length === 0) continue
          const hourMs = hourOf(model[0]!)
          expect(events.dropBefore(hourMs + BUCKET_MS)).toEqual([hourMs])
          model = model.filter(({ timeMs }) => timeMs >= hourMs + BUCKET_MS)
          saved.delete(hourMs)
          changed.delete(hourMs)
        } else if (each === 'cut') {
          const rows = model.length >> 1
          const cutMs = events.timeBehind(rows)
          const dropped = model.filter(({ timeMs }) => timeMs < cutMs)
          expect(dropped.length).toBeGreaterThanOrEqual(rows)
          model = model.slice(dropped.length)
          const left = new Set(model.map(hourOf))
          const gone = [...new Set(dropped.map(hourOf))].filter((hourMs) => !left.has(hourMs))
          expect(events.dropBefore(cutMs)).toEqual(gone)
          for (const hourMs of gone) {
            saved.delete(hourMs)
            changed.delete(hourMs)
          }
          for (const hourMs of new Set(dropped.map(hourOf))) if (left.has(hourMs)) changed.add(hourMs)
        } else if (each === 'reload') {
          save()
          events.release()
          events = new EventBuckets(chunks, freshRow(), 0)
          for (const [hourMs, bytes] of [...saved].reverse()) events.restore(hourMs, bytes)
        } else if ('add' in each) add(each.add)
        else {
          const fromMs = model[model.length - 1]?.timeMs ?? 0
          for (let k = 1; k <= each.run; k++) add({ timeMs: fromMs + k * 60_000, contentHi: 3, contentLo: k })
        }
        expect(events.count).toBe(model.length)
      }
      expect(rowsOf(events, -Infinity)).toEqual(model)
      expect(events.newestMs).toBe(model[model.length - 1]?.timeMs ?? -Infinity)
      const middleMs = model[model.length >> 1]?.timeMs ?? 0
      expect(rowsOf(events, middleMs)).toEqual(model.filter(({ timeMs }) => timeMs > middleMs))
      saved = new Map()
    }),
    { numRuns: 300 },
  )
})

test('chunks given back are taken again: memory does not grow with what was dropped', () => {
  const chunks = new ReportChunks()
  const events = new EventBuckets(chunks, freshRow(), 0)
  const report = new LogReport()
  for (let k = 0; k < 20_000; k++) {
    report.timeMs = k * 60_000
    events.add(report, new LogReport())
    if (events.count > 200) events.dropBefore(events.oldestMs! + BUCKET_MS)
  }
  expect(events.count).toBeLessThanOrEqual(200)
  // 200 reports fill at most 17 chunks of sixteen, with one part filled an hour; the pages hold 4 + 8 + 16 of less than 1,024 bytes.
  expect(chunks.bytes).toBeLessThan(28 * 1024)
})

test('a table of numbers holds what a Map holds, through deletions and ids far apart', () => {
  const key = fc.oneof(
    fc.integer({ min: 0, max: 40 }),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    fc.constantFrom(64, 128, 2 ** 31, 2 ** 32 - 1),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), key), { maxLength: 300 }), (acts) => {
      const table = new NumberTable()
      const model = new Map<number, number>()
      for (const [i, [keep, k]] of acts.entries()) {
        if (keep) {
          table.set(k, i)
          model.set(k, i)
        } else expect(table.delete(k)).toBe(model.delete(k))
        expect(table.size).toBe(model.size)
      }
      for (const [, k] of acts) expect(table.get(k)).toBe(model.get(k) ?? -1)
      expect(new Set(table.keys())).toEqual(new Set(model.keys()))
    }),
    { numRuns: 300 },
  )
  for (const wrong of [0.5, -1, 2 ** 32, Number.NaN]) expect(() => new NumberTable().set(wrong, 1)).toThrow(RangeError)
  for (const wrong of [0.5, -1, 2 ** 31]) expect(() => new NumberTable().set(1, wrong)).toThrow(RangeError)
})

test.each([1, 2, 7, 64, 1000, 16_384])('numbers %i apart lie nearly where they are looked for', (stride) => {
  const table = new NumberTable()
  for (let k = 0; k < 150_000; k++) table.set(1 + k * stride, k)
  let probes = 0
  for (let k = 0; k < 150_000; k++) probes += table.probesOf(1 + k * stride)
  expect(probes / 150_000).toBeLessThan(3)
})
