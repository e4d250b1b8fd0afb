// What a checkpoint keeps of a wearer's silence: numbers where nothing is open, as with nearly everybody, else JSON.
import type { Contact, Silence } from '../../geofence/silence/silence.ts'
import { TRISTATE } from '../../model/report/report.ts'

export type Watched = {
  contact: Contact
  open: Silence | undefined
  /** Counted among those that reported. Neither this nor what follows is saved. */
  heard: boolean
  /** Since when reports are expected, as of the last look. */
  expectedMs?: number | undefined
  /** When that was entered, if after it began. */
  learnedMs?: number | undefined
  /** The rules changed then, and have not been looked at since. */
  changedMs?: number | undefined
}

// u8 version (1) | f64 last received ms or NaN | f64 battery % or NaN | u8 charging as TRISTATE
const CONTACT_VERSION = 1
const CONTACT_BYTES = 18
const JSON_BEGINS = 0x7b

export function encodeWatched({ contact, open }: Watched): Uint8Array {
  return open === undefined ? encodeContact(contact) : Buffer.from(JSON.stringify({ contact, open }))
}

/** Throws RangeError for a version that is not known here. */
export function decodeWatched(bytes: Uint8Array): Watched {
  if (bytes[0] !== JSON_BEGINS) return { contact: decodeContact(bytes), open: undefined, heard: false }
  return { ...(JSON.parse(Buffer.from(bytes).toString()) as Pick<Watched, 'contact' | 'open'>), heard: false }
}

function encodeContact({ lastReceivedMs, batteryPercent, charging }: Contact): Uint8Array {
  const bytes = Buffer.allocUnsafe(CONTACT_BYTES)
  bytes.writeUInt8(CONTACT_VERSION, 0)
  bytes.writeDoubleLE(lastReceivedMs ?? Number.NaN, 1)
  bytes.writeDoubleLE(batteryPercent ?? Number.NaN, 9)
  bytes.writeUInt8(charging === undefined ? TRISTATE.unknown : charging ? TRISTATE.yes : TRISTATE.no, 17)
  return bytes
}

function decodeContact(saved: Uint8Array): Contact {
  const bytes = Buffer.from(saved.buffer, saved.byteOffset, saved.byteLength)
  if (bytes[0] !== CONTACT_VERSION) throw new RangeError(`saved contact of version ${bytes[0]} is not known here`)
  const lastReceivedMs = bytes.readDoubleLE(1)
  const batteryPercent = bytes.readDoubleLE(9)
  const charging = bytes.readUInt8(17)
  return {
    ...(Number.isNaN(lastReceivedMs) ? {} : { lastReceivedMs }),
    ...(Number.isNaN(batteryPercent) ? {} : { batteryPercent }),
    ...(charging === TRISTATE.unknown ? {} : { charging: charging === TRISTATE.yes }),
  }
}
