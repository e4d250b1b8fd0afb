export const BACKOFF = { firstMs: 500, maxMs: 30_000 }

/**
 * How long to wait before connection attempt `attempt` (0 = the first retry): doubling, capped, and spread over the upper
 * half by `random` (0 to 1), so that hundreds of consoles do not reconnect at the same moment.
 */
export function backoffMs(attempt: number, random: () => number): number {
  const ceiling = Math.min(BACKOFF.maxMs, BACKOFF.firstMs * 2 ** Math.min(attempt, 16))
  return Math.round(ceiling / 2 + (random() * ceiling) / 2)
}
