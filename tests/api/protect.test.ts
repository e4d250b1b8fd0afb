import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { originsOf } from '../../api/answer/protect.ts'
import { type ApiUnderTest, apiUnderTest, get, PASSWORD } from './api-under-test.ts'

let t: ApiUnderTest
const folder = mkdtempSync(join(tmpdir(), 'gelang-console-'))

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Gelang</title>')
  writeFileSync(join(folder, 'assets', 'app-4f1e.js'), 'export {}')
  t = await apiUnderTest({
    staticFolder: folder,
    mapSettings: { tileUrl: 'https://{s}.ubin.example/{z}/{x}/{y}.png', tileAttribution: 'Ubin' },
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4', text: 'gelang_up 1\n' }),
  })
})
afterAll(async () => {
  await t.close()
  rmSync(folder, { recursive: true })
})

test('every answer carries the headers, errors too', async () => {
  for (const path of ['/', '/v1/me', '/nothing.txt', '/healthz']) {
    const { headers } = await get(t.api, path)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("img-src 'self' data: https://*.ubin.example;")
    expect(policy).not.toMatch(/script-src[^;]*unsafe/)
    expect(headers.get('strict-transport-security')).toBeNull()
  }
})

test('behind https: HSTS and a cookie that only https carries', async () => {
  const secure = await t.another({ baseUrl: 'https://gelang.example' })
  const origin = { origin: 'https://gelang.example' }
  const health = await fetch(`http://127.0.0.1:${secure.port}/healthz`)
  expect(health.headers.get('strict-transport-security')).toMatch(/max-age=\d{8}/)
  const at = `http://127.0.0.1:${secure.port}/api/auth/sign-in/username`
  const signedIn = await fetch(at, {
    method: 'POST',
    headers: { ...origin, 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'pk1A', password: PASSWORD }),
  })
  expect(signedIn.headers.getSetCookie().at(-1)).toMatch(
    /^__Host-gelang\.session_token=(?=.*Path=\/)(?!.*Domain).*Secure/,
  )
})

test.each([
  ['no Origin', {}],
  ['another site', { origin: 'https://lain.example' }],
  ['another port', { origin: 'http://127.0.0.1:1' }],
  ['a sandboxed frame', { origin: 'null' }],
])('a change from %s is refused, with a session or without', async (_, headers) => {
  const cookie = await t.signIn('pk1A')
  for (const path of [
    '/api/auth/sign-in/username',
    '/api/auth/sign-out',
    `/v1/incidents/${t.seeded.wearers.a1.incidentId}/acts`,
  ]) {
    const answer = await fetch(new URL(path, t.api.baseUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie, ...headers },
      body: '{"action":"acknowledge"}',
    })
    expect(answer.status).toBe(403)
    expect(await answer.json()).toMatchObject({ error: { code: 'wrong_origin' } })
  }
  expect((await get(t.api, '/v1/me', cookie)).status).toBe(200)
})

test('forms, oversized and broken bodies are refused', async () => {
  const cookie = await t.signIn('pk1A')
  const path = `/v1/incidents/${t.seeded.wearers.a1.incidentId}/acts`
  const send = (body: string, type: string) =>
    fetch(new URL(path, t.api.baseUrl), {
      method: 'POST',
      headers: { origin: t.api.baseUrl, cookie, 'content-type': type },
      body,
    })
  expect((await send('action=acknowledge', 'application/x-www-form-urlencoded')).status).toBe(415)
  expect((await send('{"action":', 'application/json')).status).toBe(400)
  const huge = await send(JSON.stringify({ action: 'note', note: 'x'.repeat(70_000) }), 'application/json')
  expect(huge.status).toBe(413)
  expect(await huge.json()).toMatchObject({ error: { code: 'too_large' } })
})

test('a body that states no length is taken, up to the limit', async () => {
  const cookie = await t.signIn('pk1A')
  const send = (note: string) =>
    fetch(new URL(`/v1/incidents/${t.seeded.wearers.a1.incidentId}/acts`, t.api.baseUrl), {
      ...{ method: 'POST', duplex: 'half' },
      headers: { origin: t.api.baseUrl, cookie, 'content-type': 'application/json' },
      body: new Blob([JSON.stringify({ action: 'note', note })]).stream(),
    } as RequestInit)
  expect((await send('sudah ditelepon')).status).toBe(200)
  expect((await send('x'.repeat(70_000))).status).toBe(413)
})

test('a loopback server is reached under both its names', () => {
  expect([...originsOf('http://127.0.0.1:8080', ['https://x.example/path'])]).toEqual([
    'http://127.0.0.1:8080',
    'https://x.example',
    'http://localhost:8080',
  ])
})

test('the console: hashed files stay, its page is asked for anew, every place in it is the page', async () => {
  const asset = await get(t.api, '/assets/app-4f1e.js')
  expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(asset.headers.get('content-type')).toMatch(/javascript/)
  for (const path of ['/', '/index.html', '/klien/7', '/insiden/7', '/laporan']) {
    const page = await get(t.api, path)
    expect([path, page.status]).toEqual([path, 200])
    expect(await page.text()).toContain('<title>Gelang</title>')
    expect(page.headers.get('cache-control')).toBe('no-cache')
  }
  for (const path of ['/insiden', '/entah/apa', '/klien/7/apa']) {
    const page = await get(t.api, path)
    expect([path, page.status]).toEqual([path, 404])
    expect(await page.text()).toContain('<title>Gelang</title>')
  }
  const old = await fetch(`${t.api.baseUrl}/?incident=4f1e`, { redirect: 'manual' })
  expect([old.status, old.headers.get('location')]).toEqual([302, '/insiden/4f1e'])
  const odd = await fetch(`${t.api.baseUrl}/?incident=${encodeURIComponent('//evil.example/')}`, { redirect: 'manual' })
  expect(odd.status).toBe(200)
  for (const path of ['/assets/gone-1.js', '/v1/gone', '/api/gone'])
    expect((await get(t.api, path)).status).toBe(path === '/v1/gone' ? 401 : 404)
  const outside = await get(t.api, '/..%2f..%2f..%2fetc/passwd')
  expect(await outside.text()).not.toContain('root:')
})

test('what is long is compressed for who takes it so', async () => {
  const document = await get(t.api, '/v1/openapi.json')
  expect(document.headers.get('content-encoding')).toBe('gzip')
  expect(await document.json()).toHaveProperty('openapi')
})

test('health, readiness and metrics need no login and name nobody', async () => {
  expect(await (await get(t.api, '/healthz')).text()).toBe('ok\n')
  expect(await (await get(t.api, '/metrics')).text()).toBe('gelang_up 1\n')
  await expect.poll(async () => (await get(t.api, '/readyz')).status).toBe(200)
})
