// Every channel keeps one contract, shown against a real server of its kind: an SMTP server, a push service that checks VAPID and
// decrypts, and HTTP servers that answer as providers do.
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import webPush from 'web-push'
import type { Way } from '../../model/notice/recipient.ts'
import { makeAlert } from '../../notify/alert.ts'
import { messageOf } from '../../notify/alert-text.ts'
import type { NotDelivered } from '../../notify/channels/channel.ts'
import { type ChannelSettings, channelNames, openChannels } from '../../notify/channels/open-channels.ts'
import { readGatewayTemplate } from '../../notify/channels/read-gateway-template.ts'
import { PATIENCE_MS } from '../setup/patience-ms.ts'
import { incidentOf } from './notify-fixture.ts'
import { type PushReceiver, pushReceiver } from './push-receiver.ts'

const LINK = `https://konsol.example/?incident=${incidentOf(1).id}`
const message = messageOf(makeAlert('raised', incidentOf(1, { severity: 'kritis' }), 'https://konsol.example'))
const ID = `${incidentOf(1).id}.1.somebody.channel`
const attempt = { deliveryId: ID, atMs: Date.now(), timeoutMs: PATIENCE_MS }

/** What a server of the channel got of one delivery, as text: the notice's sentence is in it. */
type Double = {
  settings: ChannelSettings
  way: Way
  got: string[]
  /** How the next attempts are answered. */
  mood: 'takes' | 'later' | 'never' | 'hangs'
  close(): Promise<void>
}
let open: Double | undefined
afterEach(async () => {
  await open?.close()
  open = undefined
})

const LOCAL = ['127.0.0.0/8']

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
const closing = (server: Server) => () =>
  new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

/** An HTTP server that answers `takes` with `taken`, and keeps what `read` makes of a request. */
async function overHttp(
  of: (url: string) => Pick<Double, 'settings' | 'way'>,
  read: (request: IncomingMessage, body: Buffer) => string,
  answers: { taken?: [number, string]; later?: number; never?: number } = {},
): Promise<Double> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      if (double.mood === 'hangs') return
      if (double.mood === 'later') return response.writeHead(answers.later ?? 503).end('busy')
      if (double.mood === 'never') return response.writeHead(answers.never ?? 410).end('gone')
      double.got.push(read(request, Buffer.concat(chunks)))
      const [status, text] = answers.taken ?? [200, 'ok']
      response.writeHead(status).end(text)
    })
  })
  const port = await listening(server)
  const double: Double = { ...of(`http://127.0.0.1:${port}`), got: [], mood: 'takes', close: closing(server) }
  return double
}

const webhook = () =>
  overHttp(
    (url) => ({ settings: { networks: LOCAL }, way: { channel: 'webhook', address: `${url}/hook` } }),
    (request, body) => `${request.headers['idempotency-key']} ${JSON.parse(body.toString()).text.id}`,
  )

const telegram = () =>
  overHttp(
    (url) => ({
      settings: { telegram: { token: '123:secret-token', url } },
      way: { channel: 'telegram', address: '4711' },
    }),
    (request, body) => {
      expect(request.url).toBe('/bot123:secret-token/sendMessage')
      const { chat_id, text } = JSON.parse(body.toString())
      return `${chat_id} ${text}`
    },
    { taken: [200, '{"ok":true,"result":{}}'], later: 429, never: 403 },
  )

const gateway = (channel: 'sms' | 'whatsapp', encoding: 'json' | 'form') => () =>
  overHttp(
    (url) => {
      const fields = { to: '{digits}', body: { text: '{text}', ref: '{id}' }, text: '{text}' }
      const json = JSON.stringify({ url: `${url}/send`, encoding, headers: { authorization: 'Bearer x' }, fields })
      return { settings: { [channel]: readGatewayTemplate(json, 'X') }, way: { channel, address: '+6281234567890' } }
    },
    (request, body) => {
      expect(request.headers.authorization).toBe('Bearer x')
      const fields =
        encoding === 'json'
          ? (JSON.parse(body.toString()) as { to: string; text: string })
          : Object.fromEntries(new URLSearchParams(body.toString()))
      return `${fields.to} ${fields.text}`
    },
  )

async function push(): Promise<Double> {
  const vapid = webPush.generateVAPIDKeys()
  const browser: PushReceiver = pushReceiver(vapid.publicKey)
  return overHttp(
    (url) => ({
      settings: { networks: LOCAL, vapid: { ...vapid, contact: 'mailto:it@bapas.example' } },
      way: { channel: 'web_push', address: `${url}/push/1`, ...browser.keys },
    }),
    (request, body) => {
      expect(request.headers).toMatchObject({ urgency: 'high', 'content-encoding': 'aes128gcm', ttl: '86400' })
      const audience = `http://${request.headers.host}`
      browser.checkVapid(String(request.headers.authorization), audience)
      const notice = JSON.parse(browser.decrypt(body))
      return `${notice.id} ${notice.text}`
    },
    { taken: [201, ''], later: 429, never: 410 },
  )
}

async function mail(): Promise<Double> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onConnect(_, done) {
      if (double.mood === 'hangs') return
      if (double.mood === 'later') return done(Object.assign(new Error('busy'), { responseCode: 421 }))
      done()
    },
    onRcptTo(_, __, done) {
      if (double.mood === 'never') return done(Object.assign(new Error('no such mailbox'), { responseCode: 550 }))
      done()
    },
    onData(stream, _, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        double.got.push(text.replace(/=\r\n/g, '').replaceAll('=3D', '='))
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  const double: Double = {
    settings: { mail: { url: `smtp://127.0.0.1:${port}`, from: 'Gelang <gelang@bapas.example>', requireTls: false } },
    way: { channel: 'email', address: 'kasubsi@bapas.example' },
    got: [],
    mood: 'takes',
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return double
}

const CHANNELS: Record<string, () => Promise<Double>> = {
  webhook,
  telegram,
  'sms as JSON': gateway('sms', 'json'),
  'whatsapp as a form': gateway('whatsapp', 'form'),
  web_push: push,
  email: mail,
}

describe.each(Object.entries(CHANNELS))('%s', (_, make) => {
  let double: Double
  const deliver = (timeoutMs = PATIENCE_MS) =>
    openChannels(double.settings)(message, double.way, { ...attempt, timeoutMs })
  const failure = (timeoutMs?: number) =>
    deliver(timeoutMs).then(
      () => undefined,
      (error: unknown) => error as NotDelivered,
    )
  beforeEach(async () => {
    double = await make()
    open = double
  })

  test('is set up, and carries the sentence and the link once', async () => {
    expect(channelNames(double.settings)).toContain(double.way.channel)
    await deliver()
    expect(double.got).toHaveLength(1)
    expect(double.got[0]).toContain(message.text.id)
    expect(double.got[0]).toContain(LINK)
  })

  test('a receiver that is busy is asked again later; one that refuses for good is not', async () => {
    double.mood = 'later'
    expect(await failure()).toMatchObject({ name: 'NotDelivered', again: true })
    double.mood = 'never'
    expect(await failure()).toMatchObject({ name: 'NotDelivered', again: false })
    expect(double.got).toEqual([])
  })

  test('a receiver that hangs ends the attempt in time, and one that is away is asked again', async () => {
    double.mood = 'hangs'
    expect(await failure(150)).toMatchObject({ name: 'NotDelivered', again: true })
    await double.close()
    open = undefined
    expect(await failure()).toMatchObject({ name: 'NotDelivered', again: true })
  })

  test('no failure repeats an address, a token or a telephone number', async () => {
    for (const mood of ['later', 'never'] as const) {
      double.mood = mood
      const text = `${await failure()}`
      for (const secret of ['127.0.0.1', 'secret-token', '6281234567890', 'kasubsi@', 'hook', '4711', 'push/1'])
        expect(text).not.toContain(secret)
    }
  })
})

test('a channel that is not set up takes nothing, for good, and says so', async () => {
  const deliver = openChannels({})
  const ways: Way[] = [
    { channel: 'email', address: 'a@b.example' },
    { channel: 'sms', address: '+62812' },
    { channel: 'telegram', address: '1' },
  ]
  for (const way of ways)
    await expect(deliver(message, way, attempt)).rejects.toMatchObject({ again: false, message: /is not set up/ })
})

test('an answer without end is not read to its end', async () => {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined)
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')
    const filler = setInterval(() => socket.write(`4000\r\n${'x'.repeat(0x4000)}\r\n`), 5)
    socket.on('close', () => clearInterval(filler))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const way: Way = { channel: 'webhook', address: `http://127.0.0.1:${port}/`, fromSettings: true }
  await openChannels({})(message, way, attempt)
  await new Promise<void>((resolve) => server.close(() => resolve()))
})

test('a redirect is not followed', async () => {
  open = await overHttp(
    (url) => ({ settings: {}, way: { channel: 'webhook', address: url, fromSettings: true } }),
    () => 'taken',
    { taken: [302, ''] },
  )
  await expect(openChannels({})(message, open.way, attempt)).rejects.toMatchObject({ message: /answered 302/ })
})

test('a template is refused with a sentence that repeats nothing of it', () => {
  const good = { url: 'https://sms.example/send', encoding: 'json', fields: { to: '{phone}', text: '{text}' } }
  expect(readGatewayTemplate(JSON.stringify(good), 'X')).toEqual(good)
  for (const bad of [
    'not json, secret',
    '[]',
    JSON.stringify({ ...good, url: 'ftp://secret.example' }),
    JSON.stringify({ ...good, encoding: 'xml' }),
    JSON.stringify({ ...good, fields: { to: '{phone}', secret: 'secret' } }),
    JSON.stringify({ ...good, headers: { a: 1 } }),
  ]) {
    expect(() => readGatewayTemplate(bad, 'GELANG_SMS_GATEWAY')).toThrow(/^GELANG_SMS_GATEWAY/)
    expect(() => readGatewayTemplate(bad, 'GELANG_SMS_GATEWAY')).not.toThrow(/secret/)
  }
})
