// Every Redis key and channel. What one script or one commit touches shares a hash tag, so that a Redis Cluster keeps it
// together: `{7}` for all of shard 7, a tag of its own for each thing that belongs to no shard.

import { KNOWN_SEAL, type Seal } from './seal.ts'

/** In place of a shard, a reader or an id: the pattern of all such keys, as `rights.ts` gives it to Redis. */
export const EVERY = '*'
type Shard = number | typeof EVERY

/** Units belong to no shard; their incidents go to the log of this one. */
export const UNITS_SHARD = 0

/** Roles that hold shards by lease and keep a position in the report log. */
export type LogReader = 'evaluate' | 'record'

/**
 * Where one published set lives: its records, the head that vouches for them, its version, the recent changes, the newest publisher's
 * token, and the channel that announces changes; its name under the seal, and the seal.
 */
export type PublicationKeys = {
  records: string
  head: string
  version: string
  changes: string
  fence: string
  notice: string
  set: string
  seal: Seal
}

export type Keys = ReturnType<typeof keysOf>

/** The reader's name under which notify saves its position among the acts. */
export const ACTS_READER = 'notify-acts'
/** The reader's name under which record saves its position in the incident log. */
export const INCIDENTS_READER = 'record-incidents'

/** The keys under `prefix`, which must hold no braces, and what published rules are sealed with. */
export function keysOf(prefix: string, seal: Seal = KNOWN_SEAL) {
  if (prefix === '' || /[{}]/.test(prefix)) throw new RangeError(`not a key prefix: "${prefix}"`)
  const inShard = (shard: Shard, name: string): string => `${prefix}:{${shard === EVERY ? '[0-9]*' : shard}}:${name}`
  const published = (base: string): PublicationKeys => ({
    records: base,
    head: `${base}:head`,
    version: `${base}:version`,
    changes: `${base}:changes`,
    fence: `${base}:fence`,
    notice: `${base}:notice`,
    set: base,
    seal,
  })
  return {
    prefix,
    seal,
    reports: (shard: Shard) => inShard(shard, 'reports'),
    incidents: (shard: Shard) => inShard(shard, 'incidents'),
    states: (shard: Shard) => inShard(shard, 'states'),
    events: (shard: Shard) => inShard(shard, 'events'),
    latest: (shard: Shard) => inShard(shard, 'latest'),
    /** Requests to fold again from the stored track, and what came out, by wearer. */
    lateRequests: (shard: Shard) => inShard(shard, 'late:requests'),
    lateAnswers: (shard: Shard) => inShard(shard, 'late:answers'),
    lease: (role: string, shard: Shard) => inShard(shard, `lease:${role}`),
    /** Counts fencing tokens; never deleted, never set back. */
    token: (role: string, shard: Shard) => inShard(shard, `token:${role}`),
    position: (reader: string, shard: Shard) => inShard(shard, `position:${reader}`),
    /** What recipients were last notified of about an incident. */
    notified: (shard: Shard, incidentId: string) => inShard(shard, `told:${incidentId}`),
    /** When the next level must be notified of an incident that nobody took. */
    due: (shard: Shard) => inShard(shard, 'due'),
    /** How many bracelets of each unit the shard's evaluator hears and how many are silent. */
    unitCounts: (shard: Shard) => inShard(shard, 'unit-counts'),
    /** Outages by unit; in the shard whose log their incidents go to. */
    outages: inShard(UNITS_SHARD, 'outages'),
    /** Since when reports can have been received, and until when that is known. */
    listening: `${prefix}:{listening}`,
    /** Written now and then to see whether writing works; holds nothing. */
    probe: (shard: Shard) => inShard(shard, 'probe'),
    /** Pub/sub channel of the shard's newest positions. */
    live: (shard: Shard) => inShard(shard, 'live'),
    plans: (shard: Shard) => inShard(shard, 'plans'),
    plansOf: (shard: Shard) => published(inShard(shard, 'plans')),
    /** Live owners of a role, by heartbeat. */
    owners: (role: string) => `${prefix}:{owners-${role}}`,
    directory: published(`${prefix}:{directory}`),
    /** Version over the plans of all shards; the plans themselves are `plansOf`. */
    allPlans: published(`${prefix}:{plans}`),
    zones: `${prefix}:{zones}`,
    /** Zones that no plan names any more, and since when. */
    retiredZones: `${prefix}:{zones}:retired`,
    quarantine: `${prefix}:{quarantine}`,
    quarantinePosition: `${prefix}:{quarantine}:position`,
    quarantineDropped: `${prefix}:{quarantine}:dropped`,
    /** How many of the entries each sender has sent. */
    quarantineSenders: `${prefix}:{quarantine}:senders`,
    /** What codes and TLS keys of bracelets are derived from, where the installation brings no key. */
    deviceKey: `${prefix}:{device-key}`,
    /** Bracelets that two senders claim to be, and who spoke for which bracelet of late. */
    disputes: `${prefix}:{disputes}`,
    disputesVersion: `${prefix}:{disputes}:version`,
    senders: `${prefix}:{disputes}:senders`,
    /** Up to which time each bracelet has sent what it had stored. */
    flushed: `${prefix}:{disputes}:flushed`,
    /** Somebody tests this bracelet; what it said meanwhile. By its number. */
    benchWanted: (braceletId: number | typeof EVERY) => `${prefix}:{bench:${braceletId}}:wanted`,
    benchHeard: (braceletId: number | typeof EVERY) => `${prefix}:{bench:${braceletId}}:heard`,
    acts: `${prefix}:{acts}`,
    /** The recipients that units entered, published as the rules are. */
    recipientBook: published(`${prefix}:{recipient-book}`),
    /** Test messages that officers asked for, until notify takes them. */
    noticeTests: `${prefix}:{recipient-book}:tests`,
    /** Recipients that have or had a queue of alerts. */
    recipients: `${prefix}:{recipients}`,
    /** What was sent to whom about an incident, and what came of it. */
    notices: (incidentId: string) => `${prefix}:{notices:${incidentId}}`,
    /** Recipients that are configured now, with their levels. */
    notifiedLevels: `${prefix}:{notified-levels}`,
    /** First part of the keys of the queues of alerts; the tag keeps them on one node of a Redis Cluster. */
    queues: `${prefix}:{notify}`,
    /** How many shards the log was begun with. */
    shardCount: `${prefix}:{shard-count}`,
  }
}
