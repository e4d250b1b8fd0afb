// Recorded tracks from files: GPX, CSV, GeoJSON, and rows of JSON with a WKT point. The file's own order is kept.
import { parse as parseCsv } from 'csv-parse/sync'
import { XMLParser } from 'fast-xml-parser'

export type TrackPoint = {
  timeMs: number
  latDeg: number
  lonDeg: number
  altitudeM?: number
  accuracyM?: number
  speedMps?: number
  /** The file says that the place is no fix. */
  fixValid?: false
}

type Track = {
  points: TrackPoint[]
  /** Points the file holds without a usable time or place. */
  skipped: number
  /** What the reader had to assume, a sentence each. */
  warnings: string[]
}

export class TrackUnreadable extends Error {
  override name = 'TrackUnreadable'
}

type Loose = Record<string, unknown>

/** Reads a track; the format follows from the name's ending, then from the first character. Throws TrackUnreadable. */
export function readTrack(fileName: string, text: string): Track {
  const body = text.replace(/^\uFEFF/, '').trimStart()
  const rows = /\.gpx$/i.test(fileName) || body.startsWith('<') ? gpxRows(body) : jsonOrCsvRows(fileName, body)
  const read: TrackPoint[] = []
  let withoutZone = 0
  for (const row of rows) {
    const fields = fieldsOf(row)
    const point = pointOf(fields)
    if (point === undefined) continue
    read.push(point)
    if (isWithoutZone(fields.get(NAMES.time))) withoutZone++
  }
  if (read.length === 0)
    throw new TrackUnreadable(`${fileName} holds no point with a time and a place (${rows.length} rows read)`)
  const warnings = withoutZone === 0 ? [] : [`${withoutZone} times have no zone and are read as UTC`]
  const points = oneEachMinute(read, warnings)
  return { points, skipped: rows.length - read.length, warnings }
}

/** Times that were cut to the minute put several places at one time: the first place of each minute is kept. */
function oneEachMinute(points: TrackPoint[], warnings: string[]): TrackPoint[] {
  if (points.some(({ timeMs }) => timeMs % 60_000 !== 0)) return points
  const first = new Map<number, TrackPoint>()
  let others = 0
  for (const point of points) {
    const { latDeg, lonDeg } = first.get(point.timeMs) ?? point
    if (latDeg !== point.latDeg || lonDeg !== point.lonDeg) others++
    if (!first.has(point.timeMs)) first.set(point.timeMs, point)
  }
  if (others === 0) return points
  warnings.push(`the times are cut to the minute: ${others} further places of the same minute are left out`)
  return [...first.values()]
}

function jsonOrCsvRows(fileName: string, body: string): Loose[] {
  return body.startsWith('{') || body.startsWith('[') ? jsonRows(fileName, body) : csvRows(fileName, body)
}

function gpxRows(body: string): Loose[] {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    removeNSPrefix: true,
  })
  const gpx = (parser.parse(body) as { gpx?: Loose }).gpx
  if (gpx === undefined) throw new TrackUnreadable('the file is XML but holds no <gpx>')
  const rows: Loose[] = []
  for (const track of list(gpx.trk))
    for (const segment of list(track.trkseg))
      for (const point of list(segment.trkpt)) rows.push({ ...point, ...loose(point.extensions) })
  for (const route of list(gpx.rte)) rows.push(...list(route.rtept))
  return rows
}

type Line = { record: string[]; info: { lines: number } }

function csvRows(fileName: string, body: string): Loose[] {
  const head = body.slice(0, body.indexOf('\n') < 0 ? body.length : body.indexOf('\n'))
  const delimiter = [';', '\t', ','].find((candidate) => head.includes(candidate)) ?? ','
  let lines: Line[]
  try {
    lines = parseCsv(body, {
      delimiter,
      skip_empty_lines: true,
      trim: true,
      relax_column_count: true,
      info: true,
    }) as unknown as Line[]
  } catch (error) {
    throw new TrackUnreadable(`${fileName} is no readable CSV: ${(error as Error).message}`, { cause: error })
  }
  const [header, ...rest] = lines
  if (header === undefined) return []
  const names = header.record
  return rest.map(({ record, info }) => {
    const where = `${fileName}, line ${info.lines}`
    const extra = record.slice(names.length).filter((cell) => cell !== '')
    if (extra.length > 0)
      throw new TrackUnreadable(
        `${where}: ${record.length} cells under a header of ${names.length}; are there decimal commas in a comma-separated file?`,
      )
    const comma = record.find((cell) => /^[+-]?\d+,\d+$/.test(cell))
    if (comma !== undefined) throw new TrackUnreadable(`${where}: "${comma}" has a decimal comma; write a point`)
    return Object.fromEntries(names.map((name, i) => [name, record[i]]))
  })
}

function jsonRows(fileName: string, body: string): Loose[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch (error) {
    throw new TrackUnreadable(`${fileName} is no readable JSON: ${(error as Error).message}`, { cause: error })
  }
  if (Array.isArray(parsed)) return parsed as Loose[]
  const json = parsed as Loose
  if (json.type === 'FeatureCollection') return list(json.features).flatMap(featureRows)
  if (json.type === 'Feature') return featureRows(json)
  throw new TrackUnreadable(`${fileName} is JSON but neither GeoJSON features nor a list of points`)
}

function featureRows(feature: Loose): Loose[] {
  const geometry = loose(feature.geometry)
  const properties = loose(feature.properties)
  const coordinates = geometry.coordinates as unknown[]
  if (geometry.type === 'Point') return [{ ...properties, ...place(coordinates) }]
  const inner = loose(properties.coordinateProperties)
  const times = (properties.coordTimes ?? properties.times ?? inner.times ?? []) as unknown[]
  if (geometry.type === 'LineString') return coordinates.map((c, i) => ({ ...place(c as unknown[]), time: times[i] }))
  if (geometry.type === 'MultiLineString')
    return coordinates.flatMap((line, l) =>
      (line as unknown[]).map((c, i) => ({ ...place(c as unknown[]), time: (times[l] as unknown[] | undefined)?.[i] })),
    )
  return []
}

function place(coordinate: unknown[]): Loose {
  return { lon: coordinate[0], lat: coordinate[1], ele: coordinate[2] }
}

const NAMES = {
  time: ['time', 'tracked_at', 'timestamp', 'datetime', 'date', 'fixtime', 'recorded_at'],
  lat: ['lat', 'latitude', 'y'],
  lon: ['lon', 'lng', 'long', 'longitude', 'x'],
  altitude: ['ele', 'elevation', 'altitude', 'alt', 'altitudem'],
  accuracy: ['accuracy', 'acc', 'hacc', 'horizontal_accuracy', 'accuracym'],
  speed: ['speed', 'speedmps'],
  valid: ['valid', 'fixvalid', 'fix_valid'],
} as const

type Fields = { get(names: readonly string[]): unknown }

function fieldsOf(row: Loose): Fields {
  const fields = new Map(Object.entries(row).map(([name, value]) => [name.toLowerCase().trim(), value]))
  return {
    get: (names) => names.map((name) => fields.get(name)).find((value) => value !== undefined && value !== ''),
  }
}

function pointOf({ get }: Fields): TrackPoint | undefined {
  const wkt = /^POINT\s*\(\s*([^\s)]+)\s+([^\s)]+)/i.exec(String(get(['point']) ?? ''))
  const latDeg = number(wkt ? wkt[2] : get(NAMES.lat))
  const lonDeg = number(wkt ? wkt[1] : get(NAMES.lon))
  const timeMs = instant(get(NAMES.time))
  if (latDeg === undefined || lonDeg === undefined || timeMs === undefined) return undefined
  if (Math.abs(latDeg) > 90 || Math.abs(lonDeg) > 180) return undefined
  const altitudeM = number(get(NAMES.altitude))
  const accuracyM = number(get(NAMES.accuracy))
  const speedMps = number(get(NAMES.speed))
  return {
    timeMs,
    latDeg,
    lonDeg,
    ...(altitudeM === undefined ? {} : { altitudeM }),
    ...(accuracyM === undefined ? {} : { accuracyM }),
    ...(speedMps === undefined ? {} : { speedMps }),
    ...(/^(false|0|no|v)$/i.test(String(get(NAMES.valid) ?? '')) ? { fixValid: false as const } : {}),
  }
}

function isWithoutZone(time: unknown): boolean {
  const text = String(time ?? '').trim()
  return /\d:\d/.test(text) && !/([Zz]|[+-]\d{2}:?\d{2}|[+-]\d{2})$/.test(text)
}

/** ISO 8601, `yyyy-mm-dd hh:mm:ss[+zzzz]` (no zone: UTC), or seconds/milliseconds since 1970. */
function instant(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  const text = String(value).trim()
  if (/^\d+(\.\d+)?$/.test(text))
    return Number(text) < 2 ** 31 ? Math.round(Number(text) * 1000) : Math.round(Number(text))
  const iso = text.replace(' ', 'T').replace(/([+-]\d{2})(\d{2})$/, '$1:$2')
  const timeMs = Date.parse(/[Zz]$|[+-]\d{2}:\d{2}$/.test(iso) ? iso : `${iso}Z`)
  return Number.isNaN(timeMs) ? undefined : timeMs
}

function number(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const parsed = Number(value)
  return Number.isFinite(parsed) ? parsed : undefined
}

function list(value: unknown): Loose[] {
  if (value === undefined || value === '') return []
  return (Array.isArray(value) ? value : [value]) as Loose[]
}

function loose(value: unknown): Loose {
  return typeof value === 'object' && value !== null ? (value as Loose) : {}
}
