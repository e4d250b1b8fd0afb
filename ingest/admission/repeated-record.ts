// A device that sends one and the same record again and again, with its old time and place: it is heard, but it says nothing new. A
// copy that comes much later also counts as contact at its receipt, without a place; the log recognises the copy itself.
import type { DeviceReport } from '../../model/report/report.ts'

/** The record heard last of a bracelet here. */
export type LastRecord = { timeMs: number; latE7: number; lonE7: number; receivedMs: number }

/** True where the report is the last record again, later than a retry would come. Notes the report where it is another one. */
export function isRepeated(
  known: { lastRecord?: LastRecord | undefined },
  timeMs: number,
  latE7: number,
  lonE7: number,
  receivedMs: number,
  repeatedAfterMs: number,
): boolean {
  const last = known.lastRecord
  if (last === undefined) {
    known.lastRecord = { timeMs, latE7, lonE7, receivedMs }
    return false
  }
  if (last.timeMs === timeMs && last.latE7 === latE7 && last.lonE7 === lonE7)
    return receivedMs - Math.max(last.receivedMs, timeMs) >= repeatedAfterMs
  last.timeMs = timeMs
  last.latE7 = latE7
  last.lonE7 = lonE7
  last.receivedMs = receivedMs
  return false
}

/** What a repeated record says at its receipt. */
export function heardOnly({ deviceId, timeMs, attributes }: DeviceReport, receivedMs: number): DeviceReport {
  return {
    ...{ deviceId, timeMs: receivedMs, timeFromReceipt: true, fixValid: false, alarms: [], archived: false },
    attributes: { ...attributes, repeatedTime: new Date(timeMs).toISOString() },
  }
}
