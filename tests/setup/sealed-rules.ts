// Published rules under a key that Redis does not hold, and somebody who can write to Redis and has no key.
import type { DirectoryRecord } from '../../model/plan/directory.ts'
import type { Plan } from '../../model/plan/plan.ts'
import type { WearerPlan } from '../../stream/publication/publications.ts'
import { openRuleAlarm } from '../../stream/publication/rule-alarm.ts'
import type { RedisClient } from '../../stream/redis/connect.ts'
import { type Keys, keysOf, type PublicationKeys } from '../../stream/redis/keys.ts'
import { sealOf } from '../../stream/redis/seal.ts'

export const RULES_KEY = 'a key that Redis does not hold at all'

export function sealedKeys(prefix: string): Keys {
  return keysOf(prefix, sealOf(RULES_KEY))
}

/** Says what an alarm says: its errors, its warning now, and by name what its figures are. */
export function heardAlarm(nowMs: () => number = () => performance.now()) {
  const errors: { message: string; name?: unknown }[] = []
  const figures = new Map<string, number>()
  const log = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (about: object, message: string) => void errors.push({ message, ...about }),
  }
  const meter = {
    counter: (name: string) => ({ inc: () => void figures.set(name, (figures.get(name) ?? 0) + 1) }),
    gauge: (name: string) => ({ set: (value: number) => void figures.set(name, value) }),
    histogram: () => ({ observe: () => undefined }),
  }
  return { alarm: openRuleAlarm(log, meter, nowMs), errors, figures }
}

/** Announces fields as a publisher does, without its key. */
export async function announceForged(redis: RedisClient, keys: PublicationKeys, fields: string[]): Promise<void> {
  const before = Number(await redis.get(keys.version))
  await redis.set(keys.version, before + 1)
  await redis.xadd(keys.changes, `${before + 1}-0`, 'before', String(before), 'fields', JSON.stringify(fields))
  await redis.publish(keys.notice, String(before + 1))
}

export function device(deviceId: string, more: object = {}): DirectoryRecord {
  return {
    kind: 'device',
    device: {
      ...{ braceletId: 1, deviceId, unitPath: 'a.b', idSuffices: false, revoked: false, assignments: [] },
      ...more,
    },
  }
}

export function gateway(gatewayId: string, secretSha256: string, revoked = false): DirectoryRecord {
  return { kind: 'gateway', gateway: { gatewayId, unitPath: 'a', secretSha256, revoked } }
}

export function planOf(wearerId: number, more: Partial<Plan> = {}): WearerPlan {
  return {
    ...{ wearerId, changedMs: 1 },
    plan: {
      ...{ wearerId, supervisions: [{ fromMs: 0, toMs: 9e12 }], conditions: [], permits: [] },
      ...{ reportIntervalMs: 60_000, silenceGraceMs: 60_000 },
      ...more,
    },
  }
}
