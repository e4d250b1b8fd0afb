// Units and officers by command: tables in and out, all or nothing.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readCsv, writeCsv } from '../../bin/commands/csv-table.ts'
import {
  activateCommand,
  importCommand,
  inviteCommand,
  listOfficersCommand,
  listUnitsCommand,
} from '../../bin/commands/people.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'
import { seedTwoBapas } from '../store/two-bapas.ts'

let database: TestDatabase
let env: NodeJS.ProcessEnv
let folder: string
beforeAll(async () => {
  database = await createTestDatabase()
  await seedTwoBapas(database.ownerPool)
  env = { DATABASE_URL: database.ownerUrl, GELANG_BASE_URL: 'https://gelang.example' }
  folder = mkdtempSync(join(tmpdir(), 'gelang-people-'))
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await database.drop()
})

async function imported(what: 'unit' | 'officer', csv: string, dryRun = false): Promise<string[]> {
  const file = join(folder, 'table.csv')
  writeFileSync(file, csv)
  const lines: string[] = []
  await importCommand(what, file, { dryRun }, env, (line) => lines.push(line))
  return lines
}
const count = async (table: 'unit' | 'officer') =>
  Number((await database.ownerPool.query(`SELECT count(*) AS n FROM ${table}`)).rows[0].n)

const UNITS = `parent,name,kind,timeZone,address
dj.jabar,Bapas Cirebon,bapas,Asia/Jakarta,"Jl. Kesambi 1, Cirebon"
dj.jabar.bapas-cirebon,Pos Indramayu,pos,Asia/Jakarta,
`
const NIPS = ['198001012005011001', '198001012005011002']
const OFFICERS = `name;role;unitPath;nip
Rina Wulandari;pk;dj.jabar.bapas-cirebon;${NIPS[0]}
Tono;kasubsi;dj.jabar.bapas-cirebon;${NIPS[1]}
`

test('a dry run says what would be and changes nothing; the import does; again nothing is new', async () => {
  const before = await count('unit')
  expect(await imported('unit', UNITS, true)).toEqual(['2 new, 0 as they are, 0 refused; nothing was changed'])
  expect(await count('unit')).toBe(before)
  expect(await imported('unit', UNITS)).toEqual(['2 new, 0 as they are, 0 refused; imported'])
  expect(await imported('unit', UNITS)).toEqual(['0 new, 2 as they are, 0 refused; imported'])
  expect(await imported('officer', OFFICERS)).toEqual(['2 new, 0 as they are, 0 refused; imported'])
  expect(await imported('officer', OFFICERS)).toEqual(['0 new, 2 as they are, 0 refused; imported'])
})

test('one wrong row keeps all of them out, each said with its line', async () => {
  const before = await count('officer')
  const rows = [
    ...[`Sari,pk,dj.jabar.bandung,198001012005011009`, `Ali,raja,dj.jabar.bandung,198001012005011008`],
    ...[`Budi,pk,dj.nowhere,198001012005011007`, `Tono,pk,dj.jabar.bandung,${NIPS[1]}`, `Tanpa,pk,dj.jabar.bandung,`],
  ]
  const lines = await imported('officer', `name,role,unitPath,nip\n${rows.join('\n')}\n`)
  expect(lines.slice(0, -1).map((line) => line.split(':')[0])).toEqual(['line 3', 'line 4', 'line 5', 'line 6'])
  expect(lines.at(-1)).toBe('1 new, 0 as they are, 4 refused; nothing was changed')
  expect(await count('officer')).toBe(before)
  expect((await imported('unit', 'parent,name,kind,timeZone\ndj,Bapas Lain,bapas,Asia/Jakarta\n'))[0]).toContain(
    'line 2',
  )
  await expect(imported('officer', 'name,admin\nX,1\n')).rejects.toThrow('unknown columns: admin')
  await expect(imported('officer', 'name,role\n"X')).rejects.toThrow('no CSV')
})

test('an officer is invited and deactivated by NIP', async () => {
  const lines: string[] = []
  await inviteCommand(NIPS[0]!, env, (line) => lines.push(line))
  expect(lines[0]).toMatch(/^https:\/\/gelang\.example\/undangan#[\w-]{43}$/)
  await activateCommand(NIPS[0]!, false, env, () => undefined)
  await expect(inviteCommand(NIPS[0]!, env, () => undefined)).rejects.toThrow('no active officer')
  await activateCommand(NIPS[0]!, true, env, () => undefined)
  await inviteCommand(NIPS[0]!, env, () => undefined)
})

test('names that are formulas are no formulas in what is printed', async () => {
  const formula = '=HYPERLINK("http://x";"klik")'
  await database.ownerPool.query('UPDATE officer SET name = $1 WHERE nip = $2', [formula, NIPS[1]])
  let csv = ''
  await listOfficersCommand(env, (text) => (csv = text))
  expect(csv).toContain(`"'=HYPERLINK(""http://x"";""klik"")"`)
  const columns = csv.split('\n')[0]!.split(',')
  expect(readCsv(csv, columns).find(({ cells }) => cells.nip === NIPS[1])?.cells.name).toBe(formula)
  await listUnitsCommand(env, (text) => (csv = text))
  expect(csv.split('\n')).toContain('dj.jabar.bandung,Bapas Bandung,bapas,Asia/Jakarta')
})

test('whatever is written is read back, and no cell begins a formula', () => {
  const cell = fc.string({ unit: fc.constantFrom(...'=+-@\'",;\n aB0'), maxLength: 8 }).map((text) => text.trim())
  fc.assert(
    fc.property(fc.array(fc.record({ a: cell, b: cell }), { minLength: 1, maxLength: 5 }), (rows) => {
      for (const { a } of rows) expect(writeCsv(['x'], [{ x: a }]).slice(2)).not.toMatch(/^"?[=+\-@]/)
      fc.pre(rows.every(({ a, b }) => a !== '' || b !== ''))
      const read = readCsv(writeCsv(['a', 'b'], rows), ['a', 'b'])
      expect(read.map(({ cells }) => ({ a: cells.a ?? '', b: cells.b ?? '' }))).toEqual(rows)
    }),
  )
})
