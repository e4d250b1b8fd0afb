import { type MapView, metresToPx, worldBounds } from '../ground/mercator.ts'
import type { MapTheme } from './theme.ts'
import type { Track, TrackPoint } from './track-lines.ts'

const DOTS_FROM_ZOOM = 12
const DOT_SPACING_MIN_PX = 5

/** The way of the last hours: lines, dashes over silences, the error circle and a dot for each fix, a cross where invalid. */
export function paintTrack(ctx: CanvasRenderingContext2D, view: MapView, track: Track, theme: MapTheme): void {
  const px = (p: TrackPoint) => p.x * view.worldPx - view.originX
  const py = (p: TrackPoint) => p.y * view.worldPx - view.originY
  const seen = worldBounds(view, 40)
  const inSight = track.points.filter(
    (p) => p.x >= seen.minX && p.x <= seen.maxX && p.y >= seen.minY && p.y <= seen.maxY,
  )
  ctx.lineJoin = ctx.lineCap = 'round'

  if (view.zoom >= 14) {
    ctx.fillStyle = theme.track
    ctx.globalAlpha = 0.04
    for (const p of inSight) {
      const radius = p.valid && p.accuracyM ? metresToPx(view, p.accuracyM, p.latDeg) : 0
      if (radius < 4) continue
      ctx.beginPath()
      ctx.arc(px(p), py(p), radius, 0, 7)
      ctx.fill()
    }
    ctx.globalAlpha = 1
  }
  for (const pass of ['halo', 'ink'] as const) {
    for (const line of track.lines) {
      if (pass === 'halo' && line.kind === 'gap') continue
      ctx.beginPath()
      for (const p of line.points) ctx.lineTo(px(p), py(p))
      ctx.setLineDash(line.kind === 'gap' ? [3, 6] : [])
      ctx.strokeStyle = pass === 'halo' ? theme.placeHalo : line.kind === 'gap' ? theme.trackOld : theme.track
      ctx.lineWidth = pass === 'halo' ? 4.5 : line.kind === 'gap' ? 2 : 2.2
      ctx.stroke()
    }
  }
  ctx.setLineDash([])
  if (view.zoom < DOTS_FROM_ZOOM) return
  let lastX = Number.NaN
  let lastY = Number.NaN
  for (const p of inSight) {
    const x = px(p)
    const y = py(p)
    if (Math.hypot(x - lastX, y - lastY) < DOT_SPACING_MIN_PX && p.valid) continue
    lastX = x
    lastY = y
    paintFix(ctx, x, y, p, theme)
  }
}

function paintFix(ctx: CanvasRenderingContext2D, x: number, y: number, p: TrackPoint, theme: MapTheme): void {
  ctx.beginPath()
  ctx.lineWidth = 1.5
  ctx.strokeStyle = theme.track
  if (!p.valid) {
    ctx.moveTo(x - 3.5, y - 3.5)
    ctx.lineTo(x + 3.5, y + 3.5)
    ctx.moveTo(x + 3.5, y - 3.5)
    ctx.lineTo(x - 3.5, y + 3.5)
    ctx.strokeStyle = theme.state.nodata
    ctx.stroke()
    return
  }
  ctx.arc(x, y, 2.8, 0, 7)
  ctx.fillStyle = p.archived ? theme.land : theme.track
  ctx.fill()
  ctx.stroke()
}
