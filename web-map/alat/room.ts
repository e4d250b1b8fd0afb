import type { Action } from '../../model/access/rights.ts'
import { mayDo } from '../../model/access/rights.ts'
import type { Router } from '../address/router.ts'
import type { Desk } from '../feed/desk.ts'
import type { Api } from '../session/request.ts'
import type { Session } from '../session/session.ts'

/** What the parts of this room work with. */
export type AlatRoom = { api: Api; router: Router; session: Session; desk: Desk }

export function may({ session }: AlatRoom, action: Action): boolean {
  const role = session.me.value?.role
  return role !== undefined && mayDo(role, action)
}
