import { Refusal } from '../answer/refusal.ts'

type StoreError = Error & { code: string; constraint?: string }

/** What the database refused of a write, as an answer; any other error as it is. */
export function storeRefusal(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error
  const { code, constraint } = error as StoreError
  switch (code) {
    case '23505':
      return new Refusal(409, 'exists', `there is one already (${constraint ?? 'unique'})`)
    case '42501':
      return new Refusal(
        403,
        'not_permitted',
        constraint === undefined ? 'not yours to write' : `refused (${constraint})`,
      )
    case '23503':
      return new Refusal(400, 'invalid_input', `names something that does not exist (${constraint ?? 'reference'})`)
    case '23514':
      return new Refusal(400, 'invalid_input', `not allowed (${constraint ?? 'check'})`)
    case '23P01':
      return new Refusal(409, 'overlaps', `overlaps with what holds already (${constraint ?? 'time'})`)
    case '23001':
      return new Refusal(409, 'not_backwards', 'nothing is changed backwards')
    default:
      return error
  }
}
