import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildConsole } from './build-console.ts'

/** Of all pages together; one page takes less. */
const BUDGET_KB = { '.js': 300, '.css': 18, '.txt': 34 }
const FIRST_PAGE_KB = 150

let folder: string
beforeAll(async () => {
  folder = await buildConsole()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const files = (ending: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith(ending))

test.each(Object.entries(BUDGET_KB))('%s files stay below %i kB, compressed', (ending, budgetKb) => {
  const sizes = files(ending).map((file) => gzipSync(readFileSync(join(folder, file))).byteLength)
  expect(sizes.length).toBeGreaterThan(0)
  expect(sizes.reduce((sum, size) => sum + size, 0) / 1000).toBeLessThan(budgetKb)
})

test('pages that not everybody opens come when they are opened', () => {
  const html = readFileSync(join(folder, 'index.html'), 'utf8')
  const first = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, file]) => file!)
  const bytes = first.map((file) => gzipSync(readFileSync(join(folder, file))).byteLength)
  expect(bytes.reduce((sum, size) => sum + size, 0) / 1000).toBeLessThan(FIRST_PAGE_KB)
  for (const page of ['explanation', 'trial', 'reports', 'wearers'])
    expect(
      files('.js').filter((file) => file.includes(`${page}-page`) && !first.includes(file)),
      page,
    ).toHaveLength(1)
})

test('the wire’s types are taken, its schemas are not: no zod in the bundle', () => {
  for (const file of files('.js')) expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(/ZodError|invalid_type/)
})

test('nothing needs a loose content security policy', () => {
  const html = readFileSync(join(folder, 'index.html'), 'utf8')
  expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/)
  for (const [tag] of html.matchAll(/<script[^>]*>/g)) expect(tag).toContain('src=')
  for (const file of files('.css')) expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(/url\(\s*["']?data:/)
  for (const file of files('.js'))
    expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(/\beval\(|new Function\(/)
})

test('nothing is fetched from elsewhere', () => {
  const text = [...files('.html'), ...files('.css')].map((file) => readFileSync(join(folder, file), 'utf8')).join('\n')
  expect(text).not.toMatch(/(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?\/\//)
})
