import { worldX, worldY } from './mercator.ts'

/** One outline in world units, with its box so that what is off screen costs nothing. */
export type Outline = { points: Float64Array; minX: number; minY: number; maxX: number; maxY: number }
export type Coast = { land: Outline[]; borders: Outline[] }

/**
 * Reads `coast.txt`: one outline a line, land, then an empty line, then borders. A coordinate is the difference to the one
 * before in thousandths of a degree, longitude first, zigzag, five bits a character from `?` on.
 * Derived from Natural Earth 1:10m (public domain), simplified to about 900 m.
 */
export function readCoast(text: string): Coast {
  const [land = '', borders = ''] = text.split('\n\n')
  return { land: readOutlines(land), borders: readOutlines(borders) }
}

function readOutlines(block: string): Outline[] {
  return block
    .split('\n')
    .filter((line) => line !== '')
    .map(readOutline)
}

function readOutline(line: string): Outline {
  const points: number[] = []
  const outline: Outline = { points: new Float64Array(0), minX: 1, minY: 1, maxX: 0, maxY: 0 }
  let at = 0
  const next = () => {
    let value = 0
    for (let shift = 0; ; shift += 5) {
      const code = line.charCodeAt(at++) - 63
      if (!(code >= 0 && code < 64)) throw new Error(`coast outline is cut at character ${at}`)
      value |= (code & 31) << shift
      if (code < 32) break
    }
    return value & 1 ? ~(value >> 1) : value >> 1
  }
  let lon = 0
  let lat = 0
  while (at < line.length) {
    lon += next()
    lat += next()
    const x = worldX(lon / 1000)
    const y = worldY(lat / 1000)
    points.push(x, y)
    outline.minX = Math.min(outline.minX, x)
    outline.maxX = Math.max(outline.maxX, x)
    outline.minY = Math.min(outline.minY, y)
    outline.maxY = Math.max(outline.maxY, y)
  }
  outline.points = Float64Array.from(points)
  return outline
}

/** The text of `coast.txt`. Throws where the server does not give it. */
export async function loadCoast(): Promise<string> {
  const response = await fetch(new URL('./coast.txt', import.meta.url))
  if (!response.ok) throw new Error(`coast outline: HTTP ${response.status}`)
  return response.text()
}

/** Indonesia, Sabang to Merauke, as corners in degrees. */
export const INDONESIA = { south: -11.2, west: 94.8, north: 6.2, east: 141.2 }
