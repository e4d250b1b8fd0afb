import { afterAll, beforeAll, expect, test } from 'vitest'
import { Directory } from '../../ingest/admission/directory.ts'
import { followDirectory } from '../../ingest/admission/follow-directory.ts'
import { followDirectoryRecords, publishDirectory } from '../../stream/publication/publications.ts'
import { watchVersion } from '../../stream/publication/watch-version.ts'
import { createTestRedis, silentLog, type TestRedis } from '../setup/test-redis.ts'
import { device, gateway } from './ingest-fixture.ts'

let redis: TestRedis
beforeAll(async () => {
  redis = await createTestRedis()
})
afterAll(() => redis.cleanup())

const source = () => ({
  news: followDirectoryRecords(redis.redis, redis.keys),
  watch: (onChange: () => void) => watchVersion(redis.redis, redis.keys, 'directory', onChange, 50),
})

test('the directory is there once published, and follows what changes', async () => {
  const directory = new Directory()
  const stop = followDirectory(directory, source(), silentLog)
  await publishDirectory(redis.redis, redis.keys, [device('b1'), device('b2'), gateway('g1')])
  await expect.poll(() => directory.loaded).toBe(true)
  expect([directory.deviceCount, directory.gateway('g1')?.gateway.unitPath]).toEqual([2, 'ditjenpas.jabar'])

  directory.device('b1')!.tokens = 5
  await publishDirectory(redis.redis, redis.keys, [device('b1', { revoked: true }), device('b3')])
  await expect.poll(() => directory.device('b3') !== undefined).toBe(true)
  expect(directory.device('b1')!.device.revoked).toBe(true)
  expect(directory.device('b1')!.tokens).toBe(5)
  expect([directory.device('b2'), directory.gateway('g1')]).toEqual([undefined, undefined])
  stop()
})

test('a load that fails is tried again, and the last directory stays', async () => {
  const directory = new Directory()
  let failures = 2 // then once not, then again
  let changed: () => void = () => undefined
  const stop = followDirectory(
    directory,
    {
      news: async () => {
        if (failures-- !== 0) throw new Error('away')
        return { version: 1, changed: [['device:b1', device('b1')]] }
      },
      watch: (onChange) => {
        changed = onChange
        return () => undefined
      },
    },
    silentLog,
  )
  expect(directory.loaded).toBe(false)
  await expect.poll(() => directory.loaded).toBe(true)
  changed()
  expect(directory.device('b1')).toBeDefined()
  stop()
})
