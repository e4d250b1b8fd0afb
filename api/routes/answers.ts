// How routes write their answers into the OpenAPI document.
import type { z } from '@hono/zod-openapi'
import { errorSchema } from '../../model/console/wire.ts'

const REASONS: Record<number, string> = {
  400: 'invalid_input',
  401: 'not_signed_in',
  403: 'no_officer, role_not_permitted, wrong_origin or reason_required',
  404: 'not_found: it does not exist, or it is not yours to see',
  409: 'not_explained, or done already',
  413: 'too_large',
  429: 'too_many_attempts',
  503: 'database_away or redis_away',
}

export function json<S extends z.ZodType>(schema: S, description: string) {
  return { description, content: { 'application/json': { schema } } }
}

/** The refusals that every route under /v1 may give, and `further` ones. */
export function refusals(...further: number[]) {
  const codes = [...new Set([401, 403, 503, ...further])].sort()
  return Object.fromEntries(codes.map((code) => [code, json(errorSchema, REASONS[code] ?? 'refused')]))
}
