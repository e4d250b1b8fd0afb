import { type MapView, worldBounds } from '../ground/mercator.ts'
import { FONT } from './paint-ground.ts'
import type { DrawnZone } from './project-zones.ts'
import type { MapTheme } from './theme.ts'

/** Zones smaller than this on screen say nothing and are left out. */
const SIZE_MIN_PX = 5
/** From this size on a zone is named; homes, of which there are as many as wearers, only when they are large on screen. */
const NAME_FROM_PX = 56
const HOME_NAME_FROM_PX = 150
const NAME_HEIGHT_PX = 15

/** Fills and outlines; where `emphasis` is given, its zones are emphasised and the others are dimmed. */
export function paintZones(
  ctx: CanvasRenderingContext2D,
  view: MapView,
  zones: readonly DrawnZone[],
  theme: MapTheme,
  emphasis: ReadonlySet<string> | undefined,
): void {
  const seen = worldBounds(view, 8)
  ctx.lineJoin = ctx.lineCap = 'round'
  const named: DrawnZone[] = []
  for (const zone of zones) {
    if (zone.maxX < seen.minX || zone.minX > seen.maxX || zone.maxY < seen.minY || zone.minY > seen.maxY) continue
    const sizePx = Math.max(zone.maxX - zone.minX, zone.maxY - zone.minY) * view.worldPx
    if (sizePx < SIZE_MIN_PX) continue
    const strong = emphasis?.has(zone.id) ?? false
    paintZone(ctx, view, zone, theme.zone[zone.kind], strong ? 1 : emphasis ? 0.25 : 0.75, strong)
    const nameFromPx = zone.kind === 'required' && !strong ? HOME_NAME_FROM_PX : NAME_FROM_PX
    if (sizePx >= nameFromPx && (strong || !emphasis) && sizePx < 4 * view.widthPx) named.push(zone)
  }
  const taken: [x: number, y: number, halfWidth: number][] = []
  for (const zone of named) paintName(ctx, view, zone, theme, taken)
}

function paintZone(
  ctx: CanvasRenderingContext2D,
  view: MapView,
  zone: DrawnZone,
  color: string,
  alpha: number,
  strong: boolean,
): void {
  ctx.beginPath()
  if (zone.form === 'circle') {
    ctx.arc(
      zone.x * view.worldPx - view.originX,
      zone.y * view.worldPx - view.originY,
      zone.radius * view.worldPx,
      0,
      7,
    )
  } else if (zone.form === 'rings') {
    for (const ring of zone.rings) {
      tracePoints(ctx, view, ring)
      ctx.closePath()
    }
  } else {
    tracePoints(ctx, view, zone.points)
    ctx.strokeStyle = color
    ctx.globalAlpha = alpha * (strong ? 0.26 : 0.18)
    ctx.lineWidth = Math.max(3, zone.width * view.worldPx)
    ctx.stroke()
    ctx.globalAlpha = alpha
    ctx.lineWidth = 1.2
    ctx.setLineDash([7, 5])
    ctx.stroke()
    ctx.setLineDash([])
    ctx.globalAlpha = 1
    return
  }
  ctx.fillStyle = ctx.strokeStyle = color
  ctx.globalAlpha = alpha * (zone.kind === 'region' ? 0.05 : strong ? 0.2 : 0.12)
  ctx.fill('evenodd')
  ctx.globalAlpha = alpha
  ctx.lineWidth = strong ? 2 : 1.2
  if (zone.kind === 'avoided') ctx.setLineDash([6, 3])
  ctx.stroke()
  ctx.setLineDash([])
  ctx.globalAlpha = 1
}

function tracePoints(ctx: CanvasRenderingContext2D, view: MapView, points: Float64Array): void {
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i]! * view.worldPx - view.originX
    const y = points[i + 1]! * view.worldPx - view.originY
    if (i === 0) ctx.moveTo(x, y)
    else ctx.lineTo(x, y)
  }
}

function paintName(
  ctx: CanvasRenderingContext2D,
  view: MapView,
  zone: DrawnZone,
  theme: MapTheme,
  taken: [number, number, number][],
): void {
  const x = ((zone.minX + zone.maxX) / 2) * view.worldPx - view.originX
  const y =
    zone.form === 'line'
      ? ((zone.minY + zone.maxY) / 2) * view.worldPx - view.originY
      : zone.minY * view.worldPx - view.originY
  ctx.font = `600 11px ${FONT}`
  const halfWidth = ctx.measureText(zone.name).width / 2 + 3
  if (taken.some(([tx, ty, tw]) => Math.abs(tx - x) < tw + halfWidth && Math.abs(ty - y) < NAME_HEIGHT_PX)) return
  taken.push([x, y, halfWidth])
  ctx.textAlign = 'center'
  ctx.textBaseline = 'bottom'
  ctx.lineWidth = 3
  ctx.strokeStyle = theme.placeHalo
  ctx.strokeText(zone.name, x, y - 3)
  ctx.fillStyle = theme.zone[zone.kind]
  ctx.fillText(zone.name, x, y - 3)
}
