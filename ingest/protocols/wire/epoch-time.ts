/** Of what is below, no sender has meant milliseconds since 1970. */
const SECONDS_BELOW = 2 ** 31
const MICROSECONDS_FROM = 1e14
const NANOSECONDS_FROM = 1e17
const LATEST_MS = 8.64e15

/** UTC ms of a count since 1970 in seconds, milliseconds, microseconds or nanoseconds, by its size; NaN for an impossible one. */
export function epochMs(value: number): number {
  if (!(value >= 0)) return Number.NaN
  const ms =
    value < SECONDS_BELOW
      ? value * 1000
      : value < MICROSECONDS_FROM
        ? value
        : value < NANOSECONDS_FROM
          ? value / 1000
          : value / 1e6
  return ms <= LATEST_MS ? Math.round(ms) : Number.NaN
}
