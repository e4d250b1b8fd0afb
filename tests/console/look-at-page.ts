// What axe finds on a page, and whether it is larger than its window; kept as a picture where somebody wants to look.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { pageOverflow } from '../web-map/open-desk.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const PICTURES = process.env.GELANG_PICTURES

export async function faultsOf(page: Page, name: string): Promise<string[]> {
  await page.waitForFunction(() => !/Memuat…|Loading…/.test(document.querySelector('main')?.textContent ?? ''))
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
  return [...found.map((one) => `${name}: ${one}`), ...(overflow > 0 ? [`${name}: ${overflow} px too large`] : [])]
}

/** The looks in which a page is looked at: sizes, languages, light and dark. */
export const LOOKS = [
  ['desk', 'id', { viewport: { width: 1366, height: 768 }, colorScheme: 'light' }],
  ['desk-dark', 'en', { viewport: { width: 1366, height: 768 }, colorScheme: 'dark' }],
  ['phone', 'en', { viewport: { width: 360, height: 800 }, colorScheme: 'light' }],
  ['phone-dark', 'id', { viewport: { width: 360, height: 800 }, colorScheme: 'dark' }],
  ['narrow', 'id', { viewport: { width: 320, height: 640 }, colorScheme: 'light' }],
] as const satisfies readonly (readonly [string, 'id' | 'en', BrowserContextOptions])[]

/** A page signed in by cookie, in that look; what the page itself complains of goes into `complaints`. */
export async function signedInPage(
  browser: Browser,
  baseUrl: string,
  cookie: string,
  complaints: string[],
  [, language, options]: (typeof LOOKS)[number] = LOOKS[0],
): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
  await context.addCookies(
    cookie.split('; ').map((one) => {
      const [name = '', ...value] = one.split('=')
      return { name, value: value.join('='), url: baseUrl }
    }),
  )
  await context.addInitScript(`localStorage.setItem('gelang.language', '${language}')`)
  const page = await context.newPage()
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/40\d|41\d|42\d|WebSocket/.test(message.text())) complaints.push(message.text())
  })
  return page
}
