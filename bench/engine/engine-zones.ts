// Which zones is each fix in? Four ways on the same zones and fixes, in one process:
//   turf       every zone asked through Turf
//   flatbush   flatbush for the boxes, Turf for what it finds
//   exact      ours, every fix: the hierarchy over the zones, then exact signed distances of what is near
//   fast       ours, where the distance itself is not needed: while a wearer stays within the distance at which nothing can
//              change, a fix costs a comparison; else its cell is looked up, and zones are asked where a boundary crosses it
// All must give the same verdicts; a fix that differs is counted, and only one within a centimetre of a boundary may.
import { PerformanceObserver } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import Flatbush from 'flatbush'
import { compileZone } from '../../geofence/geometry/compile-zone.ts'
import type { CompiledZone } from '../../geofence/geometry/compiled-zone.ts'
import { metresApart } from '../../geofence/geometry/local-plane.ts'
import { ZoneCells } from '../../geofence/geometry/zone-cells.ts'
import { ZoneIndex } from '../../geofence/geometry/zone-index.ts'
import type { ZoneShape } from '../../model/plan/zone.ts'
import { randomFrom } from '../measure/random.ts'
import type { Bench } from '../measure/report.ts'
import { turfVerdict } from './turf-oracle.ts'

const ZONE_COUNTS = [10, 100, 1_000, 10_000]
const VERTICES = 64
const WEARERS = 2_000
const STEPS = 200
/** Half of Java; zones and wearers are spread over it evenly, the same density of wearers for every number of zones. */
/** Half of Java, degrees. */
export type Area = { west: number; south: number; east: number; north: number }
export const AREA: Area = { west: 106, south: -7.5, east: 109, north: -6 }
const LOOK_M = 500
const SAMPLE_HASH = 0x9e3779b1

type Fixes = { latE7: Int32Array; lonE7: Int32Array; count: number }
type Way = { usPerFix: number; hash: number }

export const engineZones: Bench = async ({ seed, say }) => {
  const rows: Record<string, number>[] = []
  let differing = 0
  warm(seed)
  for (const zoneCount of ZONE_COUNTS) {
    const random = randomFrom(seed)
    const shapes = manyZones(random, zoneCount)
    const fixes = walk(randomFrom(seed + 1), shapes)
    const turfFixes = zoneCount >= 1_000 ? 2_000 : 20_000
    const zones = shapes.map(compileZone)
    const exact = best(10, exactly(zones, fixes, fixes.count))
    const fast = best(30, fastOrLookedUp(zones, fixes, fixes.count))
    const flatbush = best(10, throughFlatbush(shapes, fixes, fixes.count))
    const turf = best(2, throughTurf(shapes, fixes, turfFixes))
    const exactOfTurf = exactly(zones, fixes, turfFixes)()
    if (exact.hash !== fast.hash) differing++
    if (exact.hash !== flatbush.hash) differing++
    if (exactOfTurf.hash !== turf.hash) differing++
    rows.push({
      zones: zoneCount,
      turfUs: turf.usPerFix,
      flatbushTurfUs: flatbush.usPerFix,
      exactUs: exact.usPerFix,
      fastUs: fast.usPerFix,
    })
    say(
      `${String(zoneCount).padStart(6)} zones  turf ${us(turf.usPerFix)}  flatbush+turf ${us(flatbush.usPerFix)}  ` +
        `exact ${us(exact.usPerFix)}  fast ${us(fast.usPerFix)}  µs a fix` +
        `   turf/fast ${(turf.usPerFix / fast.usPerFix).toFixed(0)}` +
        `  flatbush/fast ${(flatbush.usPerFix / fast.usPerFix).toFixed(1)}` +
        `  flatbush/exact ${(flatbush.usPerFix / exact.usPerFix).toFixed(1)}`,
    )
  }
  say(differing === 0 ? 'all four gave the same verdicts' : `${differing} of the comparisons gave other verdicts`)
  const at = (zones: number): Record<string, number> => rows.find((row) => row.zones === zones)!
  const heap = await heapBytesPerFix(seed)
  say(buildSays(seed))
  say(`heap: ${heap.fromCells.toFixed(4)} bytes a fix from the cells, ${heap.exactly.toFixed(4)} exactly`)
  return {
    marks: {
      'engine.timesFasterThanTurf': round(at(100).turfUs! / at(100).fastUs!),
      'engine.timesFasterThanFlatbushTurf': round(at(100).flatbushTurfUs! / at(100).fastUs!),
      'engine.zones.costAt10000ZonesOver10': round(at(10_000).fastUs! / at(10).fastUs!),
      'engine.zones.exactTimesFasterThanFlatbushTurf': round(at(100).flatbushTurfUs! / at(100).exactUs!),
      'engine.zones.exactCostAt10000ZonesOver10': round(at(10_000).exactUs! / at(10).exactUs!),
      'engine.zones.heapBytesPerFix': round(heap.fromCells),
      'engine.zones.exactHeapBytesPerFix': round(heap.exactly),
      'engine.zones.differingVerdicts': differing,
    },
    rows,
  }
}

/** What making ready for 10,000 zones takes beside compiling them. */
function buildSays(seed: number): string {
  const zones = manyZones(randomFrom(seed), 10_000).map(compileZone)
  const began = process.cpuUsage()
  const cells = new ZoneCells(zones)
  const { user, system } = process.cpuUsage(began)
  return `cells of 10000 zones: built in ${((user + system) / 1_000).toFixed(0)} ms, ${(cells.bytes / 1_048_576).toFixed(1)} MiB`
}

/** Every way once, so that the first row is not charged with compiling the program. */
function warm(seed: number): void {
  const shapes = manyZones(randomFrom(seed + 2), 50)
  const zones = shapes.map(compileZone)
  const fixes = walk(randomFrom(seed + 3), shapes)
  best(3, exactly(zones, fixes, fixes.count))
  best(10, fastOrLookedUp(zones, fixes, fixes.count))
  best(3, throughFlatbush(shapes, fixes, fixes.count))
  best(3, throughTurf(shapes, fixes, 5_000))
}

/** Stars of 64 vertices, 100 m to 1 km in radius. */
export function manyZones(random: () => number, count: number, area = AREA): ZoneShape[] {
  return Array.from({ length: count }, () => {
    const lon = area.west + random() * (area.east - area.west)
    const lat = area.south + random() * (area.north - area.south)
    const size = 0.001 + 0.008 * random()
    const ring: [number, number][] = []
    for (let i = 0; i < VERTICES; i++) {
      const angle = (2 * Math.PI * i) / VERTICES
      const radius = size * (0.7 + 0.3 * random())
      ring.push([degrees(lon + radius * Math.cos(angle)), degrees(lat + radius * Math.sin(angle))])
    }
    return { type: 'Polygon', coordinates: [[...ring, ring[0]!]] }
  })
}

/**
 * Fixes a minute apart: nine of ten wearers stay about one place with 10 m of noise, half of these amid one of the zones;
 * the tenth travels at up to 15 m/s. In the order in which they would arrive: every wearer once, then again.
 */
function walk(random: () => number, shapes: ZoneShape[]): Fixes {
  const count = WEARERS * STEPS
  const latE7 = new Int32Array(count)
  const lonE7 = new Int32Array(count)
  for (let wearer = 0; wearer < WEARERS; wearer++) {
    let lat = AREA.south + random() * (AREA.north - AREA.south)
    let lon = AREA.west + random() * (AREA.east - AREA.west)
    const shape = shapes[Math.floor(random() * shapes.length)]!
    if (wearer % 2 === 0) [lon, lat] = middle(shape)
    const travels = wearer % 10 === 9
    const north = ((random() - 0.5) * 30 * 60) / 111_000
    const east = ((random() - 0.5) * 30 * 60) / 111_000
    for (let step = 0; step < STEPS; step++) {
      if (travels) {
        lat += north * random()
        lon += east * random()
      }
      latE7[step * WEARERS + wearer] = Math.round((lat + 0.0002 * (random() + random() - 1)) * 1e7)
      lonE7[step * WEARERS + wearer] = Math.round((lon + 0.0002 * (random() + random() - 1)) * 1e7)
    }
  }
  return { latE7, lonE7, count }
}

function middle(shape: ZoneShape): [lon: number, lat: number] {
  const { west, south, east, north } = compileZone(shape).bboxE7
  return [(west + east) / 2e7, (south + north) / 2e7]
}

/** Sums over (fix, zone) in any order, so that every way can make it. */
function mark(fix: number, zone: number): number {
  return Math.imul(Math.imul(fix + 1, SAMPLE_HASH) ^ (zone + 1), 0x85ebca6b)
}

function throughTurf(shapes: ZoneShape[], fixes: Fixes, count: number): () => Way {
  const within = shapes.map(turfVerdict)
  return timed(count, () => {
    let hash = 0
    for (let i = 0; i < count; i++) {
      const lon = fixes.lonE7[i]! / 1e7
      const lat = fixes.latE7[i]! / 1e7
      for (let z = 0; z < within.length; z++) if (within[z]!(lon, lat)) hash = (hash + mark(i, z)) | 0
    }
    return hash
  })
}

function throughFlatbush(shapes: ZoneShape[], fixes: Fixes, count: number): () => Way {
  const within = shapes.map(turfVerdict)
  const index = new Flatbush(shapes.length)
  for (const shape of shapes) {
    const { west, south, east, north } = compileZone(shape).bboxE7
    index.add(west / 1e7, south / 1e7, east / 1e7, north / 1e7)
  }
  index.finish()
  return timed(count, () => {
    let hash = 0
    for (let i = 0; i < count; i++) {
      const lon = fixes.lonE7[i]! / 1e7
      const lat = fixes.latE7[i]! / 1e7
      for (const z of index.search(lon, lat, lon, lat)) if (within[z]!(lon, lat)) hash = (hash + mark(i, z)) | 0
    }
    return hash
  })
}

function exactly(zones: CompiledZone[], fixes: Fixes, count: number): () => Way {
  const index = new ZoneIndex(zones)
  const found = new Int32Array(zones.length)
  const distancesM = new Float64Array(zones.length + 1)
  return timed(count, () => {
    let hash = 0
    for (let i = 0; i < count; i++) {
      const near = index.near(fixes.latE7[i]!, fixes.lonE7[i]!, 0, found, distancesM)
      for (let k = 0; k < near; k++) if (distancesM[k]! > 0) hash = (hash + mark(i, found[k]!)) | 0
    }
    return hash
  })
}

const INSIDE_MAX = 32
/** Half the side, 1e-7 degrees, of a square that lies within a circle of one metre, wherever on earth. */
const SQUARE_E7_PER_M = 63
const SQUARE_OF_CIRCLE = 1.5

function fastOrLookedUp(zones: CompiledZone[], fixes: Fixes, count: number): () => Way {
  const cells = new ZoneCells(zones)
  const clearM = new Float64Array(1)
  return timed(count, () => {
    // One row a wearer: where it was last looked up, how far from there nothing changes, and the zones it was in.
    const anchorLatE7 = new Int32Array(WEARERS)
    const anchorLonE7 = new Int32Array(WEARERS)
    const reachE7 = new Int32Array(WEARERS).fill(-1)
    const reachM = new Float64Array(WEARERS)
    const inside = new Int32Array(WEARERS * INSIDE_MAX)
    const insideCount = new Int32Array(WEARERS)
    let hash = 0
    for (let i = 0, w = 0; i < count; i++, w = w + 1 === WEARERS ? 0 : w + 1) {
      const latE7 = fixes.latE7[i]!
      const lonE7 = fixes.lonE7[i]!
      const up = Math.abs(latE7 - anchorLatE7[w]!)
      const aside = Math.abs(lonE7 - anchorLonE7[w]!)
      const reach = reachE7[w]!
      if (!(up < reach && aside < reach)) {
        // A distance costs a tenth of looking up; who is far outside the square is outside the circle too.
        const far = reach * SQUARE_OF_CIRCLE
        if (
          !(up < far && aside < far) ||
          !(metresApart(anchorLatE7[w]!, anchorLonE7[w]!, latE7, lonE7) * 1.001 < reachM[w]!)
        ) {
          insideCount[w] = cells.around(latE7, lonE7, inside, w * INSIDE_MAX, clearM)
          anchorLatE7[w] = latE7
          anchorLonE7[w] = lonE7
          reachM[w] = clearM[0]!
          reachE7[w] = clearM[0]! * SQUARE_E7_PER_M
        }
      }
      const from = w * INSIDE_MAX
      const to = from + insideCount[w]!
      for (let k = from; k < to; k++) hash = (hash + mark(i, inside[k]!)) | 0
    }
    return hash
  })
}

const HEAP_FIXES = 2_000_000

/** Bytes that a fix allocates, once warm. */
async function heapBytesPerFix(seed: number): Promise<{ exactly: number; fromCells: number }> {
  const shapes = manyZones(randomFrom(seed), 1_000)
  const { latE7, lonE7, count } = walk(randomFrom(seed + 1), shapes)
  const zones = shapes.map(compileZone)
  const index = new ZoneIndex(zones)
  const cells = new ZoneCells(zones)
  const found = new Int32Array(64)
  const distancesM = new Float64Array(65)
  const exactly = await leastBytes(() => {
    for (let n = 0, i = 0; n < HEAP_FIXES; n++, i = i + 1 === count ? 0 : i + 1)
      index.near(latE7[i]!, lonE7[i]!, LOOK_M, found, distancesM)
  })
  const fromCells = await leastBytes(() => {
    for (let n = 0, i = 0; n < HEAP_FIXES; n++, i = i + 1 === count ? 0 : i + 1)
      cells.around(latE7[i]!, lonE7[i]!, found, 0, distancesM)
  })
  return { exactly: exactly / HEAP_FIXES, fromCells: fromCells / HEAP_FIXES }
}

/**
 * Growth of the heap, and a young generation for every collection in between (16 MiB with Node's defaults), since a
 * collection hides what went before it. Least of three passes: what a fix allocates it allocates in every one, what the
 * compiler leaves behind comes once.
 */
async function leastBytes(pass: () => void): Promise<number> {
  pass()
  let collections = 0
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length
  })
  await setImmediate()
  observer.observe({ entryTypes: ['gc'] })
  let least = Infinity
  for (let k = 0; k < 3; k++) {
    collections = 0
    const before = process.memoryUsage().heapUsed
    pass()
    const grown = process.memoryUsage().heapUsed - before
    await setImmediate()
    least = Math.min(least, Math.max(0, grown + collections * 16 * 1_048_576))
  }
  observer.disconnect()
  return least
}

/** Processor time, collections included; a busy machine disturbs it less than the clock on the wall. */
function timed(count: number, run: () => number): () => Way {
  return () => {
    const began = process.cpuUsage()
    const hash = run()
    const { user, system } = process.cpuUsage(began)
    return { hash, usPerFix: (user + system) / count }
  }
}

function best(times: number, run: () => Way): Way {
  let kept = run()
  for (let i = 1; i < times; i++) {
    const again = run()
    if (again.usPerFix < kept.usPerFix) kept = again
  }
  return kept
}

function degrees(value: number): number {
  return Math.round(value * 1e7) / 1e7
}

function round(value: number): number {
  return Number(value.toPrecision(4))
}

function us(value: number): string {
  return value.toPrecision(3).padStart(7)
}
