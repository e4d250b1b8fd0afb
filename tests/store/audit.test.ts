import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { auditMap, auditReading } from '../../store/access/append-audit.ts'
import { grantAccess, readAccess } from '../../store/access/grant-access.ts'
import { listAudit } from '../../store/access/list-audit.ts'
import { verifyAudit } from '../../store/access/verify-audit.ts'
import { asOfficer, inTransaction } from '../../store/database/transaction.ts'
import { revealNik } from '../../store/people/reveal-nik.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'
import { type Seeded, seedTwoBapas } from './two-bapas.ts'

let database: TestDatabase
let seeded: Seeded

beforeAll(async () => {
  database = await createTestDatabase()
  seeded = await seedTwoBapas(database.ownerPool)
})
afterAll(() => database.drop())

const as = <T>(officer: string, work: Parameters<typeof asOfficer<T>>[2]): Promise<T> =>
  asOfficer(database.apiPool, seeded.officers[officer]!, work)

const read = (officer: string) =>
  as(officer, (client) =>
    auditReading(client, { kind: 'track', wearerId: seeded.wearers.a1.n, reason: 'berkas 7', detail: { fixes: 3 } }),
  )

describe('the chain', () => {
  beforeEach(async () => {
    for (let i = 0; i < 3; i++) await read('pk1A')
  })

  test('names the officer who acted, and holds', async () => {
    const verdict = await verifyAudit(database.ownerPool)
    expect(verdict.brokenAt).toBeUndefined()
    expect(verdict.rows).toBe(verdict.head.seq)
    const [newest] = await as('auditorA', (client) => listAudit(client, { limit: 1 }))
    expect(newest).toMatchObject({
      ...{
        id: verdict.head.seq,
        action: 'track.read',
        reason: 'berkas 7',
        actor: expect.stringMatching('^gelang_api'),
      },
      officerId: seeded.officers.pk1A,
    })
  })

  test('stays one chain when many write at once', async () => {
    await Promise.all(Array.from({ length: 40 }, () => read('pk1A')))
    expect(await verifyAudit(database.ownerPool)).not.toHaveProperty('brokenAt')
  })

  test('forgets an entry whose transaction was rolled back', async () => {
    const before = await verifyAudit(database.ownerPool)
    await expect(
      as('pk1A', async (client) => {
        await auditMap(client, 'dj.jabar.bandung')
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await verifyAudit(database.ownerPool)).toEqual(before)
  })

  test.each(['UPDATE audit SET reason = NULL', 'DELETE FROM audit WHERE id = 1', 'TRUNCATE audit'])(
    'refuses the owner: %s',
    async (sql) => {
      await expect(database.ownerPool.query(sql)).rejects.toThrow('only ever added')
      await expect(database.asAdmin(`SET session_replication_role = replica; ${sql}`)).rejects.toThrow(
        'only ever added',
      )
    },
  )

  test.each([
    ['a changed reason', `UPDATE audit SET reason = 'lain' WHERE id = 2`, 2],
    ['a changed officer', 'UPDATE audit SET officer_id = gen_random_uuid() WHERE id = 5', 5],
    ['a row taken out', 'DELETE FROM audit WHERE id = 3', 3],
    ['the last rows cut off', 'DELETE FROM audit WHERE id >= 6', 6],
    [
      'a row put in',
      `INSERT INTO audit SELECT 0, at, actor, officer_id, unit_path, action, subject, wearer_id, reason, detail,
      previous_hash, hash FROM audit WHERE id = 1`,
      1,
    ],
    ['a row hashed anew by itself', `UPDATE audit SET action = 'z', hash = audit_hash(audit) WHERE id = 4`, 4],
  ])('shows %s', async (_what, tampering, brokenAt) => {
    const broken = inTransaction(database.ownerPool, async (client) => {
      await client.query('ALTER TABLE audit DISABLE TRIGGER USER, NO FORCE ROW LEVEL SECURITY')
      await client.query(tampering)
      expect(await verifyAudit(client)).toMatchObject({ brokenAt })
      throw new Error('undo')
    })
    await expect(broken).rejects.toThrow('undo')
    expect(await verifyAudit(database.ownerPool)).not.toHaveProperty('brokenAt')
  })

  test('shows, against a head noted elsewhere, even a chain rewritten whole', async () => {
    const { head } = await verifyAudit(database.ownerPool)
    await read('pk1A')
    expect(await verifyAudit(database.ownerPool, [head])).not.toHaveProperty('brokenAt')
    const other = { ...head, hash: '00'.repeat(32) }
    expect(await verifyAudit(database.ownerPool, [other])).toMatchObject({ brokenAt: head.seq, why: 'not_as_signed' })
    const beyond = { ...head, seq: head.seq + 5 }
    expect(await verifyAudit(database.ownerPool, [head, beyond])).toMatchObject({
      ...{ brokenAt: head.seq + 2, why: 'cut_off' },
    })
  })
})

describe('reasons', () => {
  test('a NIK is masked in rows, shown whole for a reason, and that is written down', async () => {
    const { a1, b1 } = seeded.wearers
    const verify = { kind: 'penyusunan_laporan', reason: 'verifikasi identitas untuk litmas' } as const
    const masked = await as('pk1A', (client) => client.query('SELECT nik_masked FROM wearer'))
    expect(masked.rows[0].nik_masked).toMatch(/^\*{12}\d{4}$/)
    expect(await as('pk1A', (client) => revealNik(client, a1.id, verify))).toMatch(/^\d{16}$/)
    const [entry] = await as('auditorA', (client) => listAudit(client, { limit: 1 }))
    expect(entry).toMatchObject({ action: 'nik.reveal', wearerId: a1.n, reason: verify.reason })
    expect(JSON.stringify(entry)).not.toMatch(/\d{16}/)
    expect(await as('pk1A', (client) => revealNik(client, b1.id, verify))).toBeUndefined()
    expect(await as('adminA', (client) => revealNik(client, a1.id, verify))).toBeUndefined()
    await expect(as('pk1A', (client) => revealNik(client, a1.id, { ...verify, reason: '   ' }))).rejects.toThrow(
      'written reason',
    )
  })

  test('a PK sees another PK’s klien while a reason is valid, and no longer', async () => {
    const { a2, b1 } = seeded.wearers
    const sees = (officer: string) =>
      as(officer, async (client) =>
        (await client.query('SELECT DISTINCT wearer_id AS n FROM track')).rows.map((r) => r.n),
      )
    expect(await sees('pk1A')).not.toContain(a2.n)
    const untilMs = await as('pk1A', (client) =>
      grantAccess(client, {
        wearerId: a2.id,
        kind: 'menggantikan_rekan',
        reason: 'menggantikan rekan yang cuti',
        forMs: 60_000,
      }),
    )
    expect(untilMs).toBeGreaterThan(Date.now())
    expect(await sees('pk1A')).toContain(a2.n)
    expect(await as('pk1A', (client) => readAccess(client, a2.id))).toMatchObject({
      reason: 'menggantikan rekan yang cuti',
    })
    const [entry] = await as('auditorA', (client) => listAudit(client, { limit: 1 }))
    expect(entry).toMatchObject({ action: 'access.grant', wearerId: a2.n, reason: 'menggantikan rekan yang cuti' })
    await database.ownerPool.query(
      `UPDATE access_grant SET during = tstzrange(lower(during) - interval '1 hour', now())`,
    )
    expect(await sees('pk1A')).not.toContain(a2.n)

    expect(
      await as('pk1A', (client) =>
        grantAccess(client, { wearerId: b1.id, kind: 'lainnya', reason: 'bukan unit saya', forMs: 60_000 }),
      ),
    ).toBeUndefined()
    expect(
      await as('auditorA', (client) =>
        grantAccess(client, { wearerId: a2.id, kind: 'lainnya', reason: 'ingin tahu saja', forMs: 60_000 }),
      ),
    ).toBeUndefined()
    await expect(
      as('pk1A', (client) => grantAccess(client, { wearerId: a2.id, kind: 'lainnya', reason: ' x ', forMs: 60_000 })),
    ).rejects.toThrow()
    await expect(
      as('pk1A', (client) =>
        grantAccess(client, {
          wearerId: a2.id,
          kind: 'lainnya',
          reason: 'untuk selama lamanya',
          forMs: 40 * 86_400_000,
        }),
      ),
    ).rejects.toThrow('31 days')
  })

  test('Kanwil sees a person’s track for a reason only', async () => {
    const { a1 } = seeded.wearers
    const sees = () => as('kanwil', async (client) => (await client.query('SELECT wearer_id AS n FROM track')).rows)
    expect(await sees()).toEqual([])
    await as('kanwil', (client) =>
      grantAccess(client, { wearerId: a1.id, kind: 'pemeriksaan', reason: 'pemeriksaan laporan warga', forMs: 60_000 }),
    )
    expect(await sees()).toEqual([{ n: a1.n }])
  })
})
