// Redis replays its append-only file as the user `default`. What that user may not do is left out of the replay with a line in the
// log of Redis and nothing else: with `-@all` every transaction and script, which is every commit, is gone after a restart.
import type { Redis } from 'ioredis'

const WRITES = [
  ['EXEC'],
  ['MULTI'],
  ['SET', 'any', 'value'],
  ['XADD', 'any', '*', 'field', 'value'],
  ['HDEL', 'any', 'field'],
]

/** Undefined where we may not ask, or Redis is too old to answer. */
export async function replaysAll(node: Redis): Promise<boolean | undefined> {
  try {
    for (const command of WRITES) if ((await node.call('ACL', 'DRYRUN', 'default', ...command)) !== 'OK') return false
    return true
  } catch (error) {
    if (!(error instanceof Error) || !/^(NOPERM|ERR unknown)/i.test(error.message)) throw error
    return undefined
  }
}
