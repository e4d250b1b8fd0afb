import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { ApiError } from '../../model/console/console.ts'
import type { Log } from '../../model/observe.ts'
import { isStoreAway } from '../../store/database/retry.ts'
import { isRedisAway } from '../../stream/redis/redis-errors.ts'

/** A request that is answered with an ApiError: `code` is stable, `message` is for people who read logs. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: ContentfulStatusCode
  readonly code: string
  /** What the console shows beside the sentence. */
  readonly details: Record<string, unknown> | undefined

  constructor(status: ContentfulStatusCode, code: string, message: string, details?: Record<string, unknown>) {
    super(message)
    this.status = status
    this.code = code
    this.details = details
  }
}

export const notSignedIn = () => new Refusal(401, 'not_signed_in', 'sign in first')
/** Also the answer for somebody else's: it does not reveal whether it exists. */
export const notFound = () => new Refusal(404, 'not_found', 'there is no such thing, or it is not yours to see')
export const databaseAway = () => new Refusal(503, 'database_away', 'the database does not answer; live data goes on')

/** Turns every failure of a request into the one error shape. An unexpected error is logged in full and not sent. */
export function refusalOf(error: unknown, log: Log): Refusal {
  if (error instanceof Refusal) return error
  if (isStoreAway(error)) return databaseAway()
  if (isRedisAway(error)) return new Refusal(503, 'redis_away', 'Redis does not answer')
  if (error instanceof HTTPException) {
    if (error.status === 413) return new Refusal(413, 'too_large', 'the body is larger than the limit')
    if (error.status < 500) return new Refusal(error.status as ContentfulStatusCode, 'invalid_input', error.message)
  }
  log.error({ error: error instanceof Error ? error.stack : String(error) }, 'a request failed')
  return new Refusal(500, 'internal', 'something went wrong on our side')
}

/** The answer for a refusal: a problem document (RFC 9457). */
export function refuse(c: Context, refusal: Refusal): Response {
  if (refusal.status === 503) c.header('retry-after', '5')
  const { code, message, details } = refusal
  const problem = { type: 'about:blank', title: code, status: refusal.status, detail: message }
  const answer = { ...problem, error: { code, message, ...(details && { details }) } } satisfies ApiError
  return c.json(answer, refusal.status, { 'content-type': 'application/problem+json' })
}
