// A notice holds a link to its incident: /?incident=<id>.
import { rmSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openBareDesk, refusal, settled } from './bare-desk.ts'
import { buildConsole } from './build-console.ts'
import { chromiumIsHere, launchChromium } from './chromium.ts'
import { type FakeApi, startFakeApi } from './fake-api.ts'
import { card, openConsole, PHONE, signIn } from './open-desk.ts'
import { incidentOf, makeSample, type Sample } from './sample-data.ts'

const NOW = Date.UTC(2026, 10, 23, 13)
const LINKED = '20000000-0000-4000-8000-00000000abcd'
const { wearers } = makeSample(100, NOW)
const linked = incidentOf(wearers[0]!, 'off_corridor', NOW, { id: LINKED })

test('an address that names nothing the officer may see is said and cleared', async () => {
  const desk = openBareDesk(wearers, NOW, LINKED)
  await desk.state.session.check()
  await settled()
  expect(desk.state.notice.value).toContain('tidak ditemukan')
  expect(desk.address.incidentId).toBeUndefined()
})

test('what is no id is not asked for', async () => {
  const desk = openBareDesk(wearers, NOW, '../me')
  await desk.state.session.check()
  await settled()
  expect(desk.state.notice.value).toContain('tidak ditemukan')
  expect(desk.asked.filter((what) => what.startsWith('GET /v1/incidents/'))).toEqual([])
})

test('while the server cannot say, the address stays for another try', async () => {
  const desk = openBareDesk(wearers, NOW, LINKED)
  desk.answer(`GET /v1/incidents/${LINKED}`, refusal(503, 'database_away'))
  await desk.state.session.check()
  await settled()
  expect(desk.state.notice.value).toContain('Basis data')
  expect(desk.address.incidentId).toBe(LINKED)
})

test('an ended session keeps the address for the next sign-in; an incident that is over opens as well', async () => {
  const desk = openBareDesk(wearers, NOW, LINKED)
  desk.answer('GET /v1/me', refusal(401, 'not_signed_in'))
  await desk.state.session.check()
  expect(desk.address.incidentId).toBe(LINKED)
  desk.list([{ ...linked, withdrawn: { reason: 'late_report' } }])
  desk.answer('GET /v1/me', {
    body: { officerId: 'o', name: '', role: 'pk', unitPath: '', unitName: '', timeZone: '' },
  })
  await desk.state.session.signIn('ratna', 'rahasia')
  await settled()
  expect([desk.state.alerts.selectedId.value, desk.state.file.selectedId.value]).toEqual([LINKED, wearers[0]!.id])
  expect(desk.state.alerts.closed.value.map(({ id }) => id)).toEqual([LINKED])
  expect(desk.address.incidentId).toBeUndefined()
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

  test('the link opens the alert, far down the list, with the klien’s file; a reload does not open it again', async () => {
    for (let i = 0; i < 100; i++) {
      const one = incidentOf(sample.wearers[i]!, 'sos', Date.now() - i * 1000)
      api.incidents.set(one.id, one)
    }
    const last = incidentOf(sample.wearers[200]!, 'warning_ring', Date.now() - 9_000_000, { id: LINKED })
    api.incidents.set(LINKED, last)
    const page = await openConsole(browser, `${api.url}/?incident=${LINKED}`, complaints)
    await signIn(page)
    await page.locator('.card.selected').waitFor()
    expect(await page.locator('.card.selected').getAttribute('data-incident')).toBe(LINKED)
    await expect.poll(() => page.locator('.panel h2').textContent()).toBe(last.wearer.name)
    await expect
      .poll(() => card(page, LINKED).evaluate((e) => e.getBoundingClientRect().bottom <= window.innerHeight))
      .toBe(true)
    expect(new URL(page.url()).search).toBe('')
    await page.reload()
    await page.locator('.card').first().waitFor()
    expect(await page.locator('.panel, .card.selected').count()).toBe(0)
  })

  test('on a phone it opens the file with the alert in it', async () => {
    // Bayu, away from Menteng.
    const { id } = sample.incidents[2]!
    const page = await openConsole(browser, `${api.url}/?incident=${id}`, complaints, PHONE)
    await signIn(page)
    await expect.poll(() => page.locator('.panel-incidents').textContent()).toContain('di luar zona wajib')
    await expect.poll(() => page.locator('.map').getAttribute('data-view')).toMatch(/^15\/-6\.1\d+\/106\.83/)
  })
})
