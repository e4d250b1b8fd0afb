const LOOK_MS = 50

/** Looks until `see` gives something; throws after `ms`, naming what was not seen and what `found` says instead. */
export async function eventually<T>(
  see: () => Promise<T | undefined | false>,
  what: string,
  ms: number,
  found: () => string = () => '',
): Promise<T> {
  const deadlineMs = performance.now() + ms
  for (;;) {
    const seen = await see()
    if (seen !== undefined && seen !== false) return seen
    if (performance.now() > deadlineMs) throw new Error(`not seen within ${ms} ms: ${what} ${found()}`)
    await until(performance.now() + LOOK_MS)
  }
}

/** Resolves at this moment of `performance.now()`. */
export function until(momentMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, momentMs - performance.now())))
}
