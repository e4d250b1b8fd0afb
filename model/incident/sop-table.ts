// The SOP defaults of the domain: who acts, within what time, by which steps. All times run from when the alert could be known
// here, but for `handledWithinMs`, which begins when somebody takes the alert.

/** From the first to act upwards: ruang kendali and PK, Kasubsi or Kasi, Kepala Bapas. */
export const LEVELS = ['petugas', 'kasubsi', 'kepala_bapas'] as const
export type Level = (typeof LEVELS)[number]

export const SOP_STEPS = [
  'call_klien',
  'call_klien_charge',
  'call_klien_leave_zone',
  'call_klien_open_sky',
  'call_penjamin',
  'call_pk',
  'ask_position',
  'ask_permit',
  'emergency_call',
  'inform_protected',
  'inform_polsek',
  'inform_admin',
  'announce',
  'send_officer',
  'visit',
  'check_device',
  'check_nearby_devices',
  'check_operator',
  'write_outcome',
  'read',
] as const
type SopStep = (typeof SOP_STEPS)[number]

export type Sop = {
  /** Somebody has taken the alert by then; absent: no clock runs before that. */
  takenWithinMs?: number
  /** It is resolved so long after it was taken; absent: no clock runs after that. */
  handledWithinMs?: number
  /** Who is notified, and when, while nobody has taken it. */
  next: readonly { level: Level; afterMs: number }[]
  steps: readonly SopStep[]
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

export const SOPS = {
  tampering: {
    takenWithinMs: 4 * MINUTE_MS,
    handledWithinMs: 30 * MINUTE_MS,
    next: [
      { level: 'kasubsi', afterMs: 4 * MINUTE_MS },
      { level: 'kepala_bapas', afterMs: 10 * MINUTE_MS },
    ],
    steps: ['call_klien', 'ask_position', 'call_penjamin', 'call_pk', 'send_officer', 'check_device', 'write_outcome'],
  },
  sos: {
    takenWithinMs: 2 * MINUTE_MS,
    handledWithinMs: 20 * MINUTE_MS,
    next: [
      { level: 'kasubsi', afterMs: 2 * MINUTE_MS },
      { level: 'kepala_bapas', afterMs: 8 * MINUTE_MS },
    ],
    steps: ['call_klien', 'call_penjamin', 'emergency_call', 'call_pk'],
  },
  avoided_zone: {
    takenWithinMs: 4 * MINUTE_MS,
    handledWithinMs: 30 * MINUTE_MS,
    next: [
      { level: 'kasubsi', afterMs: 4 * MINUTE_MS },
      { level: 'kepala_bapas', afterMs: 10 * MINUTE_MS },
    ],
    steps: ['call_klien_leave_zone', 'inform_protected', 'inform_polsek', 'call_pk'],
  },
  absence: {
    takenWithinMs: 15 * MINUTE_MS,
    handledWithinMs: 2 * HOUR_MS,
    next: [{ level: 'kasubsi', afterMs: 15 * MINUTE_MS }],
    steps: ['call_klien', 'call_penjamin', 'ask_permit', 'call_pk', 'visit'],
  },
  doubt: {
    takenWithinMs: 15 * MINUTE_MS,
    handledWithinMs: 4 * HOUR_MS,
    next: [{ level: 'kasubsi', afterMs: 15 * MINUTE_MS }],
    steps: ['call_klien', 'call_klien_open_sky', 'check_nearby_devices', 'visit', 'check_device'],
  },
  silence: {
    takenWithinMs: 15 * MINUTE_MS,
    handledWithinMs: 4 * HOUR_MS,
    next: [{ level: 'kasubsi', afterMs: 15 * MINUTE_MS }],
    steps: ['call_klien', 'check_operator', 'call_penjamin', 'visit'],
  },
  outage: {
    takenWithinMs: 15 * MINUTE_MS,
    next: [{ level: 'kepala_bapas', afterMs: 30 * MINUTE_MS }],
    steps: ['check_operator', 'inform_admin', 'announce'],
  },
  battery: {
    takenWithinMs: 30 * MINUTE_MS,
    handledWithinMs: 6 * HOUR_MS,
    next: [{ level: 'kasubsi', afterMs: 2 * HOUR_MS }],
    steps: ['call_klien_charge', 'call_pk'],
  },
  /** What is informasi only: read by the end of the shift. */
  read: { next: [], steps: ['read'] },
} as const satisfies Record<string, Sop>
export type SopName = keyof typeof SOPS
