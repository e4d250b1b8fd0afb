// Places and ways between them on a flat patch of earth around a town.

export type Place = { latDeg: number; lonDeg: number }

const METRES_PER_DEGREE = 111_320

/** The place `eastM` and `northM` metres from `from`; good for town distances. */
export function offset(from: Place, eastM: number, northM: number): Place {
  return {
    latDeg: from.latDeg + northM / METRES_PER_DEGREE,
    lonDeg: from.lonDeg + eastM / (METRES_PER_DEGREE * Math.cos((from.latDeg * Math.PI) / 180)),
  }
}

/** [east, north] metres from `a` to `b`. */
export function between(a: Place, b: Place): [eastM: number, northM: number] {
  const eastM = (b.lonDeg - a.lonDeg) * METRES_PER_DEGREE * Math.cos((a.latDeg * Math.PI) / 180)
  return [eastM, (b.latDeg - a.latDeg) * METRES_PER_DEGREE]
}

export function distanceM(a: Place, b: Place): number {
  const [eastM, northM] = between(a, b)
  return Math.hypot(eastM, northM)
}

export function courseDeg(a: Place, b: Place): number {
  const [eastM, northM] = between(a, b)
  return (Math.atan2(eastM, northM) * 180) / Math.PI + (Math.atan2(eastM, northM) < 0 ? 360 : 0)
}

/** A way along streets, as points, with the length from its start to each of them. */
export type Route = { points: Place[]; lengthsM: number[] }

const BLOCK_M = 180

/**
 * A way from `a` to `b` along a grid of streets turned by `gridDeg`, with bends inside the blocks: the same two places give
 * the same way. Never the straight line.
 */
export function route(a: Place, b: Place, gridDeg: number, chance: (step: number) => number): Route {
  const turn = (gridDeg * Math.PI) / 180
  const [eastM, northM] = between(a, b)
  let alongM = eastM * Math.cos(turn) + northM * Math.sin(turn)
  let acrossM = -eastM * Math.sin(turn) + northM * Math.cos(turn)
  const points = [a]
  let at = a
  const go = (u: number, v: number) => {
    at = offset(at, u * Math.cos(turn) - v * Math.sin(turn), u * Math.sin(turn) + v * Math.cos(turn))
    points.push(at)
  }
  for (let step = 0; Math.abs(alongM) > 1 || Math.abs(acrossM) > 1; step++) {
    const blockM = BLOCK_M * (0.6 + 0.8 * chance(step))
    const bendM = 12 * (chance(step + 1000) - 0.5)
    const goAlong =
      Math.abs(acrossM) < 1 ||
      (Math.abs(alongM) >= 1 && chance(step + 2000) < Math.abs(alongM) / (Math.abs(alongM) + Math.abs(acrossM)))
    const restM = goAlong ? alongM : acrossM
    const stepM = Math.sign(restM) * Math.min(Math.abs(restM), blockM)
    if (goAlong) {
      go(stepM / 2, bendM)
      go(stepM / 2, -bendM)
      alongM -= stepM
    } else {
      go(bendM, stepM / 2)
      go(-bendM, stepM / 2)
      acrossM -= stepM
    }
  }
  points.push(b)
  const lengthsM = [0]
  for (let i = 1; i < points.length; i++) lengthsM.push(lengthsM[i - 1]! + distanceM(points[i - 1]!, points[i]!))
  return { points, lengthsM }
}

export function lengthOf(way: Route): number {
  return way.lengthsM[way.lengthsM.length - 1]!
}

/** Where one is after `alongM` metres of the way; its ends beyond them. */
export function placeAlong(way: Route, alongM: number): Place {
  if (alongM <= 0) return way.points[0]!
  for (let i = 1; i < way.points.length; i++) {
    const end = way.lengthsM[i]!
    if (alongM > end) continue
    const start = way.lengthsM[i - 1]!
    const part = end === start ? 0 : (alongM - start) / (end - start)
    const [eastM, northM] = between(way.points[i - 1]!, way.points[i]!)
    return offset(way.points[i - 1]!, eastM * part, northM * part)
  }
  return way.points[way.points.length - 1]!
}
