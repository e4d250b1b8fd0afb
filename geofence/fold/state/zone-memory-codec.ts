// What is remembered of a wearer's conditions as bytes; of those with nothing to remember, nothing.
import type { ByteReader, ByteWriter } from '../../memory/bytes.ts'
import { readEpisodes, writeEpisodes } from './episode-codec.ts'
import { readSpots, writeSpots } from './spot-codec.ts'
import { ZoneMemory } from './zone-memory.ts'

const SPOTS = [
  'breachFirst',
  'breachLast',
  'deepest',
  'before',
  'returnFirst',
  'nearFirst',
  'unsureFirst',
  'stayFirst',
  'stayMean',
  'ringFirst',
  'ringReturnFirst',
  'ringNearFirst',
] as const
const COUNTS = [
  'breachCount',
  'returnCount',
  'nearCount',
  'stayCount',
  'ringCount',
  'ringReturnCount',
  'ringNearCount',
] as const
const EPISODES = ['violation', 'unverifiable', 'ring'] as const

/** So many conditions have mostly nothing to remember, and what there is is found faster by asking for it. */
const SPARSE_MIN = 256

/** How many, then each with its lineage, ascending. */
export function writeMemories(out: ByteWriter, memory: readonly (ZoneMemory | undefined)[]): void {
  const kept: number[] = []
  if (memory.length < SPARSE_MIN) {
    for (let i = 0; i < memory.length; i++) if (memory[i]?.clean === false) kept.push(i)
  } else for (const key in memory) if (memory[key]?.clean === false) kept.push(Number(key))
  out.u32(kept.length)
  for (const i of kept) {
    out.u32(i)
    writeMemory(out, memory[i]!)
  }
}

/** By lineage, of `count`; throws RangeError on one beyond. */
export function readMemories(from: ByteReader, count: number): (ZoneMemory | undefined)[] {
  const memory: (ZoneMemory | undefined)[] = []
  for (let left = from.u32(); left > 0; left--) {
    const i = from.u32()
    if (i >= count) throw new RangeError(`state remembers condition ${i} of ${count}`)
    memory[i] = readMemory(from)
  }
  return memory
}

function writeMemory(out: ByteWriter, memory: ZoneMemory): void {
  out.u8((memory.wrongSide ? 1 : 0) | (memory.unsureSinceBreach ? 2 : 0) | (memory.overGap ? 4 : 0))
  for (const name of COUNTS) out.u8(Math.min(255, memory[name]))
  writeSpots(
    out,
    SPOTS.map((name) => memory[name]),
  )
  writeEpisodes(
    out,
    EPISODES.map((name) => memory[name]),
  )
}

function readMemory(from: ByteReader): ZoneMemory {
  const memory = new ZoneMemory()
  const bits = from.u8()
  memory.wrongSide = (bits & 1) !== 0
  memory.unsureSinceBreach = (bits & 2) !== 0
  memory.overGap = (bits & 4) !== 0
  for (const name of COUNTS) memory[name] = from.u8()
  for (const [i, spot] of readSpots(from, SPOTS.length).entries()) memory[SPOTS[i]!] = spot
  for (const [i, episode] of readEpisodes(from, EPISODES.length).entries()) memory[EPISODES[i]!] = episode
  return memory
}
