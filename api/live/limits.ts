/** Limits and rhythms of the live feed. */
export const LIVE = {
  connectionsMax: 2000,
  connectionsPerOfficerMax: 32,
  /** The console says nothing but its cursor, in the address. */
  messageBytesMax: 1024,
  /** Messages from this size on are compressed: rosters and first positions, for offices on thin lines. */
  compressFromBytes: 8192,
  /** Consoles are sent to at once where there is time; a national feed to thousands of them may take a tenth of it. */
  positions: { everyMs: 8, everyMsMax: 250, share: 0.1 },
  statusEveryMs: 5000,
  checkEveryMs: 30_000,
  pingEveryMs: 15_000,
  /** Above this much unsent, positions wait (merged); missed incidents are read again no faster than this drains. */
  positionsWaitBytes: 256 * 1024,
  /** Above this much unsent, incidents wait too: the console is sent them from the log as it takes them. */
  unsentBytesMax: 8 * 1024 * 1024,
  /** A socket that takes nothing for this long while incidents wait is cut off; it reconnects with its cursor. */
  drainMs: 30_000,
  /** A console that has been said goodbye to closes within this time, or is cut off. */
  closingMs: 5000,
  /** Revisions read at once for a console that reconnects. */
  replayPage: 200,
  blockMs: 5000,
  retryMs: 250,
  /** Acts that another process has left unpublished for so long are published by this one; it looks so often. */
  actsUnpublishedMs: 2000,
  actsCheckEveryMs: 5000,
  /** Incidents wait for so long for the acts on them, where these are not in memory. */
  actsReadMs: 1000,
  /** Incidents and acts kept in memory, newest last; what is older is in PostgreSQL. */
  recentIncidentsMax: 20_000,
  positionsMax: 300_000,
  /** A change of the rules is looked at this long after it was announced, with all that came meanwhile. */
  rulesDebounceMs: 100,
  databaseProbeMs: 4000,
  /** A check that the database does not answer for this long is left for the next one. */
  databaseWaitMs: 10_000,
}
export type LiveLimits = typeof LIVE
