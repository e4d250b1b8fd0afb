import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Log } from '../../model/observe.ts'
import { openPool } from '../../store/database/open-pool.ts'
import { isStoreAway, retryable } from '../../store/database/retry.ts'
import { inTransaction } from '../../store/database/transaction.ts'
import { insertBracelet, revokeBracelet } from '../../store/rules/insert-devices.ts'
import { insertCondition } from '../../store/rules/insert-rules.ts'
import { listenRules, type RulesChange } from '../../store/rules/listen-rules.ts'
import { loadRules } from '../../store/rules/load-rules.ts'
import { waitFor } from '../setup/patience.ts'
import { createTestDatabase } from '../setup/test-database.ts'
import { FROM_MS, seedTwoBapas } from './two-bapas.ts'

const quiet: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

describe('retry', () => {
  const coded = (code: string): Error => Object.assign(new Error(code), { code })

  test.each(['23505', '42501', '22P02', '42P01', 'XX000', ''])('%s is not tried again', (code) => {
    const error = coded(code)
    expect([retryable(error), isStoreAway(error)]).toEqual([false, false])
  })

  test.each([
    ['a conflict', coded('40P01'), true, false],
    ['a server going down', coded('57P01'), true, true],
    ['too many connections', coded('53300'), true, true],
    ['a cause within', new Error('x', { cause: coded('ECONNRESET') }), true, true],
    ['both addresses refused', new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]), true, true],
    ['one of them for another reason', new AggregateError([coded('ECONNREFUSED'), coded('42501')]), false, false],
    ['no error at all', 'ECONNREFUSED', false, false],
  ])('%s', (_what, error, again, away) => {
    expect(retryable(error)).toBe(again)
    expect(isStoreAway(error)).toBe(away)
  })

  test('a server that is not there is known as away', async () => {
    const pool = openPool({ url: 'postgres://nobody@127.0.0.1:1/none', applicationName: 'x', max: 1 })
    const error = await pool.query('SELECT 1').catch((reason: unknown) => reason)
    expect(isStoreAway(error)).toBe(true)
    await pool.end()
  })
})

describe('connections', () => {
  test('a pool left open is noticed', async () => {
    const database = await createTestDatabase({ migrated: false })
    const forgotten = openPool({ url: database.ownerUrl, applicationName: 'forgotten one', max: 1 })
    // In use: one that is idle for ten seconds closes by itself.
    const held = await forgotten.connect()
    await expect(database.drop()).rejects.toThrow('connections left open: forgotten one')
    held.release(true)
    await forgotten.end()
  })

  test('the role is taken on connect and comes back after RESET', async () => {
    const database = await createTestDatabase()
    const pool = openPool({ url: database.authUrl, role: 'gelang_auth', applicationName: 'x', max: 1 })
    await pool.query('RESET ALL')
    await pool.query('RESET ROLE')
    const { rows } = await pool.query(
      `SELECT current_user AS role, current_schema AS schema, current_setting('TimeZone') AS zone`,
    )
    expect(rows).toEqual([{ role: 'gelang_auth', schema: 'auth', zone: 'UTC' }])
    expect((await pool.query('SELECT * FROM "user"')).rows).toEqual([])
    await expect(pool.query('SELECT * FROM public.officer')).rejects.toMatchObject({ code: '42501' })
    await pool.end()
    await database.drop()
  })

  test('a connection killed in a transaction fails that one, and the pool goes on', async () => {
    const database = await createTestDatabase({ migrated: false })
    const killed = inTransaction(database.apiPool, async (client) => {
      const { rows } = await client.query('SELECT pg_backend_pid() AS pid')
      await database.asAdmin(`SELECT pg_terminate_backend(${rows[0].pid})`)
      await client.query('SELECT 1')
    })
    const error = await killed.catch((reason: unknown) => reason)
    expect(isStoreAway(error)).toBe(true)
    expect((await database.apiPool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await database.drop()
  })
})

describe('announcements', () => {
  test('say what a transaction changed, once, and count up', async () => {
    const database = await createTestDatabase()
    const { wearers, officers } = await seedTwoBapas(database.ownerPool)
    const changes: RulesChange[] = []
    const stop = await listenRules(database.recordPool, (change) => changes.push(change), quiet)
    await waitFor(() => expect(changes).toEqual([{ directory: true }]))
    const before = (await loadRules(database.recordPool)).version

    await inTransaction(database.ownerPool, async (client) => {
      const rule = {
        kind: 'required',
        timeZone: 'Asia/Jakarta',
        legalBasis: 'SK',
        fromMs: FROM_MS,
        madeMs: FROM_MS,
      } as const
      for (const { n, zoneId } of [wearers.a1, wearers.b1])
        await insertCondition(client, {
          ...rule,
          wearerId: n,
          zoneId,
          authorId: officers.pk1A!,
          approverId: officers.kepalaA!,
        })
    })
    await revokeBracelet(database.ownerPool, wearers.a1.braceletId, FROM_MS)
    await database.ownerPool.query('UPDATE wearer SET silence_grace_ms = 1 WHERE id = $1', [wearers.b1.n])
    await database.ownerPool.query(`UPDATE wearer SET name = 'Lain'`)
    const rolledBack = inTransaction(database.ownerPool, async (client) => {
      await insertBracelet(client, { deviceId: 'never', model: 'M', unitPath: 'dj' })
      throw new Error('no')
    })
    await expect(rolledBack).rejects.toThrow('no')
    await insertBracelet(database.ownerPool, { deviceId: 'last', model: 'M', unitPath: 'dj' })

    await waitFor(() => expect(changes.at(-1)).toEqual({ version: before + 4, directory: true, wearers: [] }))
    expect(changes.slice(1)).toEqual([
      { version: before + 1, directory: false, wearers: [wearers.a1.n] },
      { version: before + 1, directory: false, wearers: [wearers.b1.n] },
      { version: before + 2, directory: true, wearers: [] },
      { version: before + 3, directory: false, wearers: [wearers.b1.n] },
      { version: before + 4, directory: true, wearers: [] },
    ])
    await stop()
    await database.drop()
  })

  test('a listener whose connection is cut comes back and says that it may have missed something', async () => {
    const database = await createTestDatabase()
    let count = 0
    const stop = await listenRules(database.recordPool, () => count++, quiet)
    await waitFor(() => expect(count).toBe(1))
    await database.asAdmin(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND query LIKE 'LISTEN%'`)
    await waitFor(() => expect(count).toBe(2))
    await insertUnitAndBracelet(database.ownerPool)
    await waitFor(() => expect(count).toBe(3))
    await stop()
    await database.drop()
  })

  test('a listener starts while the database is away, and stops at once', async () => {
    const pool = openPool({ url: 'postgres://nobody@127.0.0.1:1/none', applicationName: 'x', max: 1 })
    const stop = await listenRules(pool, () => expect.unreachable(), quiet)
    await delay(50)
    await stop()
    await pool.end()
  })
})

async function insertUnitAndBracelet(pool: Parameters<typeof insertBracelet>[0]): Promise<void> {
  await pool.query(`INSERT INTO unit (path, name, kind, time_zone) VALUES ('dj', 'D', 'ditjenpas', 'Asia/Jakarta')`)
  await insertBracelet(pool, { deviceId: 'd', model: 'M', unitPath: 'dj' })
}
