// The owner of the database switches the triggers off and rewrites the audit, hash by hash, so that the chain fits together again.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { auditVerify } from '../../bin/commands/audit.ts'
import { headsPlace } from '../../bin/process/heads-place.ts'
import { openMeter } from '../../bin/process/meter.ts'
import { signHeads } from '../../pipeline/record/sign-heads.ts'
import { auditReading } from '../../store/access/append-audit.ts'
import { verifyAudit } from '../../store/access/verify-audit.ts'
import { asOfficer, inTransaction } from '../../store/database/transaction.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'
import { silentLog } from '../setup/test-redis.ts'
import { type Seeded, seedTwoBapas } from '../store/two-bapas.ts'

const KEY = 'kunci-untuk-ujung-riwayat-akses-0001'
let database: TestDatabase
let seeded: Seeded
let folder: string
let heads: string
let nowMs = 1_800_000_000_000

beforeAll(async () => {
  database = await createTestDatabase()
  seeded = await seedTwoBapas(database.ownerPool)
  folder = mkdtempSync(join(tmpdir(), 'heads-'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await database.drop()
})
beforeEach(() => {
  heads = join(folder, `${Math.floor(nowMs++)}.jsonl`)
})

const read = () =>
  asOfficer(database.apiPool, seeded.officers.pk1A!, (client) =>
    auditReading(client, { kind: 'track', wearerId: seeded.wearers.a1.n, reason: 'ingin tahu' }),
  )
function signer(key = KEY, path = heads) {
  const { meter, text } = openMeter()
  const options = { place: headsPlace(path, [key]), keys: [key], everyMs: 300_000, mine: () => true }
  return { ...signHeads({ ...options, pool: database.recordPool, clock: () => nowMs, log: silentLog, meter }), text }
}
async function verified(file: string | undefined = heads, key = KEY): Promise<{ holds: boolean; said: string }> {
  const lines: string[] = []
  const env = { AUDIT_DATABASE_URL: database.auditUrl, GELANG_AUDIT_KEY: key }
  const holds = await auditVerify(file === undefined ? {} : { heads: file }, env, (line) => lines.push(line))
  return { holds, said: lines.join('\n') }
}

/** What an owner can do: everything in the database. Afterwards the chain holds by itself. */
const REWRITE = `
  ALTER TABLE audit DISABLE TRIGGER USER, NO FORCE ROW LEVEL SECURITY;
  UPDATE audit SET reason = 'pemeriksaan rutin' WHERE reason = 'ingin tahu' AND id >= $FROM;
  DO $$
  DECLARE
    a audit;
    previous bytea := sha256('gelang audit'::bytea);
  BEGIN
    FOR a IN SELECT * FROM audit ORDER BY id LOOP
      a.previous_hash := previous;
      previous := audit_hash(a);
      UPDATE audit SET previous_hash = a.previous_hash, hash = previous WHERE id = a.id;
    END LOOP;
    UPDATE audit_head SET hash = previous;
  END $$;
  ALTER TABLE audit ENABLE ALWAYS TRIGGER add_only, ENABLE ALWAYS TRIGGER add_only_all, ENABLE ALWAYS TRIGGER add_only_statement,
    ENABLE TRIGGER note_head, FORCE ROW LEVEL SECURITY`

async function rewriteFrom(row: number, work: () => Promise<void>): Promise<void> {
  const copy = 'CREATE TABLE audit_copy AS SELECT * FROM audit; CREATE TABLE head_copy AS SELECT * FROM audit_head'
  await database.asAdmin(copy)
  await database.ownerPool.query(REWRITE.replace('$FROM', String(row)))
  try {
    await work()
  } finally {
    await database.asAdmin(`ALTER TABLE audit DISABLE TRIGGER USER; DELETE FROM audit; INSERT INTO audit SELECT * FROM audit_copy;
      UPDATE audit_head h SET id = c.id, hash = c.hash FROM head_copy c; DROP TABLE audit_copy, head_copy;
      ALTER TABLE audit ENABLE ALWAYS TRIGGER add_only, ENABLE ALWAYS TRIGGER add_only_all,
        ENABLE ALWAYS TRIGGER add_only_statement, ENABLE TRIGGER note_head`)
  }
}

test('heads that were signed before show it, and name the first row that was signed otherwise', async () => {
  const { turn } = signer()
  await read()
  expect(await turn()).toBe(300_000)
  await read()
  nowMs += 300_000
  await turn()
  const seqs = readFileSync(heads, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).seq as number)
  expect(seqs).toHaveLength(2)
  expect(await verified()).toMatchObject({ holds: true, said: expect.stringContaining('agrees with 2 signed heads') })
  await rewriteFrom(seqs[1]!, async () => {
    expect(await verifyAudit(database.ownerPool)).not.toHaveProperty('brokenAt')
    const { holds, said } = await verified()
    expect(holds).toBe(false)
    expect(said).toContain(`differs first at row ${seqs[1]}: the chain fits together`)
    expect(said).toContain(`unchanged up to row ${seqs[0]}`)
  })
  expect((await verified()).holds).toBe(true)
})

test('the process that signs notices by itself, and signs nothing over it', async () => {
  await read()
  const running = signer()
  await running.turn()
  await rewriteFrom(1, async () => {
    // Both the one that runs and one that starts now and has only the file.
    for (const { turn, warning, text } of [running, signer()]) {
      await turn()
      expect(warning()).toContain('not what was signed')
      expect(await text()).toContain('gelang_audit_differs 1')
    }
    expect(readFileSync(heads, 'utf8').trimEnd().split('\n')).toHaveLength(1)
  })
  await running.turn()
  expect(running.warning()).toBeUndefined()
})

test('rows cut off behind a signed head are missed', async () => {
  await read()
  await signer().turn()
  const [head] = [JSON.parse(readFileSync(heads, 'utf8')) as { seq: number }]
  const cut = inTransaction(database.ownerPool, async (client) => {
    await client.query('ALTER TABLE audit DISABLE TRIGGER USER, NO FORCE ROW LEVEL SECURITY')
    await client.query('DELETE FROM audit WHERE id >= $1', [head!.seq])
    await client.query(
      `UPDATE audit_head SET id = a.id, hash = a.hash FROM (SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1) a`,
    )
    expect(await verifyAudit(client)).not.toHaveProperty('brokenAt')
    expect(await verifyAudit(client, [{ ...JSON.parse(readFileSync(heads, 'utf8')) }])).toMatchObject({
      ...{ brokenAt: head!.seq, why: 'cut_off' },
    })
    throw new Error('undo')
  })
  await expect(cut).rejects.toThrow('undo')
})

test('a head made without the key is found out, and so is an old one put behind a newer one', async () => {
  await read()
  await signer().turn()
  const honest = readFileSync(heads, 'utf8')
  await read()
  nowMs += 300_000
  await signer().turn()
  appendFileSync(heads, honest)
  expect((await verified()).said).toContain('Line 3 of')
  writeFileSync(heads, honest)
  const forging = signer('kunci-lain-yang-tidak-pernah-dipakai-x')
  nowMs += 300_000
  await forging.turn()
  expect(await verified()).toMatchObject({ holds: false, said: expect.stringContaining('Line 2 of') })
  // Both keys hold while one is changed for the other.
  expect((await verified(heads, `kunci-lain-yang-tidak-pernah-dipakai-x ${KEY}`)).holds).toBe(true)
})

test('a function that the owner replaces deceives nobody', async () => {
  await expect(
    inTransaction(database.ownerPool, async (client) => {
      await client.query(`CREATE OR REPLACE FUNCTION audit_hash(a audit) RETURNS bytea LANGUAGE sql STABLE
        SET search_path = pg_catalog, public, pg_temp AS 'SELECT a.hash'`)
      await client.query('ALTER TABLE audit DISABLE TRIGGER USER, NO FORCE ROW LEVEL SECURITY')
      await client.query(`UPDATE audit SET reason = 'lain' WHERE id = 3`)
      expect(await verifyAudit(client)).toMatchObject({ brokenAt: 3, why: 'row_changed' })
      throw new Error('undo')
    }),
  ).rejects.toThrow('undo')
})

test('no key that is short, no file without a head, no word of the key in a message', async () => {
  writeFileSync(heads, '')
  await expect(verified(heads, 'pendek')).rejects.toThrow('at least 32 characters')
  writeFileSync(heads, 'nothing\n')
  await expect(verified()).rejects.toThrow('holds no signed head')
  expect(() => headsPlace('gopher://rahasia@x', [KEY])).toThrow(/^GELANG_AUDIT_HEADS must be a path/)
})
