import { MARK_STATES, type MarkState } from '../feed/freshness.ts'
import type { BraceletLayout, Cluster, Mark } from './layout-bracelets.ts'
import { FONT } from './paint-ground.ts'
import type { MapTheme } from './theme.ts'

/** Radius of each state's shape. Form and letter distinguish the states without colour. */
const RADIUS_PX: Record<MarkState, number> = { patuh: 5.5, nodata: 6, informasi: 8, serius: 10.5, kritis: 11 }
/** Two of each state, at some zooms. */
const SPRITES_MAX = 100

type Letters = Record<MarkState, string>

/** Shape of a state around (0, 0): circle, ring, triangle, octagon. */
function traceShape(ctx: CanvasRenderingContext2D, state: MarkState, radius: number): void {
  ctx.beginPath()
  if (state === 'serius') {
    ctx.moveTo(0, -radius)
    ctx.lineTo(radius * 0.98, radius * 0.78)
    ctx.lineTo(-radius * 0.98, radius * 0.78)
    ctx.closePath()
  } else if (state === 'kritis') {
    for (let k = 0; k < 8; k++) {
      const angle = Math.PI / 8 + (k * Math.PI) / 4
      ctx.lineTo(radius * Math.cos(angle), radius * Math.sin(angle))
    }
    ctx.closePath()
  } else ctx.arc(0, 0, radius, 0, 7)
}

/** A shape as it is copied: as many device pixels as it needs, its middle in the middle. */
type Sprite = { canvas: HTMLCanvasElement; sizePx: number }

/**
 * Shapes drawn once for a theme, a pixel density and a size, then copied for each bracelet. Where there is no graphics card the
 * pixels count: a sprite is no larger than its shape, and copied onto whole pixels it need not be resampled.
 */
export class MarkSprites {
  #sprites = new Map<string, Sprite>()
  #theme: MapTheme
  #letters: Letters
  #density: number

  constructor(theme: MapTheme, letters: Letters, density: number) {
    this.#theme = theme
    this.#letters = letters
    this.#density = density
  }

  of({ state, hollow, fixValid }: Pick<Mark, 'state' | 'hollow' | 'fixValid'>, scale: number): Sprite {
    const key = `${state}${hollow}${fixValid}${scale}`
    let sprite = this.#sprites.get(key)
    if (!sprite) {
      if (this.#sprites.size >= SPRITES_MAX) this.#sprites.clear()
      sprite = this.#draw(state, hollow || state === 'nodata', fixValid, scale)
      this.#sprites.set(key, sprite)
    }
    return sprite
  }

  /** Copies a sprite with its middle as near to a point as whole pixels allow. */
  place(ctx: CanvasRenderingContext2D, { canvas, sizePx }: Sprite, x: number, y: number): void {
    const density = this.#density
    const left = Math.round((x - sizePx / 2) * density) / density
    const top = Math.round((y - sizePx / 2) * density) / density
    ctx.drawImage(canvas, left, top, sizePx, sizePx)
  }

  #draw(state: MarkState, hollow: boolean, fixValid: boolean, scale: number): Sprite {
    const edgePx = fixValid ? (hollow ? 6 : 3) : 11
    const canvas = document.createElement('canvas')
    const pixels = 2 * Math.ceil((RADIUS_PX[state] + edgePx / 2 + 0.5) * scale * this.#density)
    canvas.width = canvas.height = pixels
    const ctx = canvas.getContext('2d')!
    ctx.translate(pixels / 2, pixels / 2)
    ctx.scale(scale * this.#density, scale * this.#density)
    ctx.lineJoin = 'round'
    const theme = this.#theme
    if (!fixValid) drawNoFix(ctx, RADIUS_PX[state] + 4, theme)
    traceShape(ctx, state, RADIUS_PX[state])
    ctx.lineWidth = hollow ? 6 : 3
    ctx.strokeStyle = theme.markEdge
    ctx.stroke()
    ctx.fillStyle = hollow ? theme.markEdge : theme.state[state]
    ctx.fill()
    if (hollow) {
      ctx.lineWidth = 2.2
      ctx.strokeStyle = theme.state[state]
      ctx.stroke()
    }
    ctx.fillStyle = hollow ? theme.state[state] : theme.stateInk
    ctx.font = `700 ${state === 'nodata' ? 9 : state === 'serius' ? 10 : 11}px ${FONT}`
    ctx.textAlign = 'center'
    ctx.textBaseline = 'middle'
    ctx.fillText(this.#letters[state], 0, state === 'serius' ? 3 : 0.7)
    return { canvas, sizePx: pixels / this.#density }
  }
}

/** A ring of dashes: this is where the bracelet was, it has no fix now. */
function drawNoFix(ctx: CanvasRenderingContext2D, radius: number, theme: MapTheme): void {
  ctx.save()
  ctx.beginPath()
  ctx.arc(0, 0, radius, 0, 2 * Math.PI)
  ctx.lineWidth = 1.6
  ctx.setLineDash([3, 3])
  ctx.strokeStyle = theme.state.nodata
  ctx.stroke()
  ctx.restore()
}

/** `calmScale` makes compliant bracelets smaller from afar; `others` is the opacity of all but the selected one. */
type BraceletFocus = { calmScale: number; others: number }

export function paintBracelets(
  ctx: CanvasRenderingContext2D,
  layout: BraceletLayout,
  sprites: MarkSprites,
  theme: MapTheme,
  selectedN: number | undefined,
  focus: BraceletFocus,
  nameOf: (n: number) => string | undefined,
): void {
  for (const cluster of layout.clusters) if (!cluster.alert) paintCluster(ctx, cluster, theme)
  let selected: Mark | undefined
  for (const mark of layout.marks) {
    if (mark.n === selectedN) selected = mark
    const alert = mark.state === 'serius' || mark.state === 'kritis'
    const dimmed = mark === selected ? 1 : focus.others
    ctx.globalAlpha = alert ? Math.max(0.8, mark.opacity) * Math.max(0.8, dimmed) : mark.opacity * dimmed
    sprites.place(ctx, sprites.of(mark, alert ? 1 : focus.calmScale), mark.x, mark.y)
  }
  ctx.globalAlpha = 1
  for (const cluster of layout.clusters) if (cluster.alert) paintCluster(ctx, cluster, theme)
  if (selected) paintSelected(ctx, selected, sprites, theme, nameOf(selected.n))
}

function paintCluster(ctx: CanvasRenderingContext2D, cluster: Cluster, theme: MapTheme): void {
  const radius = cluster.alert ? 13 : Math.min(21, 12 + Math.log10(cluster.count) * 3.5)
  ctx.save()
  ctx.translate(cluster.x, cluster.y)
  ctx.lineJoin = 'round'
  if (cluster.alert) {
    traceShape(ctx, cluster.worst, cluster.worst === 'serius' ? radius + 2.5 : radius)
    ctx.lineWidth = 4
    ctx.strokeStyle = theme.markEdge
    ctx.stroke()
    ctx.fillStyle = theme.state[cluster.worst]
    ctx.fill()
    ctx.fillStyle = theme.stateInk
  } else {
    ctx.beginPath()
    ctx.arc(0, 0, radius, 0, 7)
    ctx.fillStyle = theme.markEdge
    ctx.fill()
    let from = -Math.PI / 2
    ctx.lineWidth = 3
    for (const state of MARK_STATES) {
      const to = from + (cluster.counts[state] / cluster.count) * 2 * Math.PI
      if (to === from) continue
      ctx.beginPath()
      ctx.arc(0, 0, radius - 1.5, from, to)
      ctx.strokeStyle = theme.state[state]
      ctx.stroke()
      from = to
    }
    ctx.fillStyle = theme.select
  }
  ctx.font = `600 11px ${FONT}`
  ctx.textAlign = 'center'
  ctx.textBaseline = 'middle'
  ctx.fillText(String(cluster.count), 0, cluster.worst === 'serius' && cluster.alert ? 3 : 0.7)
  ctx.restore()
}

function paintSelected(
  ctx: CanvasRenderingContext2D,
  mark: Mark,
  sprites: MarkSprites,
  theme: MapTheme,
  name: string | undefined,
): void {
  ctx.beginPath()
  ctx.arc(mark.x, mark.y, 16, 0, 7)
  ctx.lineWidth = 5
  ctx.strokeStyle = theme.markEdge
  ctx.stroke()
  ctx.lineWidth = 2.5
  ctx.strokeStyle = theme.select
  ctx.stroke()
  sprites.place(ctx, sprites.of(mark, 1), mark.x, mark.y)
  if (!name) return
  ctx.font = `600 12px ${FONT}`
  ctx.textAlign = 'center'
  ctx.textBaseline = 'top'
  ctx.lineJoin = 'round'
  ctx.lineWidth = 4
  ctx.strokeStyle = theme.placeHalo
  ctx.strokeText(name, mark.x, mark.y + 21)
  ctx.fillStyle = theme.select
  ctx.fillText(name, mark.x, mark.y + 21)
}
