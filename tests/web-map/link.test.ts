// A notice holds a link to its incident: /?incident=<id>.
import { rmSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { idle, openBareDesk, refusal } from './bare-desk.ts'
import { buildConsole } from './build-console.ts'
import { chromiumIsHere, launchChromium } from './chromium.ts'
import { type FakeApi, startFakeApi } from './fake-api.ts'
import { openConsole, PHONE, row, signIn } from './open-desk.ts'
import { incidentOf, makeSample, type Sample } from './sample-data.ts'

const NOW = Date.UTC(2026, 10, 23, 13)
const LINKED = '20000000-0000-4000-8000-00000000abcd'
const { wearers } = makeSample(100, NOW)
const linked = incidentOf(wearers[0]!, 'off_corridor', NOW, { id: LINKED })

const at = `/insiden/${LINKED}`

test('an incident that the officer may not see is said on its page', async () => {
  const desk = openBareDesk(wearers, NOW, at)
  await desk.state.session.check()
  await idle()
  expect(desk.state.alerts.bringProblem.value).toContain('tidak ditemukan')
  expect(desk.address.href()).toBe(at)
})

test('while the server cannot say, the page offers another try', async () => {
  const desk = openBareDesk(wearers, NOW, at)
  desk.answer(`GET /v1/incidents/${LINKED}`, refusal(503, 'database_away'))
  await desk.state.session.check()
  await idle()
  expect(desk.state.alerts.bringProblem.value).toContain('Basis data')
  desk.answer(`GET /v1/incidents/${LINKED}`, { body: { incident: linked } })
  await desk.state.alerts.bring(LINKED)
  expect([desk.state.alerts.bringProblem.value, desk.state.desk.live.incidents.has(LINKED)]).toEqual([undefined, true])
})

test('whoever must sign in first comes to the page after; an incident that is over opens as well', async () => {
  const desk = openBareDesk(wearers, NOW, at)
  desk.answer('GET /v1/me', refusal(401, 'not_signed_in'))
  await desk.state.session.check()
  expect(desk.address.href()).toBe(at)
  desk.list([{ ...linked, withdrawn: { reason: 'late_report' } }])
  desk.answer('GET /v1/me', {
    body: { officerId: 'o', name: '', role: 'pk', unitPath: '', unitName: '', timeZone: '' },
  })
  await desk.state.session.signIn('ratna', 'rahasia')
  await idle()
  expect([desk.state.alerts.selectedId.value, desk.state.file.selectedId.value]).toEqual([LINKED, wearers[0]!.id])
  expect(desk.state.alerts.closed.value.map(({ id }) => id)).toEqual([LINKED])
})

test('each role comes to where its work is', async () => {
  const landings: string[] = []
  for (const role of ['operator', 'pk', 'kanwil', 'ditjenpas', 'auditor', 'admin_ti']) {
    const desk = openBareDesk(wearers, NOW, '/')
    desk.answer('GET /v1/me', { body: { officerId: 'o', name: '', role, unitPath: '', unitName: '', timeZone: '' } })
    await desk.state.session.check()
    landings.push(desk.address.href())
  }
  expect(landings).toEqual(['/ruang-kendali', '/ruang-kendali', '/laporan', '/laporan', '/saya', '/alat'])
})

describe.skipIf(!chromiumIsHere)('in Chromium', () => {
  let folder: string
  let browser: Browser
  let api: FakeApi
  let sample: Sample
  const complaints: string[] = []
  beforeAll(async () => {
    folder = await buildConsole()
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser.close()
    rmSync(folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    sample = makeSample(300, Date.now())
    api = await startFakeApi({ folder, sample })
  })
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close()
    await api.stop()
    expect(complaints.splice(0)).toEqual([])
  })

  test('the link of a notice opens the alert, far down the queue; a reload and the way back keep the place', async () => {
    for (let i = 0; i < 100; i++) {
      const one = incidentOf(sample.wearers[i]!, 'sos', Date.now() - i * 1000)
      api.incidents.set(one.id, one)
    }
    const last = incidentOf(sample.wearers[200]!, 'warning_ring', Date.now() - 9_000_000, { id: LINKED })
    api.incidents.set(LINKED, last)
    const page = await openConsole(browser, `${api.url}/?incident=${LINKED}`, complaints)
    await signIn(page)
    await expect.poll(() => page.locator('.incident').textContent()).toContain(last.wearer.name)
    await expect.poll(() => new URL(page.url()).pathname).toBe(`/insiden/${LINKED}`)
    await expect
      .poll(() => row(page, LINKED).evaluate((e) => e.getBoundingClientRect().top < window.innerHeight - 30))
      .toBe(true)
    await page.reload()
    await expect.poll(() => page.locator('.incident').textContent()).toContain(last.wearer.name)
    await page.locator('.incident-who a').click()
    await expect.poll(() => new URL(page.url()).pathname).toBe(`/klien/${last.wearer.id}`)
    await page.goBack()
    await expect.poll(() => page.locator('.incident h2').textContent()).toContain('mendekati batas')
    await page.goBack()
    await page.goForward()
    await expect.poll(() => page.locator('.incident h2').textContent()).toContain('mendekati batas')
  })

  test('on a phone it opens the file with the alert in it', async () => {
    // Bayu, away from Menteng.
    const { id } = sample.incidents[2]!
    const page = await openConsole(browser, `${api.url}/?incident=${id}`, complaints, PHONE)
    await signIn(page)
    await expect.poll(() => page.locator('.incident').textContent()).toContain('di luar zona wajib')
    await expect.poll(() => page.locator('.map').getAttribute('data-view')).toMatch(/^15\/-6\.1\d+\/106\.83/)
  })
})
