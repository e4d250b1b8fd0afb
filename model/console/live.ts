// What `evaluate` sends to the consoles over Redis: binary positions, the newest per wearer, many in a message.
//
//   message  u8 version (1) | u8 0 | u16 count | positions
//   position u32 wearer | u8 state | u8 flags | u8 battery % | u8 charging | f64 time ms | f64 received ms
//            i32 latitude 1e-7° | i32 longitude 1e-7° | f32 accuracy m | f32 speed m/s | f32 course °     (44 bytes)

/** Worst open incident of the wearer, as a colour on the map. */
export const WEARER_STATE = { patuh: 0, informasi: 1, serius: 2, kritis: 3 } as const
export type WearerState = (typeof WEARER_STATE)[keyof typeof WEARER_STATE]

/** flags: 1 = the position is a valid fix; 0 = the last known place of a wearer whose bracelet has none now. */
export type LivePosition = {
  wearerId: number
  state: number
  flags: number
  batteryPercent: number
  charging: number
  timeMs: number
  receivedMs: number
  latE7: number
  lonE7: number
  accuracyM: number
  speedMps: number
  courseDeg: number
}

const HEADER_BYTES = 4
export const LIVE_POSITION_BYTES = 44
export const LIVE_POSITIONS_MAX = 65_535

/** One message of at most LIVE_POSITIONS_MAX positions. */
export function encodeLive(positions: readonly LivePosition[]): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + positions.length * LIVE_POSITION_BYTES)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, 1)
  view.setUint16(2, positions.length, true)
  let at = HEADER_BYTES
  for (const p of positions) {
    view.setUint32(at, p.wearerId, true)
    view.setUint8(at + 4, p.state)
    view.setUint8(at + 5, p.flags)
    view.setUint8(at + 6, p.batteryPercent)
    view.setUint8(at + 7, p.charging)
    view.setFloat64(at + 8, p.timeMs, true)
    view.setFloat64(at + 16, p.receivedMs, true)
    view.setInt32(at + 24, p.latE7, true)
    view.setInt32(at + 28, p.lonE7, true)
    view.setFloat32(at + 32, p.accuracyM, true)
    view.setFloat32(at + 36, p.speedMps, true)
    view.setFloat32(at + 40, p.courseDeg, true)
    at += LIVE_POSITION_BYTES
  }
  return bytes
}

/** The positions of a message. Throws on an unknown version or a cut message. */
export function decodeLive(bytes: Uint8Array): LivePosition[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint8(0) !== 1) throw new RangeError(`live message version ${view.getUint8(0)} is not known here`)
  const positions: LivePosition[] = []
  let at = HEADER_BYTES
  for (let left = view.getUint16(2, true); left > 0; left--) {
    positions.push({
      wearerId: view.getUint32(at, true),
      state: view.getUint8(at + 4),
      flags: view.getUint8(at + 5),
      batteryPercent: view.getUint8(at + 6),
      charging: view.getUint8(at + 7),
      timeMs: view.getFloat64(at + 8, true),
      receivedMs: view.getFloat64(at + 16, true),
      latE7: view.getInt32(at + 24, true),
      lonE7: view.getInt32(at + 28, true),
      accuracyM: view.getFloat32(at + 32, true),
      speedMps: view.getFloat32(at + 36, true),
      courseDeg: view.getFloat32(at + 40, true),
    })
    at += LIVE_POSITION_BYTES
  }
  return positions
}
