import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeLive, encodeLive, LIVE_POSITION_BYTES, type LivePosition } from '../../model/console/live.ts'

const byte = fc.integer({ min: 0, max: 255 })
const float = fc.float({ noNaN: false })
const position: fc.Arbitrary<LivePosition> = fc.record({
  wearerId: fc.integer({ min: 0, max: 0xffffffff }),
  state: byte,
  flags: byte,
  batteryPercent: byte,
  charging: byte,
  timeMs: fc.integer({ min: 0, max: 4e12 }),
  receivedMs: fc.integer({ min: 0, max: 4e12 }),
  latE7: fc.integer({ min: -900_000_000, max: 900_000_000 }),
  lonE7: fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }),
  accuracyM: float,
  speedMps: float,
  courseDeg: float,
})

test('whatever is written is read again, also at an odd place of a buffer', () => {
  fc.assert(
    fc.property(fc.array(position, { maxLength: 50 }), fc.integer({ min: 0, max: 7 }), (positions, offset) => {
      const bytes = encodeLive(positions)
      const larger = new Uint8Array(bytes.length + 8)
      larger.set(bytes, offset)
      expect(decodeLive(larger.subarray(offset, offset + bytes.length))).toEqual(positions)
    }),
  )
})

test('a cut message and an unknown version throw', () => {
  const [sample] = fc.sample(position, { numRuns: 1, seed: 1 }) as [LivePosition]
  const bytes = encodeLive([sample, sample])
  expect(bytes).toHaveLength(4 + 2 * LIVE_POSITION_BYTES)
  for (let length = 0; length < bytes.length; length++) expect(() => decodeLive(bytes.slice(0, length))).toThrow()
  bytes[0] = 9
  expect(() => decodeLive(bytes)).toThrow('version 9')
})
