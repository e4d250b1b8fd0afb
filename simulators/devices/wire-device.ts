// What a simulated device is made of: one file a protocol, encoded from the protocols' documents and never with the decoders.
import type { DeviceReport } from '../../model/report/report.ts'

/** A frame on its way. */
export type Outgoing = {
  bytes: Uint8Array
  /** The reports it carries; none for a login. */
  reports: DeviceReport[]
  /** What `Session.read` gives when its answer came; absent where the server never answers. */
  answer?: string
}

/** One connection's talk; serials begin again with every one. */
export type Session = {
  /** What is said first, each awaited before the next; made when it is its turn, since one may need the answer before it. */
  hello: (() => Outgoing)[]
  keepAlive?(): Outgoing
  /** One frame for the reports; `stored`: they come from memory. At most `WireDevice.batchReportsMax` of them. */
  encode(reports: DeviceReport[], stored: boolean): Outgoing
  /** Takes what the server sent; gives the answers that are whole now, `refused` for one that is a no. */
  read(chunk: Uint8Array): string[]
}

export type WireProtocol =
  | 'gt06'
  | 'h02'
  | 'iw'
  | 'jt808'
  | 'laipac'
  | 'megastek'
  | 'owntracks'
  | 'r16h'
  | 'teltonika'
  | 'watch'
  | 'xexun3'

/** Another way to speak a protocol beside the usual: over UDP or MQTT, GT06 without CRC, HTTP as modems write it, through Traccar. */
export type WireForm = 'udp' | 'mqtt' | 'topin' | 'modem' | 'traccar'

export type WireDevice = {
  protocol: WireProtocol | 'osmand' | 'gateway'
  /** Every report gets an answer, and is sent again without one. */
  acknowledges: boolean
  /** An answer does not say which frame it is for, or not well: a frame is sent again on a new connection only. */
  answersAnyFrame?: true
  /** Reports from memory that go in one frame. */
  batchReportsMax: number
  /** Whether the wire says that a report comes from memory. */
  saysStored: boolean
  /** `secret`: the device's own, for wires that carry one. */
  newSession(deviceId: string, secret: string): Session
}
