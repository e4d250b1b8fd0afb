import type { Router } from '../address/router.ts'
import type { Desk } from '../feed/desk.ts'
import type { Api } from '../session/request.ts'
import type { Session } from '../session/session.ts'

/** What the parts of this room work with. */
export type KlienRoom = { api: Api; router: Router; session: Session; desk: Desk }
