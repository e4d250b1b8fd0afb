// What an error from Redis means for those who depend on it.

/** Why the log takes nothing now. All but `refused` go away by themselves or by an operator's hand; nothing is lost by waiting. */
export type Unavailable =
  /** Not reachable, or the connection broke before the answer: whether it was written is unknown. */
  | 'away'
  | 'starting'
  | 'disk_full'
  | 'out_of_memory'
  | 'read_only'
  /** A Redis Cluster in which a slot has no master now. */
  | 'cluster_down'
  /** Credentials or rights: an operator must act. */
  | 'denied'
  /** Anything else that Redis answered. */
  | 'refused'

/** The log did not take it, or nobody knows whether it did: give no positive answer. Sending again is harmless. */
export class LogUnavailable extends Error {
  override readonly name = 'LogUnavailable'
  readonly reason: Unavailable

  constructor(reason: Unavailable, cause: unknown) {
    super(`the log is not available (${reason}): ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.reason = reason
    forgetOperands(cause)
  }
}

/** More is waiting for the log than the limit allows: stop reading and try again. */
export class LogBusy extends Error {
  override readonly name = 'LogBusy'
}

const BY_ANSWER: readonly (readonly [start: RegExp, reason: Unavailable])[] = [
  [/^MISCONF/, 'disk_full'],
  [/^OOM/, 'out_of_memory'],
  [/^READONLY/, 'read_only'],
  [/^(LOADING|BUSY|UNBLOCKED)/, 'starting'],
  [/^(CLUSTERDOWN|MASTERDOWN|TRYAGAIN|NOREPLICAS|MOVED|ASK)\b|^Cluster isn't ready/, 'cluster_down'],
  // What ioredis says when a node it was sent to is gone, or all are.
  [
    /^(Failed to refresh slots|Too many Cluster redirections|None of startup nodes|Node is disconnected|No (sharded )?subscriber)/,
    'cluster_down',
  ],
  [/^(NOAUTH|WRONGPASS|NOPERM|DENIED)/, 'denied'],
]
const AWAY_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
])
const AWAY_TEXT =
  /^(Connection is closed|Stream isn't writeable|Command timed out|Socket timeout|Reached the max retries|Command aborted|Socket closed|Cluster is (ended|disconnect))/

/** ioredis attaches the command and its arguments to errors. Those hold people's positions, which must not get into a log. */
export function forgetOperands(error: unknown): void {
  if (error instanceof Error && 'command' in error) delete error.command
}

/** The reason behind an error of ioredis or an answer of Redis. */
export function unavailableReason(error: unknown): Unavailable {
  if (error instanceof LogUnavailable) return error.reason
  if (!(error instanceof Error)) return 'refused'
  const known = BY_ANSWER.find(([start]) => start.test(error.message))
  if (known) return known[1]
  const { code } = error as NodeJS.ErrnoException
  if ((code !== undefined && AWAY_CODES.has(code)) || AWAY_TEXT.test(error.message)) return 'away'
  if (error.name === 'MaxRetriesPerRequestError' || error.name === 'ClusterAllFailedError') return 'away'
  return 'refused'
}

/** True where waiting for Redis is right and no program error is the cause. */
export function isRedisAway(error: unknown): error is Error {
  return error instanceof Error && unavailableReason(error) !== 'refused'
}
