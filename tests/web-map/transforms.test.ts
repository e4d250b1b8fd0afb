import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import type { TrackFix } from '../../model/console/console.ts'
import { applyLive } from '../../web-map/feed/apply-live.ts'
import { type Bracelet, emptyLiveState } from '../../web-map/feed/live-state.ts'
import { markOf } from '../../web-map/feed/worst-open.ts'
import { readCoast } from '../../web-map/ground/coast.ts'
import { graticuleOf } from '../../web-map/ground/graticule.ts'
import { latitudeAt, longitudeAt, type MapView, metresToPx, worldX, worldY } from '../../web-map/ground/mercator.ts'
import { PLACES } from '../../web-map/ground/places.ts'
import { cornersOf } from '../../web-map/map/corners.ts'
import { hitBracelet, layoutBracelets } from '../../web-map/map/layout-bracelets.ts'
import { projectZone } from '../../web-map/map/project-zones.ts'
import { trackOf } from '../../web-map/map/track-lines.ts'
import { makeSample } from './sample-data.ts'

const NOW = Date.UTC(2026, 10, 23, 13)
const MINUTE = 60_000
const coast = readCoast(readFileSync(resolve(import.meta.dirname, '../../web-map/ground/coast.txt'), 'utf8'))

function viewAt(latDeg: number, lonDeg: number, zoom: number, widthPx = 1000, heightPx = 700): MapView {
  const worldPx = 256 * 2 ** zoom
  const originX = worldX(lonDeg) * worldPx - widthPx / 2
  return { widthPx, heightPx, zoom, worldPx, originX, originY: worldY(latDeg) * worldPx - heightPx / 2 }
}

function onLand(latDeg: number, lonDeg: number): boolean {
  const x = worldX(lonDeg)
  const y = worldY(latDeg)
  let inside = false
  for (const { points } of coast.land)
    for (let i = 0, j = points.length - 2; i < points.length; j = i, i += 2) {
      const [xi, yi, xj, yj] = [points[i]!, points[i + 1]!, points[j]!, points[j + 1]!]
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside
    }
  return inside
}

test('mercator goes there and back, and knows the length of a metre', () => {
  for (const [lat, lon] of [
    [-6.2, 106.8],
    [5.5, 95.3],
    [-8.5, 140.4],
  ] as const) {
    expect(latitudeAt(worldY(lat))).toBeCloseTo(lat, 9)
    expect(longitudeAt(worldX(lon))).toBeCloseTo(lon, 9)
  }
  // Zoom 0 at the equator: 156,543 m a pixel.
  expect(metresToPx(viewAt(0, 110, 0), 156_543, 0)).toBeCloseTo(1, 3)
})

test('the drawn coast: cities on land, seas at sea', () => {
  for (const [lat, lon] of [
    [-7.6, 110.8],
    [0.5, 101.4],
    [-2.2, 113.9],
    [-4.1, 138.9],
    [-8.6, 115.3],
    [-9.6, 119.4],
    [-3.1, 129.5],
  ] as const)
    expect(onLand(lat, lon), `${lat} ${lon}`).toBe(true)
  for (const [lat, lon] of [
    [-5, 111],
    [-5.6, 127.4],
    [-10, 105],
    [3.4, 134],
    [-1, 107.8],
  ] as const)
    expect(onLand(lat, lon), `${lat} ${lon}`).toBe(false)
  const inland = PLACES.filter((place) => place.kind === 'city' || place.kind === 'island')
  const ashore = inland.filter((place) => onLand(place.latDeg, place.lonDeg))
  // Ports may lie a simplification's width off the drawn shore.
  expect(ashore.length / inland.length).toBeGreaterThan(0.8)
  expect(inland.length).toBeGreaterThan(60)
})

test('a cut outline is an error, not a strange country', () => {
  expect(() => readCoast('o~mF~cb@\\a@x\n\n')).toThrow(/cut/)
})

test('the graticule keeps its distance at every zoom', () => {
  for (let zoom = 3; zoom <= 18; zoom++) {
    const lines = graticuleOf(viewAt(-6.2, 106.8, zoom)).filter((line) => line.at === 'lon')
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.length).toBeLessThan(10)
  }
  const labels = graticuleOf(viewAt(-6.2, 106.8, 12)).map((line) => line.label)
  expect(labels).toContain('6,20° LS')
})

const lookOf = (bracelet: Bracelet) => markOf(bracelet, undefined, NOW)

test('far away bracelets become numbers, alerts apart and never lost; near ones stand alone', () => {
  const sample = makeSample(1500, NOW)
  const state = emptyLiveState()
  applyLive(state, { t: 'positions', rows: sample.rows }, NOW)
  const all = [...state.bracelets.values()]
  const far = layoutBracelets(all, viewAt(-3, 120, 5), NOW, 1, lookOf)
  const counted = far.marks.length + far.clusters.reduce((sum, cluster) => sum + cluster.count, 0)
  expect(counted).toBe(1500)
  expect(far.marks.some((mark) => mark.n === 1)).toBe(true)
  expect(far.marks.length).toBeLessThan(20)
  for (const cluster of far.clusters) expect(cluster.counts.kritis + cluster.counts.serius > 0).toBe(cluster.alert)
  const near = layoutBracelets(all, viewAt(-6.195, 106.84, 14), NOW, undefined, lookOf)
  expect(near.clusters).toEqual([])
  const gravity = near.marks.map((mark) => ['nodata', 'patuh', 'informasi', 'serius', 'kritis'].indexOf(mark.state))
  expect(gravity).toEqual(gravity.toSorted((a, b) => a - b))
})

test('clusters stay where they are while the map is dragged', () => {
  const state = emptyLiveState()
  applyLive(state, { t: 'positions', rows: makeSample(600, NOW).rows }, NOW)
  const all = [...state.bracelets.values()]
  const view = viewAt(-6.195, 106.84, 10)
  const dragged = { ...view, originX: view.originX + 37, originY: view.originY - 21 }
  const sizes = (v: MapView) =>
    layoutBracelets(all, v, NOW, undefined, lookOf)
      .clusters.map((one) => one.count)
      .sort()
  expect(sizes(dragged)).toEqual(sizes(view))
})

test('the pointer hits the topmost mark within reach, else a cluster', () => {
  const mark = { n: 1, x: 100, y: 100, state: 'patuh' as const, hollow: false, opacity: 1, fixValid: true }
  const cluster = { x: 200, y: 100, count: 5, alert: false, worst: 'patuh' as const, counts: {} as never, members: [] }
  const layout = { marks: [mark, { ...mark, n: 2, x: 106 }], clusters: [cluster] }
  expect(hitBracelet(layout, 105, 100, 12)).toMatchObject({ kind: 'mark', mark: { n: 2 } })
  expect(hitBracelet(layout, 205, 100, 12)).toMatchObject({ kind: 'cluster' })
  expect(hitBracelet(layout, 150, 100, 12)).toBeUndefined()
})

test('a track is cut at silences; invalid fixes are no part of a line', () => {
  const fix = (minute: number, more: Partial<TrackFix> = {}): TrackFix => ({
    timeMs: NOW + minute * MINUTE,
    latDeg: -6.2,
    lonDeg: 106.8 + minute / 1000,
    valid: true,
    archived: false,
    ...more,
  })
  const track = trackOf([fix(5), fix(0), fix(1), fix(3, { valid: false }), fix(40, { archived: true }), fix(41)])
  expect(track.lines.map((line) => [line.kind, line.points.length])).toEqual([
    ['seen', 3],
    ['gap', 2],
    ['seen', 2],
  ])
  expect([track.archived, track.invalid]).toEqual([1, 1])
  expect(trackOf([]).lines).toEqual([])
  expect(trackOf([fix(0), fix(60)]).lines.map((line) => line.kind)).toEqual(['gap'])
})

test('zones: a circle has its radius, a corridor its width, holes stay holes', () => {
  const base = { id: 'z', name: '', unitPath: 'a', kind: 'required' as const }
  const circle = projectZone({ ...base, shape: { type: 'Circle', center: [106.8, -6.2], radiusM: 500 } })
  const view = viewAt(-6.2, 106.8, 15)
  expect(circle.form === 'circle' && circle.radius * view.worldPx).toBeCloseTo(metresToPx(view, 500, -6.2), 6)
  const corridor = projectZone({
    ...base,
    shape: {
      type: 'Corridor',
      widthM: 200,
      coordinates: [
        [106.8, -6.2],
        [106.9, -6.2],
      ],
    },
  })
  expect(corridor.form === 'line' && corridor.width * view.worldPx).toBeCloseTo(metresToPx(view, 200, -6.2), 6)
  const ring = [
    [106, -6],
    [107, -6],
    [107, -7],
    [106, -6],
  ] as [number, number][]
  const many = projectZone({ ...base, shape: { type: 'MultiPolygon', coordinates: [[ring, ring], [ring]] } })
  expect(many.form === 'rings' && many.rings.length).toBe(3)
})

test('fitting leaves out the odd one far away', () => {
  const points = Array.from({ length: 100 }, (_, i) => ({ latDeg: -6 - i / 1000, lonDeg: 106 + i / 1000 }))
  points[50] = { latDeg: 50, lonDeg: 8 }
  expect(cornersOf(points)).toMatchObject({ west: expect.closeTo(106.001, 2), north: expect.closeTo(-6, 1) })
  expect(cornersOf([])).toBeUndefined()
})
