// A wearer's state as bytes: checkpoints in memory and, within a timeline's, on disk. Quiet parts are left out: a wearer
// at peace takes 90 bytes and 12 for each run of conditions in force since the same time. Lineages go by their place in the
// plan, so the plan must be the one that the state was made with.
import { ByteReader, ByteWriter } from '../../memory/bytes.ts'
import type { CompiledPlan } from '../../plan/compile-plan.ts'
import { DEVICE_TYPES, DeviceMemory, SLOT } from './device-memory.ts'
import { readEpisodes, writeEpisodes } from './episode-codec.ts'
import { gather, type InForce, NOT_IN_FORCE, spread } from './in-force.ts'
import type { Spot } from './spot.ts'
import { readSpots, writeSpots } from './spot-codec.ts'
import { WearerState } from './state.ts'
import { HOT } from './wearer-row.ts'
import { readMemories, writeMemories } from './zone-memory-codec.ts'

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
  writeMemories(out, state.memory)
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
  state.memory = readMemories(from, count)
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
