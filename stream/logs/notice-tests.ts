// Test messages to a recipient: asked for by the api, sent by notify. What comes of one is noted as an incident's notices are.
import type { RedisClient } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'

export type NoticeTest = { id: string; recipientId: string; atMs: number }

/** That many wait at most: an officer who asks again and again, while notify is away, fills nothing. */
export const NOTICE_TESTS_MAX = 50

/** False where too many wait. */
export async function askForTest(redis: RedisClient, keys: Keys, test: NoticeTest): Promise<boolean> {
  if ((await redis.llen(keys.noticeTests)) >= NOTICE_TESTS_MAX) return false
  await redis.rpush(keys.noticeTests, JSON.stringify(test))
  return true
}

/** The oldest that waits; it stays until it is forgotten. */
export async function nextTest(redis: RedisClient, keys: Keys): Promise<NoticeTest | undefined> {
  const json = await redis.lindex(keys.noticeTests, 0)
  return json === null ? undefined : (JSON.parse(json) as NoticeTest)
}

export async function forgetTest(redis: RedisClient, keys: Keys, { id, recipientId, atMs }: NoticeTest): Promise<void> {
  await redis.lrem(keys.noticeTests, 1, JSON.stringify({ id, recipientId, atMs }))
}
