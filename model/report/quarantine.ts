/** Why a report or frame was not taken into the log. `discarded` ones (nobody wore it) are counted, not kept. */
export const REFUSAL_REASONS = [
  'malformed',
  'checksum',
  'oversized',
  'unknown_device',
  'revoked_device',
  'bad_credential',
  'not_of_this_gateway',
  'impossible_position',
  'impossible_time',
  'future',
  'ancient',
  'rate_limited',
  'no_wearer',
  'wrong_protocol',
  'wrong_network',
] as const
export type RefusalReason = (typeof REFUSAL_REASONS)[number]

/** What goes to quarantine: the bytes as they came and why; looked at and replayed by people. */
export type Quarantined = {
  receivedMs: number
  protocol: string
  reason: RefusalReason
  detail: string
  deviceId?: string
  /** At most QUARANTINE_BYTES_MAX; longer input is cut and `cut` is true. */
  raw: Uint8Array
  cut: boolean
}

export const QUARANTINE_BYTES_MAX = 8192
