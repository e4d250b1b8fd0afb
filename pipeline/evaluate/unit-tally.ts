// How many bracelets of each unit report to one shard, and how many are silent since which minute. Each change of a wearer updates
// the counts, so publishing them costs one step per unit.
import { FLEET } from '../../geofence/silence/fleet-silence.ts'
import type { ShardCounts } from '../../model/incident/outage.ts'

type Counted = { unitPath: string; quietMinuteMs: number | undefined }
type Unit = { heard: number; quiet: Map<number, number> }

export class UnitTally {
  readonly #counted = new Map<number, Counted>()
  readonly #units = new Map<string, Unit>()

  /** Counts the wearer as reporting, or as silent since that minute, in this unit and no other. */
  put(wearerId: number, unitPath: string, quietMinuteMs?: number): void {
    const known = this.#counted.get(wearerId)
    if (known?.unitPath === unitPath && known.quietMinuteMs === quietMinuteMs) return
    if (known !== undefined) this.#count(known, -1)
    const counted = { unitPath, quietMinuteMs }
    this.#counted.set(wearerId, counted)
    this.#count(counted, 1)
  }

  remove(wearerId: number): void {
    const known = this.#counted.get(wearerId)
    if (known === undefined) return
    this.#count(known, -1)
    this.#counted.delete(wearerId)
  }

  /** Silent ones of this unit. */
  *quietIn(unitPath: string): Iterable<number> {
    for (const [wearerId, known] of this.#counted)
      if (known.unitPath === unitPath && known.quietMinuteMs !== undefined) yield wearerId
  }

  at(toMs: number): ShardCounts {
    const units: ShardCounts['units'] = {}
    for (const [unitPath, { heard, quiet }] of this.#units) {
      const counted = [...quiet].filter(([minuteMs]) => toMs - minuteMs < FLEET.countedMs).sort(([a], [b]) => a - b)
      if (heard > 0 || counted.length > 0) units[unitPath] = { heard, quiet: counted }
    }
    return { toMs, units }
  }

  #count({ unitPath, quietMinuteMs }: Counted, by: 1 | -1): void {
    let unit = this.#units.get(unitPath)
    if (unit === undefined) {
      unit = { heard: 0, quiet: new Map() }
      this.#units.set(unitPath, unit)
    }
    if (quietMinuteMs === undefined) unit.heard += by
    else {
      const count = (unit.quiet.get(quietMinuteMs) ?? 0) + by
      if (count === 0) unit.quiet.delete(quietMinuteMs)
      else unit.quiet.set(quietMinuteMs, count)
    }
  }
}
