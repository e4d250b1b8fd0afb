// Test messages that officers ask for: one by each way of the recipient, whether or not the one before it leads there.
import { type Going, keepGoing } from '../model/keep-going.ts'
import type { Clock, Log } from '../model/observe.ts'
import { forgetTest, type NoticeTest, nextTest } from '../stream/logs/notice-tests.ts'
import type { RedisClient } from '../stream/redis/connect.ts'
import type { Keys } from '../stream/redis/keys.ts'
import { isRedisAway } from '../stream/redis/redis-errors.ts'
import type { Alert } from './channels/message.ts'
import type { DeliveryQueue } from './deliver.ts'
import { deliveryId } from './recipient.ts'
import type { RecipientBook } from './recipient-book.ts'

type TestParts = {
  redis: RedisClient
  keys: Keys
  book: RecipientBook
  deliveries: DeliveryQueue
  consoleUrl: string
  clock: Clock
  log: Log
  onFatal(error: unknown): void
}

const LOOK_EVERY_MS = 1000
/** Whoever asked has gone by then. */
const TEST_ENDS_MS = 10 * 60_000

/** Several processes may do so at once: a test has its own delivery ids. */
export function answerTests(parts: TestParts): Pick<Going, 'stop'> {
  const { log, onFatal } = parts
  const turn = async (): Promise<number> => {
    await answerAll(parts)
    return LOOK_EVERY_MS
  }
  return keepGoing({ name: 'test messages', turn, retries: isRedisAway, log, onFatal })
}

async function answerAll(parts: TestParts): Promise<void> {
  const { redis, keys, clock, log } = parts
  for (let test = await nextTest(redis, keys); test !== undefined; test = await nextTest(redis, keys)) {
    if (clock() - test.atMs < TEST_ENDS_MS) await answer(parts, test)
    else log.info({ test: test.id }, 'a test message was asked for too long ago')
    await forgetTest(redis, keys, test)
  }
}

async function answer({ book, deliveries, consoleUrl }: TestParts, test: NoticeTest): Promise<void> {
  const recipient = book.all().find(({ id }) => id === test.recipientId)
  if (recipient === undefined) return
  const alert: Alert = {
    ...{ kind: 'test', reference: test.id, revision: 0, severity: 'informasi' },
    ...{ startMs: test.atMs, late: false, link: consoleUrl },
  }
  const to = recipient.ways.map((_, way) => ({
    ...{ recipient, way, after: undefined },
    id: deliveryId(alert.reference, 0, recipient, way),
  }))
  await deliveries.add(alert, to)
}
