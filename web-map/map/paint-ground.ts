import type { Coast, Outline } from '../ground/coast.ts'
import { graticuleOf } from '../ground/graticule.ts'
import { type MapView, worldBounds, worldX, worldY } from '../ground/mercator.ts'
import { PLACES } from '../ground/places.ts'
import type { MapTheme } from './theme.ts'

export const FONT = 'system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif'

function trace(ctx: CanvasRenderingContext2D, outline: Outline, view: MapView): void {
  const { points } = outline
  const { worldPx, originX, originY } = view
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i]! * worldPx - originX
    const y = points[i + 1]! * worldPx - originY
    if (i === 0) ctx.moveTo(x, y)
    else ctx.lineTo(x, y)
  }
}

/** Sea, land, borders. Islands smaller than a pixel are left out. */
export function paintLand(ctx: CanvasRenderingContext2D, view: MapView, coast: Coast, theme: MapTheme): void {
  ctx.fillStyle = theme.sea
  ctx.fillRect(0, 0, view.widthPx, view.heightPx)
  const seen = worldBounds(view, 4)
  const inSight = (o: Outline) =>
    o.maxX >= seen.minX && o.minX <= seen.maxX && o.maxY >= seen.minY && o.minY <= seen.maxY
  ctx.beginPath()
  for (const outline of coast.land) {
    if (!inSight(outline) || (outline.maxX - outline.minX + outline.maxY - outline.minY) * view.worldPx < 1.5) continue
    trace(ctx, outline, view)
    ctx.closePath()
  }
  ctx.fillStyle = theme.land
  ctx.fill('evenodd')
  ctx.strokeStyle = theme.coast
  ctx.lineWidth = 1
  ctx.lineJoin = 'round'
  ctx.stroke()
  ctx.beginPath()
  for (const outline of coast.borders) if (inSight(outline)) trace(ctx, outline, view)
  ctx.strokeStyle = theme.border
  ctx.setLineDash([6, 4])
  ctx.stroke()
  ctx.setLineDash([])
}

/** Meridians and parallels with their degrees along the top and left edge. */
export function paintGraticule(ctx: CanvasRenderingContext2D, view: MapView, theme: MapTheme): void {
  const lines = graticuleOf(view)
  ctx.beginPath()
  for (const line of lines) {
    const px = Math.round(line.px) + 0.5
    if (line.at === 'lon') {
      ctx.moveTo(px, 0)
      ctx.lineTo(px, view.heightPx)
    } else {
      ctx.moveTo(0, px)
      ctx.lineTo(view.widthPx, px)
    }
  }
  ctx.strokeStyle = theme.graticule
  ctx.lineWidth = 1
  ctx.stroke()
  ctx.fillStyle = theme.graticuleText
  ctx.font = `10px ${FONT}`
  for (const line of lines) {
    const lon = line.at === 'lon'
    ctx.textAlign = 'left'
    ctx.textBaseline = lon ? 'top' : 'bottom'
    if (lon) ctx.fillText(line.label, line.px + 4, 4)
    else if (line.px > 24) ctx.fillText(line.label, 5, line.px - 2)
  }
}

type Box = { x: number; y: number; w: number; h: number }
const overlaps = (a: Box, b: Box) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h

const STYLE = {
  city: { weight: 500, spacing: '0px', dot: true },
  district: { weight: 400, spacing: '0px', dot: false },
  island: { weight: 600, spacing: '3px', dot: false },
  sea: { weight: 400, spacing: '1px', dot: false },
} as const

/** Names as far as there is room, the bigger place first. */
export function paintPlaces(ctx: CanvasRenderingContext2D, view: MapView, theme: MapTheme): void {
  const taken: Box[] = []
  ctx.lineJoin = 'round'
  ctx.textBaseline = 'middle'
  for (const place of PLACES) {
    if (place.fromZoom > view.zoom + 0.01) continue
    const island = place.kind === 'island'
    if (island && view.zoom >= 7.5) continue
    if (place.kind === 'sea' && view.zoom >= place.fromZoom + 4) continue
    if (place.kind === 'city' && view.zoom >= 12 && PLACES.some((p) => p.kind === 'district' && near(p, place)))
      continue
    const x = worldX(place.lonDeg) * view.worldPx - view.originX
    const y = worldY(place.latDeg) * view.worldPx - view.originY
    if (x < -80 || y < -20 || x > view.widthPx + 20 || y > view.heightPx + 20) continue
    const style = STYLE[place.kind]
    const size = place.kind === 'city' ? Math.min(14, 11 + Math.max(0, view.zoom - place.fromZoom) * 0.5) : 11
    ctx.font = `${place.kind === 'sea' ? 'italic ' : ''}${style.weight} ${size}px ${FONT}`
    ctx.letterSpacing = style.spacing
    const width = ctx.measureText(place.name).width
    const left = style.dot ? x + 6 : x - width / 2
    const box = { x: left - 3, y: y - size / 2 - 2, w: width + 6, h: size + 4 }
    if (taken.some((other) => overlaps(box, other))) continue
    taken.push(box)
    if (style.dot) {
      taken.push({ x: x - 3, y: y - 3, w: 6, h: 6 })
      ctx.beginPath()
      ctx.arc(x, y, 2.2, 0, 2 * Math.PI)
      ctx.fillStyle = theme.placeText
      ctx.fill()
    }
    ctx.textAlign = 'left'
    ctx.lineWidth = 3
    ctx.strokeStyle = theme.placeHalo
    if (place.kind !== 'sea') ctx.strokeText(place.name, left, y)
    ctx.globalAlpha = island ? 0.45 : 1
    ctx.fillStyle = place.kind === 'sea' ? theme.seaText : theme.placeText
    ctx.fillText(place.name, left, y)
    ctx.globalAlpha = 1
  }
  ctx.letterSpacing = '0px'
}

/** Within about 12 km: the districts name the city already. */
function near(a: { latDeg: number; lonDeg: number }, b: { latDeg: number; lonDeg: number }): boolean {
  return Math.abs(a.latDeg - b.latDeg) < 0.11 && Math.abs(a.lonDeg - b.lonDeg) < 0.11
}
