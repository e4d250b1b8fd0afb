// Attack: somebody who may enter a recipient's address enters one that leads into the network behind the server: a literal, a form of
// one that other parsers read differently, a mapped version 6 address, or a name that resolves to one.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeAlert } from '../../notify/alert.ts'
import { messageOf } from '../../notify/alert-text.ts'
import { openChannels } from '../../notify/channels/open-channels.ts'

const message = messageOf(
  makeAlert(
    'raised',
    {
      ...{ id: '00000000-0000-4000-8000-000000000001', revision: 1, type: 'strap_open', severity: 'kritis' },
      ...{ startMs: 1_770_000_000_000, late: false },
    },
    'https://konsol.example',
  ),
)
const attempt = { deliveryId: 'a', atMs: 1_770_000_000_000, timeoutMs: 5000 }

let calls = 0
let port: number
const server = createServer((_, response) => {
  calls++
  response.end()
})
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())))

const to = (host: string, networks: string[] = []) =>
  openChannels({ networks })(message, { channel: 'webhook', address: `http://${host}:${port}/` }, attempt)

test.each([
  ...[
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.3.4',
    '192.168.1.1',
  ],
  ...[
    '169.254.169.254',
    '100.64.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::]',
    '[fd00::1]',
    '[fe80::1]',
  ],
  ...['[64:ff9b::7f00:1]', '[2002:7f00:1::]', 'localhost'],
])('%s is not called', async (host) => {
  await expect(to(host)).rejects.toMatchObject({ again: false, message: /private network/ })
  expect(calls).toBe(0)
})

test('what whoever runs the server allows is called', async () => {
  await to('127.0.0.1', ['127.0.0.0/8'])
  await to('localhost', ['127.0.0.0/8', '::1/128'])
  expect(calls).toBe(2)
})
