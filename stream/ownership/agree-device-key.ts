import type { RedisClient } from '../redis/connect.ts'
import type { Keys } from '../redis/keys.ts'

/** The key from which bracelets' codes are derived, the same for every ingest: `fresh` where there is none yet. */
export async function agreeDeviceKey(redis: RedisClient, keys: Keys, fresh: Uint8Array): Promise<Uint8Array> {
  await redis.setnx(keys.deviceKey, Buffer.from(fresh).toString('hex'))
  return Buffer.from((await redis.get(keys.deviceKey))!, 'hex')
}
