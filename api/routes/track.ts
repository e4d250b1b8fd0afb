import { createRoute, z } from '@hono/zod-openapi'
import type { TrackFix } from '../../model/console/console.ts'
import { idSchema, instantSchema, trackFixSchema } from '../../model/console/wire.ts'
import type { PoolClient } from '../../store/database/open-pool.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { readTrack } from '../../store/track/read-track.ts'
import type { ReadingWatch } from '../answer/reading-watch.ts'
import { Refusal } from '../answer/refusal.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import type { ApiApp, ApiParts } from './parts.ts'
import { type GivenReason, grantForReading, openTrack, reasonHeaders, reasonOf } from './track-access.ts'

/** A longer time is asked for in parts. */
const TRACK_MS_MAX = 31 * 86_400_000
const TRACK_FIXES_MAX = 50_000

const trackRoute = createRoute({
  method: 'get',
  path: '/v1/wearers/{id}/track',
  ...right('track.read'),
  summary: 'Where a wearer was; every reading is written down',
  request: {
    params: z.object({ id: idSchema }),
    query: z.object({ from: instantSchema, to: instantSchema }),
    headers: reasonHeaders,
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

export function addTrack(app: ApiApp, parts: ApiParts): void {
  app.openapi(trackRoute, async (c) => {
    const { officer } = c.get('signedIn')
    const { id } = c.req.valid('param')
    const [fromMs, toMs] = [Date.parse(c.req.valid('query').from), Date.parse(c.req.valid('query').to)]
    if (!(fromMs < toMs && toMs - fromMs <= TRACK_MS_MAX))
      throw new Refusal(400, 'invalid_input', 'from lies before to, by at most 31 days')
    const reason = reasonOf(c)
    await grantForReading(parts, officer, id, reason)
    const fixes = await asOfficer(parts.apiPool, officer.officerId, (client) =>
      readAndWriteDown(client, parts.watch, id, { fromMs, toMs, reason }),
    )
    const next = fixes[TRACK_FIXES_MAX]
    return c.json({ fixes: fixes.slice(0, TRACK_FIXES_MAX), ...(next && { nextMs: next.timeMs }) }, 200)
  })
}

type Asked = { fromMs: number; toMs: number; reason: GivenReason | undefined }

/** In one transaction: what was read is handed out only if the reading was written down. */
async function readAndWriteDown(
  client: PoolClient,
  watch: ReadingWatch,
  wearerId: string,
  { fromMs, toMs, reason: given }: Asked,
): Promise<TrackFix[]> {
  const { wearer, reason } = await openTrack(client, wearerId, given)
  const fixes = await readTrack(client, wearerId, fromMs, toMs, TRACK_FIXES_MAX + 1)
  await watch.read(client, {
    kind: 'track',
    wearerId: wearer.n,
    reason,
    detail: { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString(), fixes: fixes.length },
  })
  return fixes
}
