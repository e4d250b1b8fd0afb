export type EvaluatorLimits = {
  /** A late report is judged from memory when it is at most this old … */
  retainMs: number
  /** … and among this many reports of its wearer. */
  retainEventsMax: number
  entriesPerRead: number
  /** Reports from bracelets' memories that wait in memory behind fresh ones; once there are so many, the rest waits in the log. */
  oldReportsMax: number
  /** So many of them are judged in a turn at most. */
  oldReportsPerTurn: number
  checkpointMs: number
  /** The same while the log is ahead of us: a checkpoint writes whole hours of reports, and a replay is quicker than catching up. */
  checkpointBehindMs: number
  /** Positions are sent at the end of a turn, no sooner after the last ones than this. */
  liveMs: number
  /** Units' outages, and whether reports can be received at all, are read so often; a shard's counts are published so often. */
  newsMs: number
  /** How often zones are looked for that no plan names any more. */
  forgetZonesMs: number
  /** One commit holds at most so many wearers, and not many more bytes; both well below what a commit may hold. */
  wearersPerCommit: number
  bytesPerCommit: number
  /** One wearer's changes, or state, above this do not go in one commit. */
  wearerBytesMax: number
  /** And so many requests to fold again from the stored track. */
  latePerCommit: number
}

export const EVALUATOR_LIMITS: EvaluatorLimits = {
  retainMs: 24 * 3_600_000,
  retainEventsMax: 4096,
  entriesPerRead: 64,
  oldReportsMax: 100_000,
  oldReportsPerTurn: 2000,
  checkpointMs: 1000,
  checkpointBehindMs: 5000,
  liveMs: 5,
  newsMs: 1000,
  forgetZonesMs: 3_600_000,
  wearersPerCommit: 250,
  bytesPerCommit: 4 * 1_048_576,
  wearerBytesMax: 16 * 1_048_576,
  latePerCommit: 2000,
}
