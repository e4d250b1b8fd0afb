// The directory is what ingest must know to let a report in: who may speak for which bracelet, and who wore it when.
// It is made from PostgreSQL, published to Redis, and kept in memory by every ingest process.

import type { Protocol } from '../report/report.ts'

export type Assignment = {
  wearerId: number
  /** The assignment within the wearer's supervision, [from, to); open-ended where `toMs` is absent. */
  fromMs: number
  toMs?: number
}

/** What a model or a single device does differently from its protocol's document. */
export type DeviceSettings = {
  /** Accept frames with a wrong checksum. */
  acceptBadChecksum?: boolean
  /** The device's clock runs in this zone, minutes east of UTC. */
  utcOffsetMinutes?: number
  /** Alarm code or word of the device → common word, `none`, `strap=open`, `strap=closed`, `case=open` or `case=closed`. */
  alarmCodes?: Record<string, string>
  /** Raw strap digit or bit → open | closed. */
  strapCodes?: Record<string, 'open' | 'closed'>
  /** What an Admin TI has mapped of alarms that no table knows, by `unknownAlarmText` of the word. Looked up after everything else. */
  mappedAlarms?: Record<string, string>
  /** IW: the firmware writes the day first. */
  dateOrder?: 'dmy'
  /** JT/T 808: status bit 5 (coordinates encrypted) is true of this model. Most that set it send plain coordinates. */
  encryptedPlace?: boolean
  /** JT/T 808: the model sends positions without having authenticated. */
  skipsAuthentication?: boolean
  /** Laipac: the password of our commands to the device; the makers' default where absent. */
  commandPassword?: string
}

export type DirectoryDevice = {
  braceletId: number
  /** As the device names itself on the wire. */
  deviceId: string
  unitPath: string
  /** As its record names it; `DEVICE_MODELS` says what some do differently. */
  model?: string
  /** The only protocol by which it speaks. Absent: by any that carries a credential of its own, and by none without one. */
  protocol?: Protocol
  /** It speaks through TLS only. */
  requiresTls?: boolean
  /** SHA-256 of the bracelet's secret, hex; absent when it has none. */
  secretSha256?: string
  /** Its protocol has no secret: the id alone is accepted (written down in the device's record). Never over HTTP. */
  idSuffices: boolean
  /** SHA-256 of its TLS client certificate (DER), hex. */
  certificateSha256?: string
  /** The common name of its TLS client certificate, which one of our authorities has signed. */
  certificateCn?: string
  /** It proves itself by a TLS key of its own, shared beforehand. */
  presharedKey?: boolean
  /** It speaks from these networks only (CIDR): the private APN of its SIM, or of its unit's. */
  networks?: string[]
  revoked: boolean
  /** Added to every time that it sends: its clock is known to be wrong by whole hours, or by cycles of 1,024 weeks. */
  clockCorrectionMs?: number
  /** Ordered by `fromMs`, never overlapping. */
  assignments: Assignment[]
  settings?: DeviceSettings
}

/** A gateway speaks for the bracelets of its unit and the units below. */
export type DirectoryGateway = {
  gatewayId: string
  unitPath: string
  secretSha256: string
  revoked: boolean
}

export type DirectoryRecord =
  | { kind: 'device'; device: DirectoryDevice }
  | { kind: 'gateway'; gateway: DirectoryGateway }

/** Whose timeline a report at `timeMs` joins; undefined when nobody under supervision wore the bracelet then. */
export function wearerAt(device: DirectoryDevice, timeMs: number): number | undefined {
  for (const assignment of device.assignments)
    if (timeMs >= assignment.fromMs && (assignment.toMs === undefined || timeMs < assignment.toMs))
      return assignment.wearerId
  return undefined
}

/** Names of models are compared without case, blanks and punctuation. */
export function plainModelName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}

/** True when `path` is `unit` or lies below it (ltree labels joined by dots). */
export function isWithinUnit(path: string, unit: string): boolean {
  return path === unit || path.startsWith(`${unit}.`)
}
