import { effect, signal } from '@preact/signals'
import type { WearerSummary } from '../../model/console/console.ts'
import { type Api, type ApiFailure, failureWords } from '../session/request.ts'

const QUIET_MS = 300
const CHARACTERS_MIN = 3

/** Klien by what only the server knows of them: the number of a decree, the bracelet they wear. */
export class FindOnServer {
  readonly query = signal('')
  readonly found = signal<readonly WearerSummary[]>([])
  readonly problem = signal<string | undefined>(undefined)
  #cancel: (() => void) | undefined

  constructor(api: Api, after: (delayMs: number, act: () => void) => () => void, onUnauthorized: () => void) {
    effect(() => {
      const query = this.query.value.trim()
      this.#cancel?.()
      this.found.value = []
      this.problem.value = undefined
      // Names are searched on the screen itself.
      if (query.length < CHARACTERS_MIN || !/\d/.test(query)) return
      this.#cancel = after(QUIET_MS, () => void this.#ask(api, query, onUnauthorized))
    })
  }

  async #ask(api: Api, query: string, onUnauthorized: () => void): Promise<void> {
    try {
      const found = await api.findWearers(query)
      if (this.query.value.trim() === query) this.found.value = found
    } catch (failure) {
      const words = failureWords(failure)
      if ((failure as ApiFailure).status === 401) onUnauthorized()
      else if (this.query.value.trim() === query) this.problem.value = words
    }
  }
}
