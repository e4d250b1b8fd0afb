// What an evaluator saved cannot be read by the next one: damaged, or written by a version that it does not know. Nobody's open
// violation is forgotten: it is folded again from the stored track.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Incident } from '../../model/incident/incident.ts'
import { readEdges } from '../../stream/logs/log-edges.ts'
import { getPosition } from '../../stream/logs/positions.ts'
import { eventually, type Pipeline, post, SHARDS, seedWearer, startPipeline, untilKnown } from './run-pipeline.ts'

const NOW_MS = Date.parse('2026-11-23T10:00:00Z')
const MINUTE_MS = 60_000
const HOME = { latDeg: -7.8, lonDeg: 110.37 }
const NAMES = ['damaged', 'newer', 'strap', 'asked']
let nowMs = NOW_MS
let pipeline: Pipeline
const wearers = new Map<string, number>()

const at = (deviceId: string, minute: number, northM: number, more: object = {}) => ({
  ...{
    deviceId,
    time: NOW_MS + minute * MINUTE_MS,
    lat: HOME.latDeg + northM / 111_320,
    lon: HOME.lonDeg,
    accuracyM: 8,
  },
  ...more,
})

beforeAll(async () => {
  pipeline = await startPipeline(() => nowMs)
  const center: [number, number] = [HOME.lonDeg, HOME.latDeg]
  for (const name of NAMES)
    wearers.set(
      name,
      await seedWearer(
        pipeline.database.ownerPool,
        NOW_MS,
        [{ kind: 'required', shape: { type: 'Circle', center, radiusM: 100 } }],
        name,
      ),
    )
  await untilKnown(
    pipeline,
    NAMES.map((name) => at(name, -60, 0)),
  )
})
afterAll(() => pipeline?.stop())

async function publishedOf(name: string): Promise<Incident[]> {
  return [...(await pipeline.incidents()).values()].filter(({ wearerId }) => wearerId === wearers.get(name))
}

/** All of it judged and recorded, and every request answered. */
function caughtUp(): Promise<unknown> {
  const { redis, keys } = pipeline.redis
  return eventually(async () => {
    for (let shard = 0; shard < SHARDS; shard++) {
      const { lastId } = await readEdges(redis, keys.reports(shard))
      for (const reader of ['evaluate', 'record'])
        if (lastId !== '0-0' && (await getPosition(redis, keys, reader, shard)) !== lastId) return false
      if ((await redis.hlen(keys.lateRequests(shard))) > 0) return false
    }
    return true
  }, 'everything judged, stored and answered')
}

async function damage(name: string, change: (state: Buffer) => Buffer): Promise<void> {
  const { redis, keys } = pipeline.redis
  const wearerId = wearers.get(name)!
  const states = keys.states(wearerId % SHARDS)
  const state = await redis.hgetBuffer(states, String(wearerId))
  await redis.hset(states, String(wearerId), change(state!))
}

const cut = (state: Buffer) => state.subarray(0, 9)
const ofVersion99 = (state: Buffer) => Buffer.concat([Buffer.from([99]), state.subarray(1)])

test('an open violation is still open, and ends as the same one with the reports that end it', async () => {
  nowMs = NOW_MS + 2 * MINUTE_MS
  for (const name of ['damaged', 'newer'])
    await post(pipeline, [at(name, -30, 0), at(name, 0, 400), at(name, 1, 420), at(name, 2, 430)])
  await post(pipeline, [at('strap', 0, 0), at('strap', 1, 0, { strap: 'open' }), at('strap', 2, 0)])
  await caughtUp()
  const before = new Map<string, Incident>()
  for (const name of ['damaged', 'newer', 'strap']) {
    const [open] = await eventually(async () => {
      const all = await publishedOf(name)
      return all.length > 0 && all
    }, `the violation of ${name}`)
    expect(open!.endMs).toBeUndefined()
    before.set(name, open!)
  }
  await pipeline.restartEvaluate(async () => {
    nowMs += MINUTE_MS
    await damage('damaged', cut)
    await damage('newer', ofVersion99)
    await damage('strap', cut)
  })
  await caughtUp()
  // Nothing is published again, and nothing taken back.
  for (const [name, incident] of before) expect(await publishedOf(name)).toEqual([incident])
  nowMs += 10 * MINUTE_MS
  for (const name of ['damaged', 'newer']) await post(pipeline, [at(name, 11, 0), at(name, 12, 2)])
  await post(pipeline, [at('strap', 11, 0, { strap: 'closed' })])
  for (const [name, { id, revision }] of before) {
    const ended = await eventually(
      async () => (await publishedOf(name)).find((each) => each.id === id && each.endMs !== undefined),
      `the end for ${name}`,
    )
    expect(ended).toMatchObject({ endMs: NOW_MS + 11 * MINUTE_MS, revision: revision + 1 })
    expect(await publishedOf(name)).toHaveLength(1)
  }
  expect(await pipeline.metrics()).toMatch(/gelang_evaluate_unreadable_states_total 3/)
})

test('asked while nobody records and the one who asked dies: answered when somebody does again', async () => {
  const { redis, keys } = pipeline.redis
  const name = 'asked'
  await post(pipeline, [at(name, 13, 400), at(name, 14, 420)])
  nowMs = NOW_MS + 15 * MINUTE_MS
  const [open] = await eventually(async () => {
    const all = await publishedOf(name)
    return all.length > 0 && all
  }, 'the violation')
  await caughtUp()
  await pipeline.withoutRecord(async () => {
    await pipeline.restartEvaluate(() => damage(name, cut))
    const shard = wearers.get(name)! % SHARDS
    const requests = keys.lateRequests(shard)
    await eventually(async () => (await redis.hlen(requests)) === 1, 'the request')
    // A state that knows nothing from before is saved only behind the request.
    const saved = async () => (await redis.hgetBuffer(keys.states(shard), String(wearers.get(name)!)))!.length > 9
    await eventually(saved, 'its new state')
    await pipeline.restartEvaluate()
    expect(await redis.hlen(requests)).toBe(1)
    // What is live is judged meanwhile: the strap waits for no database.
    nowMs += 3 * MINUTE_MS
    await post(pipeline, [at(name, 18, 430, { strap: 'open' })])
    await eventually(async () => (await publishedOf(name)).some(({ type }) => type === 'strap_open'), 'the strap')
  })
  await caughtUp()
  nowMs += 3 * MINUTE_MS
  await post(pipeline, [at(name, 20, 0), at(name, 21, 2)])
  await eventually(
    async () => (await publishedOf(name)).some(({ id, endMs }) => id === open!.id && endMs !== undefined),
    'its end',
  )
  const away = (await publishedOf(name)).filter(({ type, withdrawn }) => type === open!.type && withdrawn === undefined)
  expect(away).toMatchObject([{ id: open!.id, startMs: NOW_MS + 13 * MINUTE_MS, endMs: NOW_MS + 20 * MINUTE_MS }])
})
