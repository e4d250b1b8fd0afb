import { createRoute, z } from '@hono/zod-openapi'
import { compileDocument } from '../../geofence/inquiry/backtest.ts'
import { MinutesLedger } from '../../geofence/inquiry/minutes-ledger.ts'
import type { LedgerRow } from '../../model/console/judgement.ts'
import { idSchema, instantSchema } from '../../model/console/wire.ts'
import { ledgerRowSchema } from '../../model/console/wire-judgement.ts'
import type { PoolClient } from '../../store/database/open-pool.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { quietBefore } from '../../store/track/read-judged.ts'
import { eachReport } from '../../store/track/read-reports.ts'
import type { ReadingWatch } from '../answer/reading-watch.ts'
import { Refusal } from '../answer/refusal.ts'
import type { Turns } from '../answer/turns.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import type { ApiApp, ApiParts } from './parts.ts'
import { readDocument } from './read-document.ts'
import { type GivenReason, grantForReading, openTrack, reasonHeaders, reasonOf } from './track-access.ts'

const DAY_MS = 86_400_000
const LEAD_MS = 2 * DAY_MS
/** A longer time is asked for in parts. */
const LEDGER_MS_MAX = 62 * DAY_MS
const ledgerRoute = createRoute({
  method: 'get',
  path: '/v1/wearers/{id}/ledger',
  ...right('track.read'),
  summary: 'Time in violation and time served, by condition and local week, from the stored track; written down',
  request: {
    params: z.object({ id: idSchema }),
    query: z.object({ from: instantSchema, to: instantSchema }),
    headers: reasonHeaders,
  },
  responses: { 200: json(z.object({ rows: z.array(ledgerRowSchema) }), 'the ledger'), ...refusals(400, 404, 429) },
})

export function addLedger(app: ApiApp, parts: ApiParts, turns: Turns): void {
  app.openapi(ledgerRoute, async (c) => {
    const { officer } = c.get('signedIn')
    const { id } = c.req.valid('param')
    const { from, to } = c.req.valid('query')
    const [fromMs, toMs] = [Date.parse(from), Math.min(Date.parse(to), parts.clock())]
    if (Date.parse(to) - fromMs > LEDGER_MS_MAX || !(fromMs < Date.parse(to)))
      throw new Refusal(400, 'invalid_input', 'from lies before to, by at most 62 days')
    const reason = reasonOf(c)
    const rows = await turns.run(officer.officerId, async () => {
      await grantForReading(parts, officer, id, reason)
      return asOfficer(parts.apiPool, officer.officerId, (client) =>
        countAndWriteDown(client, parts.watch, id, { fromMs, toMs, reason }),
      )
    })
    return c.json({ rows }, 200)
  })
}

type Asked = { fromMs: number; toMs: number; reason: GivenReason | undefined }

async function countAndWriteDown(
  client: PoolClient,
  watch: ReadingWatch,
  wearerId: string,
  { fromMs, toMs, reason: given }: Asked,
): Promise<LedgerRow[]> {
  const { wearer, reason } = await openTrack(client, wearerId, given)
  const rows = await count(client, wearer.n, fromMs, toMs)
  await watch.read(client, {
    kind: 'track',
    wearerId: wearer.n,
    reason,
    detail: { ledger: true, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() },
  })
  return rows
}

async function count(client: PoolClient, wearerId: number, fromMs: number, toMs: number): Promise<LedgerRow[]> {
  const document = await readDocument(client, wearerId)
  if (document === undefined || !(fromMs < toMs)) return []
  const ledger = new MinutesLedger(compileDocument(document.plan, document.zones), fromMs, toMs)
  const leadFromMs = await quietBefore(client, wearerId, fromMs - LEAD_MS, LEAD_MS)
  for await (const page of eachReport(client, wearerId, leadFromMs, toMs, { source: 'track' }))
    for (const report of page) ledger.add(report)
  return ledger.finish()
}
