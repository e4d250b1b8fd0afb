import { createRoute, z } from '@hono/zod-openapi'
import type { IncidentView } from '../../model/console/console.ts'
import { actRequestSchema, actSchema, idSchema } from '../../model/console/wire.ts'
import { officerEscalation, whomToNotify } from '../../model/incident/escalation.ts'
import type { IncidentAct, LoggedIncident } from '../../model/incident/incident.ts'
import { resolutionOf } from '../../model/incident/life.ts'
import { concerns } from '../../model/notice/recipient.ts'
import type { PoolClient } from '../../store/database/open-pool.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { type FindingRefusal, findingRefusal, insertAct, type NewAct } from '../../store/incidents/insert-act.ts'
import { readIncident } from '../../store/incidents/list-incidents.ts'
import { findWearer } from '../../store/people/find-wearer.ts'
import { listUnitsInSight } from '../../store/people/list-units-in-sight.ts'
import { Refusal } from '../answer/refusal.ts'
import { right } from '../sign-in/right.ts'
import { json, refusals } from './answers.ts'
import { hiddenIncident } from './hidden-wearer.ts'
import type { ApiApp, ApiParts } from './parts.ts'

const KEYS_KEPT_MAX = 10_000

const actRoute = createRoute({
  method: 'post',
  path: '/v1/incidents/{id}/acts',
  ...right('incident.act'),
  summary: 'Acknowledge, note, escalate or resolve; everyone who sees the incident hears of it at once',
  request: {
    params: z.object({ id: idSchema }),
    headers: z.object({
      'idempotency-key': z
        .string()
        .regex(/^[\w-]{8,100}$/)
        .optional()
        .openapi({ description: 'the same key again gives the same act again' }),
    }),
    body: { required: true, content: { 'application/json': { schema: actRequestSchema } } },
  },
  responses: { 200: json(z.object({ act: actSchema }), 'the act, written down'), ...refusals(400, 404, 409) },
})

export function addActs(app: ApiApp, { apiPool, hub, publishAct, recipients }: ApiParts): void {
  const once = new OnceOnly<IncidentAct>(KEYS_KEPT_MAX)

  app.openapi(actRoute, async (c) => {
    const { officer } = c.get('signedIn')
    const { id: incidentId } = c.req.valid('param')
    const request = c.req.valid('json')
    const key = c.req.valid('header')['idempotency-key']
    const write = () =>
      asOfficer(apiPool, officer.officerId, async (client) => {
        const recorded = (await readIncident(client, incidentId))?.incident
        const recent = hub.recent.incident(incidentId)
        const { unitPath, ...whose } = await whoseInSight(client, incidentId, recorded ?? recent)
        const acts = recorded?.acts ?? (recent && hub.recent.acts(recent)) ?? []
        const matterId = (recorded ?? recent)?.matterId
        const act = await insertAct(client, {
          incidentId,
          ...(matterId !== undefined && { matterId }),
          ...(whose.wearerId === undefined ? { unitPath } : whose),
          ...seen(request, [recorded, recent]),
          ...(request.action === 'escalate' && { escalatedTo: await escalationOf(acts, recipients, unitPath) }),
        })
        return { act, type: (recorded ?? recent)?.type }
      })
    const act = await once.run(key && `${officer.officerId} ${incidentId} ${key}`, async () => {
      try {
        const committed = await write()
        publishAct(committed.act, committed.type)
        return committed.act
      } catch (error) {
        const why = findingRefusal(error)
        if (why === undefined) throw error
        throw await findingRefused(why, request, () =>
          asOfficer(apiPool, officer.officerId, (client) => readIncident(client, incidentId)),
        )
      }
    })
    return c.json({ act }, 200)
  })
}

type Asked = z.infer<typeof actRequestSchema>

/** The act as the officer meant it: on what their screen shows, as far as we know of it. */
function seen(
  { action, note, resolution, changes, ...shown }: Asked,
  known: readonly (LoggedIncident | undefined)[],
): Omit<NewAct, 'incidentId'> {
  // The officer may have seen what the recorder has not brought into PostgreSQL yet.
  const occurrencesKnown = Math.max(1, ...known.map((one) => one?.signs ?? 1))
  const revisionKnown = Math.max(1, ...known.map((one) => one?.revision ?? 1))
  // And their screen may not show yet what we know: an alarm that they have not seen is not resolved with the others.
  const signs = Math.max(1, Math.min(shown.signs ?? occurrencesKnown, occurrencesKnown))
  return {
    action,
    ...(note !== undefined && { note }),
    ...(resolution !== undefined && { resolution }),
    ...(changes !== undefined && { changes }),
    ...(signs > 1 && { signs }),
    revision: Math.min(shown.revision ?? revisionKnown, revisionKnown),
  }
}

/** The recipients of an escalation. Refused where there is nobody above, so that the record stays true. */
async function escalationOf(
  acts: readonly IncidentAct[],
  recipients: ApiParts['recipients'],
  unitPath: string,
): Promise<NonNullable<IncidentAct['escalatedTo']>> {
  const known = (await recipients()).filter((one) => concerns(one, unitPath))
  const { to } = whomToNotify(officerEscalation(acts), (level) => known.some((one) => one.level === level))
  const reached = known.filter(({ level }) => level === to).map(({ id }) => id)
  if (to === 'petugas' || reached.length === 0)
    throw new Refusal(409, 'no_recipient', 'no superior has an address: nobody would be notified')
  return { level: to, recipients: reached }
}

const FINDING_WORDS: Record<FindingRefusal, string> = {
  conflict: 'another finding was made meanwhile',
  rank: 'the finding is of a higher rank',
  reason: 'a finding is changed with a reason only',
}

/** A colleague's finding is never overwritten in silence: both are shown. */
async function findingRefused(
  why: FindingRefusal,
  { resolution }: Asked,
  read: () => Promise<{ incident: IncidentView } | undefined>,
): Promise<Refusal> {
  const found = await read()
  const standing = found && resolutionOf(found.incident)
  return new Refusal(409, `finding_${why}`, FINDING_WORDS[why], { standing, yours: resolution })
}

/** Row-level security would refuse the act as well; here it is distinguished from a failure. Throws a Refusal. */
async function whoseInSight(
  client: PoolClient,
  incidentId: string,
  incident: LoggedIncident | undefined,
): Promise<{ wearerId?: number; unitPath: string }> {
  const wearer = incident?.wearerId === undefined ? undefined : await findWearer(client, incident.wearerId)
  if (wearer !== undefined && incident?.wearerId !== undefined)
    return { wearerId: incident.wearerId, unitPath: wearer.unitPath }
  if (incident?.unitPath !== undefined) {
    const { unitPath } = incident
    if ((await listUnitsInSight(client)).some(({ path }) => path === unitPath)) return { unitPath }
  }
  return hiddenIncident(client, incidentId)
}

/**
 * Runs work once for each key and gives the same result to every repetition of it, within this process and as long as
 * the key is among the newest `max`. Work that failed may be tried again.
 */
class OnceOnly<T> {
  readonly #max: number
  readonly #results = new Map<string, Promise<T>>()

  constructor(max: number) {
    this.#max = max
  }

  run(key: string | undefined, work: () => Promise<T>): Promise<T> {
    if (key === undefined) return work()
    const known = this.#results.get(key)
    if (known) return known
    const result = work()
    this.#results.set(key, result)
    if (this.#results.size > this.#max) this.#results.delete(this.#results.keys().next().value as string)
    result.catch(() => this.#results.delete(key))
    return result
  }
}
