// What a device protocol is made of. One file a protocol: its field table, its framer, its decoder; `protocols.ts` lists them.
// Framers and decoders are pure: bytes in, values out, no clock, no socket. They never throw, whatever the bytes.
import type { DeviceSettings } from '../../model/plan/directory.ts'
import type { RefusalReason } from '../../model/report/quarantine.ts'
import type { DeviceReport, Protocol } from '../../model/report/report.ts'

export type DecodeContext = {
  receivedMs: number
  /** Say what the frame says, whenever it came: for frames that are looked at apart from any device. */
  frameAlone?: true
  /** What the device does differently from its protocol's document. */
  settingsOf(deviceId: string): DeviceSettings | undefined
  /** Whether the directory has a device of that name, where a frame can be read as naming several. */
  isKnown?(deviceId: string): boolean
}

/** A protocol without an archived flag is taken to have sent from memory what is older than this on arrival. */
const ARCHIVED_AFTER_MS = 10 * 60_000

/** True where the time of receipt says that a report was kept in the device; never where only the frame is to speak. */
export function cameLate(timeMs: number, { receivedMs, frameAlone }: DecodeContext): boolean {
  return frameAlone !== true && receivedMs - timeMs > ARCHIVED_AFTER_MS
}

export type DecodeError = { reason: RefusalReason; detail: string }

export type Decoded = {
  reports: DeviceReport[]
  /** Tells the device that these reports, or this frame, arrived; sent only after the reports are in the log. */
  reply?: Uint8Array
  /** Who speaks, where the frame says so though it carries no report (login, keep-alive). */
  deviceId?: string
  /** Why the frame, or a part of it, is no report. The frame goes to quarantine; `reply` is sent after that. */
  error?: DecodeError
}

/** Finds the frames in a connection's bytes, wherever the network cut them. */
export type Framer = {
  /** Takes the next bytes; gives the frames that are whole now. They are views, good until the next call. */
  push(chunk: Uint8Array): Uint8Array[]
  /** Bytes of a frame that has begun. At most `frameBytesMax`. */
  readonly pendingBytes: number
  /** Bytes so far that belonged to no frame. */
  readonly garbageBytes: number
  /** Gives up a frame that has begun. */
  reset(): void
}

/** Turns one connection's frames into reports. It lives as long as the connection and remembers who logged in. */
export type StreamDecoder = { decode(frame: Uint8Array, context: DecodeContext): Decoded }

export type StreamProtocol = {
  name: Protocol
  transport: 'tcp'
  port: number
  /** How `gelang decode` reads a frame from a line. */
  lines: 'text' | 'hex'
  /** A damaged frame is recognised as such. */
  checksummed: boolean
  /** The device repeats what was not answered. Where it does not, what TCP took from it is ours to keep. */
  acknowledges: boolean
  /** Some devices wait for the server to speak first: what it says to one that has said nothing for so long. */
  greeting?: { bytes: Uint8Array; afterSilenceMs: number }
  newFramer(frameBytesMax: number): Framer
  newDecoder(): StreamDecoder
}

export type HttpProtocolRequest = {
  method: string
  /** Path and query as they came. */
  url: string
  contentType?: string
  /** Lower-case names. */
  headers: Record<string, string | string[] | undefined>
  body: Uint8Array
}

export type HttpDecoded = {
  reports: DeviceReport[]
  deviceId?: string
  /** What the sender proves itself with. */
  credential?: string
  error?: DecodeError
  /** What says "delivered". */
  reply: { status: number; contentType?: string; body: string }
}

export type HttpProtocol = {
  name: Protocol
  transport: 'http'
  port: number
  decode(request: HttpProtocolRequest, context: DecodeContext): HttpDecoded
  /** The request as quarantine keeps it: every secret taken out. */
  redact(request: HttpProtocolRequest): Uint8Array
}

export type DeviceProtocol = StreamProtocol | HttpProtocol
