/** Lets everybody else in the process have a turn: leases to renew, other shards, who asks for metrics. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** So many reports are judged, and so many plans compiled, without a breath: tens of milliseconds. */
export const REPORTS_PER_BREATH = 2000
export const PLANS_PER_BREATH = 100
