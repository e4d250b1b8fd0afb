// What the officers' console and the API say to each other: REST bodies and the messages of the live feed.
import type { Incident, IncidentAct, UnitIncident } from '../incident/incident.ts'
import type { Standing } from '../incident/life.ts'
import type { ConditionKind, WeeklyWindow } from '../plan/plan.ts'
import type { ZoneShape } from '../plan/zone.ts'

export const ROLES = [
  'pk',
  'asisten_pk',
  'kasubsi',
  'kepala_bapas',
  'operator',
  'kanwil',
  'ditjenpas',
  'auditor',
  'admin_ti',
] as const
export type Role = (typeof ROLES)[number]

/** Who draws zones and proposes conditions, and may try what a proposal would have raised. */
export const PROPOSING_ROLES: ReadonlySet<Role> = new Set(['pk', 'asisten_pk', 'kasubsi', 'kepala_bapas'])

export type Me = {
  officerId: string
  name: string
  role: Role
  unitPath: string
  unitName: string
  /** IANA name of the unit's place; times are shown in it. */
  timeZone: string
}

/** One of an officer's own sessions. */
export type SessionView = {
  id: string
  sinceMs: number
  /** Used or not, it ends then. */
  endsMs: number
  address: string
  /** What the browser calls itself. */
  agent: string
  current: boolean
}

export type UnitView = { path: string; name: string; kind: 'ditjenpas' | 'kanwil' | 'bapas' | 'pos'; timeZone: string }

export type WearerSummary = {
  /** Outside id (UUID). */
  id: string
  /** Short number used by the live feed. */
  n: number
  name: string
  unitPath: string
  programme: string
  pkName: string
  supervisionEndsMs: number
}

export type ConditionView = {
  id: string
  kind: ConditionKind
  zoneId: string
  zoneName: string
  legalBasis: string
  timeZone: string
  windows?: WeeklyWindow[]
  fromMs: number
  toMs?: number
}

export type WearerDetail = WearerSummary & {
  skNumber: string
  supervisionBeginsMs: number
  /** Masked but for the last four digits. */
  nikMasked: string
  bracelet?: { deviceId: string; model: string; sinceMs: number }
  conditions: ConditionView[]
  permits: { id: string; fromMs: number; toMs: number; legalBasis: string }[]
  last?: { timeMs: number; latDeg: number; lonDeg: number; accuracyM?: number; batteryPercent?: number }
}

export type ZoneView = {
  id: string
  name: string
  unitPath: string
  /** Worst use: how the map draws it. */
  kind: ConditionKind
  shape: ZoneShape
}

export type TrackFix = {
  timeMs: number
  latDeg: number
  lonDeg: number
  valid: boolean
  accuracyM?: number
  speedMps?: number
  batteryPercent?: number
  archived: boolean
}

export type WearerIncidentView = Incident & {
  standing: Standing
  wearer: { id: string; n: number; name: string; unitPath: string }
  unit?: undefined
  conditionName?: string
  acts: IncidentAct[]
}

export type UnitIncidentView = UnitIncident & {
  standing: Standing
  unit: { path: string; name: string }
  wearer?: undefined
  conditionName?: undefined
  acts: IncidentAct[]
}

/** An incident as the console shows it. */
export type IncidentView = WearerIncidentView | UnitIncidentView

export type MapSettings = {
  /** Absent: no tiles to be had; the console draws its own coast and place names. */
  tileUrl?: string
  tileAttribution?: string
}

export type ActRequest = {
  action: IncidentAct['action']
  note?: string
  resolution?: IncidentAct['resolution']
  /** The signs that the officer's screen shows; absent: all that the server knows of. */
  signs?: number
  /** The revision that the officer's screen shows; absent: the newest that the server knows of. */
  revision?: number
  /** Of a resolution: the act whose finding this one changes. Without it another finding is refused. */
  changes?: number
}

/** Every refusal of the API: one shape. `code` is stable; the console translates it. */
export type ApiError = { error: { code: string; message: string; details?: Record<string, unknown> } }

/**
 * One position: n, state (WEARER_STATE), flags (1 = valid fix), battery % (255 unknown), charging (TRISTATE), time ms,
 * received ms, latitude, longitude in degrees, accuracy m, speed m/s, course ° (null = not said).
 */
export type LivePositionRow = [
  n: number,
  state: number,
  flags: number,
  batteryPercent: number,
  charging: number,
  timeMs: number,
  receivedMs: number,
  latDeg: number,
  lonDeg: number,
  accuracyM: number | null,
  speedMps: number | null,
  courseDeg: number | null,
]

/** Live feed, server to console, one JSON object a WebSocket message, on `GET /v1/live[?cursor=…]` with the session cookie. */
export type LiveMessage =
  /** First message of every connection. `resumed` false: what was missed cannot be told any more, load anew over REST. */
  | { t: 'hello'; serverMs: number; resumed: boolean; cursor: string }
  /** Who is in sight; sent after hello and when it changes. */
  | { t: 'roster'; wearers: WearerSummary[] }
  /** Newest position per wearer since the last message; merged, never queued. */
  | { t: 'positions'; rows: LivePositionRow[] }
  /** Every incident revision, none left out. Keep `cursor` of the last message and send it when reconnecting. */
  | { t: 'incident'; cursor: string; incident: IncidentView }
  | { t: 'act'; cursor: string; act: IncidentAct }
  /**
   * Sent every few seconds. `liveMs` is when the last live data came; the console says "no live data since". `rulesVersion` is
   * another one when zones, conditions or permits in sight may have changed; then it comes at once.
   */
  | {
      t: 'status'
      serverMs: number
      liveMs: number
      redis: 'ok' | 'away'
      database: 'ok' | 'away'
      rulesVersion?: string
    }
  /** The session has ended; log in again. */
  | { t: 'bye'; reason: 'signed_out' | 'expired' | 'too_slow' }
