// From an empty database to the first Admin TI who is signed in.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApi } from '../../api/start-api.ts'
import { initCommand } from '../../bin/commands/init.ts'
import { openPool } from '../../store/database/open-pool.ts'
import { get, noMeter, post, signIn } from '../api/api-under-test.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'
import { createTestRedis, silentLog, type TestRedis } from '../setup/test-redis.ts'

let database: TestDatabase
let redis: TestRedis
beforeAll(async () => {
  database = await createTestDatabase()
  redis = await createTestRedis()
})
afterAll(async () => {
  await redis.cleanup()
  await database.drop()
})

const NIP = '197801012001121001'
const GIVEN = { unit: 'Direktorat Jenderal Pemasyarakatan', admin: `Budi Santoso, S.Kom., ${NIP}` }
async function init(given = GIVEN): Promise<string[]> {
  const lines: string[] = []
  const env = { DATABASE_URL: database.ownerUrl, GELANG_BASE_URL: 'https://gelang.example' }
  await initCommand(given, env, (line) => lines.push(line))
  return lines
}

test('what is no unit or no NIP is refused', async () => {
  await expect(init({ ...GIVEN, unit: '…' })).rejects.toThrow('no name of a unit')
  for (const admin of ['Budi', `, ${NIP}`, 'Budi, 123', NIP])
    await expect(init({ ...GIVEN, admin })).rejects.toThrow('18 digits')
})

test('the first Admin TI sets a password by the link and signs in; a lost link is made again; later it is refused', async () => {
  const [lost] = await init()
  const [link = '', words] = await init()
  expect(link).toMatch(/^https:\/\/gelang\.example\/undangan#[\w-]{43}$/)
  expect(words).toContain(NIP)
  expect(link).not.toBe(lost)
  const pools = [
    openPool({ url: database.apiUrl, role: 'gelang_api', applicationName: 'gelang test', max: 3 }),
    openPool({ url: database.authUrl, role: 'gelang_auth', applicationName: 'gelang test', max: 2 }),
  ] as const
  const api = await startApi({
    ...{ host: '127.0.0.1', port: 0, authSecret: randomBytes(32).toString('hex'), shardCount: 1 },
    ...{ apiPool: pools[0], authPool: pools[1], redis: redis.redis, keys: redis.keys },
    ...{ clock: Date.now, log: silentLog, meter: noMeter },
  })
  try {
    const accept = (from = link) =>
      post(api, '/api/invitations/accept', { token: new URL(from).hash.slice(1), password: 'kata-sandi-pertama' })
    expect((await accept(lost)).status).toBe(404)
    expect((await accept()).status).toBe(200)
    const me = await get(api, '/v1/me', await signIn(api, NIP, 'kata-sandi-pertama'))
    expect(await me.json()).toMatchObject({
      ...{ name: 'Budi Santoso, S.Kom.', role: 'admin_ti', unitName: 'Direktorat Jenderal Pemasyarakatan' },
      unitPath: 'direktorat-jenderal-pemasyarakatan',
    })
    await expect(init()).rejects.toThrow('there is an account already')
  } finally {
    await api.close()
    for (const pool of pools) await pool.end()
  }
})
