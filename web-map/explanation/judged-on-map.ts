import type { Corners } from '../map/corners.ts'
import { cornersWithZone } from '../map/corners.ts'
import type { Overlay } from '../map/map-state.ts'
import type { DrawnZone } from '../map/project-zones.ts'
import type { Explaining } from './explaining.ts'
import { paintJudged } from './paint-judged.ts'

/** The fixes of the explanation that is open, over the map. */
export function judgedOverlay({ fixes, edges, cursor }: Explaining): Overlay | undefined {
  if (fixes.value.length === 0) return undefined
  const judged = { fixes: fixes.value, edges: edges.value, cursor: cursor.value }
  return { paint: (ctx, view, theme) => paintJudged(ctx, view, judged, theme), alone: true }
}

/** Where the map shows them. */
export function cornersOfJudged({ fixes }: Explaining, zone: DrawnZone | undefined): Corners | undefined {
  return cornersWithZone(fixes.value, zone)
}
