// How routes write their answers into the OpenAPI document.
import type { z } from '@hono/zod-openapi'
import { errorSchema } from '../../model/console/wire.ts'

const REASONS: Record<number, string> = {
  400: 'invalid_input',
  401: 'not_signed_in',
  403: 'no_officer, role_not_permitted, wrong_origin or reason_required',
  404: 'not_found: it does not exist, or it is not yours to see',
  409: 'not_explained, done already, or in conflict with what holds',
  412: 'precondition_failed: it was changed meanwhile',
  413: 'too_large',
  422: 'key_reused: the Idempotency-Key was another request’s',
  428: 'precondition_required: If-Match is missing',
  429: 'too_many_attempts',
  503: 'database_away or redis_away',
}

export function json<S extends z.ZodType>(schema: S, description: string) {
  return { description, content: { 'application/json': { schema } } }
}

/** Refusals, as RFC 9457 has them. */
export function problem(...codes: number[]) {
  return Object.fromEntries(
    [...new Set(codes)].sort().map((code) => [
      code,
      {
        description: REASONS[code] ?? 'refused',
        content: { 'application/problem+json': { schema: errorSchema } },
      },
    ]),
  )
}

/** The refusals that every route under /v1 may give, and `further` ones. */
export function refusals(...further: number[]) {
  return problem(401, 403, 503, ...further)
}
