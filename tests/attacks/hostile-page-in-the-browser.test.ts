// Attack: a page on another site, or on another host of the same domain, frames the console, opens it, reads its answers or sets its cookies.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningApi } from '../../api/start-api.ts'
import { type ApiUnderTest, apiUnderTest, get, PASSWORD } from '../api/api-under-test.ts'

let t: ApiUnderTest
let secure: RunningApi
beforeAll(async () => {
  t = await apiUnderTest()
  secure = await t.another({ baseUrl: 'https://konsol.example' })
})
afterAll(() => t.close())

const HEADERS: [name: string, value: RegExp][] = [
  ['content-security-policy', /^default-src 'none'; script-src 'self';.*object-src 'none'/],
  ['content-security-policy', /frame-ancestors 'none'/],
  ['content-security-policy', /base-uri 'none'; form-action 'self'/],
  ['x-content-type-options', /^nosniff$/],
  ['x-frame-options', /^DENY$/],
  ['referrer-policy', /^no-referrer$/],
  ['cross-origin-opener-policy', /^same-origin$/],
  ['cross-origin-resource-policy', /^same-origin$/],
  ['permissions-policy', /camera=\(\).*geolocation=\(\).*microphone=\(\).*usb=\(\)/],
  ['x-permitted-cross-domain-policies', /^none$/],
  ['cache-control', /no-store/],
]

test.each(['/v1/me', '/v1/nothing', '/healthz', '/api/auth/sign-in/username', '/nothing.txt'])(
  '%s carries every header, whatever the answer',
  async (path) => {
    const { headers } = await get(t.api, path)
    for (const [name, value] of HEADERS) expect(headers.get(name), name).toMatch(value)
  },
)

test('over https the browser never goes back to http; on a plain loopback address nothing asks for https', async () => {
  const address = (path: string) => `http://127.0.0.1:${secure.port}${path}`
  const { headers } = await fetch(address('/v1/me'))
  expect(headers.get('strict-transport-security')).toBe('max-age=63072000; includeSubDomains')
  expect(headers.get('content-security-policy')).toContain('upgrade-insecure-requests')
  const plain = (await get(t.api, '/v1/me')).headers
  expect(plain.get('strict-transport-security')).toBeNull()
  expect(plain.get('content-security-policy')).not.toContain('upgrade-insecure-requests')
})

test('every cookie over https is __Host-: no other host of the domain can set or read it', async () => {
  const answer = await fetch(`http://127.0.0.1:${secure.port}/api/auth/sign-in/username`, {
    method: 'POST',
    headers: { origin: 'https://konsol.example', 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'pk1A', password: PASSWORD }),
  })
  expect(answer.status).toBe(200)
  const cookies = answer.headers.getSetCookie()
  expect(cookies).toHaveLength(2)
  for (const cookie of cookies) {
    expect(cookie).toMatch(/^__Host-gelang[.]/)
    for (const attribute of [/; Path=\/(;|$)/, /; Secure/, /; HttpOnly/, /; SameSite=Strict/])
      expect(cookie).toMatch(attribute)
    expect(cookie).not.toMatch(/; Domain/i)
  }
  const me = (cookie: string) => fetch(`http://127.0.0.1:${secure.port}/v1/me`, { headers: { cookie } })
  const session = cookies.find((cookie) => cookie.includes('session_token'))!.split(';')[0]!
  expect((await me(session)).status).toBe(200)
  // As a sibling host would set it.
  for (const name of ['gelang.session_token', '__Secure-gelang.session_token', '__Host-Gelang.session_token'])
    expect((await me(session.replace('__Host-gelang.session_token', name))).status).toBe(401)
})
