import type { RedisClient } from './connect.ts'

const FIELDS_PER_STEP = 1000

/** Every field of a hash, a thousand at a time so that Redis serves others in between. A field may come twice. */
export async function scanHash(
  redis: RedisClient,
  key: string,
  each: (field: string, value: Buffer) => void,
): Promise<void> {
  let cursor = '0'
  do {
    const [next, flat] = await redis.hscanBuffer(key, cursor, 'COUNT', FIELDS_PER_STEP)
    for (let i = 0; i + 1 < flat.length; i += 2) each((flat[i] as Buffer).toString(), flat[i + 1] as Buffer)
    cursor = next.toString()
  } while (cursor !== '0')
}
