// A Redis that was set up without a password: no process of the server runs on it, unless somebody says so.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRedisOf } from '../../bin/process/open-redis.ts'
import { makeRoleSecrets } from '../../bin/process/role-secrets.ts'
import { readSettings } from '../../bin/process/settings.ts'
import type { Log } from '../../model/observe.ts'
import { connectRedis, untilReady } from '../../stream/redis/connect.ts'
import { REDIS_ROLES } from '../../stream/redis/rights.ts'
import { type OwnServer, ownFolder, ownRedis } from '../setup/own-services.ts'
import { PATIENCE_MS } from '../setup/patience-ms.ts'
import { silentLog } from '../setup/test-redis.ts'

let server: OwnServer
let admin: Redis

beforeAll(async () => {
  server = await ownRedis()
  admin = new Redis(server.url)
})
afterAll(async () => {
  admin?.disconnect()
  await server?.discard()
})

function opening(env: NodeJS.ProcessEnv, log: Log = silentLog) {
  const settings = readSettings(env)
  return openRedisOf(['ingest', 'api'], settings, (role) => settings.redisUrls[role] ?? settings.redisUrl!, log)
}

test('is refused, with what to do, and runs where that is allowed', async () => {
  await admin.call('ACL', 'SETUSER', 'default', 'on', 'nopass', '~*', '&*', '+@all')
  for (const url of [server.url, `redis://127.0.0.1:${server.port}`]) {
    await expect(opening({ REDIS_URL: url })).rejects.toThrow(/without a password.*GELANG_ALLOW_OPEN_REDIS/)
    const opened = await opening({ REDIS_URL: url, GELANG_ALLOW_OPEN_REDIS: '1' })
    opened.close()
  }
  await admin.call('ACL', 'SETUSER', 'default', 'reset')
})

test('the secrets are made once, are for their owner only, and hold each role to itself', async () => {
  const folder = join(await ownFolder(), 'secrets')
  const settings = { url: server.url, prefix: 'gelang' }
  const redis = connectRedis(settings, 'admin', silentLog)
  await untilReady(redis, PATIENCE_MS)
  const { secrets, kept } = await makeRoleSecrets(redis, settings, folder)
  expect(kept).toBe(true)
  expect((await makeRoleSecrets(redis, settings, folder)).secrets).toEqual(secrets)
  redis.disconnect()
  for (const role of REDIS_ROLES) expect(statSync(join(folder, `${role}.env`)).mode & 0o777).toBe(0o600)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(new Set(REDIS_ROLES.map((role) => JSON.stringify(secrets[role]))).size).toBe(REDIS_ROLES.length)
  const withKey = REDIS_ROLES.filter((role) => secrets[role].GELANG_RULES_KEY !== undefined)
  expect(withKey).toEqual(['ingest', 'evaluate', 'record', 'notify'])
  const withNoticeKey = REDIS_ROLES.filter((role) => secrets[role].GELANG_NOTICE_KEY !== undefined)
  expect(withNoticeKey).toEqual(['notify', 'api'])

  const warnings: string[] = []
  const log: Log = { ...silentLog, warn: (_, message) => void warnings.push(message) }
  const opened = await opening({ ...secrets.ingest, ...secrets.api }, log)
  expect(await opened.of('api').redis.call('ACL', 'WHOAMI')).toBe('gelang-api')
  expect(await opened.of('ingest').redis.call('ACL', 'WHOAMI')).toBe('gelang-ingest')
  opened.close()
  expect(warnings).toEqual([])
  const shared = await opening({ ...secrets.ingest, REDIS_URL: server.url }, log)
  shared.close()
  expect(warnings.join()).toMatch(/GELANG_API_REDIS_URL/)
})
