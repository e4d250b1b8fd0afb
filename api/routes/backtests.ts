import { createRoute, type z } from '@hono/zod-openapi'
import { compileZone } from '../../geofence/geometry/compile-zone.ts'
import type { CompiledZone } from '../../geofence/geometry/compiled-zone.ts'
import { ZoneInvalid } from '../../geofence/geometry/zone-invalid.ts'
import { planOfProposal, RuleTrial } from '../../geofence/inquiry/try-rule.ts'
import { PlanInvalid } from '../../geofence/plan/plan-rules.ts'
import { smallerThanGuardM } from '../../geofence/plan/small-zone.ts'
import type { Me, WearerSummary } from '../../model/console/console.ts'
import type { BacktestAnswer, TriedWearer } from '../../model/console/judgement.ts'
import { BACKTEST_INCIDENTS_MAX, backtestRequestSchema, backtestSchema } from '../../model/console/wire-judgement.ts'
import type { Incident } from '../../model/incident/incident.ts'
import { type ZoneShape, zoneShapeSchema } from '../../model/plan/zone.ts'
import { auditReading } from '../../store/access/append-audit.ts'
import type { Pool, PoolClient } from '../../store/database/open-pool.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { listWearers } from '../../store/people/list-wearers.ts'
import { loadPlans, loadZones } from '../../store/rules/load-plans.ts'
import { eachReport } from '../../store/track/read-reports.ts'
import { notFound, Refusal } from '../answer/refusal.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import type { ApiApp, ApiParts } from './parts.ts'
import { grantForReading, openTrack } from './track-access.ts'

const BACKTEST = {
  /** Wearers in one answer; further ones from `next` on. */
  wearersMax: 100,
  /** No further wearer is begun after this. */
  workMsMax: 6000,
  /** At once, in this process; and one of an officer. */
  runningMax: 2,
} as const

const DAY_MS = 86_400_000
const CONDITION_ID = 'proposed'
type BacktestRequest = z.infer<typeof backtestRequestSchema>

const backtestRoute = createRoute({
  method: 'post',
  path: '/v1/backtests',
  ...right('rule.try'),
  summary:
    'What a proposed condition would have raised in the last days; each track that is read for it is written down',
  request: { body: { required: true, content: { 'application/json': { schema: backtestRequestSchema } } } },
  responses: { 200: json(backtestSchema, 'what would have stood'), ...refusals(400, 404, 429) },
})

export function addBacktests(app: ApiApp, parts: ApiParts): void {
  const running = new Set<string>()

  app.openapi(backtestRoute, async (c) => {
    const { officer } = c.get('signedIn')
    const asked = c.req.valid('json')
    if (running.size >= BACKTEST.runningMax || running.has(officer.officerId))
      throw new Refusal(429, 'too_many_attempts', 'another back-test is running; try again when it is done')
    running.add(officer.officerId)
    try {
      return c.json(await run(parts, officer, asked), 200)
    } finally {
      running.delete(officer.officerId)
    }
  })
}

async function run(parts: ApiParts, officer: Me, asked: BacktestRequest): Promise<BacktestAnswer> {
  const { apiPool: pool, clock } = parts
  const nowMs = clock()
  const fromMs = nowMs - asked.days * DAY_MS
  const zone = await zoneOf(pool, officer, asked)
  if (asked.wearerId !== undefined)
    await grantForReading(parts, officer, asked.wearerId, { kind: asked.reasonKind, reason: asked.reason })
  const { wearers: whom, next: nextPage } = await whomOf(pool, officer, asked)
  const results: TriedWearer[] = []
  let next = nextPage
  for (const [i, wearerId] of whom.entries()) {
    if (i > 0 && clock() - nowMs > BACKTEST.workMsMax) {
      next = whom[i - 1]
      break
    }
    const result = await asOfficer(pool, officer.officerId, (client) =>
      tryOn(client, wearerId, asked, zone, fromMs, nowMs),
    )
    results.push(result)
  }
  const incidentCount = results.reduce((sum, each) => sum + each.incidentCount, 0)
  const perWearerDay = incidentCount / Math.max(1, results.length * asked.days)
  const guardM = smallerThanGuardM(asked.condition, zone)
  return {
    ...{ fromMs, toMs: nowMs, wearers: results, incidentCount, perWearerDay },
    ...(guardM !== undefined && { smallerThanGuardM: guardM }),
    ...(next !== undefined && { next }),
  }
}

async function zoneOf(pool: Pool, { officerId }: Me, { zone }: BacktestRequest): Promise<CompiledZone> {
  try {
    if ('id' in zone) {
      const [known] = await asOfficer(pool, officerId, (client) => loadZones(client, [zone.id]))
      if (known === undefined) throw notFound()
      return compileZone(known.shape)
    }
    const shape = zoneShapeSchema.safeParse(zone.shape)
    if (!shape.success) throw new Refusal(400, 'invalid_input', `zone.shape: ${shape.error.issues[0]?.message}`)
    return compileZone(shape.data satisfies ZoneShape)
  } catch (error) {
    if (error instanceof ZoneInvalid) throw new Refusal(400, 'invalid_input', `zone: ${error.message}`)
    throw error
  }
}

async function whomOf(
  pool: Pool,
  { officerId }: Me,
  { wearerId, unit, after }: BacktestRequest,
): Promise<{ wearers: string[]; next?: string | undefined }> {
  if (wearerId !== undefined) return { wearers: [wearerId] }
  const page = await asOfficer(pool, officerId, (client) =>
    listWearers(client, { limit: BACKTEST.wearersMax, ...(unit && { unit }), ...(after && { after }) }),
  )
  return { wearers: page.wearers.map(({ id }: WearerSummary) => id), next: page.next }
}

async function tryOn(
  client: PoolClient,
  wearerId: string,
  asked: BacktestRequest,
  zone: CompiledZone,
  fromMs: number,
  toMs: number,
): Promise<TriedWearer> {
  const { wearer, reason } = await openTrack(client, wearerId, {
    kind: asked.reasonKind,
    reason: asked.reason,
  })
  const incidents: Incident[] = []
  let reports = 0
  const found = (await loadPlans(client, [wearer.n]))[0]
  if (found !== undefined) {
    const proposed = { ...asked.condition, id: CONDITION_ID, legalBasis: 'usulan' }
    const trial = new RuleTrial(planOf(found.plan, proposed, zone, fromMs, toMs), CONDITION_ID)
    for await (const page of eachReport(client, wearer.n, fromMs, toMs, { source: 'track' }))
      for (const report of page) trial.add(report)
    incidents.push(...trial.finish(toMs))
    reports = trial.reports
  }
  // Many tracks for one figure: not counted as reading many people.
  await auditReading(client, {
    kind: 'track',
    wearerId: wearer.n,
    reason,
    detail: { backtest: asked.condition.kind, days: asked.days, incidents: incidents.length },
  })
  const countByType: Record<string, number> = {}
  for (const { type } of incidents) countByType[type] = (countByType[type] ?? 0) + 1
  return {
    wearer: { id: wearer.id, n: wearer.n, name: wearer.name },
    reports,
    incidentCount: incidents.length,
    countByType,
    incidents: incidents.slice(0, BACKTEST_INCIDENTS_MAX),
  }
}

function planOf(...given: Parameters<typeof planOfProposal>): ReturnType<typeof planOfProposal> {
  try {
    return planOfProposal(...given)
  } catch (error) {
    if (error instanceof PlanInvalid) throw new Refusal(400, 'invalid_input', error.message)
    throw error
  }
}
