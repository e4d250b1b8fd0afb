// Whoever reads a track, or what was made of one, says why where it is not their own klien, and it is written down.
import type { Me, WearerSummary } from '../../model/console.ts'
import { findWearer } from '../../store/find-wearer.ts'
import { grantAccess, readAccess } from '../../store/grant-access.ts'
import type { PoolClient } from '../../store/open-pool.ts'
import { Refusal } from '../refusal.ts'
import { reasonSchema } from '../schemas.ts'
import { hiddenWearer, reasonRequired } from './hidden-wearer.ts'
import { GRANT_MS } from './wearers.ts'

export const REASON_HEADER = 'x-gelang-reason'
/** What is written down where somebody looks at their own klien without saying more. */
const DUTY = 'tugas pembimbingan dan pengawasan'

export type TrackAccess = {
  wearer: WearerSummary
  /** For the audit. */
  reason: string
  /** A grant was made by it: who sees whom has changed. */
  granted: boolean
}

/** Lets the officer read a wearer's track, in the caller's transaction, which writes the reading down. Throws a Refusal. */
export async function openTrack(
  client: PoolClient,
  officer: Me,
  wearerId: string,
  reason: string | undefined,
): Promise<TrackAccess> {
  let wearer = await findWearer(client, wearerId)
  let access = await readAccess(client, wearerId)
  const needsReason = wearer === undefined || officer.role === 'kanwil' || officer.role === 'ditjenpas'
  const granted = needsReason && access === undefined && reason !== undefined
  if (granted) {
    await grantAccess(client, { wearerId, reason, forMs: GRANT_MS })
    access = await readAccess(client, wearerId)
    wearer = await findWearer(client, wearerId)
  }
  if (wearer === undefined) return hiddenWearer(client, wearerId)
  if (needsReason && access === undefined) throw reasonRequired()
  return { wearer, reason: reason ?? access?.reason ?? DUTY, granted }
}

/** The reason that a request gives in its header, percent-encoded UTF-8; undefined where it gives none. Throws a Refusal. */
export function reasonOf(header: string | undefined): string | undefined {
  if (header === undefined || header === '') return undefined
  let text: string
  try {
    text = decodeURIComponent(header)
  } catch (error) {
    if (!(error instanceof URIError)) throw error
    text = header
  }
  const reason = reasonSchema.safeParse(text)
  if (!reason.success) throw new Refusal(400, 'invalid_input', `${REASON_HEADER}: 5 to 500 characters`)
  return reason.data
}
