/** Waits, or ends early when `stopped` aborts. Waiting belongs to the processes: nothing that decides anything waits. */
export function pause(ms: number, stopped: AbortSignal): Promise<void> {
  if (stopped.aborted || ms <= 0) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      stopped.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    stopped.addEventListener('abort', done)
  })
}
