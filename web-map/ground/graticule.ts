import { latitudeAt, longitudeAt, type MapView, worldX, worldY } from './mercator.ts'

const STEPS_DEG = [20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001]
const SPACING_MIN_PX = 130

type GraticuleLine = { at: 'lat' | 'lon'; px: number; label: string }

/** Meridians and parallels of a view at the finest round step that keeps them `SPACING_MIN_PX` apart, with their labels. */
export function graticuleOf(view: MapView): GraticuleLine[] {
  const pxPerDegree = view.worldPx / 360
  const step = STEPS_DEG.findLast((degrees) => degrees * pxPerDegree >= SPACING_MIN_PX) ?? STEPS_DEG[0]!
  const digits = step >= 1 ? 0 : Math.ceil(-Math.log10(step))
  const west = longitudeAt(view.originX / view.worldPx)
  const east = longitudeAt((view.originX + view.widthPx) / view.worldPx)
  const north = latitudeAt(view.originY / view.worldPx)
  const south = latitudeAt((view.originY + view.heightPx) / view.worldPx)
  const lines: GraticuleLine[] = []
  for (let k = Math.ceil(west / step); k * step <= east; k++) {
    const lon = k * step
    lines.push({
      at: 'lon',
      px: worldX(lon) * view.worldPx - view.originX,
      label: degreesLabel(lon, digits, 'BT', 'BB'),
    })
  }
  for (let k = Math.ceil(south / step); k * step <= north; k++) {
    const lat = k * step
    lines.push({
      at: 'lat',
      px: worldY(lat) * view.worldPx - view.originY,
      label: degreesLabel(lat, digits, 'LU', 'LS'),
    })
  }
  return lines
}

function degreesLabel(degrees: number, digits: number, positive: string, negative: string): string {
  if (Math.abs(degrees) < 1e-9) return '0°'
  return `${Math.abs(degrees).toFixed(digits).replace('.', ',')}° ${degrees > 0 ? positive : negative}`
}
