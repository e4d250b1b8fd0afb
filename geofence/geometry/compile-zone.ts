import type { ZoneShape } from '../../model/plan/zone.ts'
import { areaRings, refuseTooMany, unwrapPath } from './area-rings.ts'
import { CircleZone } from './circle.ts'
import type { CompiledZone } from './compiled-zone.ts'
import { type Path, packEdges } from './edge-index.ts'
import { EdgeZone } from './edge-zone.ts'
import { geodesicM, HALF_TURN_E7 } from './project.ts'
import { ZoneInvalid } from './zone-invalid.ts'

/** Compiles a drawn shape for the engine. Throws ZoneInvalid. */
export function compileZone(shape: ZoneShape): CompiledZone {
  switch (shape.type) {
    case 'Circle': {
      if (!(shape.radiusM > 0)) throw new ZoneInvalid(`a circle's radius must be above 0 m, got ${shape.radiusM}`)
      const [[lonE7, latE7] = [0, 0]] = unwrapPath([shape.center])
      return new CircleZone(latE7, lonE7, shape.radiusM)
    }
    case 'Polygon':
      return compileArea([shape.coordinates])
    case 'MultiPolygon':
      return compileArea(shape.coordinates)
    case 'Corridor':
      return compileCorridor(shape.coordinates, shape.widthM)
  }
}

function compileArea(coordinates: readonly (readonly (readonly number[])[])[][]): CompiledZone {
  const { rings, areaM2 } = areaRings(coordinates)
  return new EdgeZone('area', packEdges(rings), 0, areaM2)
}

/** The area is that of a straight corridor of the same length with round ends. */
function compileCorridor(coordinates: readonly (readonly number[])[], widthM: number): CompiledZone {
  if (!(widthM > 0)) throw new ZoneInvalid(`a corridor's width must be above 0 m, got ${widthM}`)
  refuseTooMany(coordinates.length)
  const line = unwrapPath(coordinates)
  if (line.length < 2) throw new ZoneInvalid('a corridor needs two different positions')
  const longitudes = line.map(([x]) => x).sort((a, b) => a - b)
  if (longitudes[longitudes.length - 1]! - longitudes[0]! >= HALF_TURN_E7)
    throw new ZoneInvalid('a corridor may not reach half around the earth')
  const halfWidthM = widthM / 2
  return new EdgeZone('corridor', packEdges([line]), halfWidthM, lengthM(line) * widthM + Math.PI * halfWidthM ** 2)
}

function lengthM(line: Path): number {
  let sum = 0
  for (let i = 1; i < line.length; i++) sum += geodesicM(line[i - 1]![1], line[i - 1]![0], line[i]![1], line[i]![0])
  return sum
}
