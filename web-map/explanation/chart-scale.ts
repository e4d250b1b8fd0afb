// Where things lie in the chart of distances. Metres are drawn on a scale that is even near the boundary and packed far from
// it, so that a guard of 20 m can be seen beside a way of 5 km.
import type { Edge, JudgedFix } from './judged-fixes.ts'

const EVEN_UP_TO_M = 100
const TICKS_M = [0, 50, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 500_000, 1_000_000]
const TICK_APART_PX = 20
/** Labels of the two sides, above the highest and below the lowest fix. */
const LABEL_PX = 18
const MINUTE_MS = 60_000
const TIME_STEPS_MIN = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7 * 1440, 14 * 1440]
const TIME_TICK_APART_PX = 64

const BADGE_PX = 19

export type Frame = { left: number; right: number; top: number; bottom: number }
type Sides = Pick<Frame, 'left' | 'right'>
export type Scale = {
  frame: Frame
  x(timeMs: number): number
  y(marginM: number): number
  /** Metres and where they lie, + on the right side. */
  ticks: { marginM: number; y: number }[]
  times: { timeMs: number; x: number }[]
}

/**
 * @param utcOffsetMs of the place, so that the marks of time fall on its whole hours
 */
export function scaleOf(fixes: readonly JudgedFix[], edges: readonly Edge[], frame: Frame, utcOffsetMs: number): Scale {
  const { fromMs, toMs, perMs, x } = timeAxis(fixes, edges, frame)
  const packed = (marginM: number) => Math.asinh(marginM / EVEN_UP_TO_M)
  let high = packed(EVEN_UP_TO_M / 2)
  let low = -high
  for (const { marginM, complyGuardM, breachGuardM } of fixes) {
    high = Math.max(high, packed(Math.max(marginM, complyGuardM)))
    low = Math.min(low, packed(Math.min(marginM, -breachGuardM)))
  }
  const perUnit = (frame.bottom - frame.top - 2 * LABEL_PX) / (high - low)
  const y = (marginM: number) => frame.top + LABEL_PX + (high - packed(marginM)) * perUnit
  return { frame, x, y, ticks: ticksOf(y, frame), times: timesOf(fromMs, toMs, perMs, utcOffsetMs, x) }
}

function timeAxis(fixes: readonly JudgedFix[], edges: readonly Edge[], { left, right }: Sides) {
  const times = [...fixes, ...edges].map(({ timeMs }) => timeMs)
  const fromMs = times.reduce((a, b) => Math.min(a, b), Infinity)
  const newestMs = times.reduce((a, b) => Math.max(a, b), -Infinity)
  const toMs = Math.max(newestMs, fromMs + MINUTE_MS)
  const perMs = (right - left) / (toMs - fromMs)
  return { fromMs, toMs, perMs, x: (timeMs: number) => left + (timeMs - fromMs) * perMs }
}

export type Badge = { number: number; x: number; yAboveTop: number }

/** The numbers of the edges over the chart: those too close to each other one above the other; and how high they all are. */
export function badgesOf(fixes: readonly JudgedFix[], edges: readonly Edge[], sides: Sides) {
  const { x } = timeAxis(fixes, edges, sides)
  const lastX: number[] = []
  const badges = edges
    .map(({ timeMs }, i) => ({ number: i + 1, x: x(timeMs) }))
    .sort((a, b) => a.x - b.x)
    .map((badge): Badge => {
      const free = lastX.findIndex((last) => badge.x - last >= BADGE_PX)
      const row = free < 0 ? lastX.length : free
      lastX[row] = badge.x
      return { ...badge, yAboveTop: 11 + row * BADGE_PX }
    })
  return { badges, heightPx: lastX.length * BADGE_PX + 4 }
}

function ticksOf(y: Scale['y'], { top, bottom }: Frame): Scale['ticks'] {
  const ticks: Scale['ticks'] = []
  for (const sign of [1, -1]) {
    let last = y(0)
    for (const metres of TICKS_M) {
      const at = y(sign * metres)
      if (at < top || at > bottom) break
      if (metres > 0 && Math.abs(at - last) < TICK_APART_PX) continue
      if (metres === 0 && sign < 0) continue
      ticks.push({ marginM: sign * metres, y: at })
      last = at
    }
  }
  return ticks
}

function timesOf(fromMs: number, toMs: number, perMs: number, utcOffsetMs: number, x: Scale['x']): Scale['times'] {
  const step = TIME_STEPS_MIN.find((minutes) => minutes * MINUTE_MS * perMs >= TIME_TICK_APART_PX) ?? 28 * 1440
  const stepMs = step * MINUTE_MS
  const times: Scale['times'] = []
  for (let at = Math.ceil((fromMs + utcOffsetMs) / stepMs) * stepMs - utcOffsetMs; at <= toMs; at += stepMs)
    times.push({ timeMs: at, x: x(at) })
  return times
}

/** Fixes to draw: all, or of each pixel's worth of time the highest, the lowest and those that decided. */
export function thinned(fixes: readonly JudgedFix[], x: Scale['x'], drawnMax: number): number[] {
  if (fixes.length <= drawnMax) return fixes.map((_, i) => i)
  const kept = new Set<number>()
  const bins = new Map<number, { high: number; low: number }>()
  for (const [i, fix] of fixes.entries()) {
    if (fix.roles.length > 0) kept.add(i)
    const bin = Math.round(x(fix.timeMs))
    const found = bins.get(bin)
    if (!found) bins.set(bin, { high: i, low: i })
    else if (fix.marginM > fixes[found.high]!.marginM) found.high = i
    else if (fix.marginM < fixes[found.low]!.marginM) found.low = i
  }
  for (const { high, low } of bins.values()) kept.add(high).add(low)
  return [...kept].sort((a, b) => a - b)
}

/** The fix nearest to a place on the chart's time axis, of those drawn. */
export function nearestFix(fixes: readonly JudgedFix[], drawn: readonly number[], x: Scale['x'], atX: number): number {
  return drawn.reduce((best, i) =>
    Math.abs(x(fixes[i]!.timeMs) - atX) < Math.abs(x(fixes[best]!.timeMs) - atX) ? i : best,
  )
}
