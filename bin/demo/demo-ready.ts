const WAIT_MS_MAX = 60_000
const LOOK_MS = 150

/**
 * Resolves when every process answers that it is ready, or when it is stopped; throws after a minute, naming who is not and why.
 */
export async function untilReady(
  processes: [name: string, url: string][],
  say: (sentence: string) => void,
  stopped: AbortSignal,
): Promise<void> {
  const deadlineMs = Date.now() + WAIT_MS_MAX
  for (const [name, url] of processes) {
    let why = 'no answer'
    for (;;) {
      if (stopped.aborted) return
      const response = await fetch(url).catch((error: unknown) => {
        if (!(error instanceof TypeError)) throw error // not listening yet
        return undefined
      })
      if (response?.ok) break
      if (response !== undefined) why = await response.text()
      if (Date.now() > deadlineMs) throw new Error(`${name} did not become ready: ${why}`)
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
    say(`${name} is ready`)
  }
}
