// One shard's incident log on its way to the recipients. The log's position moves together with what was told, and only after
// the deliveries are in Redis, so that no alert is dropped and none is made twice.
import type { LoggedIncident } from '../model/incident.ts'
import type { Log } from '../model/observe.ts'
import type { RedisClient } from '../stream/connect.ts'
import { readIncidents } from '../stream/incident-log.ts'
import type { Keys } from '../stream/keys.ts'
import { getPosition } from '../stream/positions.ts'
import { commitTold, readTold, type ToldEntry } from '../stream/told.ts'
import { alertOf, type Recipient, type Told } from './alert.ts'
import type { DeliveryQueue } from './deliver.ts'

export type FollowOptions = {
  shard: number
  /** Fencing token of the `notify` lease. */
  token: number
  redis: RedisClient
  /** A connection of its own: it blocks while it waits. */
  reader: RedisClient
  keys: Keys
  deliveries: DeliveryQueue
  recipients: readonly Recipient[]
  consoleUrl: string
  log: Log
  stopping(): boolean
}

const ENTRIES_PER_READ = 100
const BLOCK_MS = 1000
/** An incident that is over can still be revised by late reports; it will not be after so long. */
const TOLD_KEPT_MS = 30 * 86_400_000

/** Runs until `stopping`; throws FencedOff when another owner has taken the shard, and whatever Redis throws. */
export async function followIncidents(options: FollowOptions): Promise<void> {
  const { redis, reader, keys, shard } = options
  let position = (await getPosition(redis, keys, 'notify', shard)) ?? (await beginWithOpenOnes(options))
  while (!options.stopping()) {
    const entries = await readIncidents(reader, keys, shard, position, { count: ENTRIES_PER_READ, blockMs: BLOCK_MS })
    const last = entries.at(-1)
    if (last === undefined) continue
    await tell(
      options,
      entries.map(({ json }) => JSON.parse(json) as LoggedIncident),
      last.id,
    )
    position = last.id
  }
}

/** Where nobody was ever told anything: about what is open now, not about a week's history. Gives where to go on. */
async function beginWithOpenOnes(options: FollowOptions): Promise<string> {
  const { redis, keys, shard, log } = options
  const open = new Map<string, LoggedIncident>()
  let position = '0-0'
  let over = 0
  for (;;) {
    const entries = await readIncidents(redis, keys, shard, position, { count: ENTRIES_PER_READ })
    const last = entries.at(-1)
    if (last === undefined) break
    position = last.id
    for (const { json } of entries) {
      const incident = JSON.parse(json) as LoggedIncident
      if (incident.endMs === undefined && incident.withdrawn === undefined) open.set(incident.id, incident)
      else if (open.delete(incident.id)) over++
    }
  }
  const incidents = [...open.values()]
  for (let from = 0; from < incidents.length; from += ENTRIES_PER_READ)
    await tell(options, incidents.slice(from, from + ENTRIES_PER_READ), '0-0')
  await tell(options, [], position)
  if (over > 0) log.info({ shard, over }, 'first start: incidents that were over already stay on the console')
  return position
}

async function tell(options: FollowOptions, incidents: readonly LoggedIncident[], position: string): Promise<void> {
  const { redis, keys, shard, token, deliveries, recipients, consoleUrl, log } = options
  const ids = [...new Set(incidents.map(({ id }) => id))]
  const told = new Map<string, Told>()
  for (const [id, json] of await readTold(redis, keys, shard, ids)) told.set(id, JSON.parse(json))
  const changed = new Map<string, ToldEntry>()
  for (const incident of incidents) {
    const before = told.get(incident.id)
    const alert = alertOf(incident, before, consoleUrl)
    if (alert !== undefined) {
      const concerned =
        alert.kind === 'raised' ? recipients : recipients.filter(({ id }) => before?.recipientIds.includes(id))
      if (alert.kind === 'withdrawn' && concerned.length < (before?.recipientIds.length ?? 0))
        log.warn({ incident: incident.id }, 'a recipient of a withdrawn alert is not configured any more')
      await deliveries.add(alert, concerned, before?.revision)
      const { revision, kind, severity } = alert
      told.set(incident.id, { revision, kind, severity, recipientIds: concerned.map(({ id }) => id) })
    }
    const now = told.get(incident.id)
    if (now === undefined) continue
    const over = incident.endMs !== undefined || incident.withdrawn !== undefined
    changed.set(incident.id, {
      incidentId: incident.id,
      json: JSON.stringify(now),
      ...(over ? { keptMs: TOLD_KEPT_MS } : {}),
    })
  }
  await commitTold(redis, keys, { shard, token, position, told: [...changed.values()] })
}
