// Files of zones as offices have them: every format gives the same zones; what is wrong is named; nothing of outside stops
// the process that reads it.
import fc from 'fast-check'
import { strToU8, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { readZoneFileAside } from '../../../api/zone-files/read-aside.ts'
import { readZoneFile } from '../../../api/zone-files/read-zone-file.ts'
import { unpackArchive } from '../../../api/zone-files/unpack-archive.ts'
import { ZoneFileRefused } from '../../../api/zone-files/zone-file.ts'
import { shapefileZip } from './make-shapefile.ts'

const RING: [number, number][] = [
  [106.8, -6.2],
  [106.8, -6.19],
  [106.81, -6.19],
  [106.81, -6.2],
  [106.8, -6.2],
]
const HOLE: [number, number][] = [
  [106.803, -6.197],
  [106.806, -6.197],
  [106.806, -6.194],
  [106.803, -6.194],
  [106.803, -6.197],
]
const geoJson = (...features: unknown[]) => strToU8(JSON.stringify({ type: 'FeatureCollection', features }))
const feature = (geometry: unknown, properties: unknown = { name: 'Pasar' }) => ({
  type: 'Feature',
  properties,
  geometry,
})
const KML = `<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>Pasar</name>
<Polygon><outerBoundaryIs><LinearRing><coordinates>${RING.map((p) => p.join(',')).join(' ')}</coordinates></LinearRing></outerBoundaryIs>
<innerBoundaryIs><LinearRing><coordinates>${HOLE.map((p) => p.join(',')).join(' ')}</coordinates></LinearRing></innerBoundaryIs></Polygon>
</Placemark></Document></kml>`
const GPX = `<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="x"><trk><name>Jalur kerja</name><trkseg>
${RING.slice(0, 3)
  .map(([lon, lat]) => `<trkpt lat="${lat}" lon="${lon}"/>`)
  .join('')}</trkseg></trk></gpx>`

describe('formats', () => {
  const polygon = { type: 'Polygon', coordinates: [RING, HOLE] }
  test.each([
    ['GeoJSON', geoJson(feature(polygon))],
    ['KML', strToU8(KML)],
    ['KMZ', zipSync({ 'doc.kml': strToU8(KML), 'files/icon.png': strToU8('no picture') })],
    ['a zipped shapefile', shapefileZip([{ name: 'Pasar', rings: [RING, HOLE] }])],
  ])('%s: the polygon with its hole and its name', async (_, bytes) => {
    const { zones, refused } = await readZoneFile(bytes)
    expect(refused).toEqual([])
    expect(zones).toHaveLength(1)
    expect(zones[0]).toMatchObject({ feature: 1, name: 'Pasar', warnings: [] })
    expect(zones[0]!.shape.type).toBe('Polygon')
    const rings = (zones[0]!.shape as { coordinates: [number, number][][] }).coordinates
    expect(rings.map((ring) => new Set(ring.map(String)))).toEqual(
      [RING, HOLE].map((ring) => new Set(ring.map(String))),
    )
    expect(zones[0]!.areaM2).toBeGreaterThan(1_000_000)
  })

  test('a track of GPX becomes a corridor where a width is given, and is refused with the reason where none is', async () => {
    expect((await readZoneFile(strToU8(GPX))).refused).toEqual([
      { feature: 1, name: 'Jalur kerja', reason: 'a line needs a width to become a corridor' },
    ])
    const { zones } = await readZoneFile(strToU8(GPX), { corridorWidthM: 100 })
    expect(zones).toMatchObject([{ name: 'Jalur kerja', shape: { type: 'Corridor', widthM: 100 } }])
  })

  test('a point becomes a circle where a radius is given', async () => {
    const bytes = geoJson(feature({ type: 'Point', coordinates: [106.8, -6.2, 12] }))
    expect((await readZoneFile(bytes)).zones).toEqual([])
    expect((await readZoneFile(bytes, { circleRadiusM: 80 })).zones).toMatchObject([
      { shape: { type: 'Circle', center: [106.8, -6.2], radiusM: 80 } },
    ])
  })

  test('a shapefile in UTM 48S lies where it lies', async () => {
    const prj =
      'PROJCS["WGS_1984_UTM_Zone_48S",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",10000000.0],PARAMETER["Central_Meridian",105.0],PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
    const ring: [number, number][] = [
      [700_000, 9_310_000],
      [700_000, 9_311_000],
      [701_000, 9_311_000],
      [701_000, 9_310_000],
      [700_000, 9_310_000],
    ]
    const { zones } = await readZoneFile(shapefileZip([{ name: 'Gambir', rings: [ring] }], prj))
    expect(zones[0]?.warnings).toEqual([])
    // One square kilometre; areas are taken on a sphere, which is up to 0.7 % too large near the equator.
    expect(zones[0]!.areaM2).toBeGreaterThan(993_000)
    expect(zones[0]!.areaM2).toBeLessThan(1_007_000)
  })
})

describe('what is wrong is named', () => {
  test('latitude and longitude exchanged: recognised, and read right when the caller says so', async () => {
    const swapped = geoJson(feature({ type: 'Polygon', coordinates: [RING.map(([lon, lat]) => [lat, lon])] }))
    const first = await readZoneFile(swapped)
    expect(first).toMatchObject({ zones: [], swappedAxes: 1 })
    expect(first.refused[0]?.reason).toBe('latitude and longitude are exchanged')
    const second = await readZoneFile(swapped, { swapAxes: true })
    expect(second.zones).toMatchObject([{ shape: { coordinates: [RING] }, warnings: [] }])
  })

  test('a zone outside of Indonesia is read with a warning', async () => {
    const bytes = geoJson(feature({ type: 'Polygon', coordinates: [RING.map(([lon, lat]) => [lon - 100, lat])] }))
    expect((await readZoneFile(bytes)).zones[0]?.warnings).toEqual(['outside_indonesia'])
  })

  test('one bad feature does not cost the others', async () => {
    const { zones, refused } = await readZoneFile(
      geoJson(
        feature(null),
        feature({ type: 'Polygon', coordinates: [[[106.8, -6.2]]] }),
        feature({ type: 'Polygon', coordinates: [RING] }, null),
        feature({ type: 'GeometryCollection', geometries: [] }),
        null,
        feature({ type: 'Polygon', coordinates: [RING.map(() => [106.8, -6.2])] }),
        feature({ type: 'Polygon', coordinates: 'x' }),
      ),
    )
    expect(zones).toMatchObject([{ feature: 3, name: 'Zona 3' }])
    expect(refused.map(({ feature: place }) => place)).toEqual([1, 2, 4, 5, 6, 7])
    expect(refused.every(({ reason }) => reason.length > 5)).toBe(true)
  })

  test.each([
    ['text', 'zona apa saja', /none of GeoJSON/],
    ['JSON that is no GeoJSON', '{"zones":[]}', /no "type"/],
    ['cut JSON', '{"type":"FeatureCollection","features":[', /begins like JSON/],
    ['other XML', '<html/>', /neither KML nor GPX/],
    ['XML with entities of its own', '<!DOCTYPE kml [<!ENTITY a "aaaa">]><kml>&a;</kml>', /document type/],
  ])('%s is refused in a sentence', async (_, text, message) => {
    await expect(readZoneFile(strToU8(text))).rejects.toThrow(message)
  })

  test('a name from outside is bounded and has no control characters', async () => {
    const bytes = geoJson(feature({ type: 'Polygon', coordinates: [RING] }, { name: `=cmd\u0000\n${'x'.repeat(500)}` }))
    const name = (await readZoneFile(bytes)).zones[0]!.name
    expect(name.length).toBe(120)
    expect(name).not.toMatch(/\p{C}/u)
  })
})

describe('hostile files', () => {
  test('an archive that unpacks to more than the limit is refused while it unpacks', () => {
    const bomb = zipSync({ 'zona.kml': new Uint8Array(4 * 1024 * 1024) })
    expect(bomb.length).toBeLessThan(20_000)
    expect(() => unpackArchive(bomb, { unpackedBytesMax: 1024 * 1024, archiveFilesMax: 10 })).toThrow(/unpacks to more/)
  })

  test('an archive of many files is refused', () => {
    const files = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`${i}.txt`, strToU8('x')]))
    expect(() => unpackArchive(zipSync(files), { unpackedBytesMax: 1024, archiveFilesMax: 20 })).toThrow(/more than 20/)
  })

  test('brackets in brackets, deeper than any shape, are refused and cost nothing', async () => {
    const deep = `{"type":"Polygon","coordinates":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
    const { zones, refused } = await readZoneFile(strToU8(deep))
    expect(zones).toEqual([])
    expect(refused).toHaveLength(1)
  })

  test('more features than the limit are refused', async () => {
    const many = geoJson(...Array.from({ length: 2001 }, () => feature({ type: 'Point', coordinates: [106, -6] })))
    await expect(readZoneFile(many)).rejects.toThrow(/2001 features/)
  })

  test('archives and shapefiles cut anywhere or with any byte changed are read or refused, never worse', async () => {
    const whole = shapefileZip([{ name: 'Pasar', rings: [RING, HOLE] }])
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), fc.nat(whole.length - 1), fc.nat(255), async (cut, at, byte) => {
        const bytes = whole.slice(0, Math.max(cut, 4))
        if (at < bytes.length) bytes[at] = byte
        await readZoneFile(bytes).catch((error: unknown) => {
          if (!(error instanceof ZoneFileRefused)) throw error
        })
      }),
      { numRuns: 300, seed: 12 },
    )
  })
})

describe('in a thread of its own', () => {
  test('gives the same zones, and the same refusal', async () => {
    const bytes = geoJson(feature({ type: 'Polygon', coordinates: [RING] }))
    expect(await readZoneFileAside(bytes)).toEqual(await readZoneFile(bytes))
    await expect(readZoneFileAside(strToU8('<html/>'))).rejects.toThrow(ZoneFileRefused)
  })

  test('is ended when its time is over, or its memory used up', async () => {
    const big = geoJson(
      ...Array.from({ length: 2000 }, (_, i) => feature({ type: 'Polygon', coordinates: [RING] }, { name: `${i}` })),
    )
    await expect(readZoneFileAside(big, {}, { readMsMax: 1, heapMebibytesMax: 512 })).rejects.toThrow(/too long/)
    const wide = strToU8(`{"type":"Polygon","coordinates":[[${'[1,2],'.repeat(1_500_000)}[1,2]]]}`)
    await expect(readZoneFileAside(wide, {}, { readMsMax: 60_000, heapMebibytesMax: 24 })).rejects.toThrow(
      /too much memory/,
    )
  })
})
