import type { TrackFix } from '../../model/console/console.ts'
import { worldX, worldY } from '../ground/mercator.ts'

/** A silence longer than this is drawn as a gap: nobody knows where the wearer went in it. */
export const TRACK_GAP_MS = 10 * 60_000

export type TrackPoint = {
  x: number
  y: number
  latDeg: number
  timeMs: number
  valid: boolean
  archived: boolean
  accuracyM: number | undefined
  speedMps: number | undefined
}

/** A run of points drawn as one line: `seen` between reports, `gap` dashed across a silence. */
type TrackLine = { kind: 'seen' | 'gap'; points: TrackPoint[] }

export type Track = { points: TrackPoint[]; lines: TrackLine[]; archived: number; invalid: number }

/** Orders the fixes by time and cuts them at silences; fixes without a valid location are marks, never part of a line. */
export function trackOf(fixes: readonly TrackFix[], gapMs = TRACK_GAP_MS): Track {
  const points = fixes
    .map((fix) => ({
      x: worldX(fix.lonDeg),
      y: worldY(fix.latDeg),
      latDeg: fix.latDeg,
      timeMs: fix.timeMs,
      valid: fix.valid,
      archived: fix.archived,
      accuracyM: fix.accuracyM,
      speedMps: fix.speedMps,
    }))
    .sort((a, b) => a.timeMs - b.timeMs)
  const lines: TrackLine[] = []
  let run: TrackPoint[] = []
  let last: TrackPoint | undefined
  for (const point of points) {
    if (!point.valid) continue
    if (last && point.timeMs - last.timeMs > gapMs) {
      if (run.length > 1) lines.push({ kind: 'seen', points: run })
      lines.push({ kind: 'gap', points: [last, point] })
      run = []
    }
    run.push(point)
    last = point
  }
  if (run.length > 1) lines.push({ kind: 'seen', points: run })
  return {
    points,
    lines,
    archived: points.filter((point) => point.archived).length,
    invalid: points.filter((point) => !point.valid).length,
  }
}
