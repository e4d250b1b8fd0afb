// What counts as a reason: the model and the database say the same.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { APPROVALS } from '../../model/access/approvals.ts'
import { hasContent, REASON_KINDS } from '../../model/access/reason.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

test.each([
  ['aaaaa', false],
  ['', false],
  ['   x   ', false],
  ['.......................', false],
  ['aaaa aaaa aaaa', false],
  ['aaa bbb ccc', false],
  ['cek', false],
  ['cek cek cek cek cek', false],
  ['pemeriksaan bersama', false],
  ['1234567890 1234567890', false],
  ['menggantikan rekan yang sakit', true],
  ['aduan warga tentang klien', true],
  ['Pemeriksaan – aduan warga nº 12', true],
])('%j says something: %s', (reason, says) => {
  expect(hasContent(reason)).toBe(says)
})

test('the database asks for the same content', async () => {
  const word = fc.constantFrom(
    'aaa',
    'cek',
    'Cek',
    'b',
    'klien',
    'rekan',
    'sakit',
    'é',
    'İstanbul',
    '–',
    '12',
    'xyz',
    '\n',
    'ﬀ',
  )
  const reasons = fc.sample(
    fc.array(word, { maxLength: 7 }).map((words) => words.join(' ')),
    { numRuns: 400, seed: 7 },
  )
  const { rows } = await database.ownerPool.query<{ says: boolean | null }>(
    'SELECT reason_has_content(reason) AS says FROM unnest($1::text[]) WITH ORDINALITY AS r (reason, n) ORDER BY n',
    [reasons],
  )
  expect(rows.map(({ says }) => says === true)).toEqual(reasons.map(hasContent))
  expect(new Set(rows.map(({ says }) => says === true)).size).toBe(2)
})

test('the database knows the same kinds', async () => {
  const { rows } = await database.ownerPool.query('SELECT reason_kinds() AS kinds')
  expect(rows[0].kinds).toEqual([...REASON_KINDS])
  expect(Object.keys(APPROVALS).length).toBeGreaterThan(0)
})
