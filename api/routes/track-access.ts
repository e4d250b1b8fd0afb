// Whoever reads a track, or what was made of one, says why where it is not their own klien, and it is written down.
import type { Me, WearerSummary } from '../../model/console/console.ts'
import { reasonSchema } from '../../model/console/wire.ts'
import { grantAccess, readAccess } from '../../store/access/grant-access.ts'
import type { PoolClient } from '../../store/database/open-pool.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { findWearer } from '../../store/people/find-wearer.ts'
import { Refusal } from '../answer/refusal.ts'
import { hiddenWearer, reasonRequired } from './hidden-wearer.ts'
import type { ApiParts } from './parts.ts'
import { GRANT_MS } from './wearers.ts'

/** Readings of tracks that are judged: each keeps a database connection and folds in between others' requests. */
export const READINGS = { runningMax: 2, perKeyMax: 2, waitingMax: 30, waitMsMax: 10_000 } as const
export const tooManyReadings = () =>
  new Refusal(429, 'too_many_attempts', 'too many tracks are being judged; try again in a moment')

export const REASON_HEADER = 'x-gelang-reason'
/** What is written down where somebody looks at their own klien without saying more. */
const DUTY = 'tugas pembimbingan dan pengawasan'

type TrackAccess = {
  wearer: WearerSummary
  /** For the audit. */
  reason: string
}

/**
 * Grants what the officer needs to read a wearer's track, where they give a reason; `openTrack` then says whether they may. In a
 * transaction of its own: the audit's row of a grant holds the chain until it is committed, and a reading takes long.
 */
export async function grantForReading(
  { apiPool, hub }: Pick<ApiParts, 'apiPool' | 'hub'>,
  officer: Me,
  wearerId: string,
  reason: string | undefined,
): Promise<void> {
  if (reason === undefined) return
  const untilMs = await asOfficer(apiPool, officer.officerId, async (client) => {
    const { needsReason, access } = await standing(client, officer, wearerId)
    return needsReason && !access ? grantAccess(client, { wearerId, reason, forMs: GRANT_MS }) : undefined
  })
  if (untilMs !== undefined) hub.rulesChanged(officer.officerId)
}

/**
 * Lets the officer read a wearer's track, in the caller's transaction, which writes the reading down: at its end, since nobody
 * else can write to the audit from then on, and before anything is answered. Throws a Refusal.
 */
export async function openTrack(
  client: PoolClient,
  officer: Me,
  wearerId: string,
  reason: string | undefined,
): Promise<TrackAccess> {
  const { wearer, access, needsReason } = await standing(client, officer, wearerId)
  if (wearer === undefined) return hiddenWearer(client, wearerId)
  if (needsReason && access === undefined) throw reasonRequired()
  return { wearer, reason: reason ?? access?.reason ?? DUTY }
}

async function standing(client: PoolClient, officer: Me, wearerId: string) {
  const wearer = await findWearer(client, wearerId)
  const access = await readAccess(client, wearerId)
  const needsReason = wearer === undefined || officer.role === 'kanwil' || officer.role === 'ditjenpas'
  return { wearer, access, needsReason }
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
  if (!reason.success) throw new Refusal(400, 'invalid_input', `${REASON_HEADER}: 5 to 500 characters, no NUL`)
  return reason.data
}
