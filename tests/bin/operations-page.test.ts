// docs/operations.md speaks of every metric and every variable there is, and of none that there is not.
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { settingsTable } from '../../bin/process/settings-table.ts'
import { LOGINS } from '../../store/database/logins.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const FOLDERS = ['api', 'bin', 'ingest', 'notify', 'pipeline', 'store', 'stream']
const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8')

function metricsInCode(): Set<string> {
  const found = new Set<string>()
  for (const folder of FOLDERS)
    for (const file of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }))
      if (file.endsWith('.ts'))
        for (const [, name] of readFileSync(join(ROOT, folder, file), 'utf8').matchAll(/'(gelang_[a-z0-9_]+)'/g))
          found.add(name!)
  for (const login of Object.values(LOGINS)) found.delete(login)
  return found
}

test('every metric is explained, and no other', () => {
  const explained = new Set([...page.matchAll(/^\| `(gelang_[a-z0-9_]+)/gm)].map(([, name]) => name!))
  expect([...explained].sort()).toEqual([...metricsInCode()].sort())
})

test('the table of variables is the table in the code (`npm run docs:settings` writes it)', () => {
  expect(page).toContain(settingsTable())
})
