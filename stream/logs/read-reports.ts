// Reading a Redis stream of ours from a place on. Every stream has one field whose value is the entry.
import { type RedisClient, untilReady } from '../redis/connect.ts'

export type LogEntry = {
  /** Redis' id, `<ms>-<seq>`; its milliseconds are Redis' clock at the append. */
  id: string
  bytes: Uint8Array
}

/** Blocking longer than this would be taken for a dead socket. */
export const BLOCK_MS_MAX = 5000
/** A blocking read also waits for its connection, at least this long: it may have been opened a moment ago. */
const CONNECT_MS = 1000
export const FROM_THE_BEGINNING = '0-0'
const VALUE_AT = 1

/**
 * Entries of stream `key` after `afterId` ('0-0' from the beginning), oldest first; an empty list when there are none.
 * `blockMs` waits for the first of them, at most BLOCK_MS_MAX, and needs a connection that nobody else uses.
 */
export async function readEntries(
  redis: RedisClient,
  key: string,
  afterId: string,
  options: { count: number; blockMs?: number },
): Promise<LogEntry[]> {
  const rows = await readRows(redis, key, afterId, options)
  return rows.map(({ id, fields }) => ({ id, bytes: fields[VALUE_AT] as Buffer }))
}

/** The same with all fields of each entry: name, value, name, value … */
export async function readRows(
  redis: RedisClient,
  key: string,
  afterId: string,
  options: { count: number; blockMs?: number },
): Promise<{ id: string; fields: Buffer[] }[]> {
  const { count, blockMs = 0 } = options
  const waitMs = Math.min(Math.ceil(blockMs), BLOCK_MS_MAX)
  if (waitMs > 0) await untilReady(redis, Math.max(waitMs, CONNECT_MS))
  const reply: unknown =
    waitMs > 0
      ? await redis.xreadBuffer('COUNT', count, 'BLOCK', waitMs, 'STREAMS', key, afterId)
      : await redis.xreadBuffer('COUNT', count, 'STREAMS', key, afterId)
  if (reply === null) return []
  const [[, rows]] = reply as [[Buffer, [Buffer, Buffer[]][]]]
  return rows.map(([id, fields]) => ({ id: id.toString('latin1'), fields }))
}
