// What the officers' console and the API say to each other: REST bodies and the messages of the live feed.
import type { Incident, IncidentAct, UnitIncident } from '../incident/incident.ts'
import type { Standing } from '../incident/life.ts'
import type { Wire } from './of-wire.ts'
import type * as wire from './wire.ts'

export type Me = Wire<typeof wire.meSchema>
/** One of an officer's own sessions. */
export type SessionView = Wire<typeof wire.sessionSchema>
export type UnitView = Wire<typeof wire.unitSchema>
export type WearerSummary = Wire<typeof wire.wearerSchema>
export type ConditionView = Wire<typeof wire.conditionViewSchema>
export type WearerDetail = Wire<typeof wire.wearerDetailSchema>
export type ZoneView = Wire<typeof wire.zoneSchema>
export type TrackFix = Wire<typeof wire.trackFixSchema>
/** Without a tile address the console draws its own coast and place names. */
export type MapSettings = Wire<typeof wire.mapSettingsSchema>
export type ActRequest = Wire<typeof wire.actRequestSchema>
/** What is known of a unit without knowing a person. */
export type UnitFigures = Wire<typeof wire.unitFiguresSchema>
export type PersonFound = Wire<typeof wire.personFoundSchema>
/** A reason as the auditor reads it. */
export type ReasonGiven = Wire<typeof wire.reasonGivenSchema>
/** An officer read more than is usual for the role. */
export type ReadingAlarm = Wire<typeof wire.readingAlarmSchema>
/** Every refusal of the API: one shape. `code` is stable; the console translates it. */
export type ApiError = Wire<typeof wire.errorSchema>

export type WearerIncidentView = Incident & {
  standing: Standing
  wearer: { id: string; n: number; name: string; unitPath: string }
  unit?: undefined
  conditionName?: string
  /** Of a withdrawn one: the active incident of its matter. */
  continuedBy?: string
  acts: IncidentAct[]
}

export type UnitIncidentView = UnitIncident & {
  standing: Standing
  unit: { path: string; name: string }
  wearer?: undefined
  conditionName?: undefined
  continuedBy?: undefined
  acts: IncidentAct[]
}

/** An incident as the console shows it. */
export type IncidentView = WearerIncidentView | UnitIncidentView

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
  /** First message of every connection. `resumed` false: missed messages cannot be sent any more; load again over REST. */
  | { t: 'hello'; serverMs: number; resumed: boolean; cursor: string }
  /** The wearers in sight; sent after hello and when they change. */
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
