// The gauges of the log beside a Redis of this file's own that is short of memory, gone, and back.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openMeter } from '../../bin/process/meter.ts'
import { gaugeLag, gaugeLogAvailable } from '../../bin/roles/gauge-log.ts'
import { probeLog } from '../../stream/logs/probe-log.ts'
import { type OwnServer, ownRedis } from '../setup/own-services.ts'
import { waitFor } from '../setup/patience.ts'
import { createTestRedis, silentLog, type TestRedis } from '../setup/test-redis.ts'

const SHARDS = 3
let server: OwnServer
let shared: TestRedis
beforeAll(async () => {
  server = await ownRedis()
  shared = await createTestRedis(server.url)
})
afterAll(async () => {
  await shared?.cleanup()
  await server?.discard()
})

function parts() {
  const failures: unknown[] = []
  const { meter, text } = openMeter()
  const { redis, keys } = shared
  return { redis, keys, meter, text, log: silentLog, failures, onFatal: (error: unknown) => failures.push(error) }
}

test('a log that takes nothing shows as such, with its reason, and shows when it is back', async () => {
  const { text, failures, ...common } = parts()
  await shared.redis.config('SET', 'maxmemory', '1')
  const gauge = gaugeLogAvailable(common, SHARDS, 50)
  await waitFor(() => expect(gauge.why()).toBe('the log takes no reports (out_of_memory)'))
  expect(await text()).toContain('gelang_log_available 0')
  expect(await text()).toContain(`gelang_log_unavailable_shards{reason="out_of_memory"} ${SHARDS}`)
  await shared.redis.config('SET', 'maxmemory', '0')
  await waitFor(() => expect(gauge.why()).toBeUndefined())
  expect(await text()).toContain('gelang_log_available 1')
  expect(await text()).toContain('gelang_log_unavailable_shards{reason="out_of_memory"} 0')
  await server.kill9()
  await waitFor(() => expect(gauge.why()).toBe('the log takes no reports (away)'))
  await server.startAgain()
  await waitFor(() => expect(gauge.why()).toBeUndefined())
  expect(await text()).toContain('gelang_log_unavailable_shards{reason="away"} 0')
  gauge.stop()
  expect(failures).toEqual([])
})

test('a probe leaves nothing that lasts', async () => {
  expect((await probeLog(shared.redis, shared.keys, SHARDS)).size).toBe(0)
  expect(await shared.redis.pttl(shared.keys.probe(0))).toBeGreaterThan(0)
})

test('lag of both readers for every shard, once for all roles of a process', async () => {
  const { text, failures, ...common } = parts()
  await shared.redis.xadd(shared.keys.reports(1), '*', 'b', 'x')
  const stops = [gaugeLag(common, SHARDS), gaugeLag(common, SHARDS)]
  await waitFor(async () => expect(await text()).toContain('gelang_log_lag_entries{reader="record",shard="1"} 1'))
  const figures = await text()
  for (let shard = 0; shard < SHARDS; shard++)
    for (const reader of ['evaluate', 'record'])
      expect(figures).toMatch(new RegExp(`gelang_log_lag_seconds{reader="${reader}",shard="${shard}"} [\\d.]+`))
  expect(figures).toContain('gelang_log_entries{shard="1"} 1')
  expect(figures).toContain('gelang_quarantine_waiting 0')
  for (const stop of stops) stop()
  expect(failures).toEqual([])
})
