// Metres on the WGS 84 ellipsoid from 1e-7 degrees. Only + − × ÷ √ are used, so every IEEE 754 machine gives the same
// bits: sine and cosine are Taylor sums, whose error on ±90° is below 1e-12.

export const E7_RAD = Math.PI / 180e7
export const HALF_TURN_E7 = 1_800_000_000
export const FULL_TURN_E7 = 3_600_000_000

/** Equatorial radius and squared eccentricity of WGS 84. */
export const A_M = 6_378_137
export const E2 = 0.0066943799901413165

/** Sine of an angle within ±π/2. */
export function sine(x: number): number {
  const z = x * x
  return (
    x *
    (1 +
      z *
        (-1 / 6 +
          z *
            (1 / 120 +
              z *
                (-1 / 5040 +
                  z *
                    (1 / 362880 +
                      z *
                        (-1 / 39916800 +
                          z * (1 / 6227020800 + z * (-1 / 1307674368000 + z * (1 / 355687428096000)))))))))
  )
}

/** Cosine of an angle within ±π/2. */
export function cosine(x: number): number {
  const z = x * x
  return (
    1 +
    z *
      (-1 / 2 +
        z *
          (1 / 24 +
            z *
              (-1 / 720 +
                z *
                  (1 / 40320 +
                    z *
                      (-1 / 3628800 +
                        z *
                          (1 / 479001600 +
                            z * (-1 / 87178291200 + z * (1 / 20922789888000 + z * (-1 / 6402373705728000)))))))))
  )
}

/** Longitude difference folded into ±180°, 1e-7 degrees. */
export function foldE7(deltaE7: number): number {
  if (deltaE7 > HALF_TURN_E7) return deltaE7 - FULL_TURN_E7
  if (deltaE7 < -HALF_TURN_E7) return deltaE7 + FULL_TURN_E7
  return deltaE7
}

/** Sine and cosine of the angle at `row[at]`, into it and the place behind: nothing is boxed for the call or its answers. */
export function trigInto(row: Float64Array, at: number): void {
  const x = row[at]!
  row[at] = sine(x)
  row[at + 1] = cosine(x)
}

/**
 * Metres between two positions along the ellipsoid. The chord through the earth is exact; the arc over it is taken with
 * the ellipsoid's radius of curvature halfway, in the chord's direction. Against Vincenty: below 1 cm to 100 km, 0.1 % at
 * any distance. The longitudes must lie within half a turn of each other.
 */
export function geodesicM(aLatE7: number, aLonE7: number, bLatE7: number, bLonE7: number): number {
  ends[0] = aLatE7
  ends[1] = aLonE7
  ends[2] = bLatE7
  ends[3] = bLonE7
  geodesicInto(ends)
  return ends[0]!
}

const ends = new Float64Array(4)
const trig = new Float64Array(6)
const arc = new Float64Array(3)

/** The same from latitude, longitude, latitude, longitude in `row`, into `row[0]`. */
export function geodesicInto(row: Float64Array): void {
  trig[0] = row[0]! * E7_RAD
  trig[2] = row[2]! * E7_RAD
  trig[4] = (row[1]! - row[3]!) * E7_RAD * 0.5
  trigInto(trig, 0)
  trigInto(trig, 2)
  trigInto(trig, 4)
  const aSin = trig[0]!
  const bSin = trig[2]!
  const aN = A_M / Math.sqrt(1 - E2 * aSin * aSin)
  const bN = A_M / Math.sqrt(1 - E2 * bSin * bSin)
  const aP = aN * trig[1]!
  const bP = bN * trig[3]!
  const dP = aP - bP
  const dZ = (1 - E2) * (aN * aSin - bN * bSin)
  const half = trig[4]!
  arc[0] = 4 * aP * bP * half * half
  arc[1] = dP * dP + dZ * dZ
  arc[2] = (aSin + bSin) * 0.5
  arcOverChord(arc)
  row[0] = arc[0]!
}

/**
 * The arc over a chord, into `row[0]`. `row` holds the chord's squared parts to the east and to the north and the sine of
 * the latitude between.
 */
export function arcOverChord(row: Float64Array): void {
  const east2 = row[0]!
  const north2 = row[1]!
  const sinBetween = row[2]!
  const chord2 = east2 + north2
  if (chord2 < 1e-12) {
    row[0] = 0
    return
  }
  const w2 = 1 - E2 * sinBetween * sinBetween
  const n = A_M / Math.sqrt(w2)
  const m = (n * (1 - E2)) / w2
  // Euler: 1/R = cos²α/M + sin²α/N
  const curvature = (north2 / m + east2 / n) / chord2
  const chord = Math.sqrt(chord2)
  const h = Math.min(1, 0.5 * chord * curvature)
  // asin(h)/h to h¹⁰ is good to 1e-9 below 0.25 (3,200 km); beyond, the platform's asin.
  if (h > 0.25) {
    row[0] = (2 * Math.asin(h)) / curvature
    return
  }
  const z = h * h
  row[0] = chord * (1 + z * (1 / 6 + z * (3 / 40 + z * (15 / 336 + z * (105 / 3456 + z * (945 / 42240))))))
}
