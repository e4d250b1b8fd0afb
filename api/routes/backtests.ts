import { createRoute, z } from '@hono/zod-openapi'
import { type CompiledZone, compileZone } from '../../geofence/geometry/compile-zone.ts'
import { ZoneInvalid } from '../../geofence/geometry/zone-invalid.ts'
import { planOfProposal, RuleTrial } from '../../geofence/inquiry/try-rule.ts'
import { PlanInvalid } from '../../geofence/plan/plan-rules.ts'
import { smallerThanGuardM } from '../../geofence/plan/small-zone.ts'
import { type Me, PROPOSING_ROLES, type WearerSummary } from '../../model/console/console.ts'
import type { BacktestAnswer, TriedWearer } from '../../model/console/judgement.ts'
import type { Incident } from '../../model/incident/incident.ts'
import { conditionSchema } from '../../model/plan/plan.ts'
import { type ZoneShape, zoneShapeSchema } from '../../model/plan/zone.ts'
import { auditReading } from '../../store/access/append-audit.ts'
import type { Pool, PoolClient } from '../../store/database/open-pool.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { listWearers } from '../../store/people/list-wearers.ts'
import { loadPlans, loadZones } from '../../store/rules/load-plans.ts'
import { eachReport } from '../../store/track/read-reports.ts'
import { notFound, Refusal } from '../answer/refusal.ts'
import { idSchema, reasonSchema, textSchema, unitPathSchema, wearerIncidentSchema } from '../answer/schemas.ts'
import { requireRole } from '../sign-in/sessions.ts'
import { json, refusals } from './answers.ts'
import type { ApiApp, ApiParts } from './parts.ts'
import { grantForReading, openTrack } from './track-access.ts'

const BACKTEST = {
  daysMax: 30,
  /** Wearers in one answer; further ones from `next` on. */
  wearersMax: 100,
  /** No further wearer is begun after this. */
  workMsMax: 6000,
  /** Incidents told whole, per wearer; all are counted. */
  incidentsMax: 200,
  /** At once, in this process; and one of an officer. */
  runningMax: 2,
} as const

const DAY_MS = 86_400_000
const CONDITION_ID = 'proposed'

const { kind, windows, timeZone, parameters, severity } = conditionSchema.shape
const backtestRequestSchema = z
  .strictObject({
    wearerId: idSchema.optional().openapi({ description: 'this wearer' }),
    unit: unitPathSchema.optional().openapi({ description: 'or all wearers in sight of this unit and those below it' }),
    days: z.number().int().min(1).max(BACKTEST.daysMax).default(BACKTEST.daysMax),
    zone: z.union([z.strictObject({ id: textSchema.min(1).max(64) }), z.strictObject({ shape: z.unknown() })]).openapi({
      description: 'a zone that exists, or the shape of a proposed one',
    }),
    condition: z.strictObject({ kind, windows, timeZone, parameters, severity }),
    reason: reasonSchema,
    after: idSchema.optional().openapi({ description: '`next` of the answer before' }),
  })
  .refine((asked) => (asked.wearerId === undefined) !== (asked.unit === undefined), {
    message: 'either wearerId or unit',
  })
  .openapi('BacktestRequest')
type BacktestRequest = z.infer<typeof backtestRequestSchema>

const wearerResultSchema = z.object({
  wearer: z.object({ id: idSchema, n: z.number().int(), name: z.string() }),
  reports: z.number().int(),
  incidentCount: z.number().int(),
  countByType: z.record(z.string(), z.number().int()),
  incidents: z.array(wearerIncidentSchema).openapi({ description: `at most ${BACKTEST.incidentsMax}, oldest first` }),
})

const backtestSchema = z
  .object({
    fromMs: z.number(),
    toMs: z.number(),
    wearers: z.array(wearerResultSchema),
    incidentCount: z.number().int(),
    perWearerDay: z.number().openapi({ description: 'incidents per wearer and day, over this answer' }),
    smallerThanGuardM: z.number().optional().openapi({
      description:
        'the avoided zone is nowhere deeper than this guard of a usual fix: who stays in it is told late, as location_unverifiable, or not at all',
    }),
    next: z.string().optional().openapi({ description: 'there are more wearers: ask again with this as `after`' }),
  })
  .openapi('Backtest')

const backtestRoute = createRoute({
  method: 'post',
  path: '/v1/backtests',
  summary:
    'What a proposed condition would have raised in the last days; each track that is read for it is written down',
  request: { body: { required: true, content: { 'application/json': { schema: backtestRequestSchema } } } },
  responses: { 200: json(backtestSchema, 'what would have stood'), ...refusals(400, 404, 429) },
})

export function addBacktests(app: ApiApp, parts: ApiParts): void {
  const running = new Set<string>()

  app.openapi(backtestRoute, async (c) => {
    const { officer } = c.get('signedIn')
    requireRole(officer, PROPOSING_ROLES)
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
  if (asked.wearerId !== undefined) await grantForReading(parts, officer, asked.wearerId, asked.reason)
  const { wearers: whom, next: nextPage } = await whomOf(pool, officer, asked)
  const results: TriedWearer[] = []
  let next = nextPage
  for (const [i, wearerId] of whom.entries()) {
    if (i > 0 && clock() - nowMs > BACKTEST.workMsMax) {
      next = whom[i - 1]
      break
    }
    const result = await asOfficer(pool, officer.officerId, (client) =>
      tryOn(client, officer, wearerId, asked, zone, fromMs, nowMs),
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
  officer: Me,
  wearerId: string,
  asked: BacktestRequest,
  zone: CompiledZone,
  fromMs: number,
  toMs: number,
): Promise<TriedWearer> {
  const { wearer, reason } = await openTrack(client, officer, wearerId, asked.reason)
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
    incidents: incidents.slice(0, BACKTEST.incidentsMax),
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
