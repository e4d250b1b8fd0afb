import { type Signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { type ApiFailure, failureWords, type Tagged } from '../session/request.ts'

type Loading<T> = {
  loaded: Signal<Tagged<T> | undefined>
  problem: Signal<string | undefined>
  /** A reason must be written first. */
  reasonNeeded: Signal<boolean>
  again(): Promise<void>
}

/** What a page shows of the server: read when it opens and when `what` becomes another, and again when asked. */
export function useLoaded<T>(
  read: () => Promise<Tagged<T>>,
  what: string,
  onUnauthorized: () => void = () => undefined,
): Loading<T> {
  const loaded = useSignal<Tagged<T> | undefined>(undefined)
  const problem = useSignal<string | undefined>(undefined)
  const reasonNeeded = useSignal(false)
  const newest = useSignal(0)
  const again = async (): Promise<void> => {
    const mine = ++newest.value
    try {
      const answer = await read()
      if (mine !== newest.peek()) return
      loaded.value = answer
      problem.value = undefined
      reasonNeeded.value = false
    } catch (failure) {
      const words = failureWords(failure)
      if (mine !== newest.peek()) return
      const { status, code } = failure as ApiFailure
      if (status === 401) onUnauthorized()
      if (code === 'reason_required') reasonNeeded.value = true
      else problem.value = words
    }
  }
  useEffect(() => {
    loaded.value = undefined
    void again()
    return () => void newest.value++
  }, [what])
  return { loaded, problem, reasonNeeded, again }
}
