// A whole Bapas silent, from the listener to the record: ingest, published plans, evaluate, record, all real.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Outage } from '../../model/incident/outage.ts'
import { readListening } from '../../stream/ownership/listening.ts'
import { readOutages, readUnitCounts } from '../../stream/ownership/outages.ts'
import { eventually, type Pipeline, post, SHARDS, seedWearer, startPipeline, untilKnown } from './run-pipeline.ts'

const NOW_MS = Date.parse('2026-11-23T10:00:00Z')
const MINUTE_MS = 60_000
const DEVICES = ['T-1', 'T-2', 'T-3', 'T-4', 'T-5', 'T-6']
let nowMs = NOW_MS
let pipeline: Pipeline

const reports = (devices: readonly string[]) =>
  devices.map((deviceId) => ({ deviceId, time: nowMs, lat: -7.8, lon: 110.37, accuracyM: 8, batteryPercent: 80 }))

beforeAll(async () => {
  pipeline = await startPipeline(() => nowMs)
  for (const deviceId of DEVICES) await seedWearer(pipeline.database.ownerPool, NOW_MS, [], deviceId)
  await untilKnown(pipeline, reports(DEVICES))
})
afterAll(() => pipeline?.stop())

const unitRows = async () =>
  (
    await pipeline.database.ownerPool.query<{ id: string; unit: string; wearer_id: number | null; ended: boolean }>(
      'SELECT id, unit_path::text AS unit, wearer_id, end_at IS NOT NULL AS ended FROM incident ORDER BY start_at',
    )
  ).rows

test('it is recorded as the Bapas’s, once, with its end, and nobody’s own', async () => {
  await post(pipeline, reports(DEVICES))
  // Silence counts from when ingest first said that it listens, so both must have happened before the clock moves.
  const { redis, keys } = pipeline.redis
  await eventually(async () => {
    const counts = await readUnitCounts(redis, keys, SHARDS)
    const heard = counts.reduce((sum, shard) => sum + (shard?.units['ditjenpas.kanwil.bapas']?.heard ?? 0), 0)
    // A shard that changed hands meanwhile has heard nobody yet.
    if (heard < DEVICES.length) await post(pipeline, reports(DEVICES))
    return heard === DEVICES.length && (await readListening(redis, keys))?.sinceMs === NOW_MS
  }, 'all are heard, by an ingest that listens')
  nowMs = NOW_MS + 9 * MINUTE_MS
  const [begun] = await eventually(async () => {
    const rows = await unitRows()
    return rows.length > 0 && rows
  }, 'the outage in the record')
  expect(begun).toMatchObject({ unit: 'ditjenpas.kanwil.bapas', wearer_id: null, ended: false })
  for (const [i, minute] of [10, 17, 24, 31].entries()) {
    nowMs = NOW_MS + minute * MINUTE_MS
    await post(pipeline, reports(DEVICES))
    await eventually(async () => (await pipeline.fixes()) >= DEVICES.length * (2 + i), 'this minute in the record')
    await eventually(async () => {
      const { incident, fewSinceMs }: Outage = JSON.parse((await readOutages(redis, keys))[begun!.unit]!)
      return (fewSinceMs ?? incident.endMs) === NOW_MS + 10 * MINUTE_MS
    }, 'few are silent')
  }
  await eventually(async () => (await unitRows())[0]?.ended, 'its end in the record')
  expect(await unitRows()).toEqual([{ ...begun, ended: true }])
})
