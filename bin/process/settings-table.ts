// `npm run docs:settings`: writes the table of variables into docs/operations.md.
import { readFileSync, writeFileSync } from 'node:fs'
import { SETTINGS } from './settings.ts'

const HEAD = '| variable | meaning |\n|---|---|\n'

/** The table as Markdown, one row a variable. */
export function settingsTable(): string {
  return (
    HEAD +
    Object.values(SETTINGS)
      .map(({ name, meaning }) => `| \`${name}\` | ${meaning} |\n`)
      .join('')
  )
}

if (process.argv[1] === import.meta.filename) {
  const page = process.argv[2] ?? 'docs/operations.md'
  const text = readFileSync(page, 'utf8')
  const from = text.indexOf(HEAD)
  const to = text.indexOf('\n\n', from) + 1
  if (from < 0) throw new Error(`${page} has no table of variables`)
  writeFileSync(page, text.slice(0, from) + settingsTable() + text.slice(to))
  console.log(`${page}: ${Object.keys(SETTINGS).length} variables`)
}
