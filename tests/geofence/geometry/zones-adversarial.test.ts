import { describe, expect, test } from 'vitest'
import { turfVerdict } from '../../../bench/engine/turf-oracle.ts'
import { compileZone } from '../../../geofence/geometry/compile-zone.ts'
import { ZoneInvalid } from '../../../geofence/geometry/zone-invalid.ts'
import type { ZoneShape } from '../../../model/plan/zone.ts'
import { slowDistanceM } from './slow-geodesy.ts'
import { coastRing, randomFrom } from './zone-shapes.ts'

type Ring = [lon: number, lat: number][]

const toE7 = (degrees: number): number => Math.round(degrees * 1e7)
const polygon = (...coordinates: Ring[]): ZoneShape => ({ type: 'Polygon', coordinates })
const distance = (shape: ZoneShape, lon: number, lat: number): number =>
  compileZone(shape).signedDistanceM(toE7(lat), toE7(lon))

function box(west: number, south: number, east: number, north: number): Ring {
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ]
}

const METRE = 1 / 111_195

describe('positions on the boundary', () => {
  const shape = polygon(box(106.8, -6.2, 106.81, -6.19))
  test.each([
    ['on a vertex', 106.8, -6.2],
    ['on another vertex', 106.81, -6.19],
    ['on a horizontal edge', 106.805, -6.2],
    ['on a vertical edge', 106.8, -6.195],
  ])('%s: distance 0', (_, lon, lat) => {
    expect(Math.abs(distance(shape, lon, lat))).toBeLessThan(0.001)
  })
  test('level with a vertex, to either side: not mistaken for crossing twice or never', () => {
    const diamond = polygon([
      [107, -6.01],
      [107.01, -6],
      [107, -5.99],
      [106.99, -6],
      [107, -6.01],
    ])
    expect(distance(diamond, 107, -6)).toBeGreaterThan(0)
    expect(distance(diamond, 106.98, -6)).toBeLessThan(0)
    expect(distance(diamond, 107.02, -6)).toBeLessThan(0)
    expect(distance(diamond, 106.995, -5.99)).toBeLessThan(0)
    expect(distance(diamond, 106.995, -6.01)).toBeLessThan(0)
  })
})

describe('rings that touch', () => {
  const outer = box(107, -6, 107.01, -5.99)
  const touchingEdge: Ring = [
    [107.005, -6],
    [107.006, -5.998],
    [107.004, -5.998],
    [107.005, -6],
  ]
  const touchingVertex: Ring = [
    [107, -6],
    [107.003, -5.999],
    [107.001, -5.997],
    [107, -6],
  ]
  const onEdge: Ring = [
    [107.004, -6],
    [107.006, -6],
    [107.005, -5.995],
    [107.004, -6],
  ]
  test.each<[string, ZoneShape]>([
    ['a hole touching the outer edge with a vertex', polygon(outer, touchingEdge)],
    ['a hole touching the outer vertex', polygon(outer, touchingVertex)],
    ['a hole running along the outer edge', polygon(outer, onEdge)],
    [
      'two parts touching at a vertex',
      { type: 'MultiPolygon', coordinates: [[outer], [box(107.01, -5.99, 107.02, -5.98)]] },
    ],
    [
      'two parts with a common edge, and a third overlapping both',
      {
        type: 'MultiPolygon',
        coordinates: [[outer], [box(107.01, -6, 107.02, -5.99)], [box(107.005, -5.995, 107.015, -5.98)]],
      },
    ],
    [
      'an island in a lake, and a part lying wholly in another',
      {
        type: 'MultiPolygon',
        coordinates: [
          [outer, box(107.002, -5.998, 107.008, -5.992)],
          [box(107.004, -5.996, 107.006, -5.994)],
          [box(107.0005, -5.9995, 107.001, -5.999)],
        ],
      },
    ],
    [
      'a lake drawn with a bridge to the outer ring',
      polygon([
        [107, -6],
        [107.005, -6],
        [107.005, -5.998],
        [107.007, -5.998],
        [107.007, -5.995],
        [107.003, -5.995],
        [107.003, -5.998],
        [107.005, -5.998],
        [107.005, -6],
        [107.01, -6],
        [107.01, -5.99],
        [107, -5.99],
        [107, -6],
      ]),
    ],
    [
      'a ring touching itself at a vertex',
      polygon([
        [107, -6],
        [107.01, -6],
        [107.005, -5.995],
        [107.01, -5.99],
        [107, -5.99],
        [107.005, -5.995],
        [107, -6],
      ]),
    ],
  ])('%s: membership as Turf says', (_, shape) => {
    const zone = compileZone(shape)
    const within = turfVerdict(shape)
    const random = randomFrom(4)
    let inside = 0
    for (let i = 0; i < 4_000; i++) {
      const lon = Math.round((106.998 + 0.026 * random()) * 1e7) / 1e7
      const lat = Math.round((-6.003 + 0.025 * random()) * 1e7) / 1e7
      const distanceM = zone.signedDistanceM(toE7(lat), toE7(lon))
      if (Math.abs(distanceM) > 0.02) expect(distanceM > 0).toBe(within(lon, lat))
      if (distanceM > 0) inside++
    }
    expect(inside).toBeGreaterThan(100)
  })

  test('a common edge of two parts is no boundary: on it one is as deep as in one piece', () => {
    const parts: ZoneShape = {
      type: 'MultiPolygon',
      coordinates: [[box(107, -6, 107.01, -5.99)], [box(107.01, -6, 107.02, -5.99)]],
    }
    const whole = polygon(box(107, -6, 107.02, -5.99))
    expect(distance(parts, 107.01, -5.995)).toBeCloseTo(distance(whole, 107.01, -5.995), 3)
    expect(distance(parts, 107.01, -5.995)).toBeGreaterThan(500)
  })

  test('the bridge to a lake is no boundary either', () => {
    const bridged = polygon([
      [107, -6],
      [107.005, -6],
      [107.005, -5.998],
      [107.007, -5.998],
      [107.007, -5.995],
      [107.003, -5.995],
      [107.003, -5.998],
      [107.005, -5.998],
      [107.005, -6],
      [107.01, -6],
      [107.01, -5.99],
      [107, -5.99],
      [107, -6],
    ])
    expect(distance(bridged, 107.005, -5.999)).toBeGreaterThan(100)
  })
})

describe('thin and crooked', () => {
  test('a sliver 1 m wide and 2 km long is entered, and its distance is right on both sides', () => {
    const sliver = polygon(box(107, -6, 107.018, -6 + METRE))
    expect(distance(sliver, 107.009, -6 + METRE / 2)).toBeCloseTo(0.5, 1)
    expect(distance(sliver, 107.009, -6 + 11 * METRE)).toBeCloseTo(-10, 0)
    expect(distance(sliver, 107.009, -6 - 10 * METRE)).toBeCloseTo(-10, 0)
  })
  test('repeated positions and spikes change nothing', () => {
    const plain = polygon(box(107, -6, 107.01, -5.99))
    const rough = polygon([
      [107, -6],
      [107, -6],
      [107.01, -6],
      [107.05, -6],
      [107.01, -6],
      [107.01, -5.99],
      [107.01, -5.99],
      [107.01, -5.95],
      [107.01, -5.97],
      [107.01, -5.99],
      [107, -5.99],
      [107, -6],
      [107, -6],
    ])
    expect(compileZone(rough).vertices).toBe(compileZone(plain).vertices)
    for (const [lon, lat] of [
      [107.03, -6],
      [107.01, -5.96],
      [107.005, -5.995],
      [107.005, -6.01],
    ] as const)
      expect(distance(rough, lon, lat)).toBe(distance(plain, lon, lat))
  })
  test('a ring left open is closed; either winding is the same', () => {
    const ring = box(107, -6, 107.01, -5.99)
    const plain = distance(polygon(ring), 107.004, -5.996)
    expect(plain).toBeGreaterThan(0)
    expect(distance(polygon(ring.slice(0, 4)), 107.004, -5.996)).toBe(plain)
    expect(distance(polygon([...ring].reverse()), 107.004, -5.996)).toBeCloseTo(plain, 6)
  })
})

describe('the equator and the antimeridian', () => {
  test('a zone across the equator (Pontianak lies on it)', () => {
    const shape = polygon(coastRing(109.34, 0, 0.05, 300))
    const zone = compileZone(shape)
    const within = turfVerdict(shape)
    const random = randomFrom(9)
    for (let i = 0; i < 500; i++) {
      const [lon, lat] = [109.34 + 0.2 * (random() - 0.5), 0.2 * (random() - 0.5)]
      const [rLon, rLat] = [toE7(lon) / 1e7, toE7(lat) / 1e7]
      const distanceM = zone.signedDistanceM(toE7(lat), toE7(lon))
      expect(distanceM > 0).toBe(within(rLon, rLat))
      if (i % 10 === 0) expect(Math.abs(distanceM)).toBeCloseTo(slowDistanceM(shape, [rLon, rLat]), 1)
    }
    expect(zone.signedDistanceM(0, toE7(109.34))).toBeGreaterThan(3_000)
    expect(Math.abs(zone.signedDistanceM(1, toE7(109.34)) - zone.signedDistanceM(-1, toE7(109.34)))).toBeLessThan(0.05)
  })

  // Taveuni lies on 180°.
  const crossing: ZoneShape = polygon([
    [179.9, -17],
    [-179.8, -17],
    [-179.8, -16.7],
    [179.9, -16.7],
    [179.9, -17],
  ])
  const cut: ZoneShape = {
    type: 'MultiPolygon',
    coordinates: [[box(179.9, -17, 180, -16.7)], [box(-180, -17, -179.8, -16.7)]],
  }
  const moved = polygon(box(9.9, -17, 10.2, -16.7))

  test.each([
    ['drawn through', crossing],
    ['cut in two as RFC 7946 asks', cut],
  ])('a zone across the antimeridian, %s, is the same as elsewhere on that latitude', (_, shape) => {
    const zone = compileZone(shape)
    const elsewhere = compileZone(moved)
    const random = randomFrom(12)
    for (let i = 0; i < 500; i++) {
      const lon = 9.7 + 0.7 * random()
      const latE7 = toE7(-17.2 + 0.7 * random())
      const here = toE7(lon) + 1_700_000_000
      const folded = here > 1_800_000_000 ? here - 3_600_000_000 : here
      expect(zone.signedDistanceM(latE7, folded)).toBeCloseTo(elsewhere.signedDistanceM(latE7, toE7(lon)), 3)
    }
    expect(zone.signedDistanceM(toE7(-16.85), 1_800_000_000)).toBe(zone.signedDistanceM(toE7(-16.85), -1_800_000_000))
    expect(zone.signedDistanceM(toE7(-16.85), 1_800_000_000)).toBeGreaterThan(10_000)
    expect(zone.areaM2).toBeCloseTo(elsewhere.areaM2, -1)
    const { west, east } = zone.bboxE7
    expect(east - west).toBe(3_000_000)
  })

  test('a circle and a corridor across the antimeridian', () => {
    expect(distance({ type: 'Circle', center: [180, -17], radiusM: 1_000 }, -179.995, -17)).toBeCloseTo(
      1_000 - 532.4,
      0,
    )
    const corridor: ZoneShape = {
      type: 'Corridor',
      coordinates: [
        [179.99, 0],
        [-179.99, 0],
      ],
      widthM: 200,
    }
    expect(distance(corridor, 180, 0)).toBeCloseTo(100, 3)
    expect(distance(corridor, -179.995, 0.001)).toBeCloseTo(100 - 110.574, 2)
    expect(distance(corridor, -179.98, 0)).toBeCloseTo(100 - 1113.2, 0)
  })
})

describe('circle and corridor', () => {
  test('a corridor of one kilometre: half the width less the distance to the line, round at its ends', () => {
    const corridor: ZoneShape = {
      type: 'Corridor',
      coordinates: [
        [107, 0],
        [107.01, 0],
      ],
      widthM: 100,
    }
    expect(distance(corridor, 107.005, 0)).toBeCloseTo(50, 3)
    expect(distance(corridor, 107.005, 0.001)).toBeCloseTo(50 - 110.574, 2)
    expect(distance(corridor, 106.999, 0)).toBeCloseTo(50 - 111.319, 2)
  })
  test('a circle of 400 km keeps its radius', () => {
    const shape: ZoneShape = { type: 'Circle', center: [107, -6], radiusM: 400_000 }
    for (const [lon, lat] of [
      [110.6, -6],
      [107, -2.38],
      [109.5, -8.5],
      [107, -9.7],
    ] as const)
      expect(Math.abs(Math.abs(distance(shape, lon, lat)) - slowDistanceM(shape, [lon, lat]))).toBeLessThan(0.1)
  })
  test('positions at the poles and on the other side of the earth give numbers', () => {
    const shapes: ZoneShape[] = [
      { type: 'Circle', center: [107, -6], radiusM: 100 },
      polygon(coastRing(107, -6, 0.1, 200)),
      polygon(box(107, -6, 107.1, -5.9)),
      {
        type: 'Corridor',
        coordinates: [
          [107, 0],
          [107.01, 0],
        ],
        widthM: 100,
      },
      polygon(box(20, 89, 40, 89.9)),
    ]
    for (const shape of shapes)
      for (const lat of [-90, -89.5, 0, 6, 89.5, 90])
        for (const lon of [-180, -73, 0, 107, 180]) {
          const distanceM = distance(shape, lon, lat)
          expect(Number.isFinite(distanceM)).toBe(true)
          expect(Math.abs(distanceM)).toBeLessThan(20_100_000)
        }
  })
})

describe('what is refused, with a sentence', () => {
  const outer = box(107, -6, 107.01, -5.99)
  test.each<[string, ZoneShape, RegExp]>([
    [
      'a bow tie',
      polygon([
        [0, 0],
        [1, 1],
        [1, 0],
        [0, 1],
        [0, 0],
      ]),
      /crosses itself near latitude/,
    ],
    [
      'a line as a ring',
      polygon([
        [0, 0],
        [1, 0],
        [2, 0],
        [0, 0],
      ]),
      /no area/,
    ],
    [
      'a point as a ring',
      polygon([
        [1, 1],
        [1, 1],
        [1, 1],
        [1, 1],
      ]),
      /no area/,
    ],
    [
      'a ring around the pole',
      polygon([
        [0, 80],
        [120, 80],
        [-120, 80],
        [0, 80],
      ]),
      /around the pole/,
    ],
    [
      'an edge of half a turn',
      polygon([
        [-90, 0],
        [90, 0],
        [90, 10],
        [-90, 0],
      ]),
      /half around/,
    ],
    [
      'a ring wider than half the earth',
      polygon([
        [0, 0],
        [100, 0],
        [-170, 0],
        [-170, 10],
        [100, 10],
        [0, 10],
        [0, 0],
      ]),
      /half around/,
    ],
    ['a hole as large as its ring', polygon(box(0, 0, 1, 1), box(0, 0, 1, 1)), /holes cover it/],
    ['a hole reaching over the outer ring', polygon(outer, box(107.004, -6.002, 107.006, -5.995)), /a hole reaches/],
    [
      'two holes that overlap',
      polygon(outer, box(107.002, -5.998, 107.006, -5.994), box(107.004, -5.996, 107.008, -5.992)),
      /a hole reaches/,
    ],
    [
      'a hole within a hole',
      polygon(outer, box(107.002, -5.998, 107.008, -5.992), box(107.004, -5.996, 107.006, -5.994)),
      /a hole reaches/,
    ],
    ['a hole beside its outer ring', polygon(outer, box(107.02, -5.998, 107.021, -5.994)), /a hole reaches/],
    [
      'a coordinate that is no number',
      polygon([
        [0, 0],
        [1, 0],
        [1, Number.NaN],
        [0, 0],
      ]),
      /got NaN/,
    ],
    ['a circle without a radius', { type: 'Circle', center: [107, -6], radiusM: 0 }, /got 0/],
    [
      'a corridor of one position',
      {
        type: 'Corridor',
        coordinates: [
          [107, -6],
          [107, -6],
        ],
        widthM: 10,
      },
      /two different/,
    ],
    [
      'a corridor without a width',
      {
        type: 'Corridor',
        coordinates: [
          [107, -6],
          [107, -7],
        ],
        widthM: -1,
      },
      /got -1/,
    ],
  ])('%s', (_, shape, sentence) => {
    expect(() => compileZone(shape)).toThrow(ZoneInvalid)
    expect(() => compileZone(shape)).toThrow(sentence)
  })
})

describe('limits', () => {
  test('200,000 vertices are compiled, one more is refused', () => {
    const ring = coastRing(107, -6, 0.5, 199_999)
    expect(compileZone(polygon(ring)).vertices).toBeGreaterThan(190_000)
    expect(() => compileZone(polygon([...ring, ring[0]!]))).toThrow(/200000 vertices at most, this one has 200001/)
  })
  test('50,000 islands are compiled in seconds', () => {
    const random = randomFrom(1)
    const islands = Array.from({ length: 45_000 }, (_, i): Ring[] => {
      const [lon, lat] = [107 + (i % 300) / 1000, -6 + Math.floor(i / 300) / 1000]
      return [
        [
          [lon, lat],
          [lon + 0.0005 * (1 + random()) * 0.5, lat],
          [lon, lat + 0.0005],
          [lon, lat],
        ],
      ]
    })
    const zone = compileZone({ type: 'MultiPolygon', coordinates: islands })
    expect(zone.vertices).toBe(180_000)
    expect(zone.signedDistanceM(toE7(-6 + 0.0001), toE7(107.0001))).toBeGreaterThan(5)
  })
  test('a hatching whose every edge lies across every other is refused, not pondered', () => {
    const zigzag: Ring = []
    for (let i = 0; i < 60_000; i++) zigzag.push(i % 2 === 0 ? [107 + i * 1e-6, -6] : [108 + i * 1e-6, -5])
    expect(() => compileZone(polygon([...zigzag, [109, -6], [107, -7], zigzag[0]!]))).toThrow(
      /too intricate|crosses itself/,
    )
  })
})
