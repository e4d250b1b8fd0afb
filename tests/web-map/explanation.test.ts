// Explanation and minutes ledger in Chromium: the fake API answers with what the real engine makes of a made-up track.
import { rmSync } from 'node:fs'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { buildConsole } from './build-console.ts'
import { chromiumIsHere, launchChromium } from './chromium.ts'
import { type FakeApi, startFakeApi } from './fake-api.ts'
import { DESK, openIncident, openDesk as openSignedIn, PHONE, pageOverflow, row } from './open-desk.ts'
import { makeSample, type Sample } from './sample-data.ts'

let folder: string
let browser: Browser
let api: FakeApi
let sample: Sample
let complaints: string[]

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
  sample.incidents.length = 3
  api = await startFakeApi({ folder, sample })
  api.raise(api.judged.incident)
  complaints = []
})
afterEach(async () => {
  for (const context of browser.contexts()) await context.close()
  await api.stop()
  expect(complaints).toEqual([])
})

const openDesk = (options: BrowserContextOptions = DESK) => openSignedIn(browser, api.url, complaints, options)
const chart = (page: Page) => page.getByRole('slider', { name: /Jarak ke batas/ })

/** The judged incident is one of several of its klien. */
async function openJudged(page: Page): Promise<void> {
  const { id, wearer } = api.judged.incident
  await page.locator(`.row[data-row="${wearer.id}"] .row-fold`).click()
  await row(page, id).locator('a').click()
  await page.locator('.incident .timeline').waitFor()
}

async function explain(page: Page): Promise<void> {
  await openJudged(page)
  await page.getByRole('link', { name: 'Mengapa?' }).click()
  await chart(page).locator('.way').waitFor()
}

describe.skipIf(!chromiumIsHere)('explanation', () => {
  test('from the alert: what it hangs on, the chart, the deciding fixes, and that it gives the same again', async () => {
    const page = await openDesk()
    await explain(page)
    const panel = page.locator('.panel')
    expect(await panel.getByRole('heading', { name: 'Mengapa ini dinilai pelanggaran' }).count()).toBe(1)
    const text = (await panel.textContent()) ?? ''
    for (const words of [
      'Wajib berada di dalam Rumah Menteng',
      'Dasar: SK',
      'Mulai',
      'Dipastikan',
      'Terjauh',
      'Berakhir',
    ])
      expect(text).toContain(words)
    const { weighings, engineVersion, planHash, hash } = api.judged.explanation
    for (const words of [engineVersion, planHash, hash]) expect(text).toContain(words)
    expect(await panel.locator('.chart .fix:not(.chart-legend *)').count()).toBe(weighings.length)
    expect(await panel.locator('.chart svg .guard').count()).toBe(1)
    expect(await panel.locator('.edge-marks circle').count()).toBe(4)
    const rows = panel.locator('.fix-table tbody tr')
    const deciding = await rows.count()
    expect(deciding).toBeLessThan(10)
    await panel.getByRole('button', { name: `Semua titik (${weighings.length})` }).click()
    await expect.poll(() => rows.count()).toBe(100)
    await panel.getByRole('button', { name: 'Tampilkan lagi' }).click()
    await expect.poll(() => rows.count()).toBe(weighings.length)
    await panel.getByRole('button', { name: 'Hitung ulang' }).click()
    await expect.poll(() => panel.locator('.rerun').textContent()).toContain('Dihitung 2 kali: sidiknya sama.')
    expect(api.trackReads).toEqual(['explanation', 'explanation'])
  })

  test('another hash and other times are said, not hidden', async () => {
    const page = await openDesk()
    await explain(page)
    const { weighings } = api.judged.explanation
    api.explainAs({ hash: 'f00d', weighings: [...weighings, weighings.at(-1)!] })
    await page.getByRole('button', { name: 'Hitung ulang' }).click()
    await expect.poll(() => page.locator('.rerun').textContent()).toContain('Ada laporan baru')
    api.explainAs({ hash: 'beef', same: false })
    await page.getByRole('button', { name: 'Hitung ulang' }).click()
    await expect.poll(() => page.locator('.rerun').textContent()).toContain('berbeda dari hitungan sebelumnya')
    expect(await page.locator('.proof .problem').textContent()).toContain('tidak sama dengan yang diberitahukan')
  })

  test('begun by the clock: no fix says so, and what lay before the hours of the condition is no breach', async () => {
    const { incident, weighings } = api.judged.explanation
    const startMs = weighings[50]!.timeMs - 30_000
    const evidence = [
      { timeMs: startMs, role: 'start' as const },
      ...incident.evidence.filter(({ role }) => role === 'end'),
    ]
    api.explainAs({
      incident: { ...incident, startMs, confirmedMs: startMs, evidence },
      weighings: weighings.map((weighing, i) => (i < 50 ? { ...weighing, active: false } : weighing)),
    })
    const page = await openDesk()
    await explain(page)
    expect(await page.locator('.edges li').first().textContent()).toContain('menurut jadwal, tanpa laporan baru')
    expect(await page.locator('.idle-span').count()).toBe(1)
    expect(await page.locator('.chart svg .fix.idle:not(.chart-legend *)').count()).toBe(50)
    expect(await page.locator('.chart-legend').textContent()).toContain('di luar jam ketentuan')
    await chart(page).focus()
    await page.keyboard.press('Home')
    await expect.poll(() => chart(page).getAttribute('aria-valuetext')).toContain('di luar jam ketentuan')
  })

  test('by keyboard alone: the fixes are read out one by one, and the focus comes back', async () => {
    const page = await openDesk()
    await openJudged(page)
    await page.getByRole('link', { name: 'Mengapa?' }).focus()
    await page.keyboard.press('Enter')
    await chart(page).locator('.way').waitFor()
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Mengapa ini dinilai pelanggaran')
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('slider')
    await page.keyboard.press('Home')
    await expect.poll(() => chart(page).getAttribute('aria-valuenow')).toBe('1')
    expect(await chart(page).getAttribute('aria-valuetext')).toMatch(
      /^\d\d\.\d\d\.\d\d WIB, 2\d\d m di dalam, .*: patuh$/,
    )
    await page.keyboard.press('End')
    await page.keyboard.press('ArrowLeft')
    const { length } = api.judged.explanation.weighings
    await expect.poll(() => chart(page).getAttribute('aria-valuenow')).toBe(String(length - 1))
    await page.keyboard.press('Escape')
    await page.locator('.explanation').waitFor({ state: 'detached' })
    await page.locator('.incident .timeline').waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('di luar zona wajib')
    await page.keyboard.press('Escape')
    await page.locator('.panel').waitFor({ state: 'detached' })
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-returns')))
      .toBe(`incident ${api.judged.incident.id}`)
  })

  test('the map shows the fixes, and goes to the one that is chosen in the table', async () => {
    const page = await openDesk()
    await explain(page)
    const view = () => page.locator('.map').getAttribute('data-view')
    await expect.poll(view).toMatch(/^1[4-6](\.5)?\/-6\.19/)
    const red = () =>
      page.locator('.leaflet-overlay-pane canvas').evaluate((element) => {
        const canvas = element as HTMLCanvasElement
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
        let count = 0
        for (let i = 0; i < data.length; i += 4)
          if (data[i]! === 0xc4 && data[i + 1]! === 0x20 && data[i + 2]! === 0x1f) count++
        return count
      })
    await expect.poll(red).toBeGreaterThan(100)
    await page.locator('.fix-table tbody button').first().click()
    await expect.poll(view).toMatch(/\/-6\.193/)
    await page.getByRole('link', { name: 'Kembali ke peringatan' }).click()
    await expect.poll(red).toBe(0)
  })

  test('a file that arrives late does not take the map from the fix that was chosen', async () => {
    const page = await openDesk()
    const letThrough: (() => void)[] = []
    const held = new Promise<void>((resolve) => letThrough.push(resolve))
    const isFile = (url: URL) => /\/v1\/wearers\/[\w-]+$/.test(url.pathname)
    await page.route(isFile, async (route) => {
      await held
      await route.continue()
    })
    await explain(page)
    const view = () => page.locator('.map').getAttribute('data-view')
    await page.locator('.fix-table tbody button').first().click()
    await expect.poll(view).toMatch(/\/-6\.193/)
    const chosen = await view()
    const file = page.waitForResponse((response) => isFile(new URL(response.url())))
    letThrough[0]!()
    await (await file).finished()
    await page.getByRole('link', { name: 'Kembali ke peringatan' }).click()
    await page.locator('.incident .timeline').waitFor()
    expect(await view()).toBe(chosen)
  })

  test('asked to go somewhere while the map still zooms, it goes there after', async () => {
    const page = await openDesk({ ...DESK, reducedMotion: 'no-preference' })
    const zoomIn = page.getByRole('button', { name: 'Perbesar' })
    const zoom = async () => Number((await page.locator('.map').getAttribute('data-view'))?.split('/')[0])
    await page.locator('.map.leaflet-container:has(.leaflet-map-pane:not(.leaflet-zoom-anim))').waitFor()
    const before = await zoom()
    await zoomIn.evaluate((button) => {
      for (let i = 0; i < 3; i++) (button as HTMLButtonElement).click()
    })
    await expect.poll(zoom).toBe(before + 3)
  })

  test('what the device said itself has signs instead of distances; what cannot be explained is shown in words', async () => {
    const page = await openDesk()
    await openIncident(page, sample.incidents[0]!.id)
    await page.getByRole('link', { name: 'Mengapa?' }).click()
    await expect.poll(() => page.locator('.explanation').textContent()).toContain('tidak dinilai dari jarak')
    expect(await page.locator('.explanation h2').first().textContent()).toBe('Mengapa peringatan ini muncul')
    expect(await page.locator('.chart').count()).toBe(0)
    await openIncident(page, sample.incidents[1]!.id)
    await page.getByRole('link', { name: 'Mengapa?' }).click()
    await expect.poll(() => page.locator('.panel [role=alert]').textContent()).toContain('Tidak dapat dijelaskan')
  })

  test('whose track needs a reason is explained once it is written', async () => {
    api.askReasonForTracks()
    const page = await openDesk()
    await openJudged(page)
    await page.getByRole('link', { name: 'Mengapa?' }).click()
    await page.locator('.reason textarea').fill('Pemeriksaan atas laporan warga')
    expect(api.trackReads).toEqual([])
    await page.locator('.reason button').click()
    await chart(page).locator('.way').waitFor()
    expect(await page.locator('.reason').count()).toBe(0)
    expect(api.trackReads).toEqual(['explanation'])
  })

  test('on a phone nothing runs off the side, and the page scrolls over the chart', async () => {
    const page = await openDesk(PHONE)
    await explain(page)
    const fits = () => page.locator('.panel-body').evaluate((body) => body.scrollWidth <= body.clientWidth)
    expect(await fits()).toBe(true)
    expect(await pageOverflow(page)).toEqual([0, 0])
    expect(await chart(page).evaluate((frame) => getComputedStyle(frame).touchAction)).toBe('pan-y')
    await page.getByRole('link', { name: 'Kembali ke peringatan' }).tap()
    await page.locator('.incident-who a').tap()
    await page.getByRole('link', { name: 'Rekap' }).tap()
    await page.locator('.minutes').first().waitFor()
    expect(await fits()).toBe(true)
    expect(await pageOverflow(page)).toEqual([0, 0])
  })
})

describe.skipIf(!chromiumIsHere)('minutes ledger', () => {
  test('by condition and week with totals; what nobody knows has a column; another span asks again', async () => {
    const page = await openDesk()
    await openJudged(page)
    await page.locator('.incident-who a').click()
    await page.getByRole('link', { name: 'Rekap' }).click()
    const tables = page.locator('.minutes')
    await expect.poll(() => tables.count()).toBe(4)
    expect(await tables.first().locator('caption').textContent()).toBe('zona wajib: Rumah Menteng')
    expect(await tables.first().locator('tbody tr').count()).toBe(5)
    expect(await tables.first().locator('thead').textContent()).toContain('Tidak diketahui')
    const total = await tables.first().locator('tfoot td [aria-hidden]').allTextContents()
    expect(total).toHaveLength(4)
    for (const hours of total) expect(hours).toMatch(/^\d+:\d\d$/)
    expect(await tables.first().locator('tfoot .sr-only').first().textContent()).toMatch(/^\d+ jam \d+ menit$/)
    await page.getByRole('combobox', { name: 'Minggu ini dan' }).selectOption('1')
    await expect.poll(() => tables.first().locator('tbody tr').count()).toBe(2)
    expect(api.trackReads).toEqual(['ledger', 'ledger'])
  })
})
