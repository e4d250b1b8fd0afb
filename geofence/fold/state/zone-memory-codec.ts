// What is remembered of a wearer's conditions as bytes; of those with nothing to remember, nothing.
import type { ByteReader, ByteWriter } from '../../memory/bytes.ts'
import { readEpisodes, writeEpisodes } from './episode-codec.ts'
import { Minutes } from './minutes.ts'
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
const EPISODES_7 = ['violation', 'unverifiable', 'ring'] as const
const EPISODES = [...EPISODES_7, 'uncertain'] as const
const NUMBERS = ['breachWitnessMs', 'returnWitnessMs', 'ringWitnessMs', 'unsureLean'] as const

const MINUTES = ['startMs', 'fixMs', 'provenMs', 'keptMs', 'pendingMs'] as const

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
export function readMemories(from: ByteReader, count: number, layout8: boolean): (ZoneMemory | undefined)[] {
  const memory: (ZoneMemory | undefined)[] = []
  for (let left = from.u32(); left > 0; left--) {
    const i = from.u32()
    if (i >= count) throw new RangeError(`state remembers condition ${i} of ${count}`)
    memory[i] = readMemory(from, layout8)
  }
  return memory
}

function writeMemory(out: ByteWriter, memory: ZoneMemory): void {
  const { minutes } = memory
  out.u8(
    (memory.wrongSide ? 1 : 0) |
      (memory.unsureSinceBreach ? 2 : 0) |
      (memory.overGap ? 4 : 0) |
      (memory.moved ? 8 : 0) |
      (minutes ? 16 : 0) |
      (memory.cameMoving ? 32 : 0),
  )
  for (const name of COUNTS) out.u8(Math.min(255, memory[name]))
  writeSpots(
    out,
    SPOTS.map((name) => memory[name]),
  )
  writeEpisodes(
    out,
    EPISODES.map((name) => memory[name]),
  )
  for (const name of NUMBERS) out.f64(memory[name])
  if (minutes) writeMinutes(out, minutes)
}

function writeMinutes(out: ByteWriter, minutes: Minutes): void {
  for (const name of MINUTES) out.f64(minutes[name])
  out.u8(minutes.evidence + 1)
  out.u8(minutes.gaps.length)
  for (const { fromMs, toMs } of minutes.gaps) {
    out.f64(fromMs)
    out.f64(toMs)
  }
}

function readMinutes(from: ByteReader): Minutes {
  const minutes = new Minutes(Number.NaN)
  for (const name of MINUTES) minutes[name] = from.f64()
  minutes.evidence = (from.u8() - 1) as -1 | 0 | 1
  for (let left = from.u8(); left > 0; left--) minutes.gaps.push({ fromMs: from.f64(), toMs: from.f64() })
  return minutes
}

function readMemory(from: ByteReader, layout8: boolean): ZoneMemory {
  const memory = new ZoneMemory()
  const bits = from.u8()
  memory.wrongSide = (bits & 1) !== 0
  memory.unsureSinceBreach = (bits & 2) !== 0
  memory.overGap = (bits & 4) !== 0
  memory.moved = (bits & 8) !== 0
  memory.cameMoving = (bits & 32) !== 0
  for (const name of COUNTS) memory[name] = from.u8()
  for (const [i, spot] of readSpots(from, SPOTS.length).entries()) memory[SPOTS[i]!] = spot
  const episodes = layout8 ? EPISODES : EPISODES_7
  for (const [i, episode] of readEpisodes(from, episodes.length).entries()) memory[episodes[i]!] = episode
  if (layout8) for (const name of NUMBERS) memory[name] = from.f64()
  if ((bits & 16) !== 0) memory.minutes = readMinutes(from)
  return memory
}
