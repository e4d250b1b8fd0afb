// Seeded input for the fuzzer: worked frames, mutated and mixed, and random bytes.
import type { Random } from '../../simulators/random.ts'

const RANDOM_BYTES_MAX = 512
const REPEATED_MAX = 64

/** At least `bytesMin` bytes of what a device, a damaged one, or somebody else might send. */
export function fuzzBytes(golden: readonly Buffer[], random: Random, bytesMin: number): Buffer {
  const parts: Buffer[] = []
  for (let length = 0; length < bytesMin; ) {
    const part = partOf(golden, random)
    parts.push(part)
    length += part.length
  }
  return Buffer.concat(parts)
}

function partOf(golden: readonly Buffer[], random: Random): Buffer {
  const frame = Buffer.from(random.pick(golden))
  switch (random.integer(0, 9)) {
    case 0:
      return randomBytes(random, random.integer(1, RANDOM_BYTES_MAX))
    case 1:
      return frame.subarray(0, random.integer(1, frame.length + 1))
    case 2:
      return Buffer.concat([frame.subarray(0, at(frame, random)), random.pick(golden).subarray(at(frame, random))])
    case 3:
      return Buffer.concat(Array(random.integer(2, REPEATED_MAX)).fill(frame.subarray(0, random.integer(1, 9))))
    case 4: {
      const where = at(frame, random)
      return Buffer.concat([frame.subarray(0, where), randomBytes(random, random.integer(1, 9)), frame.subarray(where)])
    }
    case 5:
    case 6:
      return frame
    default:
      for (let count = random.integer(1, 7); count > 0; count--) frame[at(frame, random)] = random.integer(0, 256)
      return frame
  }
}

function at(frame: Buffer, random: Random): number {
  return random.integer(0, frame.length)
}

function randomBytes(random: Random, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let i = 0; i < length; i++) bytes[i] = random.integer(0, 256)
  return bytes
}
