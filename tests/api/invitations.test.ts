// A one-time link: whoever has it sets a password, once, within 72 hours.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Invitation, OfficerView } from '../../model/console/admin.ts'
import { type ApiUnderTest, apiUnderTest, get, post, signIn } from './api-under-test.ts'

let t: ApiUnderTest
let admin: string
beforeAll(async () => {
  t = await apiUnderTest()
  admin = await t.signIn('adminA')
})
afterAll(() => t.close())

const PASSWORD = 'kata-sandi-yang-panjang'
let officers = 0
async function newOfficer(): Promise<OfficerView> {
  const nip = String(198_000_000_000_000_000n + BigInt(officers++))
  const fields = { name: 'Sari Dewi', role: 'pk', unitPath: 'dj.jabar.bandung', nip }
  return (await (await post(t.api, '/v1/officers', fields, admin)).json()) as OfficerView
}
async function invite(id: string, body: object = {}): Promise<Invitation & { token: string }> {
  const answer = await post(t.api, `/v1/officers/${id}/invitation`, body, admin)
  expect(answer.status).toBe(201)
  const invitation = (await answer.json()) as Invitation
  return { ...invitation, token: new URL(invitation.link).hash.slice(1) }
}
const accept = (token: string, password = PASSWORD) => post(t.api, '/api/invitations/accept', { token, password })
const look = (token: string) => post(t.api, '/api/invitations/look', { token })

test('the officer sees whose link it is, sets a password, and signs in with the NIP', async () => {
  const officer = await newOfficer()
  const { token, link, username } = await invite(officer.id)
  expect(link).toBe(`${t.api.baseUrl}/undangan#${token}`)
  expect(await (await look(token)).json()).toEqual({ name: 'Sari Dewi', username: officer.nip })
  expect((await accept(token, 'pendek')).status).toBe(400)
  expect((await accept(token)).status).toBe(200)
  const cookie = await signIn(t.api, username, PASSWORD)
  expect(await (await get(t.api, '/v1/me', cookie)).json()).toMatchObject({ name: 'Sari Dewi', role: 'pk' })
  const { rows } = await t.database.ownerPool.query('SELECT token_sha256 FROM invitation')
  expect(JSON.stringify(rows)).not.toContain(token)
})

test('a link for who has an account sets another password and ends the sessions; the name stays', async () => {
  const id = t.seeded.officers.pk1A!
  const before = await t.signIn('pk1A')
  const { token, username } = await invite(id, { username: 'nama-lain' })
  expect(username).toBe('pk1a')
  expect((await accept(token)).status).toBe(200)
  expect((await get(t.api, '/v1/me', before)).status).toBe(401)
  await expect(t.signIn('pk1A')).rejects.toThrow('401')
  await signIn(t.api, 'pk1a', PASSWORD)
})

test('a user name of somebody else is refused', async () => {
  const officer = await newOfficer()
  const taken = await post(t.api, `/v1/officers/${officer.id}/invitation`, { username: 'kepalaa' }, admin)
  expect(taken.status).toBe(409)
})

test('what a crash left, an account that no officer has, is taken over by the link', async () => {
  const officer = await newOfficer()
  const { token } = await invite(officer.id)
  await t.database.ownerPool.query(
    `INSERT INTO auth."user" (id, name, email, "emailVerified", username) VALUES ('half', '', 'half@accounts.invalid', false, $1)`,
    [officer.nip],
  )
  expect((await accept(token)).status).toBe(200)
  await signIn(t.api, officer.nip!, PASSWORD)
})
