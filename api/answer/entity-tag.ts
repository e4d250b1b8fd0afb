// Nobody overwrites a colleague unseen: a change names the state that was on the screen.
import { createHash } from 'node:crypto'
import { Refusal } from './refusal.ts'

/** The strong entity tag of what was answered. */
export function entityTag(view: object): string {
  return `"${createHash('sha256').update(JSON.stringify(view)).digest('base64url').slice(0, 22)}"`
}

/** Throws a Refusal where `If-Match` is missing or names another state than `view`. */
export function requireMatch(ifMatch: string | undefined, view: object): void {
  if (ifMatch === undefined)
    throw new Refusal(428, 'precondition_required', 'a change names the ETag of what it changes in If-Match')
  const named = ifMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  if (!named.includes(entityTag(view)))
    throw new Refusal(412, 'precondition_failed', 'it was changed meanwhile: read it again')
}
