// A wrong query, or one slipped in, against klien, bracelets and proposals: the database refuses what the table of rights forbids.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { APPROVALS, PROPOSAL_KINDS } from '../../model/access/approvals.ts'
import { scopeOf } from '../../model/access/rights.ts'
import { ROLES, type Role } from '../../model/access/roles.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'
import { type Seeded, seedTwoBapas } from '../store/two-bapas.ts'

let database: TestDatabase
let seeded: Seeded
beforeAll(async () => {
  database = await createTestDatabase()
  seeded = await seedTwoBapas(database.ownerPool)
})
afterAll(() => database.drop())

const OFFICER_OF: Record<Role, string> = {
  ...{ pk: 'pk1A', asisten_pk: 'asistenA', kasubsi: 'kasubsiA', kepala_bapas: 'kepalaA', operator: 'operatorA' },
  ...{ kanwil: 'kanwil', ditjenpas: 'ditjenpas', auditor: 'auditorA', admin_ti: 'adminA' },
}
/** Rows that a statement wrote as an officer, undone; `denied` where the database refused. */
async function wrote(officer: string, sql: string, values: unknown[] = []): Promise<number | 'denied'> {
  let count: number | undefined
  const undone = new Error('undone')
  try {
    await asOfficer(database.apiPool, seeded.officers[officer]!, async (client) => {
      await client.query(`SELECT set_config('gelang.reason', 'perbaikan data sesuai dokumen', true)`)
      count = (await client.query(sql, values)).rowCount ?? 0
      throw undone
    })
  } catch (error) {
    if (error !== undone && !['42501', '23001', '23514'].includes((error as { code?: string }).code ?? '')) throw error
  }
  return count ?? 'denied'
}

const TAKE_IN = `INSERT INTO wearer (name, nik, unit_path, pk_officer_id) VALUES ('X', '3200000000000099', $1, $2)`
const EDIT = `UPDATE wearer SET phone = '0812' WHERE id = $1`
const END = `UPDATE supervision SET during = tstzrange(lower(during), now()), end_kind = 'selesai',
  end_reason = 'masa bimbingan telah berakhir', ended_by = acting_officer_id() WHERE wearer_id = $1`
const REGISTER = `INSERT INTO bracelet (device_id, model, unit_path, protocol) VALUES ('X-1', 'M', $1, 'gateway')`
const CUSTODY = `UPDATE bracelet SET custody = 'servis' WHERE id = $1`
const SECRET = `UPDATE bracelet SET secret_sha256 = repeat('c', 64) WHERE id = $1`
const TAKE_OFF = 'UPDATE assignment SET during = tstzrange(lower(during), now()) WHERE wearer_id = $1'
const PROPOSE = `INSERT INTO proposal (wearer_id, kind, body, author_id) VALUES ($1, 'condition', '{}', acting_officer_id())`

/** What the table says of one's own unit: refused as a row that is not there to be changed, or outright. */
const allowed = (role: Role, action: Parameters<typeof scopeOf>[1]) => scopeOf(role, action) !== undefined

test.each(ROLES.map((role) => [role] as const))(
  '%s writes people and devices only where the table says so',
  async (role) => {
    const officer = OFFICER_OF[role]
    const { a1, c1 } = seeded.wearers
    await database.ownerPool.query(`UPDATE bracelet SET custody = 'gudang' WHERE id = $1`, [a1.braceletId])
    const cases: [sql: string, values: unknown[], may: boolean][] = [
      [TAKE_IN, ['dj.jabar.bandung', seeded.officers.pk1A], allowed(role, 'klien.create') && role !== 'asisten_pk'],
      [EDIT, [a1.n], allowed(role, 'klien.edit')],
      [END, [a1.n], allowed(role, 'klien.end_supervision')],
      [REGISTER, ['dj.jabar.bandung'], allowed(role, 'bracelet.register')],
      [CUSTODY, [a1.braceletId], allowed(role, 'bracelet.keep')],
      [SECRET, [a1.braceletId], allowed(role, 'bracelet.secret')],
      [TAKE_OFF, [a1.n], allowed(role, 'bracelet.take_off')],
      [PROPOSE, [a1.n], allowed(role, 'proposal.make')],
    ]
    for (const [sql, values, may] of cases) {
      const got = await wrote(officer, sql, values)
      expect([sql, may ? got : got === 'denied' ? 0 : got]).toEqual([sql, may ? 1 : 0])
    }
    // Another unit's, whatever the role.
    for (const [sql, id] of [
      ...[
        [EDIT, c1.n] as const,
        [END, c1.n] as const,
        [CUSTODY, c1.braceletId] as const,
        [SECRET, c1.braceletId] as const,
      ],
      ...[[TAKE_OFF, c1.n] as const, [PROPOSE, c1.n] as const],
    ])
      expect([sql, [0, 'denied']]).toEqual([sql, expect.arrayContaining([await wrote(officer, sql, [id])])])
  },
)

test('a PK takes nobody in for a colleague, hands nobody over, and prolongs nothing', async () => {
  const { a1 } = seeded.wearers
  expect(await wrote('pk1A', TAKE_IN, ['dj.jabar.bandung', seeded.officers.pk2A])).toBe('denied')
  expect(await wrote('kasubsiA', TAKE_IN, ['dj.jabar.bandung', seeded.officers.pkB])).toBe('denied')
  expect(await wrote('kasubsiA', TAKE_IN, ['dj.jabar.bandung', seeded.officers.kepalaA])).toBe('denied')
  const assign = 'UPDATE wearer SET pk_officer_id = $2 WHERE id = $1'
  expect(await wrote('pk1A', assign, [a1.n, seeded.officers.pk2A])).toBe('denied')
  expect(await wrote('kasubsiA', assign, [a1.n, seeded.officers.pkB])).toBe('denied')
  expect(await wrote('kasubsiA', assign, [a1.n, seeded.officers.pk2A])).toBe(1)
  const prolong = `UPDATE supervision SET during = tstzrange(lower(during), upper(during) + interval '1 year'), end_kind = 'lainnya',
    end_reason = 'masa bimbingan telah berakhir', ended_by = acting_officer_id() WHERE wearer_id = $1`
  expect(await wrote('kepalaA', prolong, [a1.n])).toBe('denied')
  for (const column of ['nik', 'unit_path', 'report_interval_ms', 'plan_changed_at'])
    await expect(
      asOfficer(database.apiPool, seeded.officers.kepalaA!, (client) =>
        client.query(`UPDATE wearer SET ${column} = DEFAULT`),
      ),
    ).rejects.toMatchObject({ code: '42501' })
})

test('an assignment is neither dated back nor made for another unit’s klien or bracelet', async () => {
  const { a1, b1 } = seeded.wearers
  const past = `INSERT INTO assignment (bracelet_id, wearer_id, during) VALUES ($1, $2, tstzrange(now() - interval '9 days', NULL)) RETURNING during`
  await database.ownerPool.query(
    `UPDATE assignment SET during = tstzrange(lower(during), now() - interval '1 hour') WHERE wearer_id = ANY ($1)`,
    [[a1.n, b1.n]],
  )
  await database.ownerPool.query(`UPDATE bracelet SET custody = 'gudang' WHERE id = ANY ($1)`, [
    [a1.braceletId, b1.braceletId],
  ])
  const { rows } = await asOfficer(database.apiPool, seeded.officers.pk1A!, (client) =>
    client.query<{ old: boolean }>(
      past.replace('RETURNING during', "RETURNING lower(during) < now() - interval '1 minute' AS old"),
      [a1.braceletId, a1.n],
    ),
  )
  expect(rows).toEqual([{ old: false }])
  expect(await wrote('pk1A', past, [b1.braceletId, a1.n])).toBe('denied')
  expect(await wrote('pk1A', past, [a1.braceletId, b1.n])).toBe('denied')
})

test('nobody decides their own proposal, one that was decided, or one that their role does not', async () => {
  const { n } = seeded.wearers.a2
  const { rows } = await asOfficer(database.apiPool, seeded.officers.kasubsiA!, (client) =>
    client.query<{ id: string }>(
      `INSERT INTO proposal (wearer_id, kind, body, author_id) SELECT $1, k, '{}', acting_officer_id()
      FROM unnest(ARRAY['condition', 'condition_avoided']) AS k RETURNING id`,
      [n],
    ),
  )
  const [condition, avoided] = rows.map(({ id }) => id)
  const decide = `UPDATE proposal SET state = $2, decider_id = acting_officer_id() WHERE id = $1`
  expect(await wrote('kasubsiA', decide, [condition, 'approved'])).toBe('denied')
  expect(await wrote('kasubsiA', decide, [condition, 'withdrawn'])).toBe(1)
  expect(await wrote('pk2A', decide, [condition, 'approved'])).toBe('denied')
  expect(await wrote('pk2A', decide, [condition, 'withdrawn'])).toBe('denied')
  expect(await wrote('kepalaB', decide, [condition, 'approved'])).toBe(0)
  expect(
    await wrote('kepalaA', `UPDATE proposal SET state = 'approved', decider_id = $2 WHERE id = $1`, [
      condition,
      seeded.officers.kasubsiA,
    ]),
  ).toBe('denied')
  expect(await wrote('kepalaA', decide, [avoided, 'refused'])).toBe('denied') // without a reason
  expect(await wrote('kepalaA', decide, [avoided, 'approved'])).toBe(1)
  await asOfficer(database.apiPool, seeded.officers.kepalaA!, (client) => client.query(decide, [condition, 'approved']))
  expect(await wrote('kasubsiA', decide, [condition, 'withdrawn'])).toBe('denied')
  for (const column of ['body', 'author_id', 'wearer_id', 'kind'])
    expect(await wrote('kasubsiA', `UPDATE proposal SET ${column} = ${column}`)).toBe('denied')
})

test('of ten thousand proposals about one klien fifty wait', async () => {
  const flood = `INSERT INTO proposal (wearer_id, kind, body, author_id)
    SELECT $1, 'condition', '{}', acting_officer_id() FROM generate_series(1, $2::int)`
  const { n } = seeded.wearers.a1
  expect(await wrote('kasubsiA', flood, [n, 50])).toBe(50)
  expect(await wrote('kasubsiA', flood, [n, 10_000])).toBe('denied')
})

test('the database’s table of who proposes and approves is the one in the code', async () => {
  const { rows } = await database.ownerPool.query<{ kind: string; role: string; does: string }>(
    'SELECT kind, role, does FROM approval_rule',
  )
  const inCode = PROPOSAL_KINDS.flatMap((kind) => [
    ...APPROVALS[kind].proposes.map((role) => `${kind} ${role} proposes`),
    ...APPROVALS[kind].approves.map((role) => `${kind} ${role} approves`),
  ])
  expect(rows.map(({ kind, role, does }) => `${kind} ${role} ${does}`).sort()).toEqual(inCode.sort())
})
