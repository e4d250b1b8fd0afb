// One shard's incident log, and the officers' acts on what it holds, on their way to the recipients.
import { matterOf } from '../model/incident/incident.ts'
import { readActs } from '../stream/logs/act-log.ts'
import { readIncidents } from '../stream/logs/incident-log.ts'
import { getPosition, parseId } from '../stream/logs/positions.ts'
import type { RedisClient } from '../stream/redis/connect.ts'
import { ACTS_READER } from '../stream/redis/keys.ts'
import { escalateDue } from './escalate.ts'
import type { NotifyParts } from './notices.ts'
import type { IncidentOfUnit } from './notified.ts'
import { notifyOfActs, notifyOfIncidents } from './notify-recipients.ts'

type FollowOptions = NotifyParts & {
  /** A connection of its own: it blocks while it waits. */
  reader: RedisClient
  stopping(): boolean
  /** Instead of WARM_UP_MS. */
  warmUpMs?: number
  /** Instead of BLOCK_MS. */
  blockMs?: number
}

const ENTRIES_PER_READ = 100
/** How long a read of the incident log waits; acts and due escalations are looked for in between. */
const BLOCK_MS = 1000
/**
 * Nobody is notified of a passed time before this has gone by since the logs were first read to their end: acts that waited for
 * Redis as this process did may still be on their way.
 */
const WARM_UP_MS = 10_000
const RECENT_MS = 3_600_000

/** Runs until `stopping`; throws FencedOff when another owner has taken the shard, and whatever Redis throws. */
export async function followIncidents(options: FollowOptions): Promise<void> {
  const { redis, keys, shard } = options
  let position = (await getPosition(redis, keys, 'notify', shard)) ?? (await beginWithOpenOnes(options))
  let actsPosition = (await getPosition(redis, keys, ACTS_READER, shard)) ?? '0-0'
  let escalatesFromMs = Number.POSITIVE_INFINITY
  while (!options.stopping()) {
    // Before the incidents: once those are taken in to their end, whatever the acts are about is known.
    const acts = await readActs(redis, keys, actsPosition, { count: ENTRIES_PER_READ })
    // The incidents were read to their end a moment ago, and no act is left.
    if (acts.length === 0 && options.clock() >= escalatesFromMs) await escalateDue(options)
    position = await notifyToTheEnd(options, position, acts.length > 0 ? {} : { blockMs: options.blockMs ?? BLOCK_MS })
    const lastAct = acts.at(-1)
    if (lastAct === undefined)
      escalatesFromMs = Math.min(escalatesFromMs, options.clock() + (options.warmUpMs ?? WARM_UP_MS))
    if (lastAct === undefined || options.stopping()) continue
    await notifyOfActs(
      options,
      acts.map(({ act }) => act),
      lastAct.id,
    )
    actsPosition = lastAct.id
  }
}

/** Notifies of what the log holds after `position`; waits for something only where nothing is there. Gives how far it came. */
async function notifyToTheEnd(options: FollowOptions, from: string, wait: { blockMs?: number }): Promise<string> {
  const { reader, keys, shard } = options
  let position = from
  while (!options.stopping()) {
    const read = position === from ? wait : {}
    const entries = await readIncidents(reader, keys, shard, position, { count: ENTRIES_PER_READ, ...read })
    const last = entries.at(-1)
    if (last === undefined) break
    await notifyOfIncidents(
      options,
      entries.map(({ id, json, unitPath }) => ({ incident: readOf(json, unitPath), knownMs: parseId(id)[0] })),
      last.id,
    )
    position = last.id
    if (entries.length < ENTRIES_PER_READ) break
  }
  return position
}

/**
 * At the very first start: notifies of what is open now and of what was first concluded within the last hour, not of a week's
 * history. Evaluators may be some seconds ahead of this process, and what was over by then needs somebody all the same. Gives
 * where to go on.
 */
async function beginWithOpenOnes(options: FollowOptions): Promise<string> {
  const { redis, keys, shard, log } = options
  const recentFromMs = Number((await redis.time())[0]) * 1000 - RECENT_MS
  const recent = new Set<string>()
  const open = new Map<string, IncidentOfUnit>()
  let position = '0-0'
  let over = 0
  for (;;) {
    const entries = await readIncidents(redis, keys, shard, position, { count: ENTRIES_PER_READ })
    const last = entries.at(-1)
    if (last === undefined) break
    position = last.id
    for (const { id, json, unitPath } of entries) {
      const incident = readOf(json, unitPath)
      const matter = matterOf(incident)
      if (incident.revision === 1 && parseId(id)[0] >= recentFromMs) recent.add(matter)
      const goesOn = incident.endMs === undefined || recent.has(matter)
      if (goesOn && incident.withdrawn === undefined) open.set(matter, incident)
      else if (open.delete(matter) && incident.supersededBy === undefined) over++
    }
  }
  // Their time counts from now: nobody was notified before.
  const knownMs = options.clock()
  const incidents = [...open.values()].map((incident) => ({ incident, knownMs }))
  for (let from = 0; from < incidents.length; from += ENTRIES_PER_READ)
    // Without a position: a process that dies before the last step begins anew, and what was notified by then is not notified again.
    await notifyOfIncidents(options, incidents.slice(from, from + ENTRIES_PER_READ))
  await notifyOfIncidents(options, [], position)
  if (over > 0) log.info({ shard, over }, 'first start: incidents that were over already stay on the console')
  return position
}

function readOf(json: string, ofUnit: string | undefined): IncidentOfUnit {
  return { ...JSON.parse(json), ...(ofUnit === undefined ? {} : { ofUnit }) }
}
