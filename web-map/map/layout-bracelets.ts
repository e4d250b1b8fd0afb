import { type MarkState, opacityOf } from '../feed/freshness.ts'
import type { Bracelet } from '../feed/live-state.ts'
import type { Mark as MarkLook } from '../feed/worst-open.ts'
import { type MapView, worldBounds } from '../ground/mercator.ts'

/** One bracelet where it is drawn. */
export type Mark = MarkLook & { n: number; x: number; y: number; opacity: number; fixValid: boolean }

/** Several bracelets in one place, drawn as a number. Alerts are grouped apart, so that they are never hidden in a crowd. */
export type Cluster = {
  x: number
  y: number
  count: number
  alert: boolean
  worst: MarkState
  counts: Record<MarkState, number>
  members: number[]
}

export type BraceletLayout = { marks: Mark[]; clusters: Cluster[] }

const CLUSTER = { belowZoom: 12, cellPx: 60, countMin: 3 }

const GRAVITY: readonly MarkState[] = ['nodata', 'patuh', 'informasi', 'serius', 'kritis']

type Cell = { alert: boolean; sumX: number; sumY: number; members: Bracelet[]; looks: MarkLook[] }

/**
 * What to draw of the bracelets in a view. Below `CLUSTER.belowZoom` those that share a cell of a grid fixed to the ground
 * become a cluster from `countMin` on; the selected one is always drawn alone. Marks come least grave first: drawn in order,
 * the gravest lie on top.
 */
export function layoutBracelets(
  bracelets: Iterable<Bracelet>,
  view: MapView,
  nowMs: number,
  selectedN: number | undefined,
  lookOf: (bracelet: Bracelet) => MarkLook,
): BraceletLayout {
  const { worldPx, originX, originY } = view
  const seen = worldBounds(view, 30)
  const marks: Mark[] = []
  const cells = new Map<number, Cell>()
  const clustering = view.zoom < CLUSTER.belowZoom
  const gridPx = 256 * 2 ** Math.floor(view.zoom)
  for (const bracelet of bracelets) {
    const { x, y } = bracelet
    if (x < seen.minX || x > seen.maxX || y < seen.minY || y > seen.maxY) continue
    const look = lookOf(bracelet)
    const { state } = look
    if (!clustering || bracelet.n === selectedN) {
      marks.push(markOf(bracelet, look, view, nowMs))
      continue
    }
    const alert = state === 'serius' || state === 'kritis'
    const column = Math.floor((x * gridPx) / CLUSTER.cellPx)
    const row = Math.floor((y * gridPx) / CLUSTER.cellPx)
    const key = (row * 65_536 + column) * 2 + Number(alert)
    let cell = cells.get(key)
    if (!cell) {
      cell = { alert, sumX: 0, sumY: 0, members: [], looks: [] }
      cells.set(key, cell)
    }
    cell.sumX += x
    cell.sumY += y
    cell.members.push(bracelet)
    cell.looks.push(look)
  }
  const clusters: Cluster[] = []
  for (const cell of cells.values()) {
    if (cell.members.length < CLUSTER.countMin) {
      marks.push(...cell.members.map((bracelet, i) => markOf(bracelet, cell.looks[i]!, view, nowMs)))
      continue
    }
    const counts: Record<MarkState, number> = { patuh: 0, informasi: 0, serius: 0, kritis: 0, nodata: 0 }
    for (const { state } of cell.looks) counts[state]++
    clusters.push({
      x: (cell.sumX / cell.members.length) * worldPx - originX,
      y: (cell.sumY / cell.members.length) * worldPx - originY,
      count: cell.members.length,
      alert: cell.alert,
      worst: GRAVITY.findLast((state) => counts[state] > 0)!,
      counts,
      members: cell.members.map((bracelet) => bracelet.n),
    })
  }
  clusters.sort((a, b) => Number(a.alert) - Number(b.alert))
  const byGravity = GRAVITY.flatMap((state) => marks.filter((mark) => mark.state === state))
  return { marks: byGravity, clusters: spreadAlerts(clusters) }
}

function markOf(bracelet: Bracelet, { state, hollow }: MarkLook, view: MapView, nowMs: number): Mark {
  return {
    n: bracelet.n,
    x: bracelet.x * view.worldPx - view.originX,
    y: bracelet.y * view.worldPx - view.originY,
    state,
    hollow,
    opacity: opacityOf(bracelet.timeMs, nowMs),
    fixValid: bracelet.fixValid,
  }
}

/** Moves an alert cluster up and to the right of a calm one that it would cover. */
function spreadAlerts(clusters: Cluster[]): Cluster[] {
  const calm = clusters.filter((cluster) => !cluster.alert)
  for (const cluster of clusters) {
    if (!cluster.alert) continue
    const covered = calm.find((other) => Math.hypot(other.x - cluster.x, other.y - cluster.y) < 26)
    if (!covered) continue
    cluster.x = covered.x + 22
    cluster.y = covered.y - 20
  }
  return clusters
}

export type Hit = { kind: 'mark'; mark: Mark } | { kind: 'cluster'; cluster: Cluster }

/** What lies under a pixel: the topmost mark within `reachPx`, else a cluster. */
export function hitBracelet(layout: BraceletLayout, x: number, y: number, reachPx: number): Hit | undefined {
  let best: Mark | undefined
  let bestPx = reachPx
  for (const mark of layout.marks) {
    const px = Math.hypot(mark.x - x, mark.y - y)
    if (px <= bestPx) {
      best = mark
      bestPx = px
    }
  }
  if (best) return { kind: 'mark', mark: best }
  const cluster = layout.clusters.findLast((c) => Math.hypot(c.x - x, c.y - y) <= 18)
  return cluster && { kind: 'cluster', cluster }
}
