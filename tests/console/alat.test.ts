// A device is registered, tested, put on a klien, swapped and taken off through the console, against the real API.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Bracelet, FittingRecord } from '../../model/console/people.ts'
import { benchReportOf } from '../../model/report/bench-report.ts'
import { insertQuarantine } from '../../store/track/insert-quarantine.ts'
import { noteBench } from '../../stream/logs/bench.ts'
import { type ApiUnderTest, apiUnderTest, get } from '../api/api-under-test.ts'
import { eventually } from '../pipeline/run-pipeline.ts'
import { buildConsole } from '../web-map/build-console.ts'
import { chromiumIsHere, launchChromium } from '../web-map/chromium.ts'
import { faultsOf, LOOKS, signedInPage } from './look-at-page.ts'

const PICTURES = process.env.GELANG_PICTURES
let folder: string
let t: ApiUnderTest
let browser: Browser
const cookies: Record<string, string> = {}
const complaints: string[] = []
beforeAll(async () => {
  if (!chromiumIsHere) return
  folder = await buildConsole()
  t = await apiUnderTest({ staticFolder: folder })
  for (const officer of ['pk1A', 'kasubsiA', 'adminA']) cookies[officer] = await t.signIn(officer)
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await t?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})
afterEach(async () => {
  for (const context of browser?.contexts() ?? []) await context.close()
  expect(complaints.splice(0)).toEqual([])
})

const open = async (officer: string, path: string, look: (typeof LOOKS)[number] = LOOKS[0]): Promise<Page> => {
  const page = await signedInPage(browser, t.api.baseUrl, cookies[officer]!, complaints, look)
  await page.goto(t.api.baseUrl + path)
  await page.locator('.connection.live').waitFor()
  return page
}
async function register(page: Page, deviceId: string, protocol: string): Promise<number> {
  await page.goto(`${t.api.baseUrl}/alat`)
  await page.getByRole('link', { name: 'Daftarkan alat' }).click()
  await page.locator('[name=deviceId]').fill(deviceId)
  await page.locator('[name=model]').fill('Topin X1')
  await page.locator('main form [name=protocol]').selectOption(protocol)
  await page.locator('[name=simEnds]').fill('2027-05-31')
  await page.getByRole('button', { name: 'Daftarkan alat' }).click()
  await page.getByRole('link', { name: 'Uji alat' }).waitFor()
  const href = await page.getByRole('link', { name: 'Uji alat' }).getAttribute('href')
  return Number(href!.split('/').at(-1))
}
const hear = (braceletId: number, more: object = {}) =>
  noteBench(
    ...([t.redis.redis, t.redis.keys, braceletId] as const),
    benchReportOf(
      {
        ...{ deviceId: 'x', timeMs: Date.now(), fixValid: true, accuracyM: 8, batteryPercent: 90, strap: 'closed' },
        ...{ case: 'closed', satellites: 9, alarms: [], archived: false, ...more },
      },
      Date.now(),
      'osmand',
    ),
  )

describe.skipIf(!chromiumIsHere)('devices in the console', () => {
  let first: number
  test('Kasubsi registers a device, sees its secret once, tests it until it is fit', async () => {
    const page = await open('kasubsiA', '/alat')
    first = await register(page, '860000000000111', 'osmand')
    expect(await page.locator('.secret code').textContent()).toMatch(/^[\w-]{24}$/)
    expect(await faultsOf(page, 'alat-secret')).toEqual([])
    await page.getByRole('link', { name: 'Uji alat' }).click()
    await page.getByRole('button', { name: 'Mulai uji' }).click()
    await page.getByText('Tidak ada laporan dalam 5 menit').waitFor()
    await eventually(() => hear(first, { strap: 'open' }), 'the test is wanted')
    await page.getByText('Tali terbuka').waitFor()
    expect(await faultsOf(page, 'alat-unfit')).toEqual([])
    await hear(first)
    await page.locator('.verdict.fit').waitFor()
    expect(await faultsOf(page, 'alat-fit')).toEqual([])
    await page.goto(`${t.api.baseUrl}/alat`)
    await page.getByRole('link', { name: '860000000000111' }).waitFor()
    expect(await page.locator('.secret').count()).toBe(0)
  })

  test('a PK fits it with both signatures, swaps it and takes it off; each has its record', async () => {
    const second = await register(await open('kasubsiA', '/alat'), '860000000000222', 'gt06')
    const { a1 } = t.seeded.wearers
    await t.database.ownerPool.query(
      `UPDATE assignment SET during = tstzrange(lower(during), now()) WHERE wearer_id = $1 AND upper_inf(during)`,
      [a1.n],
    )
    const page = await open('pk1A', `/klien/${a1.id}/alat`)
    await page.getByRole('button', { name: 'Pasang alat' }).click()
    await page.locator('dialog [name=bracelet]').selectOption(String(first))
    await page.locator('dialog [name=identity]').selectOption('ktp')
    expect(await page.locator('dialog [name=klienSigned]').inputValue()).not.toBe('')
    expect(await faultsOf(page, 'alat-fitting')).toEqual([])
    await page.locator('dialog').getByRole('button', { name: 'Pasang alat' }).click()
    await page.getByText('Dipasang: 860000000000111').waitFor()
    await page.getByRole('button', { name: 'Ganti alat' }).click()
    await page.locator('dialog [name=bracelet]').selectOption(String(second))
    await page.locator('dialog [name=identity]').selectOption('dikenal')
    await page.locator('dialog').getByRole('button', { name: 'Ganti alat' }).click()
    await page.getByText('Dipasang: 860000000000222').waitFor()
    await page.getByRole('button', { name: 'Lepas alat' }).click()
    await page.locator('dialog [name=reason]').fill('alat rusak, akan diganti')
    await page.locator('dialog [name=identity]').selectOption('dikenal')
    await page.locator('dialog').getByRole('button', { name: 'Lepas alat' }).click()
    await page.getByText('Dilepas: 860000000000222').waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Berita acara (PDF)' }).first().click(),
    ])
    expect(download.suggestedFilename()).toMatch(/^berita-acara-\d+\.pdf$/)
    const records = await get(t.api, `/v1/wearers/${a1.id}/fittings`, cookies.pk1A)
    const { fittings } = (await records.json()) as { fittings: FittingRecord[] }
    expect(fittings.map(({ act }) => act)).toEqual(['lepas', 'pasang', 'lepas', 'pasang'])
    if (PICTURES !== undefined) {
      const path = `/v1/wearers/${a1.id}/fittings/${fittings[1]!.id}/document`
      const paper = await get(t.api, path, cookies.pk1A)
      writeFileSync(join(PICTURES, 'berita-acara.pdf'), Buffer.from(await paper.arrayBuffer()))
    }
    const worn = (await (await get(t.api, `/v1/bracelets/${second}`, cookies.kasubsiA)).json()) as Bracelet
    expect(worn.custody).toBe('gudang')
  })

  test('Kasubsi sends a device to repair with a reason; Admin TI revokes another; the history says so', async () => {
    const page = await open('kasubsiA', `/alat/${first}`)
    await page.getByRole('button', { name: 'Ubah keadaan' }).click()
    await page.locator('dialog [name=custody]').selectOption('servis')
    await page.locator('dialog [name=reason]').fill('tali retak, dikirim ke pabrik')
    await page.locator('dialog').getByRole('button', { name: 'Ubah keadaan' }).click()
    await page.locator('.versions li', { hasText: 'tali retak' }).waitFor()
    expect(await page.getByRole('button', { name: 'Cabut alat' }).count()).toBe(0)
    const admin = await open('adminA', `/alat/${first}`)
    await admin.getByRole('button', { name: 'Cabut alat' }).click()
    await admin.locator('dialog [name=reason]').fill('alat tidak dapat diperbaiki')
    await admin.locator('dialog').getByRole('button', { name: 'Cabut alat' }).click()
    await admin.locator('.fact-row', { hasText: 'Dicabut' }).waitFor()
  })

  test('Admin TI adds a gateway and looks at quarantine', async () => {
    await insertQuarantine(t.database.ownerPool, [
      {
        id: '7-1',
        item: {
          ...{ receivedMs: Date.now() - 5000, protocol: 'gt06', reason: 'checksum', detail: 'wrong checksum' },
          ...{ deviceId: '860000000000111', raw: Buffer.from('7878'), cut: false },
        },
      },
    ])
    const page = await open('adminA', '/alat/gateway')
    await page.getByRole('button', { name: 'Tambah gateway' }).click()
    await page.locator('dialog [name=id]').fill('gw-bandung-1')
    await page.locator('dialog').getByRole('button', { name: 'Simpan' }).click()
    await page.locator('.secret code').waitFor()
    await page.getByRole('link', { name: 'Karantina' }).click()
    await page.getByText('checksum salah').last().waitFor()
    await page.locator('.versions').getByRole('button', { name: 'Lihat isi' }).first().click()
    await page.locator('.bytes').waitFor()
    expect(await faultsOf(page, 'alat-quarantine-open')).toEqual([])
  })

  test.each(LOOKS.map((look) => [look[0], look] as const))('each page in the look %s', async (name, look) => {
    const page = await open('adminA', '/alat', look)
    const found: string[] = []
    for (const [part, path] of Object.entries({
      ...{ stok: '/alat', satu: `/alat/${first}`, karantina: '/alat/karantina', kata: '/alat/kata' },
      ...{ gateway: '/alat/gateway', baru: '/alat/baru' },
    })) {
      if (part === 'baru') continue
      await page.goto(t.api.baseUrl + path)
      await page.locator('.alat h2').first().waitFor()
      found.push(...(await faultsOf(page, `alat-${part}-${name}`)))
    }
    await page.context().close()
    const kasubsi = await open('kasubsiA', '/alat/baru', look)
    await kasubsi.locator('[name=deviceId]').waitFor()
    found.push(...(await faultsOf(kasubsi, `alat-baru-${name}`)))
    await kasubsi.goto(`${t.api.baseUrl}/klien/${t.seeded.wearers.a1.id}/alat`)
    await kasubsi.locator('.versions li').first().waitFor()
    found.push(...(await faultsOf(kasubsi, `alat-klien-${name}`)))
    expect(found).toEqual([])
  })
})
