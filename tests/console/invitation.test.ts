// An officer opens a one-time link in a browser, sets a password and signs in; both languages, a desk and a phone.
import { readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Invitation } from '../../model/console/admin.ts'
import { type ApiUnderTest, apiUnderTest, post } from '../api/api-under-test.ts'
import { buildConsole } from '../web-map/build-console.ts'
import { chromiumIsHere, launchChromium } from '../web-map/chromium.ts'
import { pageOverflow } from '../web-map/open-desk.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const PASSWORD = 'kata-sandi-yang-panjang'
const PICTURES = process.env.GELANG_PICTURES
let folder: string
let t: ApiUnderTest
let browser: Browser
let admin: string

beforeAll(async () => {
  if (!chromiumIsHere) return
  folder = await buildConsole()
  t = await apiUnderTest({ staticFolder: folder })
  admin = await t.signIn('adminA')
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await t?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

async function linkFor(officer: string): Promise<string> {
  const answer = await post(
    t.api,
    `/v1/officers/${t.seeded.officers[officer]}/invitation`,
    { username: officer },
    admin,
  )
  return ((await answer.json()) as Invitation).link
}

/** What axe finds, and whether the page is larger than the window; kept as a picture where somebody wants to look. */
async function faults(page: Page, name: string): Promise<string[]> {
  if (PICTURES !== undefined) await page.screenshot({ path: join(PICTURES, `${name}.png`) })
  await page.evaluate(AXE)
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') }
    const { violations } = await axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      resultTypes: ['violations'],
    })
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))
  })
  const overflow = Math.max(...(await pageOverflow(page)))
  return [...found, ...(overflow > 0 ? [`${overflow} px too large`] : [])]
}

describe.skipIf(!chromiumIsHere)('the page of an invitation', () => {
  test.each([
    ['desk', 'id', 'pk1A', { width: 1366, height: 768 }],
    ['phone', 'en', 'kasubsiA', { width: 360, height: 740 }],
  ] as const)('on a %s, in %s', async (size, language, officer, viewport) => {
    const context = await browser.newContext({
      viewport,
      reducedMotion: 'reduce',
      locale: language === 'id' ? 'id-ID' : 'en-GB',
    })
    const page = await context.newPage()
    const link = await linkFor(officer)
    const sent: string[] = []
    page.on('request', (request) => sent.push(request.url()))
    await page.goto(link)
    await page.locator('input[name=password]').waitFor()
    expect(await page.locator('form').textContent()).toContain(officer)
    if (language === 'en')
      await page
        .getByRole('button', { name: /English|EN/ })
        .first()
        .click()
    expect(await faults(page, `invitation-${size}`)).toEqual([])

    await page.fill('input[name=password]', PASSWORD)
    await page.fill('input[name=again]', `${PASSWORD}x`)
    await page.click('button[type=submit]')
    await page.getByRole('alert').waitFor()
    expect(await faults(page, `invitation-${size}-different`)).toEqual([])

    await page.fill('input[name=again]', PASSWORD)
    await page.click('button[type=submit]')
    await page.getByRole('status').waitFor()
    expect(await faults(page, `invitation-${size}-saved`)).toEqual([])
    await page.locator('button.primary').click()
    await page.fill('input[name=username]', officer)
    await page.fill('input[name=password]', PASSWORD)
    await page.click('button[type=submit]')
    await page.locator('.connection.live').waitFor()
    expect(page.url()).not.toContain('undangan')
    expect(sent.filter((url) => url.includes(new URL(link).hash.slice(1)) && !url.includes('#'))).toEqual([])

    // The same link once more, while somebody is signed in: it is over, and the page says what to do.
    await page.goto('about:blank')
    await page.goto(link)
    await page.getByRole('alert').waitFor()
    expect(await page.locator('input[name=password]').count()).toBe(0)
    expect(await faults(page, `invitation-${size}-over`)).toEqual([])
    await context.close()
  })
})
