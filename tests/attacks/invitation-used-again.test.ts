// Somebody finds the link of an invitation in a chat, later or at the same moment.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Invitation } from '../../model/console/admin.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { type ApiUnderTest, apiUnderTest, get, post, send, signIn } from '../api/api-under-test.ts'

let t: ApiUnderTest
let admin: string
beforeAll(async () => {
  t = await apiUnderTest()
  admin = await t.signIn('adminA')
})
afterAll(() => t.close())

const PASSWORD = 'kata-sandi-yang-panjang'
const DENIED = { code: '42501' }
const ask = (officer: string, body: object = {}) =>
  post(t.api, `/v1/officers/${t.seeded.officers[officer]}/invitation`, { username: officer, ...body }, admin)
async function invite(officer: string): Promise<string> {
  const answer = await ask(officer)
  expect(answer.status).toBe(201)
  return new URL(((await answer.json()) as Invitation).link).hash.slice(1)
}
const accept = async (token: string, password = PASSWORD) =>
  (await post(t.api, '/api/invitations/accept', { token, password })).status

test('of eight who use one link at once, one sets the password', async () => {
  const token = await invite('kasubsiA')
  const passwords = Array.from({ length: 8 }, (_, i) => `kata-sandi-nomor-${i}`)
  const statuses = await Promise.all(passwords.map((password) => accept(token, password)))
  expect(statuses.filter((status) => status === 200)).toHaveLength(1)
  expect(statuses.filter((status) => status === 404)).toHaveLength(7)
  await signIn(t.api, 'kasubsiA', passwords[statuses.indexOf(200)])
  expect(await accept(token)).toBe(404)
})

test('a link that a newer one replaced, that has passed its time, or that nobody made opens nothing', async () => {
  const older = await invite('pk2A')
  const newer = await invite('pk2A')
  expect(await accept(older)).toBe(404)
  await t.database.ownerPool.query(`UPDATE invitation SET ends_at = now() - interval '1 second' WHERE used_at IS NULL`)
  expect(await accept(newer)).toBe(404)
  expect(await accept('A'.repeat(43))).toBe(404)
  expect(await accept('short')).toBe(400)
  await signIn(t.api, 'pk2A')
})

test('whoever was deactivated meanwhile does not come in by the link', async () => {
  const token = await invite('operatorA')
  const path = `/v1/officers/${t.seeded.officers.operatorA}`
  const etag = (await get(t.api, path, admin)).headers.get('etag')!
  const reason = 'pindah tugas ke kantor lain'
  expect((await post(t.api, `${path}/deactivate`, { reason }, admin, { 'if-match': etag })).status).toBe(200)
  expect(await accept(token)).toBe(404)
  expect((await ask('operatorA')).status).toBe(403)
})

test('an Admin TI makes no link for another unit’s officer, for themselves, or for a longer time', async () => {
  expect((await ask('kepalaB')).status).toBe(404)
  expect((await ask('adminA')).status).toBe(403)
  expect((await ask('asistenA', { endsMs: 4e12 })).status).toBe(400)
  const raw = (sql: string) => asOfficer(t.database.apiPool, t.seeded.officers.adminA!, (client) => client.query(sql))
  const row = (id: string) => `VALUES ('${id}', 'nama', '${'a'.repeat(64)}'`
  const columns = 'INSERT INTO invitation (officer_id, username, token_sha256'
  await expect(raw(`${columns}) ${row(t.seeded.officers.kepalaB!)})`)).rejects.toMatchObject(DENIED)
  await expect(raw(`${columns}, ends_at) ${row(t.seeded.officers.asistenA!)}, 'infinity')`)).rejects.toMatchObject(
    DENIED,
  )
  await expect(raw('UPDATE invitation SET used_at = NULL')).rejects.toMatchObject(DENIED)
  await expect(raw('SELECT token_sha256 FROM invitation')).rejects.toMatchObject(DENIED)
})

test('a role that is added to a change of a telephone number is not slipped in by another field', async () => {
  const path = `/v1/officers/${t.seeded.officers.pk1A}`
  const etag = (await get(t.api, path, admin)).headers.get('etag')!
  for (const more of [
    { active: false },
    { auth_user_id: 'x' },
    { id: t.seeded.officers.kepalaA },
    { hasAccount: true },
  ])
    expect((await send(t.api, 'PATCH', path, { phone: '0812', ...more }, admin, { 'if-match': etag })).status).toBe(400)
})
