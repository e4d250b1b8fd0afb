// The users of Redis: makes them, and checks that Redis is not open to everybody.
import { Cluster, Redis } from 'ioredis'
import type { RedisClient, RedisSettings } from './connect.ts'
import { unavailableReason } from './redis-errors.ts'
import { replaysAll } from './replays-all.ts'
import { aclOf, type RedisRole, redisUser } from './rights.ts'

/** False where Redis keeps users in memory only: they are gone when it restarts, unless its configuration names them. */
type Kept = boolean

/**
 * Makes the users of all roles, or gives them their rights and passwords anew, on every node. `redis` must be connected as a user who
 * may. Nobody is cut off: open connections stay open with the new rights.
 */
export async function setUsers(
  redis: RedisClient,
  prefix: string,
  passwords: Readonly<Record<RedisRole, string>>,
): Promise<Kept> {
  const nodes: Redis[] = redis instanceof Cluster ? redis.nodes('all') : [redis]
  let kept = true
  for (const node of nodes) {
    await letReplay(node)
    for (const [role, password] of Object.entries(passwords) as [RedisRole, string][])
      await node.call('ACL', 'SETUSER', redisUser(prefix, role), ...aclOf(prefix, role, password))
    kept = (await saveUsers(node)) && kept
  }
  return kept
}

/**
 * Gives the user `default` all rights, because Redis replays its own append-only file as that user. The user is off, so nobody
 * can sign in as it. Throws where it is on: that would open Redis to every client that reaches it.
 */
async function letReplay(node: Redis): Promise<void> {
  if ((await replaysAll(node)) !== false) return
  const [, flags] = (await node.call('ACL', 'GETUSER', 'default')) as [string, string[]]
  if (!flags.includes('off'))
    throw new Error('the user default of Redis is on and restricted: Redis would drop transactions at its next start')
  await node.call('ACL', 'SETUSER', 'default', 'resetpass', '~*', '&*', '+@all')
}

async function saveUsers(node: Redis): Promise<boolean> {
  try {
    await node.call('ACL', 'SAVE')
    return true
  } catch (error) {
    if (!(error instanceof Error) || !/not configured to use an ACL file/.test(error.message)) throw error
    return false
  }
}

const ASK_MS_MAX = 5000

/** True where Redis answers somebody who gives no password. */
export async function admitsStrangers({ url }: RedisSettings): Promise<boolean> {
  const address = new URL(url)
  address.username = ''
  address.password = ''
  const stranger = new Redis(address.href, {
    lazyConnect: true,
    enableReadyCheck: false,
    connectTimeout: ASK_MS_MAX,
    commandTimeout: ASK_MS_MAX,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  })
  let said: Error | undefined
  stranger.on('error', (error: Error) => {
    said ??= error
  })
  try {
    await stranger.connect()
    await stranger.ping()
    return true
  } catch (error) {
    // ioredis sends HELLO first. Where Redis refuses that, the command fails only with "connection is closed".
    const refused = [error, said].some((each) => each instanceof Error && unavailableReason(each) === 'denied')
    if (!refused) throw said ?? error
    return false
  } finally {
    stranger.disconnect()
  }
}
