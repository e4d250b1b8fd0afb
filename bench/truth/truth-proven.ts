// Whether reports cover what incidents call proven.
import type { Incident } from '../../model/incident/incident.ts'
import { LogReport } from '../../model/report/report.ts'
import type { Recording } from './truth-recording.ts'

const MINUTE_MS = 60_000

/** What incidents claim beyond the time between positions at most three report intervals apart. */
export function unprovenMinutes(incidents: readonly Incident[], recording: Recording): number {
  let minutes = 0
  for (const { startMs, minutes: claimed } of incidents) {
    if (claimed === undefined) continue
    const coveredMs = coveredWithin(recording, startMs, claimed.toMs)
    minutes += Math.max(0, claimed.provenMs + claimed.keptMs - coveredMs) / MINUTE_MS
  }
  return minutes
}

function coveredWithin(recording: Recording, fromMs: number, toMs: number): number {
  let coveredMs = 0
  let lastMs = -Infinity
  for (let i = 0; i < recording.count; i++) {
    const { timeMs, flags } = recording.read(i, looked)
    if (flags === 0) continue
    if (timeMs - lastMs <= 3 * MINUTE_MS) coveredMs += Math.max(0, Math.min(timeMs, toMs) - Math.max(lastMs, fromMs))
    lastMs = timeMs
  }
  return coveredMs
}
const looked = new LogReport()
