// An oracle that shares nothing with the engine: Vincenty's inverse formula on WGS 84, and the nearest point of an edge
// by sampling and golden section.
import type { ZoneShape } from '../../../model/plan/zone.ts'

type Position = readonly [lon: number, lat: number]
const RAD = Math.PI / 180

/** Vincenty 1975; metres, to a tenth of a millimetre where it converges (not near antipodes). */
export function vincentyM([lon1, lat1]: Position, [lon2, lat2]: Position): number {
  const a = 6378137
  const f = 1 / 298.257223563
  const b = a * (1 - f)
  const u1 = Math.atan((1 - f) * Math.tan(lat1 * RAD))
  const u2 = Math.atan((1 - f) * Math.tan(lat2 * RAD))
  const l = (((lon2 - lon1 + 540) % 360) - 180) * RAD
  let lambda = l
  for (let i = 0; i < 200; i++) {
    const sinSigma = Math.hypot(
      Math.cos(u2) * Math.sin(lambda),
      Math.cos(u1) * Math.sin(u2) - Math.sin(u1) * Math.cos(u2) * Math.cos(lambda),
    )
    if (sinSigma === 0) return 0
    const cosSigma = Math.sin(u1) * Math.sin(u2) + Math.cos(u1) * Math.cos(u2) * Math.cos(lambda)
    const sigma = Math.atan2(sinSigma, cosSigma)
    const sinAlpha = (Math.cos(u1) * Math.cos(u2) * Math.sin(lambda)) / sinSigma
    const cos2Alpha = 1 - sinAlpha ** 2
    const cos2M = cos2Alpha === 0 ? 0 : cosSigma - (2 * Math.sin(u1) * Math.sin(u2)) / cos2Alpha
    const c = (f / 16) * cos2Alpha * (4 + f * (4 - 3 * cos2Alpha))
    const before = lambda
    lambda = l + (1 - c) * f * sinAlpha * (sigma + c * sinSigma * (cos2M + c * cosSigma * (-1 + 2 * cos2M ** 2)))
    if (Math.abs(lambda - before) < 1e-13 || i === 199) {
      const k2 = (cos2Alpha * (a * a - b * b)) / (b * b)
      const big = 1 + (k2 / 16384) * (4096 + k2 * (-768 + k2 * (320 - 175 * k2)))
      const small = (k2 / 1024) * (256 + k2 * (-128 + k2 * (74 - 47 * k2)))
      const delta =
        small *
        sinSigma *
        (cos2M +
          (small / 4) *
            (cosSigma * (-1 + 2 * cos2M ** 2) - (small / 6) * cos2M * (-3 + 4 * sinSigma ** 2) * (-3 + 4 * cos2M ** 2)))
      return b * big * (sigma - delta)
    }
  }
  return Number.NaN
}

/** Metres to the nearest point of the straight (longitude, latitude) line from a to b. */
function toEdgeM(p: Position, a: Position, b: Position, samples: number): number {
  const at = (t: number): number => vincentyM(p, [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])])
  let best = 0
  let bestM = Number.POSITIVE_INFINITY
  for (let i = 0; i <= samples; i++) {
    const d = at(i / samples)
    if (d < bestM) {
      bestM = d
      best = i / samples
    }
  }
  let from = Math.max(0, best - 1 / samples)
  let to = Math.min(1, best + 1 / samples)
  const golden = (Math.sqrt(5) - 1) / 2
  for (let i = 0; i < 60; i++) {
    const c = to - golden * (to - from)
    const d = from + golden * (to - from)
    if (at(c) < at(d)) to = d
    else from = c
  }
  return Math.min(bestM, at((from + to) / 2))
}

/** Metres to the boundary (to the middle line for a corridor), never negative. */
export function slowDistanceM(shape: ZoneShape, p: Position, samples = 16): number {
  if (shape.type === 'Circle') return Math.abs(shape.radiusM - vincentyM(p, shape.center))
  const lines =
    shape.type === 'Corridor'
      ? [shape.coordinates]
      : shape.type === 'Polygon'
        ? shape.coordinates
        : shape.coordinates.flat()
  let best = Number.POSITIVE_INFINITY
  for (const line of lines)
    for (let i = 1; i < line.length; i++) {
      const [a, b] = [line[i - 1]!, line[i]!]
      // No point of an edge is nearer than an end less the edge's length.
      if (vincentyM(p, a) - vincentyM(a, b) * 1.01 > best) continue
      best = Math.min(best, toEdgeM(p, a, b, samples))
    }
  return best
}
