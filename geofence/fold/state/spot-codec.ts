// Spots as bytes: 1 for none, 33 for one without a place, 41 for one with it.
import type { ByteReader, ByteWriter } from '../../memory/bytes.ts'
import { Spot } from './spot.ts'

export function writeSpots(out: ByteWriter, spots: readonly (Spot | undefined)[]): void {
  for (const spot of spots) {
    out.u8(spot === undefined ? 0 : Number.isNaN(spot.latE7) ? 1 : 2)
    if (spot === undefined) continue
    out.f64(spot.timeMs)
    out.u32(spot.contentHi)
    out.u32(spot.contentLo)
    out.f64(spot.distanceM)
    out.f64(spot.radiusM)
    if (Number.isNaN(spot.latE7)) continue
    out.i32(spot.latE7)
    out.i32(spot.lonE7)
  }
}

export function readSpots(from: ByteReader, count: number): (Spot | undefined)[] {
  const spots: (Spot | undefined)[] = []
  for (let i = 0; i < count; i++) {
    const kind = from.u8()
    if (kind === 0) {
      spots.push(undefined)
      continue
    }
    const spot = new Spot()
    spot.timeMs = from.f64()
    spot.contentHi = from.u32()
    spot.contentLo = from.u32()
    spot.distanceM = from.f64()
    spot.radiusM = from.f64()
    if (kind === 2) {
      spot.latE7 = from.i32()
      spot.lonE7 = from.i32()
    }
    spots.push(spot)
  }
  return spots
}
