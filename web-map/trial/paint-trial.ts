import type { MapView } from '../ground/mercator.ts'
import { FONT } from '../map/paint-ground.ts'
import { paintZones } from '../map/paint-zones.ts'
import type { DrawnZone } from '../map/project-zones.ts'
import type { MapTheme } from '../map/theme.ts'
import type { TrialPlace } from './trial-places.ts'

/** A proposed zone, and where it would have raised something; `undefined` where no position is known. */
type TrialPicture = {
  zone: DrawnZone | undefined
  places: readonly (TrialPlace | undefined)[]
  chosen: number | undefined
}

const BADGE_PX = 9
/** Of many at one place the first names it. */
const BADGE_APART_PX = 16

/** Over everything else on the ground: the zone as it would be, and the incidents numbered as in the list. */
export function paintTrial(ctx: CanvasRenderingContext2D, view: MapView, trial: TrialPicture, theme: MapTheme): void {
  if (trial.zone) paintZones(ctx, view, [trial.zone], theme, new Set([trial.zone.id]))
  const taken: [x: number, y: number][] = []
  const order = [...trial.places.keys()].sort(
    (a, b) => Number(b === trial.chosen) - Number(a === trial.chosen) || a - b,
  )
  for (const i of order) {
    const place = trial.places[i]
    if (!place) continue
    const x = place.x * view.worldPx - view.originX
    const y = place.y * view.worldPx - view.originY
    if (taken.some(([tx, ty]) => Math.hypot(tx - x, ty - y) < BADGE_APART_PX)) continue
    taken.push([x, y])
    ctx.beginPath()
    ctx.arc(x, y, BADGE_PX, 0, 7)
    ctx.fillStyle = i === trial.chosen ? theme.state.kritis : theme.select
    ctx.fill()
    ctx.strokeStyle = theme.markEdge
    ctx.lineWidth = 1.5
    ctx.stroke()
    ctx.font = `700 11px ${FONT}`
    ctx.textAlign = 'center'
    ctx.textBaseline = 'middle'
    ctx.fillStyle = i === trial.chosen ? theme.stateInk : theme.land
    ctx.fillText(String(i + 1), x, y + 0.5)
  }
}
