// One who follows a published set. Takes what carries the publisher's seal and is not older than what was taken before; leaves a
// record that does not as it last was, and takes records away only where the head vouches for the set without them.
import { parseId } from '../logs/positions.ts'
import type { RedisClient } from '../redis/connect.ts'
import type { PublicationKeys } from '../redis/keys.ts'
import { LogUnavailable } from '../redis/redis-errors.ts'
import { scanHash } from '../redis/scan-hash.ts'
import { parseHead } from '../redis/seal.ts'
import { HeldRecords } from './held-records.ts'
import { CHANGED_FIELDS_MAX, portions, publishedVersion, VERSION_NONE } from './publish-records.ts'
import { type RuleAlarm, SILENT_ALARM } from './rule-alarm.ts'

/** What a look found: new bodies by field, undefined where a record is gone. */
type News = { version: number; changed: Map<string, string | undefined> }

/** Looks at a set again whose publication came in between. */
const LOOKS_MAX = 3

export class RecordReader {
  readonly #redis: RedisClient
  readonly #keys: PublicationKeys
  readonly #alarm: RuleAlarm
  #held = new HeldRecords()
  #version = VERSION_NONE
  #headStamp = 0
  /** Fields that hold something else than what was published, when they were looked at last. */
  readonly #refused = new Set<string>()
  /** What was looked at last is not all that was published. */
  #suspect = false

  constructor(redis: RedisClient, keys: PublicationKeys, alarm: RuleAlarm = SILENT_ALARM) {
    this.#redis = redis
    this.#keys = keys
    this.#alarm = alarm
  }

  /**
   * What changed since the last call; all of it at the first. Version 0: nothing has ever been published. Throws LogUnavailable where
   * the first look finds a set that the publisher does not vouch for, until `RuleAlarm.mayBegin`.
   */
  async news(): Promise<News> {
    const version = await publishedVersion(this.#redis, this.#keys)
    const changed: News['changed'] = new Map()
    if (version === this.#version && !this.#suspect) return { version, changed }
    const names = await this.#namesSince(version)
    const whole = names !== undefined && (await this.#takeNamed(names, changed))
    if (!whole && !(await this.#takeAll(changed))) this.#refuseToBegin(version)
    this.#version = version
    return { version, changed }
  }

  #refuseToBegin(version: number): void {
    const { set } = this.#keys
    if (this.#version !== VERSION_NONE || version === VERSION_NONE || this.#alarm.mayBegin(set)) return
    this.#held = new HeldRecords()
    throw new LogUnavailable('away', `what is published as ${set} is not what its publisher vouches for`)
  }

  /** Undefined for one who must look at all. */
  async #namesSince(version: number): Promise<string[] | undefined> {
    if (this.#version === VERSION_NONE || this.#suspect) return undefined
    const rows = await this.#redis.xrange(this.#keys.changes, `(${this.#version}-0`, '+')
    const missed = rows.map(([id, row]) => ({
      version: parseId(id)[0],
      before: Number(row[1]),
      names: namesIn(row[3]),
    }))
    if (missed[0]?.before !== this.#version || missed.every((each) => each.version < version)) return undefined
    const names = new Set<string>()
    for (const each of missed) {
      if (each.names === undefined) return undefined
      for (const name of each.names) names.add(name)
    }
    return names.size > CHANGED_FIELDS_MAX ? undefined : [...names]
  }

  async #takeNamed(names: readonly string[], changed: News['changed']): Promise<boolean> {
    const gone: string[] = []
    for (const fields of portions(names, () => 0)) {
      const values = await this.#redis.hmget(this.#keys.records, ...fields)
      for (const [i, field] of fields.entries()) {
        const text = values[i] ?? undefined
        if (text !== undefined) this.#take(field, text, changed)
        else this.#refused.delete(field)
        if (text === undefined && this.#held.stampOf(field) >= 0) gone.push(field)
      }
    }
    return this.#verify(gone, changed)
  }

  async #takeAll(changed: News['changed']): Promise<boolean> {
    for (let look = 1; ; look++) {
      const before = await this.#redis.get(this.#keys.head)
      const there = new Set<string>()
      await scanHash(this.#redis, this.#keys.records, (field, value) => {
        if (!there.has(field)) this.#take(field, value.toString(), changed)
        there.add(field)
      })
      for (const field of this.#refused) if (!there.has(field)) this.#refused.delete(field)
      const gone = [...this.#held.fields()].filter((field) => !there.has(field))
      if (await this.#verify(gone, changed)) return true
      if (look === LOOKS_MAX || (await this.#redis.get(this.#keys.head)) === before) break
    }
    this.#suspect = true
    this.#alarm.notWhole(this.#keys.set)
    return false
  }

  #take(field: string, text: string, changed: News['changed']): void {
    const { set, seal } = this.#keys
    const opened = seal.open(set, field, text)
    const heldStamp = this.#held.stampOf(field)
    if (opened === undefined) this.#refuse(field, 'it does not carry the seal of the publisher')
    else if (opened.stamp < heldStamp) this.#refuse(field, 'it is older than what was published before')
    else {
      this.#refused.delete(field)
      if (opened.stamp === heldStamp) return
      this.#held.put(field, opened.stamp, opened.digest)
      changed.set(field, opened.body)
    }
  }

  #refuse(field: string, why: string): void {
    this.#refused.add(field)
    this.#alarm.refused(this.#keys.set, field, why)
  }

  /** True where the head vouches for what is held without `gone`, which go then. */
  async #verify(gone: readonly string[], changed: News['changed']): Promise<boolean> {
    const { set, seal, head: headKey } = this.#keys
    const head = parseHead(await this.#redis.get(headKey))
    const held = this.#held
    if (head === undefined || head.stamp < this.#headStamp) return false
    if (!seal.vouches(set, head, held.size - gone.length, held.sumWithout(gone))) return false
    for (const field of gone) {
      held.delete(field)
      changed.set(field, undefined)
    }
    this.#headStamp = head.stamp
    this.#suspect = false
    if (this.#refused.size === 0) this.#alarm.whole(set)
    return true
  }
}

/** Undefined: any of them. */
function namesIn(json: string | undefined): string[] | undefined {
  return (JSON.parse(json ?? 'null') as string[] | null) ?? undefined
}
