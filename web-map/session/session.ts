import { signal } from '@preact/signals'
import type { Me } from '../../model/console/console.ts'
import { type Api, ApiFailure, failureWords } from './request.ts'

type Phase = 'checking' | 'signedOut' | 'active' | 'expired'

const CHECK_AGAIN_MS = 5000

/** Who sits at the screen. An expired session keeps everything on screen behind the sign-in form. */
export class Session {
  readonly phase = signal<Phase>('checking')
  readonly me = signal<Me | undefined>(undefined)
  readonly problem = signal<string | undefined>(undefined)
  readonly busy = signal(false)
  #api: Api
  #onActive: (sameOfficer: boolean) => void
  #onInactive: (unasked: boolean) => void
  #after: (delayMs: number, act: () => void) => void

  constructor(
    api: Api,
    after: (delayMs: number, act: () => void) => void,
    onActive: (sameOfficer: boolean) => void,
    onInactive: (unasked: boolean) => void,
  ) {
    this.#api = api
    this.#after = after
    this.#onActive = onActive
    this.#onInactive = onInactive
  }

  /** Asks the server whose session this is. A server that cannot be reached says nothing about the session. */
  async check(): Promise<void> {
    try {
      const me = await this.#api.me()
      if (this.phase.value !== 'active') this.#activate(me)
    } catch (failure) {
      if (!(failure instanceof ApiFailure)) throw failure
      if (failure.status === 401) this.expire()
      else if (failure.code === 'no_officer') this.#leave(failureWords(failure))
      else if (this.phase.value === 'checking') {
        this.problem.value = failureWords(failure)
        this.#after(CHECK_AGAIN_MS, () => void this.check())
      }
    }
  }

  async signIn(username: string, password: string): Promise<void> {
    this.busy.value = true
    this.problem.value = undefined
    try {
      await this.#api.signIn(username, password)
      this.#activate(await this.#api.me())
    } catch (failure) {
      const refused = failure instanceof ApiFailure && failure.status === 401
      this.problem.value = failureWords(refused ? new ApiFailure(401, 'invalid_credentials', '') : failure)
    }
    this.busy.value = false
  }

  async signOut(): Promise<void> {
    this.problem.value = undefined
    try {
      await this.#api.signOut()
    } catch (failure) {
      if (!(failure instanceof ApiFailure)) throw failure
      if (failure.status !== 401) {
        this.problem.value = failureWords(failure)
        return
      }
    }
    this.#leave()
  }

  /** Nobody's screen any more. `problem`: why, where the officer did not ask for it. */
  #leave(problem?: string): void {
    this.phase.value = 'signedOut'
    this.me.value = undefined
    this.problem.value = problem
    this.#onInactive(false)
  }

  /** `unasked`: nobody signed out, so nobody may be aware of it. */
  expire(unasked = true): void {
    if (this.phase.value === 'signedOut' || this.phase.value === 'expired') return
    this.phase.value = this.me.value ? 'expired' : 'signedOut'
    this.#onInactive(unasked)
  }

  #activate(me: Me): void {
    this.problem.value = undefined
    const sameOfficer = this.me.value?.officerId === me.officerId
    this.me.value = me
    this.phase.value = 'active'
    this.#onActive(sameOfficer)
  }
}
