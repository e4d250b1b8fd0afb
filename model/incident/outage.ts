// What evaluators publish to one another so that many bracelets silent at once become one incident of their unit.
import type { UnitIncident } from './incident.ts'

/** Nobody took reports then, by the clock that stamps them as received. */
export type ListeningGap = { fromMs: number; toMs: number }

/** What one shard knows of a unit's bracelets. */
export type UnitCount = {
  /** Reported lately. */
  heard: number
  /** Silent ones by the minute of their last report, in order. */
  quiet: [minuteMs: number, count: number][]
}

export type ShardCounts = {
  /** Everything received until then is in them. */
  toMs: number
  units: Record<string, UnitCount>
}

/** What is kept of a unit: the active outage, or the last one for as long as it must be remembered. */
export type Outage = {
  /** Its newest revision. */
  incident: UnitIncident
  /** Who fell silent later is not part of it. Absent while so many are silent that everybody is. */
  coverToMs?: number
  /** Since when few enough are silent for it to end. */
  fewSinceMs?: number
  /** When its end was decided: from then on its wearers' own silences count. */
  decidedMs?: number
}
