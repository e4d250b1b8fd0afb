// Days of a place as moments. The three zones of Indonesia know no summer time.

const OFFSET_HOURS = { 'Asia/Jakarta': 7, 'Asia/Makassar': 8, 'Asia/Jayapura': 9 } as const
const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** East of UTC. */
export const zoneOffsetMs = (timeZone: string): number =>
  (OFFSET_HOURS[timeZone as keyof typeof OFFSET_HOURS] ?? 7) * HOUR_MS

/** When a day such as 2026-01-31 begins there, UTC ms; undefined where there is no such day. */
export function dayBeginsMs(isoDate: string, timeZone: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(isoDate)
  if (match === null) return undefined
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number]
  const utcMs = Date.UTC(year, month - 1, day)
  const date = new Date(utcMs)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  return utcMs - zoneOffsetMs(timeZone)
}

/** The day there at a moment, as 2026-01-31. */
export function dayAt(timeMs: number, timeZone: string): string {
  return new Date(timeMs + zoneOffsetMs(timeZone)).toISOString().slice(0, 10)
}
