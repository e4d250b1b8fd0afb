const waiting: (() => void)[] = []

/**
 * Yields to the rest of the process: lease renewal, other shards, metrics requests. Callers that yield continue
 * on one a turn of the event loop: sixteen shards that load at the same time would else be one long turn.
 */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(goOn)
  })
}

function goOn(): void {
  const resolve = waiting.shift()
  if (waiting.length > 0) setImmediate(goOn)
  resolve?.()
}

/** So many reports are judged, and so many plans compiled, without a breath: tens of milliseconds. */
export const REPORTS_PER_BREATH = 2000
export const PLANS_PER_BREATH = 100
