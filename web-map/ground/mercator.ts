// Web Mercator in world units: x and y from 0 to 1, north at the top, so that a pixel is `x * worldPx - originX`.

export type WorldPoint = { x: number; y: number }

/** What the map shows: a window of `widthPx` × `heightPx` onto a world that is `worldPx` pixels wide. */
export type MapView = {
  widthPx: number
  heightPx: number
  zoom: number
  worldPx: number
  /** World pixel of the window's top left corner. */
  originX: number
  originY: number
}

const EARTH_CIRCUMFERENCE_M = 40_075_016.686
const LATITUDE_MAX_DEG = 85.051129

export function worldX(lonDeg: number): number {
  return lonDeg / 360 + 0.5
}

export function worldY(latDeg: number): number {
  const clamped = Math.max(-LATITUDE_MAX_DEG, Math.min(LATITUDE_MAX_DEG, latDeg))
  const sine = Math.sin((clamped * Math.PI) / 180)
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)
}

export function latitudeAt(y: number): number {
  return (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI
}

export function longitudeAt(x: number): number {
  return (x - 0.5) * 360
}

/** Length of a metre on the ground in world units at a latitude (it grows towards the poles). */
export function worldPerMetre(latDeg: number): number {
  return 1 / (EARTH_CIRCUMFERENCE_M * Math.cos((latDeg * Math.PI) / 180))
}

/** A length on the ground in pixels of a view. */
export function metresToPx(view: MapView, metres: number, latDeg: number): number {
  return metres * worldPerMetre(latDeg) * view.worldPx
}

/** Edges of the view in world units, widened by `marginPx`. */
export function worldBounds(view: MapView, marginPx: number) {
  return {
    minX: (view.originX - marginPx) / view.worldPx,
    minY: (view.originY - marginPx) / view.worldPx,
    maxX: (view.originX + view.widthPx + marginPx) / view.worldPx,
    maxY: (view.originY + view.heightPx + marginPx) / view.worldPx,
  }
}
