// The one check of what a role may do. Each route declares its action; whose data it reaches, row-level security decides.
import type { MiddlewareHandler } from 'hono'
import { type Action, mayDo } from '../../model/access/rights.ts'
import type { Me } from '../../model/console/console.ts'
import { Refusal } from '../answer/refusal.ts'
import type { OfficerEnv } from './sessions.ts'

/** What `createRoute` takes of an action: its name in the OpenAPI document, and the check before anything else is read. */
export function right(action: Action): { 'x-right': Action; middleware: MiddlewareHandler<OfficerEnv> } {
  return {
    'x-right': action,
    async middleware(c, next) {
      requireRight(c.get('signedIn').officer, action)
      await next()
    },
  }
}

/** Throws a Refusal for a role that may not do this at all. */
function requireRight(officer: Me, action: Action): void {
  if (!mayDo(officer.role, action))
    throw new Refusal(403, 'role_not_permitted', `not an act of the role ${officer.role}`)
}
