// Redis is killed: what scripts and transactions wrote is there again, whoever else may do what. Redis replays its own file as the
// user `default`, and once dropped every commit because that user might do nothing.
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeRoleSecrets } from '../../bin/process/role-secrets.ts'
import { connectRedis, untilReady } from '../../stream/redis/connect.ts'
import { readDurability } from '../../stream/redis/durability.ts'
import { type OwnServer, ownFolder, ownRedis } from '../setup/own-services.ts'
import { PATIENCE_MS } from '../setup/patience-ms.ts'
import { silentLog } from '../setup/test-redis.ts'

const SCRIPT = `redis.call('SET', KEYS[1], ARGV[1]) redis.call('HSET', KEYS[2], 'field', ARGV[1]) return 1`

let server: OwnServer

beforeAll(async () => {
  server = await ownRedis()
})
afterAll(() => server?.discard())

async function connected() {
  const redis = connectRedis({ url: server.url, prefix: 'gelang' }, 'test', silentLog)
  await untilReady(redis, PATIENCE_MS)
  return redis
}

async function writeAndKill(value: string): Promise<(string | null)[]> {
  const redis = await connected()
  await redis.eval(SCRIPT, 2, '{x}:script', '{x}:hash', value)
  await redis.multi().set('{x}:multi', value).hset('{x}:hash2', 'field', value).exec()
  redis.disconnect()
  await server.kill9()
  await server.startAgain()
  const again = await connected()
  const found = [
    await again.get('{x}:script'),
    await again.hget('{x}:hash', 'field'),
    await again.get('{x}:multi'),
    await again.hget('{x}:hash2', 'field'),
  ]
  again.disconnect()
  return found
}

test('on the private Redis nothing that was written is gone', async () => {
  expect(await writeAndKill('first')).toEqual(Array(4).fill('first'))
})

test('where the user default may do nothing the processes refuse to start, and `gelang redis-users` puts it right', async () => {
  const admin = await connected()
  await admin.call('ACL', 'SETUSER', 'default', 'reset')
  const { promise, sentence } = await readDurability(admin)
  expect(promise).toBe('none')
  expect(sentence).toMatch(/user default/)

  const settings = { url: server.url, prefix: 'gelang' }
  await makeRoleSecrets(admin, settings, join(await ownFolder(), 'secrets'))
  expect(await readDurability(admin)).toMatchObject({ promise: 'always' })
  const [, flags] = (await admin.call('ACL', 'GETUSER', 'default')) as [string, string[]]
  expect(flags).toContain('off')
  admin.disconnect()
  expect(await writeAndKill('second')).toEqual(Array(4).fill('second'))
})

test('a restricted default user that anybody may be is not widened', async () => {
  const admin = await connected()
  await admin.call('ACL', 'SETUSER', 'default', 'reset', 'on', 'nopass', '+ping')
  const settings = { url: server.url, prefix: 'gelang' }
  await expect(makeRoleSecrets(admin, settings, join(await ownFolder(), 'secrets'))).rejects.toThrow(/user default/)
  await admin.call('ACL', 'SETUSER', 'default', 'reset', 'off', '~*', '&*', '+@all')
  admin.disconnect()
})
