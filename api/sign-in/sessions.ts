import { APIError } from 'better-auth/api'
import type { MiddlewareHandler } from 'hono'
import type { Me } from '../../model/console/console.ts'
import type { Pool } from '../../store/database/open-pool.ts'
import { isStoreAway } from '../../store/database/retry.ts'
import { readOfficerByAuthUser } from '../../store/people/read-officer.ts'
import { databaseAway, notSignedIn, Refusal } from '../answer/refusal.ts'
import type { Auth } from './auth.ts'

export type Session = { id: string; userId: string; expiresMs: number }
export type SignedIn = { officer: Me; session: Session }

/** Cookie → session → officer. */
export class Sessions {
  readonly #auth: Auth
  readonly #apiPool: Pool

  constructor(auth: Auth, apiPool: Pool) {
    this.#auth = auth
    this.#apiPool = apiPool
  }

  /** The session of a cookie; undefined where it has ended. Throws a Refusal while the database is away. */
  async session(headers: Headers): Promise<Session | undefined> {
    return this.#read(headers)
  }

  /** The officer of a request. Throws a Refusal. */
  async signedIn(headers: Headers): Promise<SignedIn> {
    const session = await this.#read(headers)
    if (session === undefined) throw notSignedIn()
    const officer = await readOfficerByAuthUser(this.#apiPool, session.userId)
    if (officer === undefined) throw new Refusal(403, 'no_officer', 'no active officer belongs to this account')
    return { officer, session }
  }

  async #read(headers: Headers): Promise<Session | undefined> {
    // Only the cookie: no other header may decide who somebody is.
    const cookie = new Headers({ cookie: headers.get('cookie') ?? '' })
    const found = await this.#auth.api.getSession({ headers: cookie }).catch((cause: unknown) => {
      if (isStoreAway(cause)) throw databaseAway()
      if (cause instanceof APIError && cause.status === 'INTERNAL_SERVER_ERROR') throw cause
      if (cause instanceof APIError) throw notSignedIn()
      throw cause
    })
    if (found === null) return undefined
    const { id, userId, expiresAt } = found.session
    return { id, userId, expiresMs: expiresAt.getTime() }
  }
}

export type OfficerEnv = { Variables: { signedIn: SignedIn } }

/** Lets active officers in who are signed in. */
export function requireOfficer(sessions: Sessions): MiddlewareHandler<OfficerEnv> {
  return async (c, next) => {
    c.set('signedIn', await sessions.signedIn(c.req.raw.headers))
    await next()
  }
}
