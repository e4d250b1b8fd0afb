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
    [
      'commas.csv',
      'time,lat,lon\n2026-01-01T00:00:00Z,1.5,2.5\n2026-01-01T00:01:00Z,-6,2,106,8\n',
      /commas\.csv, line 3: 5 cells/,
    ],
    [
      'semicolons.csv',
      'time;lat;lon\n2026-01-01T00:00:00Z;-6,2088;106,8456\n',
      /line 2: "-6,2088" has a decimal comma/,
    ],
    [
      'quoted.csv',
      'time,lat,lon\n2026-01-01T00:00:00Z,"-6,2088","106,8456"\n',
      /line 2: "-6,2088" has a decimal comma/,
    ],
    ['longer.csv', 'time,lat,lon\n2026-01-01T00:00:00Z,1,2,3\n', /line 2: 4 cells under a header of 3/],
  ])('%s is refused with its line', (name, text, sentence) => {
    expect(() => readTrack(name, text)).toThrow(sentence)
  })

  test('rows that end in empty cells, or are shorter than the header, are read', () => {
    const text =
      'time,lat,lon,accuracy\n2026-01-01T00:00:01Z,1,2,5,,\n2026-01-01T00:01:01Z,1,2\n2026-01-01T00:02:01Z,1\n'
    const { points, skipped } = readTrack('t.csv', text)
    expect([points.length, skipped]).toEqual([2, 1])
  })

  test('times without a zone are said, and so are times cut to the minute', () => {
    const line = (time: string, lat: number) => `${time},${lat},106\n`
    const text = `time,lat,lon\n${line('2026-01-01 00:01:00', 1)}${line('2026-01-01T00:01:00+07:00', 2)}${line('2026-01-01 00:01', 3)}`
    const { points, skipped, warnings } = readTrack('t.csv', text)
    expect(points.map(({ latDeg }) => latDeg)).toEqual([1, 2])
    expect(skipped).toBe(0)
    expect(warnings).toEqual([
      '2 times have no zone and are read as UTC',
      'the times are cut to the minute: 1 further places of the same minute are left out',
    ])
    expect(
      readTrack('t.csv', `time,lat,lon\n${line('2026-01-01T00:01:00Z', 1)}${line('2026-01-01T00:02:00Z', 2)}`).warnings,
    ).toEqual([])
  })

  test('GPX with a prefix is GPX, and what the file calls no fix is none', () => {
    const gpx = `<?xml version="1.0"?><g:gpx xmlns:g="http://www.topografix.com/GPX/1/1"><g:trk><g:trkseg>
      <g:trkpt lat="-6.2" lon="106.8"><g:ele>5</g:ele><g:time>2026-01-01T00:00:01Z</g:time></g:trkpt></g:trkseg></g:trk></g:gpx>`
    expect(readTrack('t.gpx', gpx).points).toEqual([
      { timeMs: Date.parse('2026-01-01T00:00:01Z'), latDeg: -6.2, lonDeg: 106.8, altitudeM: 5 },
    ])
    const csv = 'time,lat,lon,valid\n2026-01-01T00:00:01Z,1,2,false\n2026-01-01T00:00:02Z,1,2,true\n'
    expect(readTrack('t.csv', csv).points.map(({ fixValid }) => fixValid)).toEqual([false, undefined])
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
