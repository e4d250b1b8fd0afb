// How often a password may be guessed. Who guesses is slowed down; whose account it is can go on signing in.
import { createHmac } from 'node:crypto'
import { beginTry, type TryCount, tryNotMade, trySucceeded } from '../../store/access/sign-in-tries.ts'
import type { Pool } from '../../store/database/open-pool.ts'
import { networkOf } from './client-address.ts'

/** Wrong tries in `windowMs`. */
export const SIGN_IN_LIMITS = {
  windowMs: 15 * 60_000,
  /** For one account from one address, or from one browser that has signed in to it before. */
  pairMax: 5,
  /** From one address, whatever the account; an office shares one. */
  addressMax: 50,
  /** For one account, from whatever addresses. */
  accountMax: 100,
} as const

type SignInTry = { username: string; address: string; device: string | undefined }

export class SignInLimits {
  readonly #pool: Pool
  readonly #secret: string

  /** `pool` of the role gelang_auth; `secret` makes what is kept about tries unreadable. */
  constructor(pool: Pool, secret: string) {
    this.#pool = pool
    this.#secret = secret
  }

  /** Seconds to wait; undefined where the try may be made, which then counts as wrong until `succeeded`. */
  begin(attempt: SignInTry): Promise<number | undefined> {
    return beginTry(this.#pool, this.#counts(attempt), SIGN_IN_LIMITS.windowMs)
  }

  /** Nobody knows whether it was right: it does not count. */
  notTried(attempt: SignInTry): Promise<void> {
    return tryNotMade(this.#pool, this.#counts(attempt))
  }

  succeeded(attempt: SignInTry): Promise<void> {
    return trySucceeded(this.#pool, this.#counts(attempt))
  }

  /** A browser that was signed in to this account before is counted by itself, so nobody else's guesses shut it out. */
  #counts({ username, address, device }: SignInTry): TryCount[] {
    const account = username.toLowerCase()
    const network = networkOf(address)
    const { pairMax, addressMax, accountMax } = SIGN_IN_LIMITS
    if (device !== undefined) return [this.#count(pairMax, 'device', account, device)]
    return [
      this.#count(pairMax, 'pair', account, network),
      this.#count(addressMax, 'address', network),
      this.#count(accountMax, 'account', account),
    ]
  }

  #count(failedMax: number, ...words: string[]): TryCount {
    const key = createHmac('sha256', this.#secret).update(JSON.stringify(words)).digest('base64url')
    return { key: `${words[0]} ${key}`, failedMax }
  }
}
