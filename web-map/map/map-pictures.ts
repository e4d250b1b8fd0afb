import type { MarkState } from '../feed/freshness.ts'
import type { Bracelet } from '../feed/live-state.ts'
import type { Mark } from '../feed/worst-open.ts'
import { type Coast, readCoast } from '../ground/coast.ts'
import { type MapView, metresToPx } from '../ground/mercator.ts'
import { type BraceletLayout, type Hit, hitBracelet, layoutBracelets } from './layout-bracelets.ts'
import type { Overlay } from './map-state.ts'
import { MarkSprites, paintBracelets } from './paint-bracelets.ts'
import { paintGraticule, paintLand, paintPlaces } from './paint-ground.ts'
import { paintTrack } from './paint-track.ts'
import { paintZones } from './paint-zones.ts'
import type { DrawnZone } from './project-zones.ts'
import type { MapTheme } from './theme.ts'
import type { Track, TrackPoint } from './track-lines.ts'

/** What the map's two canvases show, as one thing to be set and painted. */
type Picture = {
  theme: MapTheme
  letters: Record<MarkState, string>
  zones: readonly DrawnZone[]
  showZones: boolean
  /** Zones of the selected wearer. */
  emphasis: ReadonlySet<string> | undefined
  track: Track | undefined
  overlays: readonly Overlay[]
  bracelets: () => Iterable<Bracelet>
  bracelet: (n: number) => Bracelet | undefined
  nameOf: (n: number) => string | undefined
  nowMs: () => number
  lookOf: (bracelet: Bracelet) => Mark
  selectedN: number | undefined
}

export type PointHit = Hit | { kind: 'fix'; point: TrackPoint; x: number; y: number }

const TRACK_REACH_PX = 8

/** Paints a picture and remembers what lies where, for the pointer. */
export class MapPictures {
  picture: Picture
  #coast: Coast = { land: [], borders: [] }
  #layout: BraceletLayout = { marks: [], clusters: [] }
  #sprites: MarkSprites | undefined
  #spritesFor: [MapTheme, Record<MarkState, string>] | undefined

  constructor(picture: Picture) {
    this.picture = picture
  }

  setCoast(text: string): void {
    this.#coast = readCoast(text)
  }

  paintGround(ctx: CanvasRenderingContext2D, view: MapView, tiles: boolean): void {
    const { theme, zones, showZones, emphasis, track, overlays } = this.picture
    if (!tiles) {
      paintLand(ctx, view, this.#coast, theme)
      paintGraticule(ctx, view, theme)
    }
    if (showZones || emphasis)
      paintZones(ctx, view, showZones ? zones : zones.filter((zone) => emphasis?.has(zone.id)), theme, emphasis)
    if (!tiles) paintPlaces(ctx, view, theme)
    if (track && !overlays.some(({ alone }) => alone)) paintTrack(ctx, view, track, theme)
    for (const overlay of overlays) overlay.paint(ctx, view, theme)
  }

  paintBracelets(ctx: CanvasRenderingContext2D, view: MapView): void {
    const { theme, letters, bracelets, selectedN, nameOf, nowMs, track, overlays } = this.picture
    if (this.#spritesFor?.[0] !== theme || this.#spritesFor[1] !== letters) {
      this.#sprites = new MarkSprites(theme, letters, Math.min(2, window.devicePixelRatio || 1))
      this.#spritesFor = [theme, letters]
    }
    this.#layout = layoutBracelets(bracelets(), view, nowMs(), selectedN, this.picture.lookOf)
    this.#paintAccuracy(ctx, view)
    const focus = {
      calmScale: view.zoom >= 14 ? 1 : view.zoom <= 11 ? 0.7 : 0.7 + (view.zoom - 11) * 0.1,
      others: (track || overlays.some(({ alone }) => alone)) && selectedN !== undefined ? 0.3 : 1,
    }
    paintBracelets(ctx, this.#layout, this.#sprites!, theme, selectedN, focus, nameOf)
  }

  /** The error circle of the selected bracelet's last fix. */
  #paintAccuracy(ctx: CanvasRenderingContext2D, view: MapView): void {
    const { theme, selectedN, bracelet } = this.picture
    const selected = selectedN === undefined ? undefined : bracelet(selectedN)
    if (!selected?.accuracyM || selected.accuracyM < 0) return
    const radius = metresToPx(view, selected.accuracyM, selected.latDeg)
    if (radius < 6) return
    ctx.beginPath()
    ctx.arc(selected.x * view.worldPx - view.originX, selected.y * view.worldPx - view.originY, radius, 0, 7)
    ctx.fillStyle = ctx.strokeStyle = theme.select
    ctx.globalAlpha = 0.08
    ctx.fill()
    ctx.globalAlpha = 0.5
    ctx.lineWidth = 1
    ctx.stroke()
    ctx.globalAlpha = 1
  }

  /** What lies under a pixel; bracelets before fixes of the track. */
  hit(x: number, y: number, view: MapView, reachPx: number): PointHit | undefined {
    const hit = hitBracelet(this.#layout, x, y, reachPx)
    if (hit) return hit
    let best: PointHit | undefined
    let bestPx = Math.max(TRACK_REACH_PX, reachPx / 2)
    for (const point of this.picture.track?.points ?? []) {
      const px = point.x * view.worldPx - view.originX
      const py = point.y * view.worldPx - view.originY
      const away = Math.hypot(px - x, py - y)
      if (away >= bestPx) continue
      bestPx = away
      best = { kind: 'fix', point, x: px, y: py }
    }
    return best
  }
}
