// What each role of the server may do in Redis: which commands on which keys. The keys come from keys.ts, so that a key that moves
// takes its rights along, and a key that nobody is given is a key that nobody reaches (tests/attacks/local-user-reads-redis.test.ts).
import { createHash } from 'node:crypto'
import { ACTS_READER, EVERY, INCIDENTS_READER, type Keys, keysOf, type PublicationKeys } from './keys.ts'

/** The roles of the server that speak to Redis, each as a user of its own. */
export const REDIS_ROLES = ['ingest', 'evaluate', 'record', 'notify', 'api'] as const
export type RedisRole = (typeof REDIS_ROLES)[number]

/** `commands` as ACL names them; `script`: the keys may be handed to a script, which runs with the rights of its caller. */
type Right = { keys: string[]; commands: string; script?: boolean }
type Rights = { on: Right[]; publish?: string[]; subscribe?: string[] }

/** Without a key: to connect, to stay connected, to find the nodes of a cluster, and Redis' clock. */
const CONNECTING =
  'auth hello ping info time quit client|setname client|setinfo client|id cluster|slots cluster|shards cluster|nodes cluster|info readonly acl|whoami unsubscribe'

/** BullMQ's own scripts on its own keys. */
const QUEUES =
  '@hash @list @set @sortedset @stream @string exists type del unlink expire pexpire persist ttl pttl rename -@dangerous'

const followed = ({ records, head, version, changes }: PublicationKeys): Right[] => [
  { keys: [records], commands: 'hscan hmget' },
  { keys: [version, head], commands: 'get' },
  { keys: [changes], commands: 'xrange' },
]

const published = ({ records, head, version, changes, fence }: PublicationKeys): Right[] => [
  { keys: [records], commands: 'hscan hset hdel', script: true },
  { keys: [version, fence, head], commands: 'get set', script: true },
  { keys: [changes], commands: 'xadd', script: true },
]

const leasesOf = (keys: Keys, ...roles: string[]): Right[] => [
  { keys: roles.map((role) => keys.lease(role, EVERY)), commands: 'exists get set pexpire del', script: true },
  { keys: roles.map((role) => keys.token(role, EVERY)), commands: 'get set', script: true },
  { keys: roles.map((role) => keys.owners(role)), commands: 'zadd zrange zrem zremrangebyscore', script: true },
]

/** How far the readers are behind, as a gauge. */
const lagOf = (keys: Keys): Right[] => [
  { keys: [keys.reports(EVERY)], commands: 'xread xlen xrange xrevrange memory|usage', script: true },
  { keys: [keys.position('evaluate', EVERY), keys.position('record', EVERY)], commands: 'get', script: true },
  { keys: [keys.quarantine], commands: 'xlen' },
]

const RIGHTS: Record<RedisRole, (keys: Keys) => Rights> = {
  ingest: (keys) => ({
    on: [
      { keys: [keys.reports(EVERY)], commands: 'xadd' },
      { keys: [keys.probe(EVERY)], commands: 'set' },
      { keys: [keys.benchWanted(EVERY)], commands: 'exists', script: true },
      { keys: [keys.benchHeard(EVERY)], commands: 'lpush ltrim pexpire', script: true },
      { keys: [keys.listening], commands: 'hmget hset', script: true },
      { keys: [keys.quarantine], commands: 'xadd xlen xrange xtrim', script: true },
      { keys: [keys.deviceKey], commands: 'get setnx' },
      { keys: [keys.disputes], commands: 'hexists hlen hset hvals', script: true },
      { keys: [keys.disputesVersion], commands: 'get incr', script: true },
      { keys: [keys.senders], commands: 'hget hset', script: true },
      { keys: [keys.flushed], commands: 'hget hset hgetall', script: true },
      { keys: [keys.quarantinePosition], commands: 'get', script: true },
      { keys: [keys.quarantineDropped], commands: 'incrby', script: true },
      { keys: [keys.quarantineSenders], commands: 'hget hincrby hdel', script: true },
      ...followed(keys.directory),
    ],
    subscribe: [keys.directory.notice],
  }),
  evaluate: (keys) => ({
    on: [
      ...lagOf(keys),
      ...leasesOf(keys, 'evaluate', 'units'),
      { keys: [keys.incidents(EVERY)], commands: 'xadd type', script: true },
      { keys: [keys.states(EVERY), keys.latest(EVERY)], commands: 'hset hdel hscan type', script: true },
      { keys: [keys.events(EVERY)], commands: 'hset hdel hscan hkeys type', script: true },
      { keys: [keys.position('evaluate', EVERY)], commands: 'get set type', script: true },
      { keys: [keys.lateRequests(EVERY)], commands: 'hset hdel hscan type', script: true },
      { keys: [keys.lateAnswers(EVERY)], commands: 'hdel hget hkeys type', script: true },
      { keys: [keys.unitCounts(EVERY)], commands: 'get set', script: true },
      { keys: [keys.outages], commands: 'hset hdel hgetall type', script: true },
      { keys: [keys.listening], commands: 'hmget' },
      ...followed(keys.plansOf(EVERY)),
      { keys: [keys.allPlans.version], commands: 'get' },
      { keys: [keys.zones], commands: 'hmget' },
    ],
    publish: [keys.live(EVERY)],
    subscribe: [keys.allPlans.notice],
  }),
  record: (keys) => ({
    on: [
      ...lagOf(keys),
      ...leasesOf(keys, 'record', 'publish'),
      { keys: [keys.reports(EVERY)], commands: 'xtrim', script: true },
      { keys: [keys.incidents(EVERY)], commands: 'xread xinfo|stream xtrim', script: true },
      {
        keys: [keys.position('record', EVERY), keys.position(INCIDENTS_READER, EVERY)],
        commands: 'get set',
        script: true,
      },
      { keys: [keys.position('notify', EVERY)], commands: 'get', script: true },
      { keys: [keys.lateRequests(EVERY)], commands: 'hscan' },
      { keys: [keys.lateAnswers(EVERY)], commands: 'hset hkeys' },
      { keys: [keys.quarantine], commands: 'xread xlen xrange xtrim', script: true },
      { keys: [keys.quarantinePosition], commands: 'get set', script: true },
      { keys: [keys.quarantineDropped], commands: 'get', script: true },
      { keys: [keys.quarantineSenders], commands: 'hincrby hdel del', script: true },
      ...published(keys.directory),
      ...published(keys.plansOf(EVERY)),
      ...published(keys.allPlans),
      ...published(keys.recipientBook),
      { keys: [keys.zones], commands: 'hset hdel hkeys hmget' },
      { keys: [keys.retiredZones], commands: 'hset hdel hgetall' },
    ],
    publish: [keys.directory.notice, keys.plansOf(EVERY).notice, keys.allPlans.notice, keys.recipientBook.notice],
  }),
  notify: (keys) => ({
    on: [
      ...leasesOf(keys, 'notify'),
      { keys: [keys.incidents(EVERY), keys.acts], commands: 'xread' },
      { keys: [keys.position('notify', EVERY), keys.position(ACTS_READER, EVERY)], commands: 'get set', script: true },
      { keys: [keys.notified(EVERY, EVERY)], commands: 'mget set', script: true },
      { keys: [keys.due(EVERY)], commands: 'zadd zrem zrangebyscore', script: true },
      { keys: [keys.recipients], commands: 'sadd smembers' },
      { keys: [keys.notifiedLevels], commands: 'set' },
      { keys: [keys.notices(EVERY)], commands: 'hset hsetnx pexpire' },
      { keys: [`${keys.queues}:${EVERY}`], commands: QUEUES, script: true },
      ...followed(keys.recipientBook),
      { keys: [keys.noticeTests], commands: 'lindex lrem' },
    ],
    subscribe: [keys.recipientBook.notice],
  }),
  api: (keys) => ({
    on: [
      { keys: [keys.acts], commands: 'xadd xread xinfo|stream' },
      { keys: [keys.incidents(EVERY)], commands: 'xread xinfo|stream' },
      { keys: [keys.position(INCIDENTS_READER, EVERY)], commands: 'get' },
      { keys: [keys.latest(EVERY)], commands: 'hscan' },
      { keys: [keys.notifiedLevels], commands: 'get' },
      { keys: [keys.noticeTests], commands: 'rpush llen' },
      { keys: [keys.notices(EVERY)], commands: 'hgetall' },
      { keys: [keys.disputes], commands: 'hvals hdel', script: true },
      { keys: [keys.disputesVersion], commands: 'get incr', script: true },
      { keys: [keys.senders], commands: 'hdel', script: true },
      { keys: [keys.benchWanted(EVERY)], commands: 'set pttl' },
      { keys: [keys.benchHeard(EVERY)], commands: 'lrange' },
    ],
    subscribe: [keys.live(EVERY)],
  }),
}

/** Every process agrees on the number of shards, and none sets it back. */
const agreeing = (keys: Keys): Right => ({ keys: [keys.shardCount], commands: 'setnx get' })

/** The user's name; several installations may share a Redis. */
export function redisUser(prefix: string, role: RedisRole): string {
  return `${prefix}-${role}`
}

/**
 * What follows ACL SETUSER and the name: the user as it is to be, whatever it was before. Of the password only a digest goes to
 * Redis. Throws RangeError for an invalid prefix.
 */
export function aclOf(prefix: string, role: RedisRole, password: string): string[] {
  const keys = keysOf(literally(prefix))
  const { on, publish = [], subscribe = [] } = RIGHTS[role](keys)
  const all = [...on, agreeing(keys)]
  const selectors = all.map((right) =>
    selector(
      right.commands,
      right.keys.map((key) => `~${key}`),
    ),
  )
  const scripted = all.flatMap((right) => (right.script ? right.keys : []))
  if (scripted.length > 0)
    selectors.push(
      selector(
        'evalsha eval',
        scripted.map((key) => `~${key}`),
      ),
    )
  if (publish.length > 0)
    selectors.push(
      selector(
        'publish',
        publish.map((channel) => `&${channel}`),
      ),
    )
  if (subscribe.length > 0)
    selectors.push(
      selector(
        'subscribe',
        subscribe.map((channel) => `&${channel}`),
      ),
    )
  const digest = createHash('sha256').update(password).digest('hex')
  return ['reset', 'on', `#${digest}`, '-@all', ...granted(CONNECTING), ...selectors]
}

function selector(commands: string, patterns: string[]): string {
  return `(${[...granted(commands), ...new Set(patterns)].join(' ')})`
}

function granted(commands: string): string[] {
  return commands.split(' ').map((command) => (command.startsWith('-') ? command : `+${command}`))
}

/** As a pattern means it; a space would end it. */
function literally(prefix: string): string {
  if (/\s/.test(prefix)) throw new RangeError(`a key prefix with a space has no rights: "${prefix}"`)
  return prefix.replace(/[\\*?[\]()]/g, '\\$&')
}
