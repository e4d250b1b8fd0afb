// The two ends of a stream: what a reader that was away needs to know whether something is missing.
import type { RedisClient } from '../redis/connect.ts'

export type LogEdges = {
  /** Oldest entry still there; absent when there is none. */
  firstId?: string
  /** Newest id ever given; '0-0' where the stream has never had an entry. */
  lastId: string
  /** Entries have gone at the old end. */
  trimmed: boolean
}

/** The edges of stream `key`. */
export async function readEdges(redis: RedisClient, key: string): Promise<LogEdges> {
  let reply: unknown[]
  try {
    reply = (await redis.xinfo('STREAM', key)) as unknown[]
  } catch (error) {
    if (error instanceof Error && /no such key/.test(error.message)) return { lastId: '0-0', trimmed: false }
    throw error
  }
  const said = new Map<unknown, unknown>()
  for (let at = 0; at < reply.length; at += 2) said.set(reply[at], reply[at + 1])
  const first = said.get('first-entry') as [id: string, fields: string[]] | null
  return {
    ...(first === null ? {} : { firstId: first[0] }),
    lastId: said.get('last-generated-id') as string,
    trimmed: !(Number(said.get('entries-added')) <= Number(said.get('length'))),
  }
}
