// One person, below the API, wants to be the one who proposes and the one who approves.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPool, type Pool } from '../../store/database/open-pool.ts'
import { asOfficer, inTransaction } from '../../store/database/transaction.ts'
import { endCondition, endPermit } from '../../store/rules/change-rules.ts'
import { insertCondition, insertPermit } from '../../store/rules/insert-rules.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'
import { type Seeded, seedTwoBapas } from '../store/two-bapas.ts'

let database: TestDatabase
let seeded: Seeded
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

const DENIED = { code: '42501' }
const rule = (author: string, approver: string) => ({
  ...{ wearerId: seeded.wearers.a1.n, zoneId: seeded.wearers.a1.zoneId, legalBasis: 'SK 9' },
  ...{ authorId: seeded.officers[author]!, approverId: seeded.officers[approver]! },
})
const avoid = { kind: 'avoided', timeZone: 'Asia/Jakarta' } as const

test.each([
  ['the Kepala alone', 'kepalaA', 'kepalaA'],
  ['a PK who approves', 'kasubsiA', 'pk1A'],
  ['a Kasubsi who approves an avoided zone', 'pk1A', 'kasubsiA'],
  ['another Bapas’ Kepala', 'pk1A', 'kepalaB'],
  ['another Bapas’ PK as the author', 'pkB', 'kepalaA'],
  ['an Admin TI as the author', 'adminA', 'kepalaA'],
])('%s: neither through the API’s login nor the owner’s', async (_what, author, approver) => {
  const made = rule(author, approver)
  const permit = { ...made, toMs: Date.now() + 3_600_000 }
  const asApprover = <T>(work: Parameters<typeof asOfficer<T>>[2]) =>
    asOfficer(database.apiPool, seeded.officers[approver]!, work)
  await expect(asApprover((client) => insertCondition(client, { ...made, ...avoid }))).rejects.toMatchObject(DENIED)
  await expect(asApprover((client) => insertPermit(client, permit))).rejects.toMatchObject(DENIED)
  await expect(insertCondition(owner, { ...made, ...avoid })).rejects.toMatchObject(DENIED)
  await expect(insertPermit(owner, permit)).rejects.toMatchObject(DENIED)
})

test('who has left decides nothing', async () => {
  await owner.query('UPDATE officer SET active = false WHERE id = $1', [seeded.officers.pk2A])
  await expect(insertCondition(owner, { ...rule('pk2A', 'kepalaA'), ...avoid })).rejects.toMatchObject(DENIED)
})

test('a take-over does not make one person two', async () => {
  await expect(insertCondition(database.ownerPool, { ...rule('kepalaA', 'kepalaA'), ...avoid })).rejects.toMatchObject(
    DENIED,
  )
})

test('ending a rule takes two as well, and the second is who acts', async () => {
  const { conditionId, permitId } = seeded.wearers.a1
  const end = (officer: string, author: string, approver: string) =>
    asOfficer(database.apiPool, seeded.officers[officer]!, async (client) => {
      await endCondition(client, conditionId, rule(author, approver))
      await endPermit(client, permitId, rule(author, approver))
    })
  await expect(end('kepalaA', 'kepalaA', 'kepalaA')).rejects.toMatchObject(DENIED)
  await expect(end('kasubsiA', 'pk1A', 'kepalaA')).rejects.toMatchObject(DENIED)
  await expect(
    inTransaction(owner, (client) =>
      client.query(`UPDATE condition SET during = tstzrange(lower(during), now()) WHERE id = $1`, [conditionId]),
    ),
  ).rejects.toMatchObject(DENIED)
  await end('kepalaA', 'pk1A', 'kepalaA')
})
