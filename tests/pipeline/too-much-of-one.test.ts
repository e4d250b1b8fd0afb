// What one device brings about stays its wearer's affair: the shard goes on, also after a restart, and nothing published is forgotten.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openMeter } from '../../bin/process/meter.ts'
import type { DeviceReport } from '../../model/report/report.ts'
import type { EvaluatorLimits } from '../../pipeline/evaluate/evaluator-limits.ts'
import { publishAllPlans } from '../../stream/publication/publications.ts'
import { waitFor } from '../setup/patience.ts'
import { silentLog } from '../setup/test-redis.ts'
import { openRedisEvaluator, planOf, type RedisEvaluator } from './redis-evaluator.ts'

const HOUR_MS = Date.parse('2026-11-23T10:00:00Z')
const MIB = 1_048_576
let nowMs = HOUR_MS
let world: RedisEvaluator
let metrics: () => Promise<string>
/** As errors. */
let said: unknown[]

beforeEach(async () => {
  nowMs = HOUR_MS
  const { meter, text } = openMeter()
  metrics = text
  said = []
  world = await openRedisEvaluator(() => nowMs, meter, { ...silentLog, error: (fields) => void said.push(fields) })
  const { redis, keys } = world.redis
  const plans = [1, 2].map((wearerId) => ({ wearerId, changedMs: HOUR_MS - 1, plan: planOf(wearerId, HOUR_MS) }))
  await publishAllPlans(redis, keys, 1, plans)
})
afterEach(() => world.cleanup())

const at = (timeMs: number, more: Partial<DeviceReport> = {}): DeviceReport => ({
  deviceId: 'd',
  timeMs,
  fixValid: true,
  latDeg: -7.8,
  lonDeg: 110.37,
  accuracyM: 8,
  alarms: [],
  archived: false,
  ...more,
})
/** A contact that opens and closes at every report. */
const chattering = (i: number) => at(HOUR_MS + i, { strap: i % 2 === 0 ? 'open' : 'closed' })

async function send(reports: readonly DeviceReport[]): Promise<void> {
  for (let from = 0; from < reports.length; from += 10_000)
    await Promise.all(reports.slice(from, from + 10_000).map((report) => world.send(1, report, report.timeMs)))
}

/** A cut strap of another wearer's is published, and everything before it in the log has been judged and committed. */
async function othersAreJudged(timeMs: number): Promise<void> {
  nowMs = timeMs
  const { redis, keys } = world.redis
  await world.send(2, at(timeMs, { strap: 'open' }))
  await waitFor(async () => {
    expect(world.failures).toEqual([])
    const [last] = await redis.xrevrange(keys.reports(0), '+', '-', 'COUNT', 1)
    expect(await redis.get(keys.position('evaluate', 0))).toBe(last![0])
  })
  const last = (await world.revisions()).filter(({ wearerId }) => wearerId === 2).at(-1)
  expect(last).toMatchObject({ type: 'strap_open' })
  expect(last!.evidence.at(-1)!.timeMs).toBe(timeMs)
  await world.send(2, at(timeMs + 1, { strap: 'closed' }))
}

/** The newest revision of each of the wearer's incidents, which must have come one after the other. */
async function newest(): Promise<Map<number, { endMs?: number | undefined; revision: number }>> {
  const found = new Map<number, { endMs?: number | undefined; revision: number }>()
  for (const { wearerId, startMs, endMs, revision } of await world.revisions()) {
    if (wearerId !== 1) continue
    expect(revision).toBe((found.get(startMs)?.revision ?? 0) + 1)
    found.set(startMs, { endMs, revision })
  }
  return found
}

async function savedBytes(): Promise<number> {
  const { redis, keys } = world.redis
  const events = await redis.hgetallBuffer(keys.events(0))
  const mine = Object.entries(events).filter(([field]) => field.startsWith('1:'))
  const state = Number(await redis.call('HSTRLEN', keys.states(0), '1'))
  return mine.reduce((sum, [, bytes]) => sum + bytes.length, state)
}

test('a strap contact that chatters 30,000 times: one incident that counts every opening, and others are judged', async () => {
  const reports = Array.from({ length: 30_000 }, (_, i) => chattering(i))
  await send(reports)
  world.start()
  await othersAreJudged(HOUR_MS + reports.length)
  const found = await newest()
  expect([...found.keys()]).toEqual([HOUR_MS])
  const { revision } = found.get(HOUR_MS)!
  expect(found.get(HOUR_MS)).toMatchObject({ endMs: HOUR_MS + reports.length - 1 })
  expect((await world.revisions()).filter(({ wearerId }) => wearerId === 1).at(-1)).toMatchObject({ signs: 15_000 })
  await world.stop()
  expect(await savedBytes()).toBeLessThan(MIB)
  expect(await metrics()).toMatch(/gelang_evaluate_crowded_wearers_total [1-9]/)

  world.start()
  await world.send(1, at(nowMs + 10, { strap: 'open' }))
  await othersAreJudged(nowMs + 20)
  expect(await newest()).toEqual(new Map([[HOUR_MS, { revision: revision + 1 }]]))
}, 120_000)

test('very many quiet reports within one hour: no more is saved of them than is kept', async () => {
  const reports = Array.from({ length: 20_000 }, (_, i) => at(HOUR_MS + i * 170))
  nowMs = reports.at(-1)!.timeMs
  await send(reports)
  world.start()
  await othersAreJudged(nowMs)
  await world.stop()
  expect(await savedBytes()).toBeLessThan(4096 * 52 + 4096)
  expect(await metrics()).toMatch(/gelang_evaluate_crowded_wearers_total [1-9]/)
})

/** Openings so far apart that each is an incident of its own, and the last is not closed. */
const OPENINGS = 41
const APART_MS = 12 * 60_000
const LAST_OPENING_MS = HOUR_MS + 2 * (OPENINGS - 1) * APART_MS
const LIVE_MS = LAST_OPENING_MS + APART_MS
const openings = () =>
  Array.from({ length: 2 * OPENINGS - 1 }, (_, i) =>
    at(HOUR_MS + i * APART_MS, { strap: i % 2 === 0 ? 'open' : 'closed' }),
  )

test.each([
  ['alone', []],
  ['beside what is live', [at(LIVE_MS + 1, { alarms: ['sos'] })]],
])(
  'more to publish at once than a commit holds, late, %s: it is published, and what is open is remembered',
  async (_, live) => {
    const limits: Partial<EvaluatorLimits> = { wearerBytesMax: 8192 }
    world.start(limits)
    await world.send(1, at(HOUR_MS - 1))
    await world.send(1, at(LIVE_MS))
    await othersAreJudged(LIVE_MS)
    await world.stop()
    await send(openings())
    await send(live)
    world.start(limits)
    await waitFor(async () => expect((await newest()).size).toBe(OPENINGS + live.length))
    const open = [...(await newest())].filter(([, { endMs }]) => endMs === undefined)
    expect(open.map(([startMs]) => startMs)).toContain(LAST_OPENING_MS)
    await world.stop()
    expect(await metrics()).toMatch(/gelang_evaluate_published_ahead_total 1/)
    // Together: the live one's state would hold the others unpublished.
    expect(said).toEqual([{ wearerId: 1, bytes: expect.any(Number), incidents: OPENINGS + live.length }])
    expect(await savedBytes()).toBeLessThan(65_536)

    world.start(limits)
    await world.send(1, at(nowMs + 10, { strap: 'closed' }))
    await othersAreJudged(nowMs + 20)
    const found = await newest()
    expect(found.get(LAST_OPENING_MS)).toMatchObject({ endMs: nowMs - 10, revision: 2 })
    expect(found.size).toBe(OPENINGS + live.length)
  },
  60_000,
)
