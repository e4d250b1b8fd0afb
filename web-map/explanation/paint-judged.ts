import { type MapView, metresToPx, worldBounds } from '../ground/mercator.ts'
import { FONT } from '../map/paint-ground.ts'
import type { MapTheme } from '../map/theme.ts'
import type { Edge, JudgedFix } from './judged-fixes.ts'

/** The fixes of an explanation on the map. */
type JudgedPicture = { fixes: readonly JudgedFix[]; edges: readonly Edge[]; cursor: number | undefined }

const DOT_SPACING_MIN_PX = 6
const CIRCLES_FROM_ZOOM = 13
const BADGE_PX = 9

/** Each fix with its error circle in the colour of what it proves, the deciding ones numbered as in the chart. */
export function paintJudged(
  ctx: CanvasRenderingContext2D,
  view: MapView,
  judged: JudgedPicture,
  theme: MapTheme,
): void {
  const { fixes, edges, cursor } = judged
  const seen = worldBounds(view, 60)
  const named = new Set(edges.map(({ fix }) => fix).concat(cursor))
  const shown: JudgedFix[] = []
  let last: JudgedFix | undefined
  for (const [i, fix] of fixes.entries()) {
    if (fix.x < seen.minX || fix.x > seen.maxX || fix.y < seen.minY || fix.y > seen.maxY) continue
    const apartPx = last ? Math.hypot(fix.x - last.x, fix.y - last.y) * view.worldPx : Infinity
    if (apartPx < DOT_SPACING_MIN_PX && !named.has(i) && last!.evidence === fix.evidence) continue
    shown.push(fix)
    last = fix
  }
  paintWay(ctx, view, fixes, theme)
  for (const fix of shown) paintCircle(ctx, view, fix, theme)
  for (const fix of shown) paintDot(ctx, view, fix, theme)
  if (cursor !== undefined && fixes[cursor]) paintCursor(ctx, view, fixes[cursor], theme)
  for (const [i, { fix }] of edges.entries())
    if (fix !== undefined)
      paintNumber(ctx, view, fixes[fix]!, i + 1, edges.slice(0, i).filter((one) => one.fix === fix).length, theme)
}

function paintWay(ctx: CanvasRenderingContext2D, view: MapView, fixes: readonly JudgedFix[], theme: MapTheme): void {
  ctx.beginPath()
  for (const fix of fixes) ctx.lineTo(xOf(view, fix), yOf(view, fix))
  ctx.strokeStyle = theme.placeText
  ctx.globalAlpha = 0.45
  ctx.lineWidth = 1.2
  ctx.stroke()
  ctx.globalAlpha = 1
}

function paintCircle(ctx: CanvasRenderingContext2D, view: MapView, fix: JudgedFix, theme: MapTheme): void {
  const radius = metresToPx(view, fix.radiusM, fix.latDeg)
  if (radius < 5 || view.zoom < CIRCLES_FROM_ZOOM) return
  ctx.beginPath()
  ctx.arc(xOf(view, fix), yOf(view, fix), radius, 0, 7)
  ctx.fillStyle = ctx.strokeStyle = colourOf(fix, theme)
  ctx.globalAlpha = 0.07
  ctx.fill()
  ctx.globalAlpha = 0.45
  ctx.lineWidth = 1
  ctx.stroke()
  ctx.globalAlpha = 1
}

function paintDot(ctx: CanvasRenderingContext2D, view: MapView, fix: JudgedFix, theme: MapTheme): void {
  const x = xOf(view, fix)
  const y = yOf(view, fix)
  ctx.beginPath()
  if (fix.evidence === 'breach') {
    ctx.moveTo(x - 5, y - 4)
    ctx.lineTo(x + 5, y - 4)
    ctx.lineTo(x, y + 5)
    ctx.closePath()
  } else ctx.arc(x, y, 3.6, 0, 7)
  ctx.fillStyle = fix.evidence === 'unsure' ? theme.land : colourOf(fix, theme)
  ctx.fill()
  ctx.strokeStyle = fix.evidence === 'unsure' ? colourOf(fix, theme) : theme.markEdge
  ctx.lineWidth = fix.evidence === 'unsure' ? 1.8 : 1
  ctx.stroke()
}

function paintCursor(ctx: CanvasRenderingContext2D, view: MapView, fix: JudgedFix, theme: MapTheme): void {
  ctx.beginPath()
  ctx.arc(xOf(view, fix), yOf(view, fix), 10, 0, 7)
  ctx.strokeStyle = theme.select
  ctx.lineWidth = 2.5
  ctx.stroke()
}

/** `before`: how many numbers this fix has already; they are drawn side by side. */
function paintNumber(
  ctx: CanvasRenderingContext2D,
  view: MapView,
  fix: JudgedFix,
  number: number,
  before: number,
  theme: MapTheme,
): void {
  const x = xOf(view, fix) + 13 + before * (2 * BADGE_PX + 2)
  const y = yOf(view, fix) - 13
  ctx.beginPath()
  ctx.arc(x, y, BADGE_PX, 0, 7)
  ctx.fillStyle = theme.select
  ctx.fill()
  ctx.font = `700 11px ${FONT}`
  ctx.textAlign = 'center'
  ctx.textBaseline = 'middle'
  ctx.fillStyle = theme.land
  ctx.fillText(String(number), x, y + 0.5)
}

function colourOf({ evidence, active }: JudgedFix, theme: MapTheme): string {
  if (!active || evidence === 'unsure') return theme.state.nodata
  return evidence === 'breach' ? theme.state.kritis : theme.state.patuh
}

function xOf(view: MapView, fix: JudgedFix): number {
  return fix.x * view.worldPx - view.originX
}

function yOf(view: MapView, fix: JudgedFix): number {
  return fix.y * view.worldPx - view.originY
}
