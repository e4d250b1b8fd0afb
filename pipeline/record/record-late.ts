// Record's side of the lane for reports older than evaluate's memory. Evaluate has no database and asks; record folds the wearer's
// stored track again up to where evaluate's memory begins, and answers. Evaluate publishes the changes, so the incident log keeps
// its one writer. After a crash a request is answered again; a second answer does no harm.

import { ZoneInvalid } from '../../geofence/geometry/zone-invalid.ts'
import { compileDocument } from '../../geofence/inquiry/backtest.ts'
import { PlanInvalid } from '../../geofence/plan/plan-rules.ts'
import { Rebuilding, rebuiltToJson, withKeyOrder } from '../../geofence/timeline/rebuild.ts'
import type { Log, Meter } from '../../model/observe.ts'
import type { Plan } from '../../model/plan/plan.ts'
import type { Pool } from '../../store/database/open-pool.ts'
import { loadPlans, loadZones } from '../../store/rules/load-plans.ts'
import { openSinceBefore, quietBefore, readJudged } from '../../store/track/read-judged.ts'
import { eachReport, hasNewReport } from '../../store/track/read-reports.ts'
import {
  type LateAnswer,
  type LateRequest,
  lateAnswered,
  readLateRequests,
  writeLateAnswer,
} from '../../stream/logs/late-requests.ts'
import { readEdges } from '../../stream/logs/log-edges.ts'
import { compareIds, getPosition } from '../../stream/logs/positions.ts'
import type { RedisClient } from '../../stream/redis/connect.ts'
import { INCIDENTS_READER, type Keys } from '../../stream/redis/keys.ts'

const DAY_MS = 86_400_000
/** No incident lies further ahead of the lost memory, because no report so far ahead is accepted. */
const AHEAD_MS_MAX = DAY_MS

const LATE_LIMITS = {
  /** The fold begins so long before the report, or before what was open then: longer than any run or hysteresis lasts. */
  leadMs: 2 * DAY_MS,
  /** Wearers folded in one turn of a shard. */
  wearersPerTurn: 20,
}

/** Requests remembered. When there are more, all are forgotten and some are answered twice. */
const REMEMBERED_MAX = 100_000

type RecordLateOptions = {
  pool: Pool
  redis: RedisClient
  keys: Keys
  shards(): Iterable<number>
  log: Log
  meter: Meter
}

/** Gives one turn over the shards that are ours now; a turn gives how many requests it answered. Throws what Redis or the store throw. */
export function recordLate(options: RecordLateOptions): () => Promise<number> {
  const { redis, keys } = options
  const answered = options.meter.counter('gelang_record_late_requests_total', 'Tracks folded again, by outcome', [
    'outcome',
  ])
  /** Where the incident log ended when a request was first seen: what was published until then must be in the record first. */
  const publishedUpTo = new Map<string, string>()
  const lastAnswered = new Map<string, string>()
  return async () => {
    let count = 0
    for (const shard of [...options.shards()]) {
      const requests = await readLateRequests(redis, keys, shard)
      if (requests.size === 0) continue
      const present = await lateAnswered(redis, keys, shard)
      let turn = 0
      for (const request of requests.values()) {
        if (turn >= LATE_LIMITS.wearersPerTurn) break
        const name = JSON.stringify(request)
        const place = `${shard}:${request.wearerId}`
        if (present.has(request.wearerId) && lastAnswered.get(place) === name) continue
        if (!(await recorded(options, shard, request, name, publishedUpTo))) continue
        const answer = await answerTo(options.pool, request)
        await writeLateAnswer(redis, keys, shard, answer).catch((error: unknown) => {
          if (!(error instanceof RangeError)) throw error
          return writeLateAnswer(redis, keys, shard, { request, failed: error.message })
        })
        publishedUpTo.delete(name)
        if (lastAnswered.size > REMEMBERED_MAX) lastAnswered.clear()
        lastAnswered.set(place, name)
        answered.inc({ outcome: answer.failed ? 'failed' : answer.rebuilt ? 'folded' : 'known' })
        turn++
      }
      count += turn
    }
    return count
  }
}

/** True when the reports asked about, and everything published before the request was first seen, are in the record. */
async function recorded(
  { redis, keys }: RecordLateOptions,
  shard: number,
  request: LateRequest,
  name: string,
  publishedUpTo: Map<string, string>,
): Promise<boolean> {
  const position = await getPosition(redis, keys, 'record', shard)
  if (position === undefined || compareIds(position, request.entryId) < 0) return false
  let published = publishedUpTo.get(name)
  if (published === undefined) {
    if (publishedUpTo.size > REMEMBERED_MAX) publishedUpTo.clear()
    published = (await readEdges(redis, keys.incidents(shard))).lastId
    publishedUpTo.set(name, published)
  }
  return (
    published === '0-0' ||
    compareIds((await getPosition(redis, keys, INCIDENTS_READER, shard)) ?? '0-0', published) >= 0
  )
}

async function answerTo(pool: Pool, request: LateRequest): Promise<LateAnswer> {
  const { wearerId, fromMs, baseMs, receivedMs, lost = false } = request
  if (!lost && !(await hasNewReport(pool, wearerId, fromMs, baseMs, receivedMs))) return { request }
  const found = (await loadPlans(pool, [wearerId]))[0]
  if (found === undefined) return { request, failed: 'the wearer has no plan any more' }
  const { plan } = found
  try {
    const rebuilding = new Rebuilding(compileDocument(plan, await loadZones(pool, zoneIdsOf(plan))), fromMs, baseMs)
    const leadFromMs = await quietBefore(pool, wearerId, fromMs - LATE_LIMITS.leadMs, LATE_LIMITS.leadMs)
    for await (const page of eachReport(pool, wearerId, leadFromMs, baseMs)) {
      const isFirst = rebuilding.firstMs === undefined
      for (const report of page) rebuilding.add(report)
      // Stored times have microseconds.
      if (isFirst && (await openSinceBefore(pool, wearerId, page[0]!.timeMs - 1)))
        return { request, failed: 'reports that decided an active incident are not stored any more' }
    }
    const ids = rebuilding.decided().map(({ incident }) => incident.id)
    const publishedToMs = lost ? baseMs + AHEAD_MS_MAX : baseMs
    const published = (await readJudged(pool, wearerId, ids, fromMs, publishedToMs)).map(withKeyOrder)
    return { request, rebuilt: rebuiltToJson(rebuilding.finish(published, publishedToMs)) }
  } catch (error) {
    if (!(error instanceof PlanInvalid || error instanceof ZoneInvalid)) throw error
    return { request, failed: error.message }
  }
}

function zoneIdsOf({ conditions, permits }: Plan): string[] {
  return [...conditions, ...permits].flatMap(({ zoneId }) => zoneId ?? [])
}
