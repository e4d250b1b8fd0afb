// WCAG 2.2 AA by axe, on every page and state: each size, language and colour scheme once, nightly all of their looks; and what
// axe cannot see.
import { readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SLOW_TESTS } from '../setup/slow-tests.ts'
import { buildConsole } from './build-console.ts'
import { chromiumIsHere, launchChromium } from './chromium.ts'
import { type FakeApi, OTHERS_WEARER, startFakeApi } from './fake-api.ts'
import { DESK, openConsole, PHONE, pageOverflow, signIn } from './open-desk.ts'
import { incidentOf, makeSample, type Sample } from './sample-data.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

let folder: string
let browser: Browser
let api: FakeApi
let sample: Sample
const complaints: string[] = []
beforeAll(async () => {
  if (!chromiumIsHere) return
  folder = await buildConsole()
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  sample = makeSample(100, Date.now())
  api = await startFakeApi({ folder, sample, role: 'kepala_bapas' })
  api.raise(api.judged.incident)
  api.raise({ ...sample.incidents[1]!, revision: 2, endMs: Date.now() })
  api.raise(
    incidentOf(sample.wearers[30]!, 'off_corridor', Date.now() - 3_600_000, { withdrawn: { reason: 'late_report' } }),
  )
})
afterEach(async () => {
  for (const context of browser.contexts()) await context.close()
  await api.stop()
  expect(complaints.splice(0)).toEqual([])
})

/** What axe finds, a line each; `label-content-name-mismatch` is WCAG 2.5.3, which axe counts among the experimental. */
async function faults(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  return page.evaluate(async (tags) => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') }
    const rules = { 'label-content-name-mismatch': { enabled: true }, 'target-size': { enabled: true } }
    const { violations } = await axe.run(document, { runOnly: tags, rules, resultTypes: ['violations'] })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, any }) => `${id}: ${html.slice(0, 160)} (${any[0]?.message ?? ''})`),
    )
  }, TAGS)
}

/** Where something was found. */
const faulty = (found: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(found).filter(([, what]) => (what as unknown[]).length > 0))

const wearer = () => sample.wearers[0]!.id
const pages = (): Record<string, string> => ({
  queue: '/ruang-kendali',
  over: '/ruang-kendali?tampil=selesai',
  klien: '/ruang-kendali?daftar=klien',
  filtered: '/ruang-kendali?jenis=sos&milik=ya',
  wall: '/ruang-kendali?dinding=ya',
  incident: `/insiden/${sample.incidents[2]!.id}`,
  unknown: '/insiden/00000000-0000-4000-8000-00000000dead',
  why: `/insiden/${api.judged.incident.id}/mengapa`,
  summary: `/klien/${wearer()}`,
  conditions: `/klien/${wearer()}/ketentuan`,
  track: `/klien/${wearer()}/jejak`,
  incidents: `/klien/${wearer()}/insiden`,
  ledger: `/klien/${wearer()}/rekap`,
  trial: `/klien/${wearer()}/coba/c-1`,
  reason: `/klien/${sample.wearers[OTHERS_WEARER - 1]!.id}`,
  wearers: '/klien',
  reports: '/laporan',
  account: '/saya',
  none: '/entah',
})

async function settle(page: Page): Promise<void> {
  await page.locator('.connection.live').waitFor()
  await page.locator('[aria-busy=true]').waitFor({ state: 'detached' })
  await expect.poll(() => page.locator('main').textContent()).not.toMatch(/Memuat…|Loading…/)
}

async function open(options: BrowserContextOptions, language: string): Promise<Page> {
  const page = await openConsole(browser, api.url, complaints, options)
  await page.evaluate((chosen) => localStorage.setItem('gelang.language', chosen), language)
  await page.reload()
  return page
}

const sizes = { desk: DESK, phone: PHONE } as const
const daily = [
  ['desk', 'id', 'light'],
  ['phone', 'en', 'dark'],
] as const
const nightly = [
  ['desk', 'en', 'dark'],
  ['phone', 'id', 'light'],
] as const
const looks = SLOW_TESTS ? [...daily, ...nightly] : daily

/** What a finger has to hit and is lower than 44 pixels. */
const tooLow = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, a[href], select, input:not([type=checkbox]):not([type=radio])')]
      .filter(
        (one) =>
          one.checkVisibility() && !one.closest('.leaflet-container, p, dialog') && !one.classList.contains('skip'),
      )
      .map((one) => [one.className || one.textContent, Math.round(one.getBoundingClientRect().height)] as const)
      .filter(([, height]) => height > 0 && height < 44),
  )

describe.skipIf(!chromiumIsHere)('accessible', () => {
  test.each(looks)('every page, %s, %s, %s', async (size, language, colorScheme) => {
    const page = await open({ ...sizes[size], colorScheme }, language)
    const found: Record<string, unknown> = { login: await faults(page) }
    await signIn(page)
    await settle(page)
    for (const [name, path] of Object.entries(pages())) {
      await page.goto(api.url + path)
      await settle(page)
      found[name] = await faults(page)
      found[`overflow of ${name}`] = (await pageOverflow(page)).filter((px) => px > 0)
      if (size === 'phone') found[`lower than a finger on ${name}`] = await tooLow(page)
    }
    expect(faulty(found)).toEqual({})
  })

  test.each(looks)('what opens over a page, %s, %s, %s', async (size, language, colorScheme) => {
    const page = await open({ ...sizes[size], colorScheme }, language)
    await signIn(page)
    await settle(page)
    const found: Record<string, unknown> = {}
    await page.locator('.filters-fold').click()
    await page.locator('.filters-more > button').click()
    await page.locator('.row-pick input').first().check()
    await page.locator('.row-fold').first().click()
    found.filters = await faults(page)
    await page.locator('.sound button').click()
    found.sound = await faults(page)
    await page.locator('.sound button').first().click()
    for (const key of ['?', 's', 'e']) {
      await page.keyboard.press(key)
      await page.locator('dialog[open]').waitFor()
      found[`dialog of ${key}`] = await faults(page)
      await page.keyboard.press('Escape')
      await page.locator('dialog[open]').waitFor({ state: 'detached' })
    }
    api.setStatus({ redis: 'away', database: 'away' })
    await page.locator('.banner').nth(1).waitFor()
    found.banners = await faults(page)
    api.endSessions()
    await page.locator('.login.over').waitFor()
    found.ended = await faults(page)
    expect(faulty(found)).toEqual({})
  })

  test.each([
    ['200 % zoom', { viewport: { width: 683, height: 384 }, deviceScaleFactor: 2 }],
    ['320 pixels', { ...PHONE, viewport: { width: 320, height: 640 } }],
  ])('at %s nothing is cut off and nothing runs off the side', async (_, options) => {
    const page = await open(options, 'id')
    await signIn(page)
    await settle(page)
    const found: Record<string, unknown> = {}
    for (const [name, path] of Object.entries(pages())) {
      await page.goto(api.url + path)
      await settle(page)
      if (SLOW_TESTS) found[name] = await faults(page)
      found[`overflow of ${name}`] = (await pageOverflow(page)).filter((px) => px > 0)
      found[`width of ${name}`] = await page
        .locator('main')
        .evaluate((main) =>
          [main, ...main.querySelectorAll('.panel-body, .rows')]
            .filter((one) => one.scrollWidth > one.clientWidth + 1)
            .map((one) => one.className),
        )
    }
    expect(faulty(found)).toEqual({})
  })
})
