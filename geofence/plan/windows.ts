// Weekly patterns of local time, compiled to UTC intervals. Intl is asked once per local day, never per fix.
import type { WeeklyWindow } from '../../model/plan/plan.ts'
import { Interned } from '../memory/interned.ts'

export const DAY_MS = 86_400_000

/** Sorted, disjoint, merged: starts[i] ≤ t < ends[i], UTC ms. */
export type Intervals = { readonly starts: readonly number[]; readonly ends: readonly number[] }

type Pair = [startMs: number, endMs: number]

/**
 * The UTC intervals in which a window holds, for every window that begins on a local day touching [fromMs, toMs).
 * Throws RangeError on a time zone that is not known.
 */
export function windowPairs(windows: readonly WeeklyWindow[], timeZone: string, fromMs: number, toMs: number): Pair[] {
  const cut = { fromMs: Math.floor(fromMs / DAY_MS) * DAY_MS, toMs: Math.ceil(toMs / DAY_MS) * DAY_MS }
  const wide = workedOut.of(JSON.stringify([windows, timeZone, cut]), () =>
    workOut(windows, timeZone, cut.fromMs, cut.toMs),
  )
  const pairs: Pair[] = []
  for (const [start, end] of wide)
    if (end > fromMs && start < toMs) pairs.push([Math.max(start, fromMs), Math.min(end, toMs)])
  return pairs
}

/** Thousands of wearers have the same windows over the same days. */
const workedOut = new Interned<readonly Readonly<Pair>[]>(512)

function workOut(windows: readonly WeeklyWindow[], timeZone: string, fromMs: number, toMs: number): Pair[] {
  const clock = new LocalClock(timeZone)
  const pairs: Pair[] = []
  const firstDay = Math.floor(fromMs / DAY_MS) - 2 // a window of the day before may reach in; zones reach ±14 h
  const lastDay = Math.ceil(toMs / DAY_MS) + 1
  for (let day = firstDay; day <= lastDay; day++)
    for (const window of windows)
      if (beginsOn(window, day)) {
        const from = minutesOf(window.from)
        const to = minutesOf(window.to)
        const start = clock.utcMs(day, from)
        const end = to <= from ? clock.utcMs(day + 1, to) : clock.utcMs(day, to)
        if (end > start && end > fromMs && start < toMs) pairs.push([Math.max(start, fromMs), Math.min(end, toMs)])
      }
  return pairs
}

function beginsOn(window: WeeklyWindow, day: number): boolean {
  const date = new Date(day * DAY_MS).toISOString().slice(0, 10)
  if (window.onlyDates !== undefined) return window.onlyDates.includes(date) && !window.exceptDates.includes(date)
  const weekday = ((((day + 3) % 7) + 7) % 7) + 1 // 1970-01-01 was a Thursday
  return window.days.includes(weekday) && !window.exceptDates.includes(date)
}

function minutesOf(clockTime: string): number {
  return Number(clockTime.slice(0, 2)) * 60 + Number(clockTime.slice(3, 5))
}

const formats = new Map<string, Intl.DateTimeFormat>() // as many as there are time zones; costly to make

class LocalClock {
  readonly #format: Intl.DateTimeFormat
  readonly #offsets = new Map<number, number>()

  constructor(timeZone: string) {
    const known = formats.get(timeZone)
    this.#format =
      known ??
      new Intl.DateTimeFormat('en-US', {
        timeZone,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      })
    if (!known) formats.set(timeZone, this.#format)
  }

  /** UTC of a local wall time. In the gap of a clock change: that long after it; in the repeated hour: the first time. */
  utcMs(day: number, minutes: number): number {
    const wall = day * DAY_MS + minutes * 60_000
    const before = this.#offsetAt(wall - DAY_MS)
    const after = this.#offsetAt(wall + DAY_MS)
    const early = wall - before
    if (before === after || this.#exactOffset(early) === before) return early
    const late = wall - after
    return this.#exactOffset(late) === after ? late : early
  }

  /** Offset at a UTC hour, remembered. */
  #offsetAt(utcMs: number): number {
    const hour = Math.floor(utcMs / 3_600_000)
    let offset = this.#offsets.get(hour)
    if (offset === undefined) {
      offset = this.#exactOffset(hour * 3_600_000)
      this.#offsets.set(hour, offset)
    }
    return offset
  }

  #exactOffset(utcMs: number): number {
    let [year, month, day, hour, minute, second] = [0, 0, 0, 0, 0, 0]
    for (const part of this.#format.formatToParts(utcMs)) {
      const value = Number(part.value)
      if (part.type === 'year') year = value
      else if (part.type === 'month') month = value
      else if (part.type === 'day') day = value
      else if (part.type === 'hour') hour = value
      else if (part.type === 'minute') minute = value
      else if (part.type === 'second') second = value
    }
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(utcMs / 1000) * 1000
  }
}

/** Sorts and merges what overlaps or touches. */
export function merged(pairs: readonly Pair[]): Pair[] {
  const sorted = pairs.filter(([start, end]) => end > start).sort((a, b) => a[0] - b[0])
  const out: Pair[] = []
  for (const [start, end] of sorted) {
    const last = out[out.length - 1]
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else out.push([start, end])
  }
  return out
}

/** What lies in both; both merged. */
export function intersected(a: readonly Pair[], b: readonly Pair[]): Pair[] {
  const out: Pair[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const start = Math.max(a[i]![0], b[j]![0])
    const end = Math.min(a[i]![1], b[j]![1])
    if (end > start) out.push([start, end])
    if (a[i]![1] < b[j]![1]) i++
    else j++
  }
  return out
}

/** What lies in `a` and not in `b`; both merged. */
export function without(a: readonly Pair[], b: readonly Pair[]): Pair[] {
  const out: Pair[] = []
  for (const [start, end] of a) {
    let from = start
    for (const [holeStart, holeEnd] of b) {
      if (holeEnd <= from || holeStart >= end) continue
      if (holeStart > from) out.push([from, holeStart])
      from = Math.max(from, holeEnd)
    }
    if (from < end) out.push([from, end])
  }
  return out
}

/** Plain arrays: of few numbers they take a third of what typed ones do, and plans with the same ones share them. */
export function intervalsOf(pairs: readonly Pair[]): Intervals {
  return known.of(pairs.join(), () => ({ starts: pairs.map((p) => p[0]), ends: pairs.map((p) => p[1]) }))
}

const known = new Interned<Intervals>(8192)

/** Index of the interval holding `t`, or −1. */
export function intervalAt(intervals: Intervals, t: number): number {
  const next = firstEndAfter(intervals, t)
  return next < intervals.starts.length && intervals.starts[next]! <= t ? next : -1
}

/** Index of the first interval that ends after `t` (it may not have begun); the length if there is none. */
export function firstEndAfter({ ends }: Intervals, t: number): number {
  let low = 0
  let high = ends.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (ends[middle]! <= t) low = middle + 1
    else high = middle
  }
  return low
}

/** First begin or end after `t`; Infinity if there is none. */
export function nextBoundaryMs(intervals: Intervals, t: number): number {
  const i = firstEndAfter(intervals, t)
  if (i === intervals.ends.length) return Infinity
  return intervals.starts[i]! > t ? intervals.starts[i]! : intervals.ends[i]!
}

/** Last begin or end at or before `t`; −Infinity if there is none. */
export function boundaryBeforeMs(intervals: Intervals, t: number): number {
  const i = firstEndAfter(intervals, t)
  if (i < intervals.starts.length && intervals.starts[i]! <= t) return intervals.starts[i]!
  return i > 0 ? intervals.ends[i - 1]! : -Infinity
}
