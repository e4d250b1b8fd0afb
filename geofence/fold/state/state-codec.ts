// A wearer's state as bytes: checkpoints in memory and, within a timeline's, on disk. Quiet parts are left out: a wearer
// at peace takes 90 bytes and 12 for each run of conditions in force since the same time. Lineages go by their place in the
// plan, so the plan must be the one that the state was made with.
import { ByteReader, ByteWriter } from '../../memory/bytes.ts'
import type { CompiledPlan } from '../../plan/compile-plan.ts'
import { DEVICE_TYPES, DeviceMemory, SLOT } from './device-memory.ts'
import { readEpisodes, writeEpisodes } from './episode-codec.ts'
import { Hop } from './hop.ts'
import { gather, type InForce, NOT_IN_FORCE, spread } from './in-force.ts'
import type { Spot } from './spot.ts'
import { readSpots, writeSpots } from './spot-codec.ts'
import { WearerState } from './state.ts'
import { HOT } from './wearer-row.ts'
import { readMemories, writeMemories } from './zone-memory-codec.ts'

/** In the first byte, beside `begun`: the layout of timelines from version 8 on. */
const LAYOUT_8 = 2
/** Types of device incident that version 7 knew. */
const DEVICE_TYPES_7 = 8
const HOP = ['fromLatE7', 'fromLonE7', 'toLatE7', 'toLonE7', 'timeMs', 'metres', 'mps', 'inTurn'] as const

const BLANK: Readonly<DeviceMemory> = new DeviceMemory()

/** `plan`: the one that the state was made with. */
export function encodeWearerState(state: WearerState, plan: CompiledPlan): Uint8Array {
  const out = new ByteWriter()
  const device = state.remembered ?? BLANK
  out.u8((state.begun ? 1 : 0) | LAYOUT_8)
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
  writeMemories(out, state.memory)
  writeSeldom(out, state, device)
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
  const head = from.u8()
  const layout8 = (head & LAYOUT_8) !== 0
  state.begun = (head & 1) !== 0
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
  const types = layout8 ? DEVICE_TYPES.length : DEVICE_TYPES_7
  for (const [slot, episode] of readEpisodes(from, types).entries()) {
    device.open[slot] = episode
    if (episode) device.openCount++
  }
  const count = from.u32()
  if (count !== plan.size) throw new RangeError(`state has ${count} conditions, its plan ${plan.size}`)
  state.activeSinceMs = readInForce(from, count)
  state.memory = readMemories(from, count, layout8)
  if (layout8) readSeldom(from, state, device)
  else if (!from.isAtEnd) device.chargingHeldFromMs = from.f64()
  if (device.isBlank) state.remembered = undefined
  return state
}

/** What hardly anybody has, where there is any. */
function writeSeldom(out: ByteWriter, { hop, hot, at }: WearerState, device: Readonly<DeviceMemory>): void {
  const flapping = device.flaps.some((flap) => flap !== undefined)
  const rare =
    flapping ||
    device.defects !== undefined ||
    device.unknownMs > -Infinity ||
    device.disputedMs > -Infinity ||
    device.turnedMs > -Infinity
  out.f64(hot[at + HOT.trail]!)
  out.u8((device.chargingHeldFromMs === undefined ? 0 : 1) | (hop === undefined ? 0 : 2) | (rare ? 4 : 0))
  if (device.chargingHeldFromMs !== undefined) out.f64(device.chargingHeldFromMs)
  if (hop !== undefined) for (const name of HOP) out.f64(hop[name])
  if (!rare) return
  out.f64(device.turnedMs)
  out.u32(device.slowTurns)
  out.f64(device.unknownMs)
  out.u32(device.unknownSaid)
  out.f64(device.disputedMs)
  out.u8(device.goodReports)
  for (const flap of device.flaps) {
    writeEpisodes(out, [flap?.episode])
    if (flap) out.f64(flap.closedMs)
  }
  const { defects } = device
  writeSpots(out, [defects?.first])
  if (defects === undefined) return
  out.u32(defects.count)
  for (const value of [defects.defect, defects.leastOffMs, defects.mostOffMs]) out.f64(value ?? Number.NaN)
}

function readSeldom(from: ByteReader, state: WearerState, device: DeviceMemory): void {
  state.hot[state.at + HOT.trail] = from.f64()
  const bits = from.u8()
  if ((bits & 1) !== 0) device.chargingHeldFromMs = from.f64()
  if ((bits & 2) !== 0) {
    state.hop = new Hop()
    for (const name of HOP) state.hop[name] = from.f64()
  }
  if ((bits & 4) === 0) return
  device.turnedMs = from.f64()
  device.slowTurns = from.u32()
  device.unknownMs = from.f64()
  device.unknownSaid = from.u32()
  device.disputedMs = from.f64()
  device.goodReports = from.u8()
  for (let slot = 0; slot < device.flaps.length; slot++) {
    const episode = readEpisodes(from, 1)[0]
    if (episode) device.flaps[slot] = { episode, closedMs: from.f64() }
  }
  const first = readSpots(from, 1)[0]
  if (first === undefined) return
  const count = from.u32()
  const [defect, leastOffMs, mostOffMs] = [from.f64(), from.f64(), from.f64()]
  device.defects = {
    ...{ count, first, defect: Number.isNaN(defect) ? undefined : defect },
    ...(!Number.isNaN(leastOffMs) && { leastOffMs, mostOffMs }),
  }
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
