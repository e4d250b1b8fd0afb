import type { FeedLink } from './feed.ts'
import type { ServerStatus } from './live-state.ts'

/** What keeps the screen from being live, worst first. `sinceMs` absent: there never was live data. */
type Trouble = { kind: 'live'; cause: 'link' | 'redis' | 'quiet'; sinceMs: number | undefined } | { kind: 'database' }

const TROUBLE_AFTER = { linkAwayMs: 3000, quietMs: 180_000 }

/**
 * @param awaySinceMs when the link was lost; undefined while it is open
 * @param lastHeardMs when anything last came over the link
 */
export function troublesOf(
  link: FeedLink,
  awaySinceMs: number | undefined,
  lastHeardMs: number | undefined,
  status: ServerStatus,
  wearerCount: number,
  nowMs: number,
): Trouble[] {
  const troubles: Trouble[] = []
  if (link !== 'open' && awaySinceMs !== undefined && nowMs - awaySinceMs >= TROUBLE_AFTER.linkAwayMs)
    troubles.push({ kind: 'live', cause: 'link', sinceMs: lastHeardMs })
  else if (status.redis === 'away') troubles.push({ kind: 'live', cause: 'redis', sinceMs: status.liveMs || undefined })
  else if (status.liveMs && wearerCount > 0 && nowMs - status.liveMs > TROUBLE_AFTER.quietMs)
    troubles.push({ kind: 'live', cause: 'quiet', sinceMs: status.liveMs })
  if (status.database === 'away') troubles.push({ kind: 'database' })
  return troubles
}
