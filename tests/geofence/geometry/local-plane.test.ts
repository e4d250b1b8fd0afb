// The plane about a position is worked out in place in several files, since a call would cost the hot path more than the plane.
// Each takes the table's cubics whole or cut short: here each copy's error is held below the slack that its file grants.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PLANE_ROW, PLANES } from '../../../geofence/geometry/local-plane.ts'
import { A_M, E2, E7_RAD } from '../../../geofence/geometry/project.ts'

const GEOFENCE = new URL('../../../geofence/', import.meta.url)
/** Offsets of the three scales in a row of the table. */
const SCALES = { unitM: 0, ratio: 4, kappa: 8 } as const
type Scale = keyof typeof SCALES

/**
 * How many coefficients of each scale a file takes, and how wrong that may be: as a share, up to 85° of latitude. `kappaShare`: kappa
 * corrects the ratio for the way to the north, so its error counts as what it changes over 2 km.
 */
const COPIES: Record<string, { terms: Record<Scale, number>; errorShare: number; kappaShare: number }> = {
  'geometry/local-plane.ts': { terms: { unitM: 4, ratio: 4, kappa: 4 }, errorShare: 1e-9, kappaShare: 1e-7 },
  'geometry/circle.ts': { terms: { unitM: 4, ratio: 4, kappa: 4 }, errorShare: 1e-9, kappaShare: 1e-7 },
  'geometry/edge-zone.ts': { terms: { unitM: 4, ratio: 4, kappa: 4 }, errorShare: 1e-9, kappaShare: 1e-7 },
  // The first two grant a slack of 1 % (SLACK_SHARE); the index looks 0.1 % further around.
  'fold/fast-path.ts': { terms: { unitM: 3, ratio: 3, kappa: 2 }, errorShare: 1e-5, kappaShare: 1e-4 },
  'geometry/zone-cells.ts': { terms: { unitM: 2, ratio: 2, kappa: 2 }, errorShare: 1e-3, kappaShare: 1e-3 },
  'geometry/zone-index.ts': { terms: { unitM: 2, ratio: 2, kappa: 2 }, errorShare: 1e-3, kappaShare: 1e-3 },
}

/** The formulas of the ellipsoid, by the platform's functions. */
const exact: Record<Scale, (lat: number) => number> = {
  unitM: (lat) => ((A_M * (1 - E2)) / (1 - E2 * Math.sin(lat) ** 2) ** 1.5) * E7_RAD,
  ratio: (lat) => (Math.cos(lat) * (1 - E2 * Math.sin(lat) ** 2)) / (1 - E2),
  kappa: (lat) => (0.5 * E7_RAD * Math.tan(lat) * (1 - E2)) / (1 - E2 * Math.sin(lat) ** 2),
}

function fromTable(scale: Scale, terms: number, latDeg: number): number {
  const place = (latDeg + 90.5) | 0
  const t = latDeg + 90 - place
  let value = 0
  for (let k = terms - 1; k >= 0; k--) value = value * t + PLANES[place * PLANE_ROW + SCALES[scale] + k]!
  return value
}

/** Largest error as a share; of kappa what it changes over 2 km. */
function worstError(scale: Scale, terms: number): number {
  let worst = 0
  for (let latDeg = -85; latDeg <= 85; latDeg += 0.0137) {
    const is = exact[scale]((latDeg * Math.PI) / 180)
    const off = Math.abs(fromTable(scale, terms, latDeg) - is)
    worst = Math.max(worst, scale === 'kappa' ? off * (2000 / 0.0111) : off / is)
  }
  return worst
}

/** How many coefficients of each scale the text of a file takes from the table. */
function termsIn(text: string): Record<Scale, number> {
  const taken = new Set<number>()
  for (const [, offset] of text.matchAll(/\bplanes\[(?:row|plane)(?: \+ (\d+))?\]/gi)) taken.add(Number(offset ?? 0))
  const count = (scale: Scale) => [0, 1, 2, 3].filter((k) => taken.has(SCALES[scale] + k)).length
  return { unitM: count('unitM'), ratio: count('ratio'), kappa: count('kappa') }
}

function* sources(folder: URL): Generator<URL> {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) yield* sources(new URL(`${entry.name}/`, folder))
    else yield new URL(entry.name, folder)
}

test('every file that works the plane out in place is listed, with what it takes', () => {
  const found: Record<string, Record<Scale, number>> = {}
  for (const file of sources(GEOFENCE)) {
    const text = readFileSync(file, 'utf8')
    if (/\bPLANES\b/.test(text)) found[file.href.slice(GEOFENCE.href.length)] = termsIn(text)
  }
  expect(found).toEqual(Object.fromEntries(Object.entries(COPIES).map(([name, { terms }]) => [name, terms])))
})

for (const [name, { terms, errorShare, kappaShare }] of Object.entries(COPIES))
  test(`${name} is wrong by less than ${errorShare}`, () => {
    expect(worstError('unitM', terms.unitM)).toBeLessThan(errorShare)
    expect(worstError('ratio', terms.ratio)).toBeLessThan(errorShare)
    expect(worstError('kappa', terms.kappa)).toBeLessThan(kappaShare)
  })

test('one coefficient fewer is noticed', () => {
  for (const { terms, errorShare } of Object.values(COPIES))
    expect(worstError('ratio', terms.ratio - 1)).toBeGreaterThan(errorShare)
})
