// A small shapefile by ESRI's description (1998): polygons only, with one text column.
import { strToU8, zipSync } from 'fflate'

type Ring = [number, number][]

export function shapefileZip(zones: { name: string; rings: Ring[] }[], prj?: string): Uint8Array {
  return zipSync({
    'zona.shp': shp(zones.map(({ rings }) => rings)),
    'zona.dbf': dbf(zones.map(({ name }) => name)),
    ...(prj && { 'zona.prj': strToU8(prj) }),
  })
}

function shp(polygons: Ring[][]): Uint8Array {
  const records = polygons.map((rings, index) => {
    const points = rings.flat()
    const content = Buffer.alloc(4 + 32 + 4 + 4 + rings.length * 4 + points.length * 16)
    content.writeInt32LE(5, 0)
    for (const [i, value] of box(points).entries()) content.writeDoubleLE(value, 4 + i * 8)
    content.writeInt32LE(rings.length, 36)
    content.writeInt32LE(points.length, 40)
    let first = 0
    rings.forEach((ring, i) => {
      content.writeInt32LE(first, 44 + i * 4)
      first += ring.length
    })
    points.forEach(([x, y], i) => {
      content.writeDoubleLE(x, 44 + rings.length * 4 + i * 16)
      content.writeDoubleLE(y, 52 + rings.length * 4 + i * 16)
    })
    const head = Buffer.alloc(8)
    head.writeInt32BE(index + 1, 0)
    head.writeInt32BE(content.length / 2, 4)
    return Buffer.concat([head, content])
  })
  const header = Buffer.alloc(100)
  header.writeInt32BE(9994, 0)
  header.writeInt32BE((100 + records.reduce((sum, { length }) => sum + length, 0)) / 2, 24)
  header.writeInt32LE(1000, 28)
  header.writeInt32LE(5, 32)
  for (const [i, value] of box(polygons.flat(2)).entries()) header.writeDoubleLE(value, 36 + i * 8)
  return Buffer.concat([header, ...records])
}

function box(points: [number, number][]): number[] {
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}

function dbf(names: string[]): Uint8Array {
  const width = 40
  const header = Buffer.alloc(32 + 32 + 1)
  header[0] = 3
  header.writeUInt32LE(names.length, 4)
  header.writeUInt16LE(header.length, 8)
  header.writeUInt16LE(1 + width, 10)
  header.write('NAMA', 32, 'latin1')
  header.write('C', 32 + 11, 'latin1')
  header[32 + 16] = width
  header[64] = 0x0d
  const rows = names.map((name) => Buffer.from(` ${name.padEnd(width)}`, 'latin1'))
  return Buffer.concat([header, ...rows, Buffer.from([0x1a])])
}
