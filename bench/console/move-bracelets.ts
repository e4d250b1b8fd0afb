// Bracelets that all move, published to the consoles as an evaluator publishes them: small messages by shard into the live channel.
import { encodeLive, type LivePosition, WEARER_STATE } from '../../model/console/live.ts'
import { shardOf } from '../../model/report/shard.ts'
import { publishLive } from '../../stream/logs/live-channel.ts'
import type { RedisClient } from '../../stream/redis/connect.ts'
import type { Keys } from '../../stream/redis/keys.ts'
import type { Fleet } from '../load/fleet.ts'

const TICK_MS = 10
const METRES_PER_DEGREE = 111_320
/** Round a block at about walking to cycling speed. */
const CIRCLE_M = 150
const RADIANS_PER_SECOND = 1 / 40

export type Moving = {
  redis: RedisClient
  keys: Keys
  shardCount: number
  fleet: Fleet
  wearerIds: readonly number[]
  perSecond: number
}

/** Publishes everybody's position `perSecond` a second, in turns, from now until `stop`, which returns how many. */
export function moveBracelets(moving: Moving): { stop(): Promise<number> } {
  const { redis, keys, shardCount, wearerIds, perSecond } = moving
  const beganMs = Date.now()
  let sent = 0
  let sending: Promise<unknown> = Promise.resolve()
  const tick = (): void => {
    const nowMs = Date.now()
    const due = Math.floor(((nowMs - beganMs) * perSecond) / 1000)
    const byShard = new Map<number, LivePosition[]>()
    for (; sent < due; sent++) {
      const position = positionOf(moving, sent % wearerIds.length, nowMs, (nowMs - beganMs) / 1000)
      const shard = shardOf(position.wearerId, shardCount)
      const others = byShard.get(shard)
      if (others) others.push(position)
      else byShard.set(shard, [position])
    }
    sending = Promise.all([
      sending,
      ...Array.from(byShard, ([shard, positions]) => publishLive(redis, keys, shard, encodeLive(positions))),
    ])
  }
  const timer = setInterval(tick, TICK_MS)
  return {
    async stop() {
      clearInterval(timer)
      await sending
      return sent
    },
  }
}

function positionOf({ fleet, wearerIds }: Moving, n: number, nowMs: number, seconds: number): LivePosition {
  const angle = n + seconds * RADIANS_PER_SECOND
  const lat = fleet.homeLat[n]! + (CIRCLE_M * Math.sin(angle)) / METRES_PER_DEGREE
  const lon = fleet.homeLon[n]! + (CIRCLE_M * Math.cos(angle)) / METRES_PER_DEGREE
  return {
    wearerId: wearerIds[n]!,
    state: stateOf(n),
    flags: 1,
    batteryPercent: 71,
    charging: 1,
    timeMs: nowMs,
    receivedMs: nowMs,
    latE7: Math.round(lat * 1e7),
    lonE7: Math.round(lon * 1e7),
    accuracyM: 8,
    speedMps: CIRCLE_M * RADIANS_PER_SECOND,
    courseDeg: 90,
  }
}

/** A bad day: one in a hundred kritis, one in fifty serius, one in twenty informasi. */
function stateOf(n: number): number {
  if (n % 100 === 0) return WEARER_STATE.kritis
  if (n % 50 === 1) return WEARER_STATE.serius
  return n % 20 === 2 ? WEARER_STATE.informasi : WEARER_STATE.patuh
}
