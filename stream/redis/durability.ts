// What Redis promises about what it has answered.
import { Cluster, type Redis } from 'ioredis'
import type { RedisClient } from './connect.ts'
import { replaysAll } from './replays-all.ts'

/** Strongest first. unknown: the append-only file is on, but Redis will not say how often it is synced. */
const DURABILITIES = ['always', 'unknown', 'everysec', 'none'] as const

type Durability = {
  promise: (typeof DURABILITIES)[number]
  /** 'unknown' where Redis will not say. */
  maxmemoryPolicy: string
  /** False when Redis may throw away keys of ours to make room. */
  keepsAll: boolean
  /** For the operator. */
  sentence: string
}

const SENTENCES: Record<Durability['promise'], string> = {
  always: 'Redis writes every answered report to disk before the answer (appendfsync always).',
  everysec: 'Redis may lose the last second of answered reports in a power cut: set appendfsync always.',
  none: 'Redis may lose answered reports: set appendonly yes, appendfsync always and no-appendfsync-on-rewrite no.',
  unknown: 'Redis keeps an append-only file but does not say how often it is synced; make sure of appendfsync always.',
}

const REPLAYS_LITTLE =
  'Redis would drop transactions when it starts again, because its user default, as whom it replays its own file, may not do everything: ACL SETUSER default off resetpass ~* &* +@all.'

/** What holds now; in a cluster, the weakest of its masters. */
export async function readDurability(redis: RedisClient): Promise<Durability> {
  const nodes: Redis[] = redis instanceof Cluster ? redis.nodes('master') : [redis]
  if (nodes.length === 0) throw new Error('the Redis Cluster has no master that can be asked')
  const settings = await Promise.all(nodes.map(readSettings))
  if ((await Promise.all(nodes.map(replaysAll))).includes(false))
    return { promise: 'none', maxmemoryPolicy: 'unknown', keepsAll: false, sentence: REPLAYS_LITTLE }
  const weakest = Math.max(...settings.map(({ promise }) => DURABILITIES.indexOf(promise)))
  const promise = DURABILITIES[weakest] as Durability['promise']
  const evicting = settings.find(({ maxmemoryPolicy }) => maxmemoryPolicy !== 'noeviction')
  const maxmemoryPolicy = evicting?.maxmemoryPolicy ?? 'noeviction'
  const keepsAll = maxmemoryPolicy === 'noeviction'
  const room = keepsAll
    ? ''
    : maxmemoryPolicy === 'unknown'
      ? ' Its maxmemory-policy is not known; make sure of noeviction.'
      : ` Its maxmemory-policy is ${maxmemoryPolicy}, which throws data away when memory is short: set noeviction.`
  return { promise, maxmemoryPolicy, keepsAll, sentence: SENTENCES[promise] + room }
}

async function readSettings(node: Redis): Promise<Pick<Durability, 'promise' | 'maxmemoryPolicy'>> {
  let flat: unknown[]
  try {
    flat = (await node.config('GET', 'append*', 'no-appendfsync-on-rewrite', 'maxmemory-policy')) as unknown[]
  } catch (error) {
    if (!(error instanceof Error) || !/^(NOPERM|ERR unknown command)/.test(error.message)) throw error
    return readInfo(node)
  }
  const settings = new Map<string, string>()
  for (let i = 0; i + 1 < flat.length; i += 2) settings.set(String(flat[i]), String(flat[i + 1]))
  const sync = settings.get('appendfsync')
  const maxmemoryPolicy = settings.get('maxmemory-policy') ?? 'unknown'
  if (settings.get('appendonly') === 'no' || sync === 'no') return { promise: 'none', maxmemoryPolicy }
  // While the file is rewritten nothing would be synced at all, for minutes perhaps.
  if (settings.get('no-appendfsync-on-rewrite') === 'yes') return { promise: 'none', maxmemoryPolicy }
  return { promise: sync === 'always' || sync === 'everysec' ? sync : 'unknown', maxmemoryPolicy }
}

async function readInfo(node: Redis): Promise<Pick<Durability, 'promise' | 'maxmemoryPolicy'>> {
  const info = await node.info()
  const fieldOf = (name: string): string | undefined => new RegExp(`^${name}:(\\S*)`, 'm').exec(info)?.[1]
  return {
    promise: fieldOf('aof_enabled') === '0' ? 'none' : 'unknown',
    maxmemoryPolicy: fieldOf('maxmemory_policy') ?? 'unknown',
  }
}
