// The console in Chromium, against the API's console side with sample data.
import { rmSync } from 'node:fs'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { reasonSchema } from '../../model/console/wire.ts'
import { unitIncident } from '../store/two-bapas.ts'
import { buildConsole } from './build-console.ts'
import { chromiumIsHere, launchChromium } from './chromium.ts'
import { type FakeApi, OTHERS_WEARER, startFakeApi } from './fake-api.ts'
import {
  actButton,
  DESK,
  openConsole,
  openIncident,
  openDesk as openSignedIn,
  PHONE,
  row,
  signIn,
} from './open-desk.ts'
import { incidentOf, makeSample, type Sample } from './sample-data.ts'

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
  sample = makeSample(300, Date.now())
  api = await startFakeApi({ folder, sample })
  complaints = []
})
afterEach(async () => {
  for (const context of browser.contexts()) await context.close()
  await api.stop()
  expect(complaints).toEqual([])
})

const open = (options: BrowserContextOptions = DESK) => openConsole(browser, api.url, complaints, options)
const openDesk = (options: BrowserContextOptions = DESK) => openSignedIn(browser, api.url, complaints, options)

describe.skipIf(!chromiumIsHere)('console', () => {
  test('a wrong password is shown in words; the right one opens the desk', async () => {
    const page = await open()
    await signIn(page, 'salah')
    await expect.poll(() => page.locator('[role=alert]').textContent()).toBe('Nama pengguna atau kata sandi salah')
    await signIn(page)
    await page.locator('.row').first().waitFor()
    await expect.poll(() => page.title()).toBe('(8) Gelang · Ruang Kendali Ditjenpas')
    await expect.poll(() => page.locator('.counts').textContent()).toContain('Tanpa data')
  })

  test('an alert arrives in the queue, is announced, and is acknowledged in one click on every screen', async () => {
    const [here, there] = [await openDesk(), await openDesk()]
    const strap = incidentOf(sample.wearers[100]!, 'strap_open', Date.now() - 5000, { id: 'new-strap' })
    api.raise(strap)
    for (const page of [here, there]) await row(page, 'new-strap').waitFor()
    expect(await row(here, 'new-strap').getAttribute('class')).toContain('arrived')
    expect(await here.title()).toContain('(9)')
    const announced = `Peringatan baru, kritis: tali gelang terbuka, ${strap.wearer.name}`
    expect(await here.locator('[aria-live=polite]').textContent()).toBe(announced)
    await row(here, 'new-strap').getByRole('button', { name: 'Terima' }).click()
    await expect.poll(() => row(there, 'new-strap').textContent()).toContain('Ratna Wulandari')
    expect(await row(there, 'new-strap').getByRole('button', { name: 'Terima' }).count()).toBe(0)
    expect(await row(there, 'new-strap').getAttribute('class')).toContain('handled')
    expect(await there.title()).toContain('(8)')
  })

  test('resolving asks for the outcome and moves the alert to the resolved ones', async () => {
    const page = await openDesk()
    const { id } = sample.incidents[2]!
    await openIncident(page, id)
    await actButton(page, 'Selesaikan').click()
    await page.getByRole('radio', { name: /alasan sah/i }).check()
    await page.locator('dialog textarea').fill('Rawat inap, surat dokter diterima')
    await page.locator('dialog').getByRole('button', { name: 'Selesaikan' }).click()
    await row(page, id).waitFor({ state: 'detached' })
    expect(await page.locator('.timeline').textContent()).toMatch(
      /Diselesaikan Ratna Wulandari:.*alasan sah.*Rawat inap/,
    )
    await page.getByRole('button', { name: 'Selesai', exact: true }).click()
    await expect.poll(() => row(page, id).textContent()).toContain('Selesai, alasan sah: Ratna Wulandari')
    expect(new URL(page.url()).searchParams.get('tampil')).toBe('selesai')
  })

  test('a resolution does not swallow an alarm that came while its form was open', async () => {
    const page = await openDesk()
    const incident = sample.incidents[0]!
    await openIncident(page, incident.id)
    await actButton(page, 'Selesaikan').click()
    expect(await page.locator('.dialog-news').count()).toBe(0)
    api.raise({ ...incident, revision: 2, signs: 2 })
    await expect.poll(() => page.locator('.dialog-news').textContent()).toContain('tidak ikut diselesaikan')
    await page.getByRole('radio', { name: /alarm palsu/i }).check()
    await page.locator('dialog').getByRole('button', { name: 'Selesaikan' }).click()
    await page.locator('dialog').waitFor({ state: 'detached' })
    await expect.poll(() => page.locator('.incident').textContent()).toContain('terbuka kembali')
    expect(api.incidents.get(incident.id)!.acts.map(({ action, signs }) => [action, signs])).toEqual([['resolve', 1]])
  })

  test('marks: late, inferred, withdrawn with its reason', async () => {
    const page = await openDesk()
    expect(await row(page, sample.incidents[1]!.id).textContent()).toContain('terlambat')
    expect(await row(page, sample.incidents[7]!.id).textContent()).toContain('dugaan')
    api.raise({ ...sample.incidents[4]!, revision: 2, withdrawn: { reason: 'laporan susulan' } })
    await expect.poll(() => row(page, sample.incidents[4]!.id).textContent()).toContain('ditarik: laporan susulan')
  })

  test('an outage of a whole unit: its own words, nobody’s file, acknowledged like any other', async () => {
    const page = await openDesk()
    const unit = { path: 'dj.dki.jakpus', name: 'Bapas Jakarta Pusat' }
    const outage = unitIncident({ unitPath: unit.path, id: 'outage', startMs: Date.now() })
    api.raise({ ...outage, standing: { fromMs: Date.now() }, unit, acts: [] })
    await expect.poll(() => row(page, 'outage').textContent()).toContain('gangguan massal')
    const text = await row(page, 'outage').textContent()
    expect(text).toContain('Bapas Jakarta Pusat')
    expect(text).toContain('12 dari 30 gelang tidak terdengar')
    await row(page, 'outage').getByRole('button', { name: 'Terima' }).click()
    await expect.poll(() => row(page, 'outage').textContent()).toContain('Ratna Wulandari')
    await page.getByRole('button', { name: 'EN', exact: true }).click()
    await expect.poll(() => row(page, 'outage').textContent()).toContain('12 of 30 bracelets are not heard')
  })

  test('from the alert to the klien: file, conditions in words, track', async () => {
    const page = await openDesk()
    const panel = page.locator('.panel')
    await openIncident(page, sample.incidents[2]!.id)
    await page.keyboard.press('Escape')
    await panel.waitFor({ state: 'detached' })
    await openIncident(page, sample.incidents[2]!.id)
    await page.locator('.incident-who a').click()
    await page.locator('.wearer-tabs').waitFor()
    await expect.poll(() => panel.textContent()).toContain('PAS-1042.PK.05.09')
    for (const words of ['Bayu Pratama', '64 %', '±38 m']) expect(await panel.textContent()).toContain(words)
    await page.getByRole('link', { name: 'Ketentuan' }).click()
    await expect.poll(() => panel.textContent()).toContain('Setiap hari 20.00–05.00 WIB')
    for (const words of ['Senin–Jumat 06.30–17.30 WIB', 'Dasar: SK']) expect(await panel.textContent()).toContain(words)
    await expect.poll(() => page.locator('.map').getAttribute('data-view')).toMatch(/^15\/-6\.186.*\/106\.834/)
    await page.getByRole('link', { name: 'Jejak' }).click()
    await expect.poll(() => panel.textContent()).toMatch(/\d+ titik, \d+ dari memori alat/)
  })

  test('a klien of somebody else opens with a written reason only', async () => {
    const page = await openDesk()
    const other = sample.wearers[OTHERS_WEARER - 1]!
    await page.getByRole('button', { name: 'Klien', exact: true }).click()
    await page.getByRole('searchbox').fill(other.name)
    await page.locator('.wearers a').first().waitFor()
    const rows = page.locator('.wearers a')
    for (let i = 0; i < (await rows.count()); i++) {
      await rows.nth(i).click()
      await page.locator('.reason, .last-facts').first().waitFor()
      if (await page.locator('.reason').count()) break
    }
    await expect(page.locator('.reason button').isDisabled()).resolves.toBe(true)
    const longest = Number(await page.locator('.reason textarea').getAttribute('maxlength'))
    const reasonOf = (length: number) => 'menggantikan rekan yang cuti'.padEnd(length, '.')
    expect([longest, longest + 1].map((length) => reasonSchema.safeParse(reasonOf(length)).success)).toEqual([
      true,
      false,
    ])
    await page.locator('.reason textarea').fill('Menggantikan PK yang cuti')
    await page.locator('.reason button').click()
    await page.locator('.last-facts').first().waitFor()
    expect(await page.locator('.reason').count()).toBe(0)
  })

  test('without live data the banner says since when; what was missed arrives after', async () => {
    const page = await openDesk()
    api.cut(true)
    await expect
      .poll(() => page.locator('.banner').textContent())
      .toMatch(/Tidak ada data langsung sejak \d\d\.\d\d WIB/)
    expect(await page.locator('.connection').getAttribute('class')).toContain('away')
    api.raise(incidentOf(sample.wearers[100]!, 'sos', Date.now(), { id: 'missed' }))
    expect(await row(page, 'missed').count()).toBe(0)
    api.acceptAgain()
    await page.locator('.connection.live').waitFor()
    await expect.poll(() => page.locator('.banner').count()).toBe(0)
    await row(page, 'missed').waitFor()
    api.setStatus({ redis: 'away', database: 'away' })
    await expect.poll(() => page.locator('.banner').count()).toBe(2)
  })

  test('sound that the browser has taken away is asked for, and the alarm is made up for when it is back', async () => {
    const page = await open()
    await page.addInitScript(() => {
      const seen = window as unknown as { audio: AudioContext; tones: number }
      seen.tones = 0
      window.AudioContext = class extends AudioContext {
        constructor() {
          super()
          seen.audio = this
        }
        override createOscillator() {
          seen.tones++
          return super.createOscillator()
        }
      }
    })
    await page.reload()
    await signIn(page)
    await page.locator('.sound-on').waitFor()
    await row(page, sample.incidents[0]!.id).waitFor()
    const tones = () => page.evaluate(() => (window as unknown as { tones: number }).tones)
    // What waits already is heard first.
    await expect.poll(tones).toBe(6)
    const before = 6
    // A call on the phone, a locked screen.
    await page.evaluate(() => (window as unknown as { audio: AudioContext }).audio.suspend())
    await page.locator('.sound-ask').waitFor()
    api.raise(incidentOf(sample.wearers[100]!, 'strap_open', Date.now() - 5000, { id: 'unheard' }))
    await row(page, 'unheard').waitFor()
    expect(await tones()).toBe(before)
    // The officer is there and clicks, anywhere.
    await page.locator('.header-place').click()
    await page.locator('.sound-on').waitFor()
    await expect.poll(tones).toBe(before + 6)
  })

  test('an ended session asks to sign in again and keeps the place', async () => {
    const page = await openDesk()
    await openIncident(page, sample.incidents[2]!.id)
    await expect.poll(() => page.locator('.map').getAttribute('data-view')).toMatch(/^15/)
    const place = await page.locator('.map').getAttribute('data-view')
    api.endSessions()
    await page.locator('.login.over').waitFor()
    expect(await page.locator('.login-note').textContent()).toContain('Sesi Anda telah berakhir')
    await signIn(page)
    await page.locator('.login').waitFor({ state: 'detached' })
    await page.locator('.connection.live').waitFor()
    expect(await page.locator('.incident-who').textContent()).toContain('Bayu Pratama')
    expect(await page.locator('.map').getAttribute('data-view')).toBe(place)
  })

  test('signing out forgets everything on screen', async () => {
    const page = await openDesk()
    await page.getByRole('button', { name: 'Keluar', exact: true }).click()
    await page.locator('.login').waitFor()
    expect(await page.locator('.row').count()).toBe(0)
    await page.reload()
    await page.locator('.login').waitFor()
  })

  test('a session that ends while an outcome is being written: sign in over it, and go on writing', async () => {
    const page = await openDesk()
    const { id } = sample.incidents[2]!
    await openIncident(page, id)
    await actButton(page, 'Selesaikan').click()
    await page.getByRole('radio', { name: /alasan sah/i }).check()
    await page.locator('.dialog textarea').fill('Rawat inap, surat dokter diterima')
    api.endSessions()
    await page.locator('.login.over').waitFor()
    for (let i = 0; i < 3; i++) await page.keyboard.press('Escape')
    await signIn(page)
    await page.locator('.login').waitFor({ state: 'detached' })
    expect(await page.locator('.dialog textarea').inputValue()).toBe('Rawat inap, surat dokter diterima')
    await page.locator('.dialog').getByRole('button', { name: 'Selesaikan' }).click()
    await row(page, id).waitFor({ state: 'detached' })
    expect(api.incidents.get(id)!.acts.map(({ note }) => note)).toEqual(['Rawat inap, surat dokter diterima'])
  })

  test('a sign-out that fails is said, and can be tried again', async () => {
    const page = await openDesk()
    const answer = { status: 503, contentType: 'application/json', body: '{"error":{"code":"database_away"}}' }
    await page.route('**/api/auth/sign-out', (route) => route.fulfill(answer))
    await page.getByRole('button', { name: 'Keluar', exact: true }).click()
    await expect
      .poll(() => page.locator('.banner').textContent())
      .toMatch(/Anda masih masuk di komputer ini.*Basis data tidak menjawab/)
    await page.unroute('**/api/auth/sign-out')
    await page.getByRole('button', { name: 'Keluar lagi' }).click()
    await page.locator('.login').waitFor()
    expect(await page.locator('.problem').count()).toBe(0)
    complaints = complaints.filter((text) => !text.includes('503'))
  })

  test('the language is switched and remembered', async () => {
    const page = await openDesk()
    await page.getByRole('button', { name: 'EN', exact: true }).click()
    await expect.poll(() => page.locator('.tabs').textContent()).toContain('Queue')
    await page.reload()
    await expect.poll(() => page.locator('.tabs').textContent()).toContain('Queue')
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
  })

  test('keyboard alone takes an alert', async () => {
    const page = await openDesk()
    const first = await page.locator('.row').first().getAttribute('data-incident')
    await page.locator('.row .row-link').first().focus()
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toMatch(/^Terima /)
    await page.keyboard.press('Enter')
    await expect.poll(() => row(page, first!).textContent()).toContain('Ratna Wulandari')
  })

  test('the map is never blank without tiles, nor with a tile server that fails', async () => {
    await api.stop()
    api = await startFakeApi({ folder, sample, mapSettings: { tileUrl: '/no-such-tiles/{z}/{x}/{y}.png' } })
    const page = await openDesk()
    await expect.poll(() => page.locator('.map-source').textContent()).toContain('memakai peta bawaan')
    const colours = await page.locator('.leaflet-overlay-pane canvas').evaluate((element) => {
      const canvas = element as HTMLCanvasElement
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
      const seen = new Set<number>()
      for (let i = 0; i < data.length; i += 4) seen.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!)
      return seen.size
    })
    expect(colours).toBeGreaterThan(20)
  })

  test('on a phone the list is a sheet, buttons are large, and nothing runs off the side', async () => {
    const page = await openDesk(PHONE)
    const sheet = (await page.locator('.lists').boundingBox())!
    expect(sheet.width).toBe(390)
    expect(sheet.y).toBeGreaterThan(300)
    for (const button of await page.locator('.row').first().getByRole('button').all()) {
      const box = (await button.boundingBox())!
      expect(box.height).toBeGreaterThanOrEqual(44)
      expect(box.x + box.width).toBeLessThanOrEqual(390)
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
    await row(page, sample.incidents[2]!.id).locator('.row-link').tap()
    await page.locator('.incident .timeline').waitFor()
    expect((await page.locator('.panel').boundingBox())!.y).toBeGreaterThan(200)
  })
})
