// What may be tried again. Everything else is a refusal or a bug of ours and goes up.

/**
 * SQLSTATE classes and codes: connection lost (08), too many connections, disk or memory full (53), server going down or
 * starting (57P0x), a statement out of time (57014), a disk error (58030), a standby that only reads (25006).
 */
const AWAY = /^(08|53|57P0[1-5]$|57014$|58030$|25006$)/
/** And two transactions in one another's way, or one that was idle for too long. */
const RETRYABLE = new RegExp(`${AWAY.source}|^(40001|40P01|55P03|25P03|25P04)$`)
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT', // a socket file that is not there
])
// pg raises these without a code.
const PLAIN_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client (has encountered|was closed)|Query read timeout)/

/** True when the same operation may succeed later: the store is away, or two transactions met. */
export function retryable(error: unknown): error is Error {
  return matches(error, RETRYABLE)
}

/** True when PostgreSQL cannot be reached or cannot serve now; false for refusals and bugs. */
export function isStoreAway(error: unknown): error is Error {
  return matches(error, AWAY)
}

function matches(error: unknown, codes: RegExp): error is Error {
  if (!(error instanceof Error)) return false
  if (error instanceof AggregateError && error.errors.length > 0)
    return error.errors.every((each) => matches(each, codes))
  const code = 'code' in error ? String(error.code) : ''
  if (codes.test(code) || SOCKET_CODES.has(code) || PLAIN_MESSAGES.test(error.message)) return true
  return error.cause !== undefined && matches(error.cause, codes)
}
