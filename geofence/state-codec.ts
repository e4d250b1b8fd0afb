// A wearer's state as bytes: checkpoints in memory and, within a timeline's, on disk. Quiet parts are left out: a wearer
// at peace takes 90 bytes and 12 for each run of conditions in force since the same time. Lineages go by their place in the
// plan, so the plan must be the one that the state was made with.
import { ByteReader, ByteWriter } from './bytes.ts'
import type { CompiledPlan } from './compile-plan.ts'
import { gather, type InForce, NOT_IN_FORCE, spread } from './in-force.ts'
import { Spot } from './spot.ts'
import { DEVICE_TYPES, DeviceMemory, type Episode, SLOT, WearerState, ZoneMemory } from './state.ts'
import { HOT } from './wearer-row.ts'

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

const BLANK: Readonly<DeviceMemory> = new DeviceMemory()

/** `plan`: the one that the state was made with. */
export function encodeWearerState(state: WearerState, plan: CompiledPlan): Uint8Array {
  const out = new ByteWriter()
  const device = state.remembered ?? BLANK
  out.u8(state.begun ? 1 : 0)
  out.f64(state.cursorMs)
  out.f64(state.supervisedSinceMs)
  out.f64(state.fixMs)
  out.i32(state.fixLatE7)
  out.i32(state.fixLonE7)
  out.f64(state.fixRadiusM)
  out.u32(state.fixHi)
  out.u32(state.fixLo)
  writeSpots(out, [state.candidate, device.noFixFirst, device.noFixReturnFirst, ...device.jamming])
  out.u8(
    (state.charging ? 1 : 0) |
      (device.contactOpen[0] ? 2 : 0) |
      (device.contactOpen[1] ? 4 : 0) |
      (device.said[SLOT.sos] ? 8 : 0) |
      (device.said[SLOT.strap_open] ? 16 : 0) |
      (device.said[SLOT.case_opened] ? 32 : 0),
  )
  for (const alarmMs of device.alarmMs) out.f64(alarmMs)
  out.u8(device.noFixReturnCount)
  out.u8(device.doubts.length)
  writeSpots(out, device.doubts)
  writeEpisodes(out, device.open)
  writeInForce(out, state.activeSinceMs, plan.size)
  writeMemories(out, state)
  // Last, and only where there is one: states without it are read as they were, by this program and by those before it.
  if (device.chargingHeldFromMs !== undefined) out.f64(device.chargingHeldFromMs)
  return out.take()
}

/**
 * Puts a state back, in a row of its own or in the one given. Throws RangeError on cut bytes and on a state that was made with
 * another plan.
 */
export function decodeWearerState(
  wearerId: number,
  plan: CompiledPlan,
  bytes: Uint8Array,
  hot?: Float64Array,
  at?: number,
): WearerState {
  const from = new ByteReader(bytes)
  const state = new WearerState(wearerId, hot, at)
  const { device } = state
  state.begun = from.u8() === 1
  state.cursorMs = from.f64()
  state.supervisedSinceMs = from.f64()
  state.fixMs = from.f64()
  state.hot[state.at + HOT.fixLatE7] = from.i32()
  state.hot[state.at + HOT.fixLonE7] = from.i32()
  state.hot[state.at + HOT.fixRadiusM] = from.f64()
  state.hot[state.at + HOT.fixHi] = from.u32()
  state.hot[state.at + HOT.fixLo] = from.u32()
  const [candidate, noFixFirst, noFixReturnFirst, ...jamming] = readSpots(from, 6)
  state.candidate = candidate
  device.noFixFirst = noFixFirst
  device.noFixReturnFirst = noFixReturnFirst
  device.jamming = jamming
  const bits = from.u8()
  state.charging = (bits & 1) !== 0
  device.contactOpen[0] = (bits & 2) !== 0
  device.contactOpen[1] = (bits & 4) !== 0
  device.said[SLOT.sos] = (bits & 8) !== 0
  device.said[SLOT.strap_open] = (bits & 16) !== 0
  device.said[SLOT.case_opened] = (bits & 32) !== 0
  for (let i = 0; i < device.alarmMs.length; i++) device.alarmMs[i] = from.f64()
  device.noFixReturnCount = from.u8()
  device.doubts = readSpots(from, from.u8()) as Spot[]
  for (const [slot, episode] of readEpisodes(from, DEVICE_TYPES.length).entries()) {
    device.open[slot] = episode
    if (episode) device.openCount++
  }
  const count = from.u32()
  if (count !== plan.size) throw new RangeError(`state has ${count} conditions, its plan ${plan.size}`)
  state.activeSinceMs = readInForce(from, count)
  for (let left = from.u32(); left > 0; left--) {
    const i = from.u32()
    if (i >= count) throw new RangeError(`state remembers condition ${i} of ${count}`)
    state.memory[i] = readMemory(from)
  }
  if (!from.isAtEnd) device.chargingHeldFromMs = from.f64()
  if (device.isBlank) state.remembered = undefined
  return state
}

/** How many, then runs of equal ones: how long, and the time; NaN while not in force. */
function writeInForce(out: ByteWriter, times: InForce, size: number): void {
  out.u32(size)
  for (let from = 0; from < size; ) {
    const runMs = times[from]!
    let to = times.length === 1 ? size : from + 1
    while (to < size && Object.is(times[to], runMs)) to++
    out.u32(to - from)
    out.f64(runMs)
    from = to
  }
}

/** Of so many, which has been read. */
function readInForce(from: ByteReader, size: number): InForce {
  const times = spread(NOT_IN_FORCE, size)
  for (let at = 0; at < size; ) {
    const end = at + from.u32()
    const runMs = from.f64()
    if (end === at || end > size) throw new RangeError(`a run of conditions ends at ${end}`)
    times.fill(runMs, at, end)
    at = end
  }
  return gather(times)
}

/** How many, then each with its lineage, ascending. */
function writeMemories(out: ByteWriter, { memory }: WearerState): void {
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

function writeSpots(out: ByteWriter, spots: readonly (Spot | undefined)[]): void {
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

function readSpots(from: ByteReader, count: number): (Spot | undefined)[] {
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

/** Open incidents are rare and hold no NaN: JSON. */
function writeEpisodes(out: ByteWriter, episodes: readonly (Episode | undefined)[]): void {
  for (const episode of episodes) {
    out.u8(episode ? 1 : 0)
    if (episode) out.text(JSON.stringify(episode))
  }
}

function readEpisodes(from: ByteReader, count: number): (Episode | undefined)[] {
  const episodes: (Episode | undefined)[] = []
  for (let i = 0; i < count; i++) {
    if (from.u8() === 0) episodes.push(undefined)
    else {
      const episode = JSON.parse(from.text()) as Episode
      episode.conditionId ??= undefined
      episodes.push(episode)
    }
  }
  return episodes
}
