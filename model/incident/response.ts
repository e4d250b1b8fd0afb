// What the SOP asks for once an alert is told: who acts and within what time. The console shows the clock of the first level;
// notify tells the next one when a level's time has passed with nobody having taken the alert.
import type { Severity } from './incident.ts'

/** From the first to act upwards: ruang kendali and PK, Kasubsi or Kasi, Kepala Bapas. */
export const LEVELS = ['petugas', 'kasubsi', 'kepala_bapas'] as const
export type Level = (typeof LEVELS)[number]

export type ResponseTimes = {
  /** How long each level has, from when it was told; after a level without a time nobody further is told. */
  withinMs: Partial<Record<Level, number>>
  /** The end of the incident stops the clock. Where it does not, somebody must still say how it ended. */
  endStops: boolean
}

const MINUTE_MS = 60_000

export const RESPONSE: Record<Severity, ResponseTimes> = {
  kritis: { withinMs: { petugas: 4 * MINUTE_MS, kasubsi: 10 * MINUTE_MS }, endStops: false },
  serius: { withinMs: { petugas: 15 * MINUTE_MS }, endStops: true },
  informasi: { withinMs: {}, endStops: true },
}

/** Undefined where nobody is above. */
export function levelAbove(level: Level): Level | undefined {
  return LEVELS[LEVELS.indexOf(level) + 1]
}
