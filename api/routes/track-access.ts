// Reading a track, or what was derived from one, needs a reason where it is not one's own klien, and is audited.
import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { ReasonKind } from '../../model/access/reason.ts'
import type { Me, WearerSummary } from '../../model/console/console.ts'
import { reasonKindSchema, reasonSchema } from '../../model/console/wire.ts'
import { grantAccess, readAccess } from '../../store/access/grant-access.ts'
import type { PoolClient } from '../../store/database/open-pool.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { findWearer } from '../../store/people/find-wearer.ts'
import { Refusal } from '../answer/refusal.ts'
import { hiddenWearer } from './hidden-wearer.ts'
import type { ApiParts } from './parts.ts'
import { GRANT_MS } from './wearers.ts'

/** Readings of tracks that are judged: each keeps a database connection and folds in between others' requests. */
export const READINGS = { runningMax: 2, perKeyMax: 2, waitingMax: 30, waitMsMax: 10_000 } as const
export const tooManyReadings = () =>
  new Refusal(429, 'too_many_attempts', 'too many tracks are being judged; try again in a moment')

const REASON_HEADER = 'x-gelang-reason'
const REASON_KIND_HEADER = 'x-gelang-reason-kind'
/** What the document says of the two. */
export const reasonHeaders = z.object({
  [REASON_HEADER]: z.string().max(2000).optional().openapi({ description: 'why; percent-encoded UTF-8' }),
  [REASON_KIND_HEADER]: reasonKindSchema.optional(),
})
export type GivenReason = { kind: ReasonKind; reason: string }
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
  { apiPool, hub, watch }: Pick<ApiParts, 'apiPool' | 'hub' | 'watch'>,
  officer: Me,
  wearerId: string,
  given: GivenReason | undefined,
): Promise<void> {
  if (given === undefined) return
  const untilMs = await asOfficer(apiPool, officer.officerId, async (client) => {
    const { wearer, access } = await currentAccess(client, wearerId)
    if (wearer !== undefined || access !== undefined) return undefined
    const until = await grantAccess(client, { wearerId, ...given, forMs: GRANT_MS })
    if (until !== undefined) await watch.count(client)
    return until
  })
  if (untilMs !== undefined) hub.rulesChanged(officer.officerId)
}

/**
 * Lets the officer read a wearer's track, in the caller's transaction, which writes the reading down: at its end, since nobody
 * else can write to the audit from then on, and before anything is answered. Throws a Refusal.
 */
export async function openTrack(
  client: PoolClient,
  wearerId: string,
  given: GivenReason | undefined,
): Promise<TrackAccess> {
  const { wearer, access } = await currentAccess(client, wearerId)
  if (wearer === undefined) return hiddenWearer(client, wearerId)
  return { wearer, reason: given?.reason ?? access?.reason ?? DUTY }
}

async function currentAccess(client: PoolClient, wearerId: string) {
  const wearer = await findWearer(client, wearerId)
  const access = await readAccess(client, wearerId)
  return { wearer, access }
}

/** The reason that a request gives in its headers; undefined where it gives none. Throws a Refusal. */
export function reasonOf(c: Context): GivenReason | undefined {
  const header = c.req.header(REASON_HEADER)
  if (header === undefined || header === '') return undefined
  let text: string
  try {
    text = decodeURIComponent(header)
  } catch (error) {
    if (!(error instanceof URIError)) throw error
    text = header
  }
  const reason = reasonSchema.safeParse(text)
  if (!reason.success) throw new Refusal(400, 'invalid_input', `${REASON_HEADER}: ${reason.error.issues[0]?.message}`)
  const kind = reasonKindSchema.safeParse(c.req.header(REASON_KIND_HEADER))
  if (!kind.success) throw new Refusal(400, 'invalid_input', `${REASON_KIND_HEADER}: no such kind of reason`)
  return { kind: kind.data, reason: reason.data }
}
