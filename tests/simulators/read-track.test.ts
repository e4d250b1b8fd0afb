import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readTrack, TrackUnreadable } from '../../simulators/read-track.ts'

const read = (name: string) => readTrack(name, readFileSync(join(import.meta.dirname, '../tracks', name), 'utf8'))

describe('recorded tracks', () => {
  test('CSV, newest first, with accuracy', () => {
    const { points, skipped } = read('google-timeline-zurich-1min.csv')
    expect(points).toHaveLength(416)
    expect(skipped).toBe(0)
    expect(points[0]).toEqual({
      timeMs: Date.parse('2012-12-18T21:30:35Z'),
      latDeg: 47.3766094,
      lonDeg: 8.5484732,
      altitudeM: 0,
      accuracyM: 20,
    })
    expect(points[0]!.timeMs).toBeGreaterThan(points[415]!.timeMs)
  })

  test('GPX: points without a time are skipped and counted', () => {
    const { points, skipped } = read('gpxpy-korita-zbevnica.gpx')
    expect([points.length, skipped]).toEqual([513, 358])
  })

  test('GPX of a device with a broken clock keeps the times it says', () => {
    const { points } = read('gpxpy-Mojstrovka.gpx')
    expect(new Date(points[0]!.timeMs).toISOString()).toMatch(/^1901-12-13T/)
  })

  test('JSON rows with WKT points and a zone without colon', () => {
    const { points } = read('barefoot-munich-car-1hz.json')
    expect(points).toHaveLength(1194)
    expect(new Date(points[0]!.timeMs).toISOString()).toBe('2014-09-10T04:54:07.000Z')
  })

  test('GeoJSON: points with properties, and a line with times', () => {
    const point = {
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [110.37, -7.79] },
      properties: { time: 1767864605, accuracy: 12 },
    }
    const line = {
      type: 'Feature',
      geometry: {
        type: 'LineString',
        coordinates: [
          [110, -7, 5],
          [110.1, -7.1],
        ],
      },
      properties: { coordTimes: ['2026-01-08T09:30:05Z', '2026-01-08T09:31:05Z'] },
    }
    const { points } = readTrack('t.geojson', JSON.stringify({ type: 'FeatureCollection', features: [point, line] }))
    expect(points).toEqual([
      { timeMs: 1767864605000, latDeg: -7.79, lonDeg: 110.37, accuracyM: 12 },
      { timeMs: 1767864605000, latDeg: -7, lonDeg: 110, altitudeM: 5 },
      { timeMs: 1767864665000, latDeg: -7.1, lonDeg: 110.1 },
    ])
  })

  test.each([
    ['empty.csv', 'lat,lon,time\n'],
    ['broken.json', '{"type":'],
    ['other.json', '{"type":"Topology"}'],
    ['page.gpx', '<html></html>'],
    ['far.csv', 'lat,lon,time\n95,200,2026-01-01T00:00:00Z\n'],
  ])('%s is refused with a sentence', (name, text) => {
    expect(() => readTrack(name, text)).toThrow(TrackUnreadable)
  })
})
