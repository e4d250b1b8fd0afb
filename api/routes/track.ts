import { createRoute, z } from '@hono/zod-openapi'
import type { Me, TrackFix } from '../../model/console.ts'
import { appendAudit } from '../../store/append-audit.ts'
import { grantAccess, readAccess } from '../../store/grant-access.ts'
import type { PoolClient } from '../../store/open-pool.ts'
import { readTrack } from '../../store/read-track.ts'
import { readWearer } from '../../store/read-wearer.ts'
import { asOfficer } from '../../store/transaction.ts'
import type { ApiApp, ApiParts } from '../app.ts'
import { Refusal } from '../refusal.ts'
import { idSchema, reasonSchema, trackFixSchema } from '../schemas.ts'
import { json, refusals } from './answers.ts'
import { hiddenWearer, reasonRequired } from './hidden-wearer.ts'
import { GRANT_MS } from './wearers.ts'

/** A longer time is asked for in parts. */
export const TRACK_MS_MAX = 31 * 86_400_000
export const TRACK_FIXES_MAX = 50_000
const REASON_HEADER = 'x-gelang-reason'
/** What is written down where somebody looks at their own klien without saying more. */
const DUTY = 'tugas pembimbingan dan pengawasan'

const instant = z.iso.datetime({ offset: true })

const trackRoute = createRoute({
  method: 'get',
  path: '/v1/wearers/{id}/track',
  summary: 'Where a wearer was; every reading is written down',
  request: {
    params: z.object({ id: idSchema }),
    query: z.object({ from: instant, to: instant }),
    headers: z.object({
      [REASON_HEADER]: z.string().max(2000).optional().openapi({ description: 'why; percent-encoded UTF-8' }),
    }),
  },
  responses: {
    200: json(
      z.object({
        fixes: z.array(trackFixSchema),
        nextMs: z.number().optional().openapi({ description: 'there are more fixes, from this time on' }),
      }),
      `at most ${TRACK_FIXES_MAX} fixes, oldest first`,
    ),
    ...refusals(400, 404),
  },
})

export function addTrack(app: ApiApp, { apiPool, hub }: ApiParts): void {
  app.openapi(trackRoute, async (c) => {
    const { officer } = c.get('signedIn')
    const { id } = c.req.valid('param')
    const [fromMs, toMs] = [Date.parse(c.req.valid('query').from), Date.parse(c.req.valid('query').to)]
    if (!(fromMs < toMs && toMs - fromMs <= TRACK_MS_MAX))
      throw new Refusal(400, 'invalid_input', 'from lies before to, by at most 31 days')
    const reason = reasonOf(c.req.header(REASON_HEADER))
    const { fixes, granted } = await asOfficer(apiPool, officer.officerId, (client) =>
      readAndWriteDown(client, officer, id, { fromMs, toMs, reason }),
    )
    if (granted) hub.rulesChanged(officer.officerId)
    const next = fixes[TRACK_FIXES_MAX]
    return c.json({ fixes: fixes.slice(0, TRACK_FIXES_MAX), ...(next && { nextMs: next.timeMs }) }, 200)
  })
}

type Asked = { fromMs: number; toMs: number; reason: string | undefined }

/** In one transaction: what was read is handed out only if the reading was written down. */
async function readAndWriteDown(
  client: PoolClient,
  officer: Me,
  wearerId: string,
  { fromMs, toMs, reason }: Asked,
): Promise<{ fixes: TrackFix[]; granted: boolean }> {
  let wearer = await readWearer(client, wearerId)
  let access = await readAccess(client, wearerId)
  const needsReason = wearer === undefined || officer.role === 'kanwil' || officer.role === 'ditjenpas'
  const granted = needsReason && access === undefined && reason !== undefined
  if (granted) {
    await grantAccess(client, { wearerId, reason, forMs: GRANT_MS })
    access = await readAccess(client, wearerId)
    wearer = await readWearer(client, wearerId)
  }
  if (wearer === undefined) return hiddenWearer(client, wearerId)
  if (needsReason && access === undefined) throw reasonRequired()
  const fixes = await readTrack(client, wearerId, fromMs, toMs, TRACK_FIXES_MAX + 1)
  await appendAudit(client, {
    action: 'track.read',
    subject: `wearer:${wearerId}`,
    wearerId: wearer.n,
    reason: reason ?? access?.reason ?? DUTY,
    detail: { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString(), fixes: fixes.length },
  })
  return { fixes, granted }
}

function reasonOf(header: string | undefined): string | undefined {
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
