// Which units are silent as a whole. One process (by lease `units`) folds what all shards have counted and writes the units'
// incidents and what it knows of them in one fenced step, so the next owner continues with the same ones.
import { judgeUnit } from '../../geofence/silence/fleet-silence.ts'
import type { UnitIncident } from '../../model/incident/incident.ts'
import type { Outage } from '../../model/incident/outage.ts'
import { keepGoing } from '../../model/keep-going.ts'
import type { Clock, Gauge, Log, Meter } from '../../model/observe.ts'
import { ShardLeases } from '../../stream/ownership/leases.ts'
import { commitOutages, readOutages, readUnitCounts } from '../../stream/ownership/outages.ts'
import type { RedisClient } from '../../stream/redis/connect.ts'
import type { Keys } from '../../stream/redis/keys.ts'
import { passes } from '../passes.ts'
import { COUNTS_STALE_MS } from './publish-unit-counts.ts'

type WatchUnitsOptions = {
  redis: RedisClient
  /** For the lease; not behind megabytes of anything. */
  leaseRedis: RedisClient
  keys: Keys
  shardCount: number
  ownerId: string
  leaseTtlMs?: number
  everyMs: number
  clock: Clock
  log: Log
  meter: Meter
  onFatal(error: unknown): void
}

/** `start` competes for the lease; its holder judges the units. */
export function startWatchUnits(options: WatchUnitsOptions): { start(): void; stop(): Promise<void> } {
  const { keys, log } = options
  const openUnits = options.meter.gauge(
    'gelang_units_silent',
    'Units with an active fleet silence, seen by their judge',
  )
  let token: number | undefined
  let turning: Promise<void> = Promise.resolve()
  const ttlMs = options.leaseTtlMs ?? 5000
  const leases = new ShardLeases(options.leaseRedis, keys, {
    role: 'units',
    ownerId: options.ownerId,
    shardCount: 1,
    ttlMs,
    renewMs: ttlMs / 5,
    log,
    onGained: (_shard, gained) => {
      token = gained
    },
    onLost: () => {
      token = undefined
      openUnits.set(0)
      return turning
    },
  })
  const going = keepGoing({
    ...{ name: 'watch units', retries: passes, log, onFatal: options.onFatal },
    async turn() {
      if (token !== undefined) {
        const turn = judgeUnits(options, token, openUnits)
        turning = turn.then(
          () => undefined,
          () => undefined,
        )
        await turn
      }
      return options.everyMs
    },
  })
  return {
    start: () => leases.start(),
    async stop() {
      await going.stop()
      await leases.stop()
    },
  }
}

async function judgeUnits(options: WatchUnitsOptions, token: number, openUnits: Gauge): Promise<void> {
  const { redis, keys, shardCount, clock } = options
  const nowMs = clock()
  const published = await readUnitCounts(redis, keys, shardCount)
  const fresh = published.flatMap((counts) => (counts && nowMs - counts.toMs <= COUNTS_STALE_MS ? [counts] : []))
  const known = new Map<string, Outage>()
  for (const [unitPath, json] of Object.entries(await readOutages(redis, keys))) known.set(unitPath, JSON.parse(json))

  const incidents: UnitIncident[] = []
  const kept = new Map<string, Outage>()
  const dropped: string[] = []
  let open = 0
  for (const unitPath of new Set([...known.keys(), ...fresh.flatMap(({ units }) => Object.keys(units))])) {
    const counts = fresh.map(({ units }) => units[unitPath]).filter((count) => count !== undefined)
    const before = known.get(unitPath)
    const after = unitPath === '' ? undefined : judgeUnit(unitPath, counts, before, nowMs, fresh.length === shardCount)
    if (after !== undefined && after.incident.endMs === undefined) open++
    if (after === before) continue
    if (after === undefined) dropped.push(unitPath)
    else kept.set(unitPath, after)
    if (after !== undefined && after.incident !== before?.incident) incidents.push(after.incident)
  }
  if (kept.size > 0 || dropped.length > 0) await commitOutages(redis, keys, token, { incidents, kept, dropped })
  openUnits.set(open)
}
