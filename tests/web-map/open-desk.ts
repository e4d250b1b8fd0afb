// A console signed in, as the browser tests need it.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'

export const DESK = { viewport: { width: 1366, height: 768 } }
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

/** What the page itself complained of goes into `complaints`. */
export async function openConsole(
  browser: Browser,
  url: string,
  complaints: string[],
  options: BrowserContextOptions = DESK,
): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // Chromium itself writes down every 401 and every refused socket; those are part of the tests.
    if (message.type() === 'error' && !/40\d|WebSocket/.test(message.text())) complaints.push(message.text())
  })
  await page.goto(url)
  return page
}

export async function signIn(page: Page, password = 'rahasia'): Promise<void> {
  await page.fill('input[name=username]', 'ratna')
  await page.fill('input[name=password]', password)
  await page.click('.login button[type=submit]')
}

export async function openDesk(...[browser, url, complaints, options]: Parameters<typeof openConsole>): Promise<Page> {
  const page = await openConsole(browser, url, complaints, options)
  await signIn(page)
  await page.locator('.connection.live').waitFor()
  await page.locator('.row').first().waitFor()
  return page
}

/** How far the page as a whole could be scrolled: nothing, for only its lists and panels scroll. */
export const pageOverflow = (page: Page) =>
  page.evaluate(() => {
    const { scrollHeight, scrollWidth, clientHeight, clientWidth } = document.documentElement
    return [scrollWidth - clientWidth, scrollHeight - clientHeight]
  })

/** An incident in the queue: the lead of its row, or below it. */
export const row = (page: Page, id: string) => page.locator(`.queue li[data-incident="${id}"]`)

/** Opens the page of an incident that leads its row. */
export async function openIncident(page: Page, id: string): Promise<void> {
  await row(page, id).locator('.row-link').click()
  await page.locator('.incident .timeline').waitFor()
}

/** A button on the page of the incident that is open. */
export const actButton = (page: Page, name: string) =>
  page.locator('.incident').getByRole('button', { name, exact: true })
