// From a file's bytes to GeoJSON features, by format. Nothing of the features is believed yet.
import { gpx, kml } from '@tmcw/togeojson'
import { DOMParser } from '@xmldom/xmldom'
import shp from 'shpjs'
import { isArchive, unpackArchive } from './unpack-archive.ts'
import { ZoneFileRefused } from './zone-file.ts'
import { ZONE_FILE_LIMITS } from './zone-file-limits.ts'

/** A GeoJSON feature from outside: any of it may be missing or wrong. */
export type LooseFeature = { geometry?: unknown; properties?: unknown }

/** GeoJSON, KML, KMZ, GPX or a zipped shapefile, recognised by its content. Throws ZoneFileRefused. */
export async function featuresOf(bytes: Uint8Array): Promise<LooseFeature[]> {
  if (bytes.length > ZONE_FILE_LIMITS.bytesMax)
    throw new ZoneFileRefused(`the file is larger than ${ZONE_FILE_LIMITS.bytesMax} bytes`)
  if (isArchive(bytes)) return fromArchive(unpackArchive(bytes))
  const text = decodeText(bytes)
  const start = text.trimStart()
  if (start.startsWith('{') || start.startsWith('[')) return fromGeoJson(text)
  if (start.startsWith('<')) return fromXml(text)
  throw new ZoneFileRefused('this is none of GeoJSON, KML, KMZ, GPX or a zipped shapefile')
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new ZoneFileRefused('the file is not UTF-8 text', { cause })
  }
}

async function fromArchive(files: Map<string, Uint8Array>): Promise<LooseFeature[]> {
  const inner = [...files].find(([name]) => name.endsWith('.kml'))
  if (inner) return fromXml(decodeText(inner[1]))
  const shape = [...files].find(([name]) => name.endsWith('.shp'))
  if (shape === undefined) throw new ZoneFileRefused('the archive holds neither a .kml nor a .shp file')
  const stem = shape[0].slice(0, -'.shp'.length)
  const beside = (ending: string) => files.get(stem + ending)
  const prj = beside('.prj')
  const dbf = beside('.dbf')
  const cpg = beside('.cpg')
  try {
    const parsed = await shp({
      shp: shape[1],
      ...(prj && { prj: decodeText(prj) }),
      ...(dbf && { dbf }),
      ...(cpg && { cpg: decodeText(cpg).trim() }),
    })
    return (Array.isArray(parsed) ? parsed : [parsed]).flatMap((collection) => collection.features as LooseFeature[])
  } catch (cause) {
    throw new ZoneFileRefused('the shapefile is damaged', { cause })
  }
}

function fromGeoJson(text: string): LooseFeature[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new ZoneFileRefused('the file begins like JSON and is none', { cause })
  }
  const found = value as { type?: unknown; features?: unknown; geometries?: unknown }
  if (found?.type === 'FeatureCollection' && Array.isArray(found.features)) return found.features
  if (found?.type === 'Feature') return [found as LooseFeature]
  if (found?.type === 'GeometryCollection' && Array.isArray(found.geometries))
    return found.geometries.map((geometry: unknown) => ({ geometry }))
  if (typeof found?.type === 'string') return [{ geometry: found }]
  throw new ZoneFileRefused('the JSON is no GeoJSON: it has no "type"')
}

function fromXml(text: string): LooseFeature[] {
  // Entities of a document's own could grow without bound; no zone needs them.
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) throw new ZoneFileRefused('a document type declaration is not accepted')
  const fatal: string[] = []
  let document: ReturnType<DOMParser['parseFromString']>
  try {
    document = new DOMParser({
      onError: (level: string, message: string) => {
        if (level !== 'warning') fatal.push(message)
      },
    }).parseFromString(text, 'text/xml')
  } catch (cause) {
    throw new ZoneFileRefused('the XML is damaged', { cause })
  }
  if (fatal.length > 0) throw new ZoneFileRefused('the XML is damaged')
  const root = document.documentElement?.localName
  const dom = document as unknown as Document
  if (root === 'kml') return kml(dom).features as LooseFeature[]
  if (root === 'gpx') return gpx(dom).features as LooseFeature[]
  throw new ZoneFileRefused('the XML is neither KML nor GPX')
}
