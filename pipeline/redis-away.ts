// Which errors mean that Redis cannot be reached now, so that waiting is right and nothing of ours is broken.
const AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'NR_CLOSED',
  'CONNECTION_BROKEN',
])
const AWAY_TEXT =
  /connection is (already )?closed|stream isn't writeable|enableOfflineQueue|max(imum)? ?retries|^(LOADING|MISCONF|READONLY|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|OOM)\b/i

/** True for an error that goes away by itself when Redis is back. */
export function isRedisAway(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  const code = (error as NodeJS.ErrnoException).code
  return (code !== undefined && AWAY.has(code)) || AWAY_TEXT.test(error.message) || error.name === 'LogUnavailable'
}
