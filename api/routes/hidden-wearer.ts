import { wearerToAskFor } from '../../store/access/find-persons.ts'
import { mayAskAccess } from '../../store/access/may-ask-access.ts'
import type { Db } from '../../store/database/open-pool.ts'
import { notFound, Refusal } from '../answer/refusal.ts'

const reasonRequired = () => new Refusal(403, 'reason_required', 'not your klien: say why, and it is written down')

/** Why a wearer is not in sight: one may ask with a reason, or there is nobody to be seen. Always throws. */
export async function hiddenWearer(db: Db, wearerId: string): Promise<never> {
  throw (await mayAskAccess(db, wearerId)) ? reasonRequired() : notFound()
}

/** The same for an incident: of a person whom the officer may ask for, or of one out of sight. Always throws. */
export async function hiddenIncident(db: Db, incidentId: string): Promise<never> {
  throw (await wearerToAskFor(db, incidentId)) === undefined ? notFound() : reasonRequired()
}
