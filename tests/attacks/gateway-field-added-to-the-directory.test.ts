// Somebody who can write to Redis adds a gateway of their own to the directory, or a secret of their own to a bracelet.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Directory } from '../../ingest/admission/directory.ts'
import { followDirectory } from '../../ingest/admission/follow-directory.ts'
import { followDirectoryRecords, publishDirectory } from '../../stream/publication/publications.ts'
import { watchVersion } from '../../stream/publication/watch-version.ts'
import { type Keys, keysOf } from '../../stream/redis/keys.ts'
import { KNOWN_SEAL } from '../../stream/redis/seal.ts'
import { waitFor } from '../setup/patience.ts'
import { announceForged, device, gateway, heardAlarm, sealedKeys } from '../setup/sealed-rules.ts'
import { createTestRedis, silentLog, type TestRedis } from '../setup/test-redis.ts'

const digest = (secret: string) => createHash('sha256').update(secret).digest('hex')
const honest = gateway('gw', digest('secret of the gateway'))
const forged = gateway('gw-of-a-thief', digest('known to the thief'))

let shared: TestRedis
let keys: Keys
let round = 0
beforeAll(async () => {
  shared = await createTestRedis()
})
afterAll(() => shared.cleanup())
beforeEach(() => {
  keys = sealedKeys(`${shared.settings.prefix}:${round++}`)
})

function following() {
  const { redis } = shared
  const directory = new Directory()
  const heard = heardAlarm()
  const watch = (onChange: () => void) => watchVersion(redis, keys, 'directory', onChange, 20)
  const news = followDirectoryRecords(redis, keys, heard.alarm)
  return { directory, ...heard, stop: followDirectory(directory, { news, watch }, silentLog) }
}

/** As an unsealed publisher wrote it, and with a seal that everybody can make. */
const forgeries = () => [
  JSON.stringify(forged),
  KNOWN_SEAL.seal(keys.directory.set, 'gateway:gw-of-a-thief', Date.now(), JSON.stringify(forged)).text,
  keysOf('x').seal.seal(keys.directory.set, 'gateway:gw-of-a-thief', 9e15, JSON.stringify(forged)).text,
]

test('it is never believed, it is said, and what is published next still arrives', async () => {
  const { redis } = shared
  await publishDirectory(redis, keys, [honest, device('b1', { secretSha256: digest('of the bracelet') })])
  const { directory, errors, figures, alarm, stop } = following()
  await waitFor(() => expect(directory.loaded).toBe(true))
  for (const forgery of forgeries()) {
    await redis.hset(keys.directory.records, 'gateway:gw-of-a-thief', forgery)
    await announceForged(redis, keys.directory, ['gateway:gw-of-a-thief'])
    const refusals = figures.get('gelang_rules_refused_total') ?? 0
    await waitFor(() => expect(figures.get('gelang_rules_refused_total')).toBeGreaterThan(refusals))
  }
  await redis.hset(keys.directory.records, 'device:b1', JSON.stringify(device('b1', { idSuffices: true })))
  await announceForged(redis, keys.directory, ['device:b1'])
  await waitFor(() => expect(errors.map(({ name }) => name)).toContain('device:b1'))
  expect(directory.gateway('gw-of-a-thief')).toBeUndefined()
  expect(directory.device('b1')!.device).toMatchObject({ idSuffices: false, secretSha256: digest('of the bracelet') })
  expect(errors.map(({ message }) => message)).toContain(
    'a published record was refused; the last good one stays in force',
  )
  expect(alarm.warning()).toMatch(/tampered/)

  // The publisher looks every minute, and puts right what is not its own.
  await publishDirectory(redis, keys, [honest, device('b1'), device('b2')])
  await waitFor(() => expect(directory.device('b2')).toBeDefined())
  expect(await redis.hexists(keys.directory.records, 'gateway:gw-of-a-thief')).toBe(0)
  await waitFor(() => expect(alarm.warning()).toBeUndefined())
  stop()
})

test('nor by a process that starts after it was added: that waits for the publisher', async () => {
  const { redis } = shared
  await publishDirectory(redis, keys, [honest])
  await redis.hset(keys.directory.records, 'gateway:gw-of-a-thief', forgeries()[0]!)
  const { directory, figures, stop } = following()
  await waitFor(() => expect(figures.get('gelang_rules_refused_total')).toBeGreaterThan(0))
  expect(directory.gateway('gw-of-a-thief')).toBeUndefined()
  await publishDirectory(redis, keys, [honest])
  await waitFor(() => expect(directory.gateway('gw')).toBeDefined())
  expect(directory.gateway('gw-of-a-thief')).toBeUndefined()
  stop()
})
