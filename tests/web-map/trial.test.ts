// Trying a changed condition in Chromium, over the real engine behind the fake API.
import { rmSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Role } from '../../model/access/roles.ts'
import { buildConsole } from './build-console.ts'
import { chromiumIsHere, launchChromium } from './chromium.ts'
import { type FakeApi, startFakeApi } from './fake-api.ts'
import { openDesk, openIncident, pageOverflow } from './open-desk.ts'
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
beforeEach(() => {
  sample = makeSample(100, Date.now())
  complaints = []
})
afterEach(async () => {
  for (const context of browser.contexts()) await context.close()
  await api.stop()
  expect(complaints).toEqual([])
})

/** The file of the sample's first wearer, before an officer of that role. */
async function openFile(role: Role): Promise<Page> {
  api = await startFakeApi({ folder, sample, role })
  const page = await openDesk(browser, api.url, complaints)
  await openIncident(page, sample.incidents[2]!.id)
  await page.locator('.incident-who a').click()
  await page.getByRole('link', { name: 'Ketentuan' }).click()
  await page.locator('.conditions').first().waitFor()
  return page
}

const tryHome = (page: Page) => page.getByRole('link', { name: 'Coba ubah Rumah Menteng' }).click()
const counted = async (page: Page) => Number.parseInt((await page.locator('.trial-result b').textContent()) ?? '', 10)

describe.skipIf(!chromiumIsHere)('trial of a condition', () => {
  test('other hours raise other alerts: counted, listed, shown on the map, with the reason that was given', async () => {
    const page = await openFile('pk')
    await tryHome(page)
    const run = page.getByRole('button', { name: 'Jalankan percobaan' })
    expect(await run.isDisabled()).toBe(true)
    await page.getByLabel('Alasan').fill('Usulan perubahan jam wajib')
    await run.click()
    await page.locator('.trial-result b').waitFor()
    expect(await pageOverflow(page)).toEqual([0, 0])
    const before = await counted(page)
    expect(before).toBeGreaterThan(2)
    expect(await page.locator('.trial-result li').count()).toBe(before)
    expect(api.trials).toEqual([
      expect.objectContaining({ zone: { id: 'z-rumah' }, reason: 'Usulan perubahan jam wajib' }),
    ])
    await page.locator('.trial-result li button').last().click()
    await expect.poll(() => page.locator('.map').getAttribute('data-view')).toMatch(/\/-6\.187\d\/106\.833/)
    // From 22.30 the late evenings are over, but for the longest.
    await page.getByLabel('dari').fill('22.30')
    await page.locator('.trial-result b').waitFor({ state: 'detached' })
    await run.click()
    await page.locator('.trial-result b').waitFor()
    expect(await counted(page)).toBeLessThan(before)
    expect(api.trials[1]!.condition.windows).toEqual([
      { days: [1, 2, 3, 4, 5, 6, 7], from: '22:30', to: '05:00', exceptDates: [] },
    ])
    expect(api.trackReads).toEqual(['trial', 'trial'])
  })

  test('another radius goes out as a proposed shape; what is no time of day is not sent', async () => {
    const page = await openFile('kepala_bapas')
    await tryHome(page)
    await page.getByLabel('Radius zona (m)').fill('2500')
    await page.getByLabel('Alasan').fill('Usulan zona yang lebih luas')
    await page.getByLabel('sampai').fill('25.00')
    await page.getByRole('button', { name: 'Jalankan percobaan' }).click()
    expect(api.trials).toEqual([])
    await page.getByLabel('sampai').fill('06.00')
    await page.getByRole('button', { name: 'Jalankan percobaan' }).click()
    await page.locator('.trial-result b').waitFor()
    expect(await counted(page)).toBe(0)
    expect(api.trials[0]).toMatchObject({
      zone: { shape: { type: 'Circle', radiusM: 2500 } },
      condition: { kind: 'required', windows: [{ from: '20:00', to: '06:00' }] },
    })
  })

  test('a zone that does not exist yet, where the map is: avoided or required, moved with the map', async () => {
    const page = await openFile('pk')
    await page.getByRole('link', { name: 'Coba zona baru di tengah peta' }).click()
    await page.getByLabel('Alasan').fill('Usulan zona larangan di sekitar pasar')
    const run = page.getByRole('button', { name: 'Jalankan percobaan' })
    const centre = async () => {
      const [, latDeg, lonDeg] = ((await page.locator('.map').getAttribute('data-view')) ?? '').split('/').map(Number)
      return [expect.closeTo(lonDeg!, 3), expect.closeTo(latDeg!, 3)]
    }
    const first = await centre()
    await run.click()
    await page.locator('.trial-result b').waitFor()
    expect(await counted(page)).toBeGreaterThan(0)
    expect(await page.locator('.trial-result li').first().textContent()).toContain('masuk zona larangan')
    expect(api.trials[0]).toMatchObject({
      zone: { shape: { type: 'Circle', center: first, radiusM: 200 } },
      condition: { kind: 'avoided' },
    })
    await page.locator('.map').focus()
    const viewed = () => page.locator('.map').getAttribute('data-view')
    const before = await viewed()
    let last = before
    const movedAndStill = async () => {
      const now = await viewed()
      const still = now !== before && now === last
      last = now
      if (now === before) await page.keyboard.press('ArrowLeft') // a map under way heeds none
      return still
    }
    await expect.poll(movedAndStill, { interval: 150 }).toBe(true)
    await page.getByRole('button', { name: 'Pindahkan ke tengah peta' }).click()
    await page.locator('.trial-result b').waitFor({ state: 'detached' })
    await page.getByLabel('Jenis zona').selectOption('required')
    const second = await centre()
    await run.click()
    await page.locator('.trial-result b').waitFor()
    expect(second).not.toEqual(first)
    expect(api.trials[1]).toMatchObject({ zone: { shape: { center: second } }, condition: { kind: 'required' } })
    await page.keyboard.press('Escape')
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-returns')))
      .toBe('trial baru')
  })

  test('a zone that is too small to prove anybody inside is said to be', async () => {
    const page = await openFile('pk')
    await page.getByRole('link', { name: 'Coba zona baru di tengah peta' }).click()
    await page.getByLabel('Alasan').fill('Usulan zona larangan di sekitar warung')
    const run = page.getByRole('button', { name: 'Jalankan percobaan' })
    await run.click()
    await page.locator('.trial-result b').waitFor()
    expect(await page.locator('.trial-result .problem').count()).toBe(0)
    await page.getByLabel('Radius zona (m)').fill('30')
    await page.locator('.trial-result b').waitFor({ state: 'detached' })
    await run.click()
    expect(await page.locator('.trial-result .problem').textContent()).toMatch(/terlalu kecil: .* 3\d m dari batasnya/)
    expect(await pageOverflow(page)).toEqual([0, 0])
  })

  test('who may not propose is not asked to', async () => {
    const page = await openFile('operator')
    expect(await page.locator('.conditions li').count()).toBe(5)
    expect(await page.getByRole('link', { name: /Coba ubah/ }).count()).toBe(0)
  })

  test('the form of a drawn zone stays; the focus comes back', async () => {
    const page = await openFile('pk')
    await page.getByRole('link', { name: 'Coba ubah Kawasan saksi' }).click()
    expect(await page.locator('.trial').textContent()).toContain('Bentuk zona ini tetap')
    expect(await page.getByLabel('Radius zona (m)').count()).toBe(0)
    await page.keyboard.press('Escape')
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-returns'))).toBe('trial c-2')
  })
})
