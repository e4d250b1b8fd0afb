// What one officer proposes about a klien, another one decides. What is approved holds from that moment on.
import { createRoute, z } from '@hono/zod-openapi'
import { compileZone } from '../../geofence/geometry/compile-zone.ts'
import { ZoneInvalid } from '../../geofence/geometry/zone-invalid.ts'
import { planOfProposal } from '../../geofence/inquiry/try-rule.ts'
import { PlanInvalid } from '../../geofence/plan/plan-rules.ts'
import { APPROVALS, mayApprove, mayPropose } from '../../model/access/approvals.ts'
import type { Me } from '../../model/console/console.ts'
import type { NewProposal } from '../../model/console/people.ts'
import { idSchema } from '../../model/console/wire.ts'
import { decidedSchema, decisionSchema, newProposalSchema, proposalSchema } from '../../model/console/wire-people.ts'
import type { PoolClient } from '../../store/database/open-pool.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { findWearer } from '../../store/people/find-wearer.ts'
import { NotBackwards } from '../../store/rules/change-rules.ts'
import { loadPlans, loadZones } from '../../store/rules/load-plans.ts'
import { addProposal, decideProposal, listProposals, readProposal } from '../../store/rules/proposals.ts'
import { entityTag, requireMatch } from '../answer/entity-tag.ts'
import { notFound, Refusal } from '../answer/refusal.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import { carryOut } from './carry-out.ts'
import { keptFile } from './klien.ts'
import type { ApiApp, ApiParts } from './parts.ts'
import { keyHeader, matchHeader, writeOnce } from './write-once.ts'

const PROPOSALS_PAGE_MAX = 200
const HOUR_MS = 3_600_000
const params = z.object({ id: idSchema })
const body = <S extends z.ZodType>(schema: S) => ({ required: true, content: { 'application/json': { schema } } })

const proposeRoute = createRoute({
  method: 'post',
  path: '/v1/wearers/{id}/proposals',
  ...right('proposal.make'),
  summary: 'Propose a condition or a permit; nothing changes until somebody else approves it',
  request: { params, headers: keyHeader, body: body(newProposalSchema) },
  responses: { 201: json(proposalSchema, 'it waits to be decided'), ...refusals(400, 404, 422) },
})

const listRoute = createRoute({
  method: 'get',
  path: '/v1/proposals',
  ...right('proposal.read'),
  summary: 'Proposals about klien in sight, oldest first',
  request: {
    query: z.object({
      state: proposalSchema.shape.state.optional(),
      wearer: idSchema.optional(),
      limit: z.coerce.number().int().min(1).max(PROPOSALS_PAGE_MAX).default(50),
      after: idSchema.optional().openapi({ description: '`next` of the page before' }),
    }),
  },
  responses: {
    200: json(z.object({ proposals: z.array(proposalSchema), next: z.string().optional() }), 'a page'),
    ...refusals(400),
  },
})

const readRoute = createRoute({
  method: 'get',
  path: '/v1/proposals/{id}',
  ...right('proposal.read'),
  summary: 'A proposal, with its ETag',
  request: { params },
  responses: { 200: json(proposalSchema, 'the proposal'), ...refusals(400, 404) },
})

const decideRoute = createRoute({
  method: 'post',
  path: '/v1/proposals/{id}/decision',
  ...right('proposal.decide'),
  summary: 'Approve somebody else’s proposal, refuse it, or send it back, the latter two with a reason',
  request: { params, headers: matchHeader, body: body(decisionSchema) },
  responses: { 200: json(decidedSchema, 'decided'), ...refusals(400, 404, 409, 412, 428) },
})

const withdrawRoute = createRoute({
  method: 'post',
  path: '/v1/proposals/{id}/withdraw',
  ...right('proposal.make'),
  summary: 'Withdraw one’s own proposal',
  request: { params, headers: matchHeader },
  responses: { 200: json(proposalSchema, 'withdrawn'), ...refusals(400, 404, 409, 412, 428) },
})

export function addProposals(app: ApiApp, { apiPool, hub, clock }: ApiParts): void {
  app.openapi(proposeRoute, async (c) => {
    const { officer } = c.get('signedIn')
    const { id } = c.req.valid('param')
    const proposed = c.req.valid('json') as NewProposal
    const proposal = await writeOnce(c, apiPool, async (client) => {
      await keptFile(client, id)
      await checkProposal(client, officer, id, proposed, clock())
      return (await readProposal(client, await addProposal(client, id, officer.officerId, proposed)))!.proposal
    })
    return c.json(proposal, 201)
  })

  app.openapi(listRoute, async (c) => {
    const { state, wearer, limit, after } = c.req.valid('query')
    const page = { limit, ...(state && { state }), ...(wearer && { wearerId: wearer }), ...(after && { after }) }
    const { officerId } = c.get('signedIn').officer
    return c.json(await asOfficer(apiPool, officerId, (client) => listProposals(client, page)), 200)
  })

  app.openapi(readRoute, async (c) => {
    const { id } = c.req.valid('param')
    const found = await asOfficer(apiPool, c.get('signedIn').officer.officerId, (client) => readProposal(client, id))
    if (found === undefined) throw notFound()
    c.header('etag', entityTag(found.proposal))
    return c.json(found.proposal, 200)
  })

  app.openapi(decideRoute, async (c) => {
    const { officer } = c.get('signedIn')
    const { id } = c.req.valid('param')
    const { decision, reason } = c.req.valid('json')
    const decided = await writeOnce(c, apiPool, async (client) => {
      const found = await readProposal(client, id, true)
      if (found === undefined) throw notFound()
      const { proposal, wearerNumber } = found
      requireMatch(c.req.header('if-match'), proposal)
      if (!mayApprove(officer, proposal.proposed.kind, proposal.authorId))
        throw new Refusal(403, 'not_permitted', 'nobody decides what they proposed, nor what their role does not')
      if (proposal.state !== 'pending') throw new Refusal(409, 'decided', 'it was decided already')
      const done =
        decision === 'approve' ? await carryOut(client, proposal, wearerNumber, officer.officerId) : undefined
      const state = { approve: 'approved', refuse: 'refused', return: 'returned' } as const
      await decideProposal(client, id, officer.officerId, {
        ...{ state: state[decision], ...(reason && { reason }), ...(done && { resultId: done.id }) },
      })
      const after = (await readProposal(client, id))!.proposal
      return { proposal: after, ...(done && { inForceFromMs: done.fromMs }) }
    }).catch((error: unknown) => {
      if (error instanceof NotBackwards) throw new Refusal(409, 'not_backwards', error.message)
      throw error
    })
    hub.rulesChanged()
    return c.json(decided, 200)
  })

  app.openapi(withdrawRoute, async (c) => {
    const { officer } = c.get('signedIn')
    const { id } = c.req.valid('param')
    const proposal = await writeOnce(c, apiPool, async (client) => {
      const found = await readProposal(client, id, true)
      if (found === undefined) throw notFound()
      requireMatch(c.req.header('if-match'), found.proposal)
      if (found.proposal.authorId !== officer.officerId)
        throw new Refusal(403, 'not_permitted', 'only who proposed it withdraws it')
      await decideProposal(client, id, officer.officerId, { state: 'withdrawn' })
      return (await readProposal(client, id))!.proposal
    })
    return c.json(proposal, 200)
  })
}

/** Throws a Refusal where the role may not propose it, or where no evaluator could judge by it. */
async function checkProposal(
  client: PoolClient,
  officer: Me,
  wearerId: string,
  proposed: NewProposal,
  nowMs: number,
): Promise<void> {
  if (!mayPropose(officer.role, proposed.kind))
    throw new Refusal(403, 'not_permitted', `not proposed by the role ${officer.role}`)
  if ('permit' in proposed) {
    const { fromMs = nowMs, toMs, zoneId } = proposed.permit
    const hoursMax = APPROVALS[proposed.kind].hoursMax
    if (toMs <= Math.max(fromMs, nowMs)) throw invalid('permit.toMs: it would be over')
    if (hoursMax !== undefined && toMs - fromMs > hoursMax * HOUR_MS) throw invalid(`permit: at most ${hoursMax} hours`)
    if (zoneId !== undefined && (await loadZones(client, [zoneId])).length === 0) throw notFound()
    return
  }
  const { condition, kind } = proposed
  if ((condition.kind === 'avoided') !== (kind === 'condition_avoided'))
    throw invalid('kind: an avoided zone is proposed as condition_avoided, and nothing else is')
  const [zone] = await loadZones(client, [condition.zoneId])
  if (zone === undefined) throw notFound()
  const wearer = await findWearer(client, wearerId)
  const plan = wearer && (await loadPlans(client, [wearer.n]))[0]?.plan
  if (plan === undefined) throw new Refusal(409, 'not_supervised', 'no supervision runs')
  try {
    const { zoneId: _, fromMs: __, toMs: ___, replaces: ____, ...rule } = condition
    planOfProposal(plan, { ...rule, id: 'proposed' }, compileZone(zone.shape), nowMs, nowMs + 7 * 24 * HOUR_MS)
  } catch (error) {
    if (error instanceof PlanInvalid || error instanceof ZoneInvalid) throw invalid(error.message)
    throw error
  }
}

const invalid = (message: string) => new Refusal(400, 'invalid_input', message)
