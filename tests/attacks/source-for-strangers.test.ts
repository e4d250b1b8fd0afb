// Attack: a stranger reads the console's source, with its comments, before looking for a hole in it.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiUnderTest, apiUnderTest, get } from '../api/api-under-test.ts'

const base = mkdtempSync(join(tmpdir(), 'gelang-source-'))
const folder = join(base, 'web-map')
let t: ApiUnderTest
beforeAll(async () => {
  await build({
    configFile: resolve(import.meta.dirname, '../../web-map/vite.config.ts'),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  })
  t = await apiUnderTest({ staticFolder: folder })
})
afterAll(async () => {
  await t.close()
  rmSync(base, { recursive: true })
})

const filesIn = (of: string) => readdirSync(of, { recursive: true, encoding: 'utf8' })

test('the console’s folder holds no source map, and no file in it names one; we have them beside it', () => {
  expect(filesIn(folder).filter((file) => file.endsWith('.map'))).toEqual([])
  for (const file of filesIn(folder).filter((name) => /\.(js|css)$/.test(name)))
    expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(/sourceMappingURL/)
  expect(filesIn(`${folder}-maps`).filter((file) => file.endsWith('.js.map')).length).toBeGreaterThan(0)
})

test('a map is not served, even where one was left in the folder', async () => {
  const script = filesIn(folder).find((file) => file.endsWith('.js')) as string
  expect((await get(t.api, `/${script}`)).status).toBe(200)
  for (const name of [`${script}.map`, 'assets/left-behind.js.MAP']) {
    mkdirSync(join(folder, 'assets'), { recursive: true })
    writeFileSync(join(folder, name), '{"sources":[]}')
    expect(existsSync(join(folder, name))).toBe(true)
    expect((await get(t.api, `/${name}`)).status).toBe(404)
  }
})
