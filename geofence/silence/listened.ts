// A silence counts while it could have been broken: the time in which nobody was there to hear is taken out of it, and only that.
import type { ListeningGap } from '../../model/incident/outage.ts'

/**
 * When `needMs` have gone by since `fromMs` in which reports could be received. After a gap there is as much time again to come
 * back, at most `needMs`: devices of a long outage have to connect first. What the gap did not take counts on, so that a short
 * one each quarter of an hour hides no silence. `gaps`: in order of time, never overlapping.
 */
export function listenedDueMs(fromMs: number, needMs: number, gaps: readonly ListeningGap[] = []): number {
  let dueMs = fromMs + needMs
  for (const gap of gaps) {
    const lostFromMs = Math.max(gap.fromMs, fromMs)
    // It was due before nobody listened, or the gap was over before it began.
    if (lostFromMs >= gap.toMs || dueMs <= lostFromMs) continue
    dueMs += gap.toMs - lostFromMs
    dueMs = Math.max(dueMs, gap.toMs + Math.min(gap.toMs - lostFromMs, needMs))
  }
  return dueMs
}
