// Attack: somebody who knows a receiver's address posts alerts to it, changes one on its way, or sends an old one again.
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeAlert } from '../../notify/alert.ts'
import { messageOf } from '../../notify/alert-text.ts'
import { REACHABLE_ALL } from '../../notify/channels/reachable.ts'
import { readWebhookSecrets } from '../../notify/channels/sign-webhook.ts'
import { webhook } from '../../notify/channels/webhook.ts'

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const NEXT_SECRET = `whsec_${Buffer.alloc(24, 9).toString('base64')}`
const alert = makeAlert(
  'raised',
  {
    ...{ id: '00000000-0000-4000-8000-000000000001', revision: 1, type: 'strap_open', severity: 'kritis' },
    ...{ startMs: 1_770_000_000_000, late: false },
  },
  'https://konsol.example',
)

let address: string
const received: { body: string; headers: IncomingHttpHeaders }[] = []
const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => {
    received.push({ body, headers: request.headers })
    response.end()
  })
})
beforeAll(
  () =>
    new Promise<void>((resolve) =>
      server.listen(0, '127.0.0.1', () => {
        address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
        resolve()
      }),
    ),
)
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())))
beforeEach(() => {
  received.length = 0
})

async function call(secrets: string | undefined, atMs = Date.now()) {
  const signing = secrets === undefined ? {} : { secrets: readWebhookSecrets(secrets, 'X') }
  const way = { channel: 'webhook' as const, address, ...signing }
  await webhook(REACHABLE_ALL)(messageOf(alert), way, { deliveryId: 'a.1.operations.webhook', atMs, timeoutMs: 5000 })
  return received.at(-1)!
}
const verify = (secret: string, { body, headers }: { body: string; headers: IncomingHttpHeaders }) =>
  new Webhook(secret).verify(body, headers as Record<string, string>)

test('a receiver with the secret verifies our alert with the public library', async () => {
  const genuine = await call(SECRET)
  expect(verify(SECRET, genuine)).toMatchObject({ kind: 'raised', reference: alert.reference })
  expect(genuine.headers['webhook-id']).toBe('a.1.operations.webhook')
})

test('a changed body, another id and another secret are refused', async () => {
  const { body, headers } = await call(SECRET)
  expect(() => verify(SECRET, { body: body.replace('kritis', 'serius'), headers })).toThrow()
  expect(() => verify(SECRET, { body, headers: { ...headers, 'webhook-id': 'b.1.operations.webhook' } })).toThrow()
  expect(() => verify(NEXT_SECRET, { body, headers })).toThrow()
})

test('an alert that is sent again an hour later is refused', async () => {
  const old = await call(SECRET, Date.now() - 3_600_000)
  expect(() => verify(SECRET, old)).toThrow(/timestamp/i)
})

test('while a secret is changed, the receiver may hold either', async () => {
  const both = await call(`${NEXT_SECRET} ${SECRET}`)
  expect(verify(SECRET, both)).toEqual(verify(NEXT_SECRET, both))
})

test('without a secret nothing pretends to be signed', async () => {
  const { headers } = await call(undefined)
  expect(Object.keys(headers).filter((name) => name.startsWith('webhook-'))).toEqual([])
})

test.each([
  ['', '0'],
  ['whsec_', 'whsec_'],
  ['whsec_c2hvcnQ=', '24 to 64'],
  [`whsec_${Buffer.alloc(65).toString('base64')}`, '24 to 64'],
  [Buffer.alloc(32).toString('base64'), 'whsec_'],
  [`whsec_${'!'.repeat(44)}`, 'whsec_'],
  [Array(5).fill(SECRET).join(' '), '1 to 4'],
])('the secret %j is refused at start and not repeated', (secret, said) => {
  expect(() => readWebhookSecrets(secret, 'GELANG_WEBHOOK_SECRET')).toThrow(said)
  if (secret.length > 10) expect(() => readWebhookSecrets(secret, 'X')).not.toThrow(secret)
})
