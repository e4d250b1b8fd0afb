import { createRoute, z } from '@hono/zod-openapi'
import { compileDocument } from '../../geofence/inquiry/backtest.ts'
import { Explaining } from '../../geofence/inquiry/explain.ts'
import type { Explanation } from '../../model/console/judgement.ts'
import { idSchema } from '../../model/console/wire.ts'
import { explanationSchema } from '../../model/console/wire-judgement.ts'
import { INCIDENT_TYPES, type Incident } from '../../model/incident/incident.ts'
import { wearerToAskFor } from '../../store/access/find-persons.ts'
import type { PoolClient } from '../../store/database/open-pool.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { readIncident } from '../../store/incidents/list-incidents.ts'
import { quietBefore } from '../../store/track/read-judged.ts'
import { eachReport } from '../../store/track/read-reports.ts'
import type { ReadingWatch } from '../answer/reading-watch.ts'
import { Refusal } from '../answer/refusal.ts'
import type { Turns } from '../answer/turns.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import { hiddenIncident } from './hidden-wearer.ts'
import type { ApiApp, ApiParts } from './parts.ts'
import { readDocument } from './read-document.ts'
import { type GivenReason, grantForReading, openTrack, reasonHeaders, reasonOf } from './track-access.ts'

const DAY_MS = 86_400_000
/** The fold begins so long before, or before what was open then. */
const LEAD_MS = 2 * DAY_MS
/** Reports after the end, or the confirmation of what still goes on, that may have decided it. */
const AFTER_END_MS = 6 * 3_600_000
const AFTER_CONFIRMED_MS = 1_800_000
const EXPLAINED_MS_MAX = 62 * DAY_MS

const explanationRoute = createRoute({
  method: 'get',
  path: '/v1/incidents/{id}/explanation',
  ...right('incident.read'),
  summary: 'Why an incident is active, fix by fix: the engine run again over the stored track; the reading is audited',
  request: {
    params: z.object({ id: idSchema }),
    headers: reasonHeaders,
  },
  responses: { 200: json(explanationSchema, 'the explanation'), ...refusals(400, 404, 409, 429) },
})

export function addExplanation(app: ApiApp, parts: ApiParts, turns: Turns): void {
  app.openapi(explanationRoute, async (c) => {
    const { officer } = c.get('signedIn')
    const { id } = c.req.valid('param')
    const reason = reasonOf(c)
    const inSight = <T>(work: (client: PoolClient) => Promise<T>) => asOfficer(parts.apiPool, officer.officerId, work)
    const explanation = await turns.run(officer.officerId, async () => {
      const toAskFor = reason && (await inSight((client) => hiddenWearerOf(client, id)))
      if (toAskFor !== undefined) await grantForReading(parts, officer, toAskFor, reason)
      const found = await inSight((client) => explicable(client, id))
      return inSight((client) => explainAndWriteDown(client, parts.watch, found, reason, parts.clock()))
    })
    // An incident that later reports disproved, or whose reports are too old to be kept, cannot be come to again.
    if (explanation === undefined)
      throw new Refusal(409, 'not_explained', 'the stored track and the rules of today do not lead to this incident')
    return c.json(explanation, 200)
  })
}

/** Of an incident that the officer does not see and may ask for. */
async function hiddenWearerOf(client: PoolClient, incidentId: string): Promise<string | undefined> {
  return (await readIncident(client, incidentId)) === undefined ? wearerToAskFor(client, incidentId) : undefined
}

/** The incident and whose it is, where a track can explain it. Throws a Refusal. */
async function explicable(client: PoolClient, incidentId: string): Promise<{ whose: string; incident: Incident }> {
  const found = await readIncident(client, incidentId)
  if (found === undefined) return hiddenIncident(client, incidentId)
  const { incident: view } = found
  if (view.unit !== undefined || INCIDENT_TYPES[view.type].openedBy === 'clock')
    throw new Refusal(409, 'not_explained', 'silence is judged by when reports were received, not from a track')
  const { acts: _, conditionName: __, wearer, ...incident } = view
  return { whose: wearer.id, incident }
}

/** Undefined where the stored track does not lead to the incident; that it was read for it is written down all the same. */
async function explainAndWriteDown(
  client: PoolClient,
  watch: ReadingWatch,
  { whose, incident }: { whose: string; incident: Incident },
  given: GivenReason | undefined,
  nowMs: number,
): Promise<(Explanation & { same: boolean }) | undefined> {
  const { wearer, reason } = await openTrack(client, whose, given)
  const explanation = await foldAgain(client, wearer.n, incident, nowMs)
  await watch.read(client, {
    kind: 'track',
    wearerId: wearer.n,
    reason,
    detail: { explained: incident.id, fixes: explanation?.weighings.length ?? 0 },
  })
  return explanation && { ...explanation, same: sameTimes(explanation.incident, incident) }
}

async function foldAgain(
  client: PoolClient,
  wearerId: number,
  incident: Incident,
  nowMs: number,
): Promise<Explanation | undefined> {
  const { startMs, confirmedMs, endMs } = incident
  const toMs = Math.min(nowMs, endMs === undefined ? confirmedMs + AFTER_CONFIRMED_MS : endMs + AFTER_END_MS)
  const fromMs = await quietBefore(client, wearerId, startMs - LEAD_MS, LEAD_MS)
  if (toMs - fromMs > EXPLAINED_MS_MAX)
    throw new Refusal(409, 'not_explained', 'it spans more than 62 days; read the track in parts')
  const document = await readDocument(client, wearerId)
  if (document === undefined) return undefined
  const span = { fromMs: startMs, toMs: endMs ?? toMs }
  const explaining = new Explaining(compileDocument(document.plan, document.zones), incident.id, span)
  for await (const page of eachReport(client, wearerId, fromMs, toMs, { source: 'track' }))
    for (const report of page) explaining.add(report)
  return explaining.finish(toMs)
}

function sameTimes(again: Incident, published: Incident): boolean {
  return (
    again.startMs === published.startMs &&
    again.confirmedMs === published.confirmedMs &&
    again.endMs === published.endMs
  )
}
