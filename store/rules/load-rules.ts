import type { SealedRecipient } from '../../model/notice/recipient.ts'
import type { DirectoryRecord } from '../../model/plan/directory.ts'
import type { Zone } from '../../model/plan/plan.ts'
import type { Pool } from '../database/open-pool.ts'
import { inTransaction } from '../database/transaction.ts'
import { loadDirectory } from './load-directory.ts'
import { loadPlans, loadZones, rulesVersion, type WearerPlan } from './load-plans.ts'
import { loadRecipients } from './load-recipients.ts'

type Rules = {
  version: number
  zones: Zone[]
  plans: WearerPlan[]
  directory: DirectoryRecord[]
  recipients: SealedRecipient[]
}

/** All rules of one moment: no plan names a zone, and no bracelet a wearer, that the rest does not have. */
export function loadRules(pool: Pool): Promise<Rules> {
  return inTransaction(
    pool,
    async (client) => ({
      version: await rulesVersion(client),
      zones: await loadZones(client),
      plans: await loadPlans(client),
      directory: await loadDirectory(client),
      recipients: await loadRecipients(client),
    }),
    'ISOLATION LEVEL REPEATABLE READ READ ONLY',
  )
}
