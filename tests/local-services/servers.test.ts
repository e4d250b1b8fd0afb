import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { isAlive, processOf } from '../../local-services/running-process.ts'
import { startPrivatePostgres } from '../../local-services/start-postgres.ts'
import { startPrivateRedis } from '../../local-services/start-redis.ts'
import { type OwnServer, ownFolder, ownPostgres, ownRedis, sharedPackages } from '../setup/own-services.ts'

const open: { end(): Promise<unknown> }[] = []

async function query(server: { url: string }, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

function redis(server: { url: string }): Redis {
  const client = new Redis(server.url, { retryStrategy: null, maxRetriesPerRequest: 0 })
  client.on('error', () => undefined)
  open.push({ end: async () => client.disconnect() })
  return client
}

afterEach(async () => {
  for (const one of open.splice(0)) await one.end()
})

describe('PostgreSQL', () => {
  const servers: OwnServer[] = []
  afterAll(async () => {
    for (const server of servers) await server.discard()
  })

  test('two run side by side, each with its own data, port and password', async () => {
    const [one, two] = await Promise.all([ownPostgres(), ownPostgres()])
    servers.push(one, two)
    expect(one.port).not.toBe(two.port)
    await query(one, `CREATE TABLE kept (word text); INSERT INTO kept VALUES ('one')`)
    expect(await query(two, `SELECT to_regclass('kept') AS found`)).toEqual([{ found: null }])
    await expect(query({ url: one.url.replace(/:[^:@]+@/, ':wrong@') }, 'SELECT 1')).rejects.toThrow(/password/)
    expect(statSync(join(one.folder, 'password')).mode & 0o777).toBe(0o600)
    expect(statSync(one.folder).mode & 0o077).toBe(0)
  })

  test('keeps its promises and has TimescaleDB', async () => {
    const [server] = servers as [OwnServer]
    const settings = [
      'fsync',
      'synchronous_commit',
      'full_page_writes',
      'jit',
      'listen_addresses',
      'timescaledb.telemetry_level',
    ]
    const shown = await query(
      server,
      `SELECT ${settings.map((name) => `current_setting('${name}') AS "${name}"`).join(', ')}`,
    )
    expect(shown).toEqual([
      {
        fsync: 'on',
        synchronous_commit: 'on',
        full_page_writes: 'on',
        jit: 'off',
        listen_addresses: '127.0.0.1',
        'timescaledb.telemetry_level': 'off',
      },
    ])
    await query(server, 'CREATE EXTENSION IF NOT EXISTS timescaledb')
    await query(server, `CREATE TABLE h (t timestamptz NOT NULL); SELECT create_hypertable('h', by_range('t'))`)
    expect(await query(server, `SELECT now() AT TIME ZONE 'Asia/Jayapura' IS NOT NULL AS ok`)).toEqual([{ ok: true }])
  })

  test('killed, it starts again on the same data and port', async () => {
    const [server] = servers as [OwnServer]
    const { port, pid } = server
    await server.kill9()
    expect(processOf(pid)).toBeUndefined()
    await expect(query(server, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/)
    await server.startAgain()
    expect(server.port).toBe(port)
    expect(server.pid).not.toBe(pid)
    expect(await query(server, 'SELECT word FROM kept')).toEqual([{ word: 'one' }])
  })

  test('starting on its folder once more finds the running one', async () => {
    const [server] = servers as [OwnServer]
    const again = await startPrivatePostgres({ packages: await sharedPackages(), folder: server.folder })
    expect(again.found).toBe(true)
    expect(again.pid).toBe(server.pid)
    expect(again.url).toBe(server.url)
  })

  test('stopped, it starts again on the same data and the same port', async () => {
    const [server] = servers as [OwnServer]
    const { port } = server
    await server.stop()
    expect(readFileSync(join(server.folder, 'server.log'), 'utf8').trimEnd()).toMatch(/database system is shut down$/)
    const again = await startPrivatePostgres({ packages: await sharedPackages(), folder: server.folder })
    expect(again.found).toBe(false)
    expect(again.port).toBe(port)
    expect(await query(again, 'SELECT word FROM kept')).toEqual([{ word: 'one' }])
    await again.stop()
  })

  test('pid files that name a process of someone else neither stop the start nor harm that process', async () => {
    const [, server] = servers as [OwnServer, OwnServer]
    await server.kill9()
    const self = processOf(process.pid)!
    writeFileSync(join(server.folder, 'running.json'), JSON.stringify({ ...self, startTicks: '1', port: server.port }))
    const pidFile = join(server.folder, 'data', 'postmaster.pid')
    writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(process.pid)))
    const again = await startPrivatePostgres({ packages: await sharedPackages(), folder: server.folder })
    expect(again.found).toBe(false)
    expect(await query(again, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await again.stop()
  })

  test('a data folder that was never finished is made anew', async () => {
    const folder = join(await ownFolder(), 'postgres')
    mkdirSync(join(folder, 'data.unfinished', 'base'), { recursive: true })
    writeFileSync(join(folder, 'data.unfinished', 'PG_VERSION'), '17\n')
    const server = await startPrivatePostgres({ packages: await sharedPackages(), folder })
    expect(await query(server, 'SELECT current_database() AS name')).toEqual([{ name: 'gelang' }])
    await server.stop()
  })
})

describe('Redis', () => {
  const servers: OwnServer[] = []
  afterAll(async () => {
    for (const server of servers) await server.discard()
  })

  test('two run side by side, each with its own data', async () => {
    const [one, two] = await Promise.all([ownRedis(), ownRedis()])
    servers.push(one, two)
    await redis(one).set('kept', 'one')
    expect(await redis(two).get('kept')).toBeNull()
  })

  test('everything is on disk before it is answered, nothing is evicted', async () => {
    const [server] = servers as [OwnServer]
    const client = redis(server)
    const settings = ['appendonly', 'appendfsync', 'maxmemory-policy', 'bind', 'protected-mode']
    const shown = await Promise.all(settings.map((name) => client.config('GET', name)))
    expect(shown.flat()).toEqual([
      ...['appendonly', 'yes', 'appendfsync', 'always', 'maxmemory-policy', 'noeviction'],
      ...['bind', '127.0.0.1', 'protected-mode', 'yes'],
    ])
  })

  test('killed in the middle of writing, it has all that was answered', async () => {
    const [server] = servers as [OwnServer]
    const client = redis(server)
    let answered = 0
    const writing = (async () => {
      for (;;) answered = await client.rpush('log', 'x')
    })()
    writing.catch(() => undefined)
    await expect.poll(() => answered).toBeGreaterThan(50)
    const { pid } = server
    await server.kill9()
    await expect(writing).rejects.toThrow()
    expect(processOf(pid)).toBeUndefined()
    await server.startAgain()
    const again = redis(server)
    expect(await again.llen('log')).toBeGreaterThanOrEqual(answered)
    expect(await again.get('kept')).toBe('one')
  })

  test('starting on its folder without its record ends the stray first: never two on the same data', async () => {
    const [server] = servers as [OwnServer]
    const stray = processOf(server.pid)!
    writeFileSync(join(server.folder, 'running.json'), '')
    const again = await startPrivateRedis({ packages: await sharedPackages(), folder: server.folder })
    expect(again.found).toBe(false)
    expect(isAlive(stray)).toBe(false)
    expect(await redis(again).get('kept')).toBe('one')
    await again.stop()
  })
})

describe('a port that is taken', () => {
  for (const [name, start] of [
    ['PostgreSQL', startPrivatePostgres],
    ['Redis', startPrivateRedis],
  ] as const)
    test(`${name} says so; the second try works`, async () => {
      const holder = createServer()
      const port = await new Promise<number>((resolve) =>
        holder.listen(0, '127.0.0.1', () => resolve((holder.address() as { port: number }).port)),
      )
      const options = { packages: await sharedPackages(), folder: join(await ownFolder(), name), port }
      await expect(start(options)).rejects.toMatchObject({
        code: 'port-taken',
        message: `${name} cannot start: port ${port} is taken. End the program that has it or choose another port, and run this again.`,
      })
      await new Promise((resolve) => holder.close(resolve))
      const server = await start(options)
      expect(server.port).toBe(port)
      await server.stop()
    })
})
