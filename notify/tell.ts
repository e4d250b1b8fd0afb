// What an incident's revisions and its resolutions mean for the recipients: deliveries first, then what was told and how far, in
// one step, so that no alert is dropped and none is made twice.
import type { IncidentAct, LoggedIncident } from '../model/incident.ts'
import type { Log } from '../model/observe.ts'
import type { RedisClient } from '../stream/connect.ts'
import type { Keys } from '../stream/keys.ts'
import { commitTold, readTold, type ToldEntry } from '../stream/told.ts'
import { alertOf, type Recipient, type Told, type ToldAbout } from './alert.ts'
import type { DeliveryQueue } from './deliver.ts'

export type TellOptions = {
  shard: number
  /** Fencing token of the `notify` lease. */
  token: number
  redis: RedisClient
  keys: Keys
  deliveries: DeliveryQueue
  recipients: readonly Recipient[]
  consoleUrl: string
  log: Log
}

/** An incident that is over can still be revised by late reports; it will not be after so long. */
const TOLD_KEPT_MS = 30 * 86_400_000

/** Tells what these revisions call for, in their order; the shard's place in the incident log moves to `position`, if given. */
export async function tellIncidents(
  options: TellOptions,
  incidents: readonly LoggedIncident[],
  position?: string,
): Promise<void> {
  const told = await toldOf(
    options,
    incidents.map(({ id }) => id),
  )
  const changed = new Set<string>()
  for (const incident of incidents) {
    const before = told.get(incident.id)
    const now = await tellOne(options, aboutOf(incident), before)
    if (now === undefined) continue
    told.set(incident.id, now)
    changed.add(incident.id)
  }
  await commit(options, told, changed, position === undefined ? {} : { position })
}

/**
 * Notes for which signs these incidents are resolved now, and tells of one that has more. Acts on incidents of other shards, and on
 * such as nobody was told of, change nothing. The incidents must have been taken in up to where the acts were read.
 */
export async function tellActs(
  options: TellOptions,
  acts: readonly IncidentAct[],
  actsPosition: string,
): Promise<void> {
  const resolvedSigns = new Map<string, number>()
  for (const { action, incidentId, signs = 1 } of acts)
    if (action === 'resolve') resolvedSigns.set(incidentId, Math.max(signs, resolvedSigns.get(incidentId) ?? 0))
  const told = await toldOf(options, [...resolvedSigns.keys()])
  for (const [id, before] of told) {
    const resolved = { ...before, resolvedSigns: Math.max(before.resolvedSigns ?? 0, resolvedSigns.get(id)!) }
    told.set(id, (before.newest && (await tellOne(options, before.newest, resolved))) ?? resolved)
  }
  await commit(options, told, told.keys(), { actsPosition })
}

/** Gives what is known of the incident then; undefined where nobody was ever told of it. */
async function tellOne(options: TellOptions, incident: ToldAbout, before: Told | undefined): Promise<Told | undefined> {
  const { deliveries, recipients, consoleUrl, log } = options
  const newest = (before?.newest?.revision ?? 0) > incident.revision ? before!.newest! : incident
  const alert = alertOf(incident, before, consoleUrl)
  if (alert === undefined) return before && { ...before, newest }
  const concerned =
    alert.kind === 'raised' ? recipients : recipients.filter(({ id }) => before?.recipientIds.includes(id))
  if (alert.kind === 'withdrawn' && concerned.length < (before?.recipientIds.length ?? 0))
    log.warn({ incident: incident.id }, 'a recipient of a withdrawn alert is not configured any more')
  await deliveries.add(alert, concerned, before?.revision)
  const { revision, kind, severity } = alert
  return {
    ...{ revision, kind, severity, newest, recipientIds: concerned.map(({ id }) => id) },
    ...(incident.signs === undefined ? {} : { signs: incident.signs }),
    ...(before?.resolvedSigns === undefined ? {} : { resolvedSigns: before.resolvedSigns }),
  }
}

function aboutOf(incident: LoggedIncident): ToldAbout {
  const { id, revision, type, severity, startMs, endMs, late, signs, withdrawn } = incident
  return {
    ...{ id, revision, type, severity, startMs, late },
    ...(endMs === undefined ? {} : { endMs }),
    ...(signs === undefined ? {} : { signs }),
    ...(withdrawn === undefined ? {} : { withdrawn }),
  }
}

async function toldOf({ redis, keys, shard }: TellOptions, ids: readonly string[]): Promise<Map<string, Told>> {
  const found = await readTold(redis, keys, shard, [...new Set(ids)])
  return new Map([...found].map(([id, json]) => [id, JSON.parse(json) as Told]))
}

async function commit(
  { redis, keys, shard, token }: TellOptions,
  told: Map<string, Told>,
  changed: Iterable<string>,
  positions: { position?: string; actsPosition?: string },
): Promise<void> {
  const entries = Array.from(changed, (incidentId): ToldEntry => {
    const now = told.get(incidentId)!
    const over = now.newest === undefined || now.newest.endMs !== undefined || now.newest.withdrawn !== undefined
    return { incidentId, json: JSON.stringify(now), ...(over ? { keptMs: TOLD_KEPT_MS } : {}) }
  })
  await commitTold(redis, keys, { shard, token, told: entries, ...positions })
}
