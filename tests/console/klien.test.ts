// A klien is taken in, corrected and released through the console, against the real API.
import { rmSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { WearerFile, WearerVersion } from '../../model/console/people.ts'
import { type ApiUnderTest, apiUnderTest, get, send } from '../api/api-under-test.ts'
import { buildConsole } from '../web-map/build-console.ts'
import { chromiumIsHere, launchChromium } from '../web-map/chromium.ts'
import { faultsOf, LOOKS, signedInPage } from './look-at-page.ts'

let folder: string
let t: ApiUnderTest
let browser: Browser
const cookies: Record<string, string> = {}
const complaints: string[] = []
beforeAll(async () => {
  if (!chromiumIsHere) return
  folder = await buildConsole()
  t = await apiUnderTest({ staticFolder: folder })
  for (const officer of ['pk1A', 'kasubsiA', 'kepalaA']) cookies[officer] = await t.signIn(officer)
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
const fileOf = async (id: string) =>
  (await (await get(t.api, `/v1/wearers/${id}/file`, cookies.kasubsiA)).json()) as WearerFile

async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(fields)) await page.locator(`main [name=${name}]`).fill(text)
}
const INTAKE = {
  ...{ name: 'Rahmat Hidayat', birthDate: '1987-03-09', nik: '3273010903870001', sdpNumber: 'SDP-2026-11' },
  ...{ skNumber: 'PAS-77.PK.05.09/2026', skDate: '2026-10-01', skIssuer: 'Dirjen Pemasyarakatan', to: '2099-12-31' },
  ...{ address: 'Jl. Cihampelas 10, Bandung', phone: '0812 1111 2222', guarantorName: 'Siti Hidayat' },
  ...{ guarantorPhone: '0813 3333 4444', polsekName: 'Polsek Coblong', health: 'asma' },
}

describe.skipIf(!chromiumIsHere)('klien in the console', () => {
  let id: string
  test('a PK takes one in; one like them is shown first', async () => {
    const page = await open('pk1A', '/klien')
    await page.getByRole('link', { name: 'Klien baru' }).click()
    await fill(page, INTAKE)
    await page.locator('[name=programme]').selectOption('PB')
    await page.locator('[name=risk]').selectOption('sedang')
    await page.getByLabel('Lansia').check()
    await page.getByRole('button', { name: 'Catat klien' }).click()
    await page.locator('.versions li').waitFor()
    id = new URL(page.url()).pathname.split('/')[2]!
    expect(await fileOf(id)).toMatchObject({
      ...{ name: INTAKE.name, polsekName: 'Polsek Coblong', needs: ['lansia'], risk: 'sedang', version: 1 },
      ...{ supervision: { programme: 'PB', skIssuer: 'Dirjen Pemasyarakatan' } },
    })

    await page.goto(`${t.api.baseUrl}/klien/baru`)
    await fill(page, { ...INTAKE, nik: '3273010903870002' })
    await page.locator('[name=programme]').selectOption('CB')
    await page.getByRole('button', { name: 'Catat klien' }).click()
    await page.locator('.similar').waitFor()
    expect(await faultsOf(page, 'klien-similar')).toEqual([])
    await page.getByRole('button', { name: 'Bukan orang yang sama, catat' }).click()
    await page.locator('.versions li').waitFor()
    const other = new URL(page.url()).pathname.split('/')[2]!
    expect(other).not.toBe(id)

    await page.goto(`${t.api.baseUrl}/klien/baru`)
    await fill(page, { ...INTAKE, name: 'Orang Lain' })
    await page.locator('[name=programme]').selectOption('CB')
    await page.getByRole('button', { name: 'Catat klien' }).click()
    await page.locator('.similar', { hasText: 'NIK ini sudah tercatat' }).waitFor()
    expect(await page.locator('[name=name]').inputValue()).toBe('Orang Lain')
  })

  test('Kasubsi corrects the file; a colleague meanwhile is shown, and what was typed stays', async () => {
    const page = await open('kasubsiA', `/klien/${id}/ubah`)
    await page.locator('[name=pkOfficerId]').waitFor()
    await fill(page, { phone: '0899 0000 111', skNumber: 'PAS-77/2026 (benar)', reason: 'perbaikan sesuai SK asli' })
    await page.locator('[name=pkOfficerId]').selectOption({ label: 'pk2A' })
    const meanwhile = await get(t.api, `/v1/wearers/${id}/file`, cookies.pk1A)
    const change = { address: 'Jl. Dago 5', reason: 'klien pindah rumah kemarin' }
    const headers = { 'if-match': meanwhile.headers.get('etag')! }
    expect((await send(t.api, 'PATCH', `/v1/wearers/${id}`, change, cookies.pk1A, headers)).status).toBe(200)

    await page.getByRole('button', { name: 'Simpan' }).click()
    await page.locator('.changes', { hasText: 'Jl. Dago 5' }).waitFor()
    expect(await page.getByRole('alert').textContent()).toContain('pk1A')
    expect(await page.locator('[name=phone]').inputValue()).toBe('0899 0000 111')
    expect(await faultsOf(page, 'klien-conflict')).toEqual([])
    await page.getByRole('button', { name: 'Simpan' }).click()
    await page.locator('.versions li').nth(2).waitFor()
    expect(await page.locator('.versions li').first().textContent()).toMatch(/0899 0000 111.*0812 1111 2222|PAS-77/)
    expect(await fileOf(id)).toMatchObject({
      ...{ phone: '0899 0000 111', address: 'Jl. Dago 5', pkOfficerId: t.seeded.officers.pk2A },
      supervision: { skNumber: 'PAS-77/2026 (benar)' },
    })
  })

  test.each(LOOKS.map((look) => [look[0], look] as const))('each page in the look %s', async (_, look) => {
    const page = await open('kepalaA', '/klien/baru', look)
    const found: string[] = []
    for (const [name, path, waits] of [
      ['baru', '/klien/baru', '[name=pkOfficerId]'],
      ['ubah', `/klien/${id}/ubah`, '[name=pkOfficerId]'],
      ['berkas', `/klien/${id}/berkas`, '.versions li'],
      ['akses', `/klien/${id}/akses`, '.accesses li'],
      ['daftar', '/klien', '.wearers-table tbody tr'],
    ] as const) {
      await page.goto(t.api.baseUrl + path)
      await page.locator(waits).first().waitFor()
      found.push(...(await faultsOf(page, `klien-${name}-${look[0]}`)))
    }
    expect(found).toEqual([])
  })

  test('Kepala ends the supervision by death; monitoring ends, the file says so', async () => {
    const page = await open('kepalaA', `/klien/${id}/berkas`)
    await page.getByRole('button', { name: 'Akhiri bimbingan' }).click()
    await page.locator('dialog [name=kind]').selectOption('meninggal')
    await page.locator('dialog [name=reason]').fill('meninggal dunia, surat kematian ada')
    await page.locator('dialog [name=certain]').check()
    expect(await faultsOf(page, 'klien-end')).toEqual([])
    await page.locator('dialog').getByRole('button', { name: 'Akhiri bimbingan' }).click()
    await page.locator('.versions li', { hasText: 'Meninggal dunia' }).waitFor()
    const { supervision } = await fileOf(id)
    expect(supervision).toMatchObject({ endKind: 'meninggal' })
    expect(supervision!.toMs).toBeLessThanOrEqual(Date.now())
    const versions = await get(t.api, `/v1/wearers/${id}/versions`, cookies.kepalaA)
    expect(((await versions.json()) as { versions: WearerVersion[] }).versions).toHaveLength(4)
  })
})
