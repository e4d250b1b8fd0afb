// Somebody with the API's login, or the owner's, wants a violation of yesterday to have been allowed.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPool, type Pool } from '../../store/database/open-pool.ts'
import { asOfficer, inTransaction } from '../../store/database/transaction.ts'
import { endCondition, endPermit } from '../../store/rules/change-rules.ts'
import { insertCondition, insertPermit } from '../../store/rules/insert-rules.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'
import { type Seeded, seedTwoBapas } from '../store/two-bapas.ts'

let database: TestDatabase
let seeded: Seeded
/** The owner without a declared take-over. */
let owner: Pool

beforeAll(async () => {
  database = await createTestDatabase()
  seeded = await seedTwoBapas(database.ownerPool)
  owner = openPool({ url: database.ownerUrl, applicationName: 'gelang test', max: 2 })
})
afterAll(async () => {
  await owner.end()
  await database.drop()
})

const HOUR_MS = 3_600_000
const as = <T>(officer: string, work: Parameters<typeof asOfficer<T>>[2]): Promise<T> =>
  asOfficer(database.apiPool, seeded.officers[officer]!, work)
const rule = () => ({
  ...{ wearerId: seeded.wearers.a1.n, zoneId: seeded.wearers.a1.zoneId, legalBasis: 'SK 9' },
  ...{ authorId: seeded.officers.pk1A!, approverId: seeded.officers.kepalaA! },
})
const curfew = () => ({ ...rule(), kind: 'required', timeZone: 'Asia/Jakarta' }) as const
const yesterday = () => Date.now() - 24 * HOUR_MS
const tomorrow = () => Date.now() + 24 * HOUR_MS
const decidedOf = async (table: string, id: string) => {
  const time = table === 'permit' ? 'decided_at' : 'made_at'
  const { rows } = await owner.query(`SELECT utc_ms(${time}) AS ms FROM ${table} WHERE id = $1`, [id])
  return rows[0].ms as number
}

test('a permit or a condition cannot begin before it is decided, whatever time of decision is given', async () => {
  const [decidedMs, madeMs, fromMs] = [yesterday(), yesterday(), yesterday()]
  const attempts = [
    () => as('kepalaA', (client) => insertPermit(client, { ...rule(), decidedMs, fromMs, toMs: tomorrow() })),
    () => insertPermit(owner, { ...rule(), decidedMs, fromMs, toMs: tomorrow() }),
    () => as('kepalaA', (client) => insertCondition(client, { ...curfew(), madeMs, fromMs })),
    () => insertCondition(owner, { ...curfew(), madeMs, fromMs }),
  ]
  for (const attempt of attempts)
    await expect(attempt()).rejects.toMatchObject({ constraint: expect.stringMatching('never_backwards') })
})

test('the time of the decision is the database’s', async () => {
  const beforeMs = Date.now() - HOUR_MS
  const given = { decidedMs: yesterday(), madeMs: yesterday(), fromMs: tomorrow() }
  const permit = await as('kepalaA', (client) => insertPermit(client, { ...rule(), ...given, toMs: tomorrow() + 9 }))
  const condition = await insertCondition(owner, { ...curfew(), ...given })
  expect(await decidedOf('permit', permit)).toBeGreaterThan(beforeMs)
  expect(await decidedOf('condition', condition)).toBeGreaterThan(beforeMs)
})

test('the API’s login cannot declare a take-over', async () => {
  const attempt = as('kepalaA', async (client) => {
    await client.query(`SET LOCAL gelang.take_over = 'data lama'`)
    await insertPermit(client, { ...rule(), decidedMs: yesterday(), fromMs: yesterday(), toMs: tomorrow() })
  })
  await expect(attempt).rejects.toMatchObject({ constraint: 'permit_never_backwards' })
})

test('a transaction that was kept open dates nothing back', async () => {
  // now() is the transaction's beginning; the guard that the triggers ask compares it with the clock.
  const decided = (seconds: number) =>
    owner.query(`SELECT decision_time(clock_timestamp() - $1 * interval '1 second')`, [seconds])
  await decided(50)
  await expect(decided(61)).rejects.toThrow('began more than a minute ago')
})

test.each([
  ['begins earlier', `during = tstzrange(lower(during) - interval '2 days', upper(during))`],
  ['lasts longer', `during = tstzrange(lower(during), upper(during) + interval '1 day')`],
  ['is for other conditions', `condition_ids = ARRAY['x']`],
  ['was decided earlier', `decided_at = decided_at - interval '1 day'`],
  ['never was', `cancelled_at = now()`],
  ['ended in the past', `during = tstzrange(lower(during), lower(during) + interval '1 second')`],
])('a permit in force is not changed into one that %s', async (_what, change) => {
  const { permitId } = seeded.wearers.a1
  const signed = `end_author_id = '${seeded.officers.pk1A}', end_approver_id = '${seeded.officers.kepalaA}'`
  const sql = `UPDATE permit SET ${change}, ${signed} WHERE id = '${permitId}'`
  await expect(owner.query(sql)).rejects.toThrow('stands as it was decided')
  await expect(as('kepalaA', (client) => client.query(sql))).rejects.toMatchObject({
    code: expect.stringMatching(/23001|42501/),
  })
})

test.each([
  ['never was', `cancelled_at = now()`],
  ['lasts longer', `during = tstzrange(lower(during), upper(during) + interval '1 day')`],
])('a condition in force is not changed into one that %s', async (_what, change) => {
  const id = await insertCondition(owner, { ...curfew(), toMs: tomorrow() })
  const signed = `end_author_id = '${seeded.officers.pk1A}', end_approver_id = '${seeded.officers.kepalaA}'`
  await expect(owner.query(`UPDATE condition SET ${change}, ${signed} WHERE id = '${id}'`)).rejects.toThrow(
    'stands as it was decided',
  )
})

test('neither is deleted', async () => {
  for (const table of ['permit', 'condition', 'zone'])
    await expect(owner.query(`DELETE FROM ${table}`)).rejects.toMatchObject({ code: '23001' })
  for (const table of ['permit', 'condition', 'zone', 'supervision', 'wearer'])
    await expect(owner.query(`TRUNCATE ${table} CASCADE`)).rejects.toMatchObject({ code: '23001' })
})

test('a supervision of the past does not come back, and one that runs does not end in the past', async () => {
  const { supervisionId } = seeded.wearers.a1
  for (const during of [
    `tstzrange(lower(during) - interval '1 day', upper(during))`,
    `tstzrange(lower(during), now() - interval '1 hour')`,
  ])
    await expect(
      owner.query(`UPDATE supervision SET during = ${during} WHERE id = $1`, [supervisionId]),
    ).rejects.toMatchObject({ code: '23001' })
})

test('what is decided now holds from now on, also where it ends what was', async () => {
  const conditionId = await as('kepalaA', (client) => insertCondition(client, curfew()))
  const permitId = await as('kepalaA', (client) => insertPermit(client, { ...rule(), toMs: tomorrow() }))
  const nextMs = await as('kepalaA', (client) => endCondition(client, conditionId, rule()))
  expect(nextMs).toBeGreaterThanOrEqual(await decidedOf('condition', conditionId))
  await as('kepalaA', (client) => endPermit(client, permitId, rule()))
  await inTransaction(owner, async (client) => {
    const { rows } = await client.query(`SELECT upper(during) <= now() AS ended FROM permit WHERE id = $1`, [permitId])
    expect(rows).toEqual([{ ended: true }])
  })
})
