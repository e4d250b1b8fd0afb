// An incident is an episode with a beginning, a confirmation and an end.
import type { Level, SopName } from './sop-table.ts'

export const SEVERITIES = ['informasi', 'serius', 'kritis'] as const
export type Severity = (typeof SEVERITIES)[number]

/**
 * Every type, with its default severity, what opens it and the SOP that it follows where it is more than informasi. Names of the
 * interface are in the message files.
 */
export const INCIDENT_TYPES = {
  strap_open: { severity: 'kritis', openedBy: 'device', sop: 'tampering' },
  case_opened: { severity: 'kritis', openedBy: 'device', sop: 'tampering' },
  sos: { severity: 'kritis', openedBy: 'device', sop: 'sos' },
  inside_avoided_zone: { severity: 'kritis', openedBy: 'engine', sop: 'avoided_zone' },
  away_from_required_zone: { severity: 'serius', openedBy: 'engine', sop: 'absence' },
  off_corridor: { severity: 'serius', openedBy: 'engine', sop: 'absence' },
  inferred_crossing: { severity: 'informasi', openedBy: 'engine', sop: 'avoided_zone' },
  warning_ring: { severity: 'informasi', openedBy: 'engine', sop: 'absence' },
  location_unverifiable: { severity: 'serius', openedBy: 'engine', sop: 'doubt' },
  position_not_credible: { severity: 'serius', openedBy: 'engine', sop: 'doubt' },
  suspected_jamming: { severity: 'serius', openedBy: 'engine', sop: 'doubt' },
  no_communication: { severity: 'serius', openedBy: 'clock', sop: 'silence' },
  no_fix: { severity: 'informasi', openedBy: 'engine', sop: 'doubt' },
  battery_low: { severity: 'informasi', openedBy: 'device', sop: 'battery' },
  battery_critical: { severity: 'serius', openedBy: 'device', sop: 'battery' },
  battery_dead: { severity: 'serius', openedBy: 'clock', sop: 'battery' },
  fleet_silence: { severity: 'serius', openedBy: 'clock', sop: 'outage' },
  forgery_suspected: { severity: 'serius', openedBy: 'engine', sop: 'doubt' },
  whereabouts_uncertain: { severity: 'informasi', openedBy: 'engine', sop: 'doubt' },
  device_alarm_unknown: { severity: 'informasi', openedBy: 'device', sop: 'doubt' },
  bad_data: { severity: 'informasi', openedBy: 'device', sop: 'doubt' },
} as const satisfies Record<string, { severity: Severity; openedBy: 'device' | 'engine' | 'clock'; sop: SopName }>
export type IncidentType = keyof typeof INCIDENT_TYPES

/** A report that decided an incident, by its identity, with what the engine made of it. */
export type Evidence = {
  timeMs: number
  /** The report's 64-bit content key as 16 hex digits; absent for an edge. */
  contentKey?: string
  role: 'start' | 'confirm' | 'deepest' | 'end' | 'sign'
  latE7?: number
  lonE7?: number
  /** Signed distance to the boundary, positive inside. */
  distanceM?: number
  /** Error radius that was used. */
  radiusM?: number
}

/** Minutes of an incident as its fixes prove them, up to `toMs`: what two fixes say that are no further apart than three report intervals. */
export type IncidentMinutes = {
  /** On the wrong side. */
  provenMs: number
  /** On the right side: single fixes that did not end it. */
  keptMs: number
  /** Covered by no fixes, or by fixes that prove neither side. */
  notKnownMs: number
  toMs: number
}

/** Within an incident, no fix said anything from `fromMs` to `toMs`. */
export type IncidentGap = { fromMs: number; toMs: number }

/** Why a device's reports cannot be believed. */
export const BAD_DATA_REASONS = [
  'clock_reset',
  'clock_whole_hours',
  'clock_week_rollover',
  'clock',
  'time',
  'position',
  'battery',
  'other',
] as const
export type BadDataReason = (typeof BAD_DATA_REASONS)[number]

export type BadData = {
  reason: BadDataReason
  /** Defective reports in a row. */
  count: number
  /** The device's clock minus ours, where that is known. */
  clockOffMs?: number
  /** To be added to the device's clock, where what is wrong with it is recognised: proposed, not applied. */
  correctionMs?: number
}

/** An alarm that no table knows, as the device said it. */
export type UnknownAlarm = { code: number; text?: string; count: number }

export type Incident = {
  /** Deterministic: the same timeline and plan give the same id, whatever order the reports came in. UUID-shaped. */
  id: string
  type: IncidentType
  severity: Severity
  wearerId: number
  /** Of a unit's incident only. */
  unitPath?: undefined
  /** The condition broken; absent for device states. */
  conditionId?: string
  startMs: number
  confirmedMs: number
  endMs?: number
  /** How deep on the wrong side at the worst, metres. */
  depthM?: number
  /** How often the device has raised it anew: an alarm word said again, a strap opened again within minutes; absent: once. */
  signs?: number
  minutes?: IncidentMinutes
  /** At most GAPS_MAX, oldest first; absent: none. */
  gaps?: IncidentGap[]
  /** Of `bad_data`. */
  badData?: BadData
  /** Of `device_alarm_unknown`. */
  unknownAlarms?: UnknownAlarm[]
  evidence: Evidence[]
  engineVersion: string
  planHash: string
  /** Raised or changed by a report that came after its time had been judged. */
  late: boolean
  /** Concluded from two fixes, seen by none. */
  inferred: boolean
  /** Set when later reports disproved it; it keeps its history. */
  withdrawn?: { reason: string }
  /** Of a withdrawn one: it goes on as this incident, with another beginning; for people both are one matter. */
  supersededBy?: string
  /** It continues what was published as this incident, which is withdrawn (or, `whereabouts_uncertain`, has ended). */
  successorOf?: string
  /** The first incident of the chain of withdrawn ones that it continues; absent: this one. */
  matterId?: string
  /** Counts every published change of the matter: 1 on the first emission of its first incident. */
  revision: number
}

/** What is one matter to people: acts, notices and clocks belong to it, whichever incident of the chain is active. */
export function matterOf({ id, matterId = id }: Pick<LoggedIncident, 'id' | 'matterId'>): string {
  return matterId
}

export const GAPS_MAX = 16

/** An episode of a whole unit, many bracelets silent at once: nobody's violation, so it names no wearer and no plan. */
export type UnitIncident = Omit<
  Incident,
  | 'type'
  | 'wearerId'
  | 'unitPath'
  | 'conditionId'
  | 'depthM'
  | 'signs'
  | 'planHash'
  | 'withdrawn'
  | 'minutes'
  | 'gaps'
  | 'badData'
  | 'unknownAlarms'
  | 'supersededBy'
  | 'successorOf'
  | 'matterId'
> & {
  type: 'fleet_silence'
  /** The unit in the ltree, as a rule a Bapas. */
  unitPath: string
  /** So many bracelets were silent when this revision was written … */
  silentCount: number
  /** … of so many that had reported before. */
  ofCount: number
  wearerId?: undefined
  conditionId?: undefined
  depthM?: undefined
  signs?: undefined
  planHash?: undefined
  withdrawn?: undefined
  supersededBy?: undefined
  successorOf?: undefined
  matterId?: undefined
}

/** What the incident log holds: a wearer's or a unit's. */
export type LoggedIncident = Incident | UnitIncident

export const OFFICER_ACTIONS = ['acknowledge', 'note', 'escalate', 'resolve'] as const
export type OfficerAction = (typeof OFFICER_ACTIONS)[number]

export const RESOLUTIONS = ['pelanggaran', 'alasan_sah', 'alarm_palsu', 'gangguan_alat'] as const
export type Resolution = (typeof RESOLUTIONS)[number]

/** An officer's act on an incident as it goes out live. */
export type IncidentAct = {
  actId: number
  incidentId: string
  /** As the incident's, absent where that is the incident itself. */
  matterId?: string
  /** Whose incident it is: a wearer's … */
  wearerId?: number | undefined
  /** … or a unit's. */
  unitPath?: string | undefined
  action: OfficerAction
  officerName: string
  atMs: number
  note?: string
  resolution?: Resolution
  /** `signs` of the incident when the officer acted; absent: one. A resolution covers these occurrences and no later ones. */
  signs?: number
  /** The revision that the officer acted on; absent: not known, it was written down by an older version. */
  revision?: number
  /** Of a resolution: the act whose finding it changes, by an officer of at least the same rank. */
  changes?: number
  /** Of an escalation: the level that is notified of it, and its recipients. */
  escalatedTo?: { level: Level; recipients: string[] }
}
