// What a device protocol is made of. One file a protocol: its field table, its framer, its decoder; `protocols.ts` lists them.
// Framers and decoders are pure: bytes in, values out, no clock, no socket. They never throw, whatever the bytes.
import type { DeviceSettings } from '../../model/plan/directory.ts'
import type { RefusalReason } from '../../model/report/quarantine.ts'
import type { DeviceReport, Protocol } from '../../model/report/report.ts'

/** Who a frame or request says it is of, and what it proves that with. */
export type Claim = {
  deviceId: string
  /** The secret that came along: a token, a password, an authentication code. */
  credential?: string
}

/**
 * The order in every decoder: find the id, check the frame's checksum where it has one, ask `authorize`, and only then read the
 * rest. Whatever is read before that costs a stranger's bytes at most once each: values are cut to the length that they can have
 * before a pattern or a parser sees them.
 */
export type DecodeContext = {
  receivedMs: number
  /** Say what the frame says, whenever it came: for frames that are looked at apart from any device. */
  frameAlone?: true
  /** What the device does differently from its protocol's document. */
  settingsOf(deviceId: string): DeviceSettings | undefined
  /**
   * Whether this sender may speak for the bracelet. False: read no more, give `{ reports: [], deviceId }` (and the protocol's
   * word of refusal as `reply`, where it has one). A connection remembers what was proven on it, so a frame that carries no
   * credential asks with the id alone.
   */
  authorize(claim: Claim): boolean
  /** JT/T 808, 0100: the authentication code to issue; undefined where this terminal may not register. */
  register?(claim: Claim): string | undefined
  /** Whether the directory has such a bracelet, and this sender has already proven to be it. Asking proves and refuses nothing. */
  maySpeak?(deviceId: string): boolean
  /** Whether the directory has a device of that name, where a frame can be read as naming several. */
  isKnown?(deviceId: string): boolean
}

/** A protocol without an archived flag is taken to have sent from memory what is older than this on arrival. */
const ARCHIVED_AFTER_MS = 10 * 60_000

/** True where the time of receipt says that a report was kept in the device; never where only the frame is to speak. */
export function cameLate(
  timeMs: number,
  { receivedMs, frameAlone }: Pick<DecodeContext, 'receivedMs' | 'frameAlone'>,
): boolean {
  return frameAlone !== true && receivedMs - timeMs > ARCHIVED_AFTER_MS
}

export type DecodeError = { reason: RefusalReason; detail: string }

/** What of a report cannot be, and is not in it any more. */
export type Defect = DecodeError

/**
 * A report without what of it cannot be: `defects` says what that was (absent: nothing), and the attributes `refused…` what was
 * sent. Decoders judge no further: an invalid time is NaN, an impossible place stays in. One admission decides for every format
 * whether it is accepted, what is left of it where it is urgent, or why it is refused.
 */
export type DecodedReport = DeviceReport & { defects?: Defect[] }

export type Decoded = {
  reports: DecodedReport[]
  /** Answers the device that these reports, or this frame, arrived; sent only after the reports are in the log. */
  reply?: Uint8Array
  /** Who speaks, where the frame says so though it carries no report (login, keep-alive). */
  deviceId?: string
  /** It only asks for a code, which `register` has allowed: the reply goes out, and the sender has proven nothing by it. */
  asksForCode?: true
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
export type StreamDecoder = {
  decode(frame: Uint8Array, context: DecodeContext): Decoded
  /** Whose a frame is that has begun and did not end: by what there is of it, or by the login. */
  beganBy(rest: Uint8Array): string | undefined
}

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
  /** The device authenticates with a code that we issue (`register`). */
  issuesCodes?: true
  /** Some devices wait for the server to speak first: what it says to one that has said nothing for so long. */
  greeting?: { bytes: Uint8Array; afterSilenceMs: number }
  newFramer(frameBytesMax: number): Framer
  newDecoder(): StreamDecoder
  /** Its document has it over UDP too; what differs there. */
  udp?: { newFramer?(datagramBytesMax: number): Framer }
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
  reports: DecodedReport[]
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
