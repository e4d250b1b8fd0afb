// What the fold remembers of a wearer's device: its open episodes, and the indications that count towards them.
import type { IncidentType } from '../../../model/incident/incident.ts'
import type { Episode } from './episode.ts'
import type { Spot } from './spot.ts'

/** Incidents of the wearer's device and credibility: at most one of each open. */
export const DEVICE_TYPES = [
  'strap_open',
  'case_opened',
  'sos',
  'battery_low',
  'battery_critical',
  'no_fix',
  'suspected_jamming',
  'position_not_credible',
  'bad_data',
  'device_alarm_unknown',
  'forgery_suspected',
] as const satisfies readonly IncidentType[]
type DeviceType = (typeof DEVICE_TYPES)[number]
export const SLOT = Object.fromEntries(DEVICE_TYPES.map((type, slot) => [type, slot])) as Record<DeviceType, number>

/** Defective reports in a row. */
export type DefectRun = {
  count: number
  first: Spot
  /** DEFECT, where all are alike. */
  defect: number | undefined
  /** Of the clocks among them, the device's minus ours; undefined where none was sent. */
  leastOffMs?: number
  mostOffMs?: number
}

/** A strap or case that was closed a moment ago: opened again soon it is the same episode. */
type Flap = { episode: Episode; closedMs: number }

export class DeviceMemory {
  readonly open: (Episode | undefined)[] = DEVICE_TYPES.map(() => undefined)
  openCount = 0
  /** Time of the last alarm word without a contact state behind it, by SLOT (strap, case, sos), and when the battery was last low. */
  readonly alarmMs = [-Infinity, -Infinity, -Infinity, -Infinity]
  /** The contact itself was reported open; only a closed contact ends it. */
  readonly contactOpen = [false, false]
  /** The word was among the alarms of the last report, by SLOT: only a word after reports without it is a recurrence. */
  readonly said = [false, false, false]
  noFixFirst: Spot | undefined
  noFixReturnCount = 0
  noFixReturnFirst: Spot | undefined
  /** Since when nothing was said of charging, though it still counts as such; undefined while that decides nothing. */
  chargingHeldFromMs: number | undefined
  /** Last indication of each kind: jamming alarm, receiver fault, lost position. */
  jamming: (Spot | undefined)[] = [undefined, undefined, undefined]
  /** Jumps and mock flags, oldest first. */
  doubts: Spot[] = []
  /** When the device last leapt back to where it had leapt from, and how often slowly since it began. */
  turnedMs = -Infinity
  slowTurns = 0
  /** By SLOT: strap, case. */
  readonly flaps: (Flap | undefined)[] = [undefined, undefined]
  defects: DefectRun | undefined
  /** Good reports since the last defective one, while the incident is open. */
  goodReports = 0
  /** When an alarm that no table knows was last said, and its code where that was in the last report. */
  unknownMs = -Infinity
  unknownSaid = 0
  disputedMs = -Infinity

  /** Says no more than its absence would. */
  get isBlank(): boolean {
    return (
      this.openCount === 0 &&
      !this.said.includes(true) &&
      this.turnedMs === -Infinity &&
      this.flaps.every((flap) => flap === undefined) &&
      this.defects === undefined &&
      this.unknownMs === -Infinity &&
      this.disputedMs === -Infinity &&
      this.chargingHeldFromMs === undefined &&
      this.noFixFirst === undefined &&
      this.noFixReturnFirst === undefined &&
      this.noFixReturnCount === 0 &&
      this.doubts.length === 0 &&
      !this.contactOpen.includes(true) &&
      this.jamming.every((indication) => indication === undefined) &&
      this.alarmMs.every((timeMs) => timeMs === -Infinity)
    )
  }
}
