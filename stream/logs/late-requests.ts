// Evaluate has no database, record has one. Evaluate writes requests to fold a wearer's stored track again; record writes the
// answers. Each wearer has at most one request and one answer. Only `commitShard` writes and drops requests, so they outlive
// the process that asked.
import type { RedisClient } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'
import { scanHash } from '../redis/scan-hash.ts'

export type LateRequest = {
  wearerId: number
  /** The earliest report that came too late. */
  fromMs: number
  /** When the first late report was received. A report stored before that is known already. */
  receivedMs: number
  /** Where the evaluator's memory of the wearer begins. */
  baseMs: number
  /** The report-log entries of the first and the last of them. */
  sinceId: string
  entryId: string
  /** Distinguishes it from the same question before. */
  attempt: number
  /** The evaluator remembers nothing from before `baseMs`: the fold is needed although no report is new. */
  lost?: true
}

export type LateAnswer = {
  /** The request it answers. */
  request: LateRequest
  /** What came out (geofence/timeline/rebuild.ts); absent: nothing that was not known. */
  rebuilt?: string
  /** Why it cannot be folded, now or ever. */
  failed?: string
}

/** A larger answer is not given: it would hold up everybody else in Redis. */
const LATE_ANSWER_BYTES_MAX = 8 * 1_048_576

/** A shard's open requests by wearer. */
export async function readLateRequests(
  redis: RedisClient,
  keys: Keys,
  shard: number,
): Promise<Map<number, LateRequest>> {
  const requests = new Map<number, LateRequest>()
  await scanHash(redis, keys.lateRequests(shard), (field, value) =>
    requests.set(Number(field), JSON.parse(value.toString()) as LateRequest),
  )
  return requests
}

/** Throws RangeError above LATE_ANSWER_BYTES_MAX. */
export async function writeLateAnswer(redis: RedisClient, keys: Keys, shard: number, answer: LateAnswer) {
  const json = JSON.stringify(answer)
  if (json.length > LATE_ANSWER_BYTES_MAX)
    throw new RangeError(`an answer of ${json.length} bytes for wearer ${answer.request.wearerId} is too large`)
  await redis.hset(keys.lateAnswers(shard), String(answer.request.wearerId), json)
}

/** The wearers for whom there is an answer. */
export async function lateAnswered(redis: RedisClient, keys: Keys, shard: number): Promise<Set<number>> {
  return new Set((await redis.hkeys(keys.lateAnswers(shard))).map(Number))
}

/** The answer for a wearer, if there is one. */
export async function readLateAnswer(
  redis: RedisClient,
  keys: Keys,
  shard: number,
  wearerId: number,
): Promise<LateAnswer | undefined> {
  const json = await redis.hget(keys.lateAnswers(shard), String(wearerId))
  return json === null ? undefined : (JSON.parse(json) as LateAnswer)
}
