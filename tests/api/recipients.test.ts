// Recipients over the API: entered, changed, tested; encrypted below it; nobody else's.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RecipientView, WrittenRecipient } from '../../model/console/recipients.ts'
import { boundTo } from '../../model/notice/recipient.ts'
import { loadRecipients } from '../../store/rules/load-recipients.ts'
import { nextTest } from '../../stream/logs/notice-tests.ts'
import { concealWith } from '../../stream/redis/conceal.ts'
import { type ApiUnderTest, apiUnderTest, get, post, send } from './api-under-test.ts'

const conceal = concealWith('a key of thirty-two characters, or more')
const OWN = 'dj.jabar.bandung'
let t: ApiUnderTest
let kepala: string
let admin: string
let pk: string

beforeAll(async () => {
  t = await apiUnderTest({ conceal })
  kepala = await t.signIn('kepalaA')
  admin = await t.signIn('adminA')
  pk = await t.signIn('pk1A')
})
afterAll(() => t.close())

const NEW = {
  ...{ name: 'Kasubsi jaga', unitPath: OWN, level: 'kasubsi', language: 'id' },
  ways: [
    { channel: 'webhook', address: 'https://hook.example/a' },
    { channel: 'whatsapp', address: '+6281234567890' },
  ],
}
async function added(body: object = NEW, as = kepala): Promise<WrittenRecipient> {
  const answer = await post(t.api, '/v1/recipients', body, as)
  expect([answer.status, answer.ok ? '' : await answer.clone().text()]).toEqual([201, ''])
  return (await answer.json()) as WrittenRecipient
}

test('a recipient is entered with the secret shown once, listed, and readable to nobody below the key', async () => {
  const { recipient, secrets } = await added()
  expect(secrets).toMatchObject([{ address: 'https://hook.example/a', secret: expect.stringMatching(/^whsec_/) }])
  expect(recipient.ways).toEqual([
    { channel: 'webhook', address: 'https://hook.example/a', signed: true },
    { channel: 'whatsapp', address: '+6281234567890' },
  ])
  const listed = (await (await get(t.api, '/v1/recipients', kepala)).json()) as { recipients: RecipientView[] }
  expect(JSON.stringify(listed)).not.toContain('whsec_')
  expect(listed.recipients).toContainEqual(recipient)
  const { rows } = await t.database.ownerPool.query('SELECT * FROM recipient WHERE id = $1', [recipient.id])
  const below = JSON.stringify(rows)
  for (const secret of ['hook.example', '6281234567890', 'whsec_']) expect(below).not.toContain(secret)
  const sealed = (await loadRecipients(t.database.ownerPool)).find(({ id }) => id === recipient.id)!
  expect(JSON.parse(conceal.reveal(boundTo(sealed), sealed.sealedWays)!)).toMatchObject([
    { secrets: [secrets![0]!.secret] },
    { channel: 'whatsapp' },
  ])
})

test('the same key gives the same recipient, and no secret a second time', async () => {
  const send = () => post(t.api, '/v1/recipients', NEW, kepala, { 'idempotency-key': 'recipient-1234' })
  const first = (await (await send()).json()) as WrittenRecipient
  const second = (await (await send()).json()) as WrittenRecipient
  expect(second).toEqual({ recipient: first.recipient })
})

test('a webhook whose address stays keeps its secret; another one is signed with both until the next change', async () => {
  const { recipient, secrets } = await added()
  const path = `/v1/recipients/${recipient.id}`
  const etag = async () => ({ 'if-match': (await get(t.api, path, kepala)).headers.get('etag') ?? '' })
  const change = async (body: object) =>
    (await (await send(t.api, 'PATCH', path, body, kepala, await etag())).json()) as WrittenRecipient
  const stays = await change({ level: 'kepala_bapas', ways: [NEW.ways[0]] })
  expect(stays).toMatchObject({ recipient: { level: 'kepala_bapas', ways: [{ signed: true }] } })
  expect(stays.secrets).toBeUndefined()
  const rotated = await post(t.api, `${path}/webhook-secret`, undefined, kepala, await etag())
  const { secrets: [fresh] = [] } = (await rotated.json()) as WrittenRecipient
  const sealed = (await loadRecipients(t.database.ownerPool)).find(({ id }) => id === recipient.id)!
  expect(JSON.parse(conceal.reveal(boundTo(sealed), sealed.sealedWays)!)).toMatchObject([
    { secrets: [fresh!.secret, secrets![0]!.secret] },
  ])
  const stale = await send(t.api, 'PATCH', path, { active: false }, kepala, { 'if-match': '"stale"' })
  expect(stale.status).toBe(412)
  await change({ active: false })
  expect((await loadRecipients(t.database.ownerPool)).map(({ id }) => id)).not.toContain(recipient.id)
})

test('a test message is asked for, with the recipient and nothing of its addresses', async () => {
  const { recipient } = await added()
  const answer = await post(t.api, `/v1/recipients/${recipient.id}/test`, undefined, kepala)
  expect(answer.status).toBe(202)
  const { testId } = (await answer.json()) as { testId: string }
  expect(await nextTest(t.redis.redis, t.redis.keys)).toMatchObject({ id: testId, recipientId: recipient.id })
  const outcome = await get(t.api, `/v1/recipients/${recipient.id}/tests/${testId}`, kepala)
  expect(await outcome.json()).toEqual({ testId, notices: [] })
})

test.each([
  ['an address with a password', { channel: 'webhook', address: 'https://a:b@hook.example/' }],
  ['a file', { channel: 'webhook', address: 'file:///etc/passwd' }],
  ['two mail addresses', { channel: 'email', address: 'a@b.example,c@d.example' }],
  ['a mail header', { channel: 'email', address: 'a@b.example\nbcc: c@d.example' }],
  ['a number without +', { channel: 'sms', address: '081234567890' }],
  ['a channel that is none', { channel: 'pigeon', address: 'x' }],
  ['a member that is not ours', { channel: 'webhook', address: 'https://hook.example', fromSettings: true }],
  ['a secret of one’s own', { channel: 'webhook', address: 'https://hook.example', secrets: ['x'] }],
])('%s is refused', async (_, way) => {
  expect((await post(t.api, '/v1/recipients', { ...NEW, ways: [way] }, kepala)).status).toBe(400)
})

test('nobody enters, sees, changes or tests the recipients of another unit, nor does a PK those of their own', async () => {
  const { recipient } = await added()
  const other = await t.signIn('kepalaB')
  const path = `/v1/recipients/${recipient.id}`
  for (const [as, status] of [
    [other, 404],
    [pk, 403],
  ] as const) {
    expect((await get(t.api, path, as)).status).toBe(status)
    expect((await send(t.api, 'PATCH', path, { active: false }, as, { 'if-match': '*' })).status).toBe(status)
    expect((await post(t.api, `${path}/test`, undefined, as)).status).toBe(status)
  }
  expect((await post(t.api, '/v1/recipients', NEW, other)).status).toBe(403)
  expect((await added(NEW, admin)).recipient.unitPath).toBe(OWN)
})

test('a unit has at most fifty', async () => {
  const { rows } = await t.database.ownerPool.query(
    'SELECT count(*)::int AS n FROM recipient WHERE active AND unit_path = $1',
    [OWN],
  )
  for (let n = rows[0].n; n < 50; n++) await added({ ...NEW, ways: [NEW.ways[1]] })
  const answer = await post(t.api, '/v1/recipients', NEW, kepala)
  expect([answer.status, (await answer.json()).detail]).toEqual([400, expect.stringContaining('recipient_max')])
})
