// Devices that are never answered: what TCP took of them is ours to keep, while the log is away and when ingest stops. Within bounds.
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type OwnServer, ownRedis } from '../setup/own-services.ts'
import { type OpenIngest, openIngest } from './ingest-fixture.ts'

let open: OpenIngest
let server: OwnServer
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await open.close()
  await server.discard()
})

const frame = (second: number) =>
  `@GPSD,860000000000058,R,20260108,0930${String(second).padStart(2, '0')},59.91325,N,010.73801,E,4,187,23,64,L,$`
const unanswered = () => open.meter.of('gelang_ingest_unanswered_batches_total', { protocol: 'r16h' })
const said = (level: string, text: string) => open.said.find((s) => s.level === level && s.message.includes(text))

function dial(): Socket {
  const socket = connect(open.ingest.ports.r16h!, '127.0.0.1')
  sockets.push(socket)
  socket.on('error', () => undefined).resume()
  return socket
}

/** A bracelet that connects, sends one report, and goes. True when it was let in. */
async function visit(second: number): Promise<boolean> {
  const socket = dial()
  const letIn = await new Promise<boolean>((resolve) =>
    socket.once('connect', () => resolve(true)).once('close', () => resolve(false)),
  )
  if (!letIn) return false
  const before = unanswered()
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.end(frame(second))
  await closed
  await expect.poll(unanswered).toBeGreaterThan(before)
  return true
}

test('while the log is away those gone are held and tried by one timer, no new ones are taken, and all are stored after it', async () => {
  server = await ownRedis()
  open = await openIngest({ redisUrl: server.url, limits: { heldRetryMs: 100, heldRetriesAtOnce: 2 } })
  await server.kill9()
  expect(await visit(0)).toBe(true)
  // From when a whole interval has shown that the log takes nothing of anybody.
  await expect.poll(() => said('warn', 'new connections are not taken')).toBeDefined()
  expect(await visit(1)).toBe(false)
  await server.startAgain()
  await expect.poll(async () => (await open.stored()).length).toBe(1)
  await expect.poll(() => said('info', 'new connections are taken again')).toBeDefined()
  dial().write(frame(2))
  await expect.poll(async () => (await open.stored()).length).toBe(2)
})

test('those gone count among the connections until the log has what they sent', async () => {
  server = await ownRedis()
  // It is not tried again here, so it does not find out that the log takes nothing.
  open = await openIngest({
    redisUrl: server.url,
    limits: { heldRetryMs: 3_600_000, tcpConnectionsMax: 3, shutdownMs: 200 },
  })
  await server.kill9()
  for (let second = 0; second < 3; second++) await visit(second)
  const fourth = dial()
  await new Promise((resolve) => fourth.once('close', resolve))
  expect(
    open.meter.of('gelang_ingest_connections_cut_total', { protocol: 'r16h', cause: 'too_many_connections' }),
  ).toBe(1)
  expect(open.meter.of('gelang_ingest_connections', { protocol: 'r16h' })).toBe(0)
})

test('a stop waits for those held as long as it may, and says what is lost; none is tried after it', async () => {
  server = await ownRedis()
  open = await openIngest({ redisUrl: server.url, limits: { heldRetryMs: 3_600_000, shutdownMs: 200 } })
  await server.kill9()
  await visit(0)
  dial().write(frame(1) + frame(2))
  await expect.poll(unanswered).toBe(2)
  await open.ingest.close()
  expect(said('error', 'were lost')?.fields).toEqual({ protocol: 'r16h', connections: 2, frames: 3, bytesUnread: 0 })
})

test('what TCP took before a stop is in the log after it, however slow the log is', async () => {
  server = await ownRedis()
  open = await openIngest({ redisUrl: server.url })
  const socket = dial()
  socket.setNoDelay(true)
  const bytes = () => open.meter.of('gelang_ingest_bytes_total', { protocol: 'r16h' })
  await open.redis.call('CLIENT', 'PAUSE', '500', 'WRITE')
  for (let second = 0; second < 10; second++) {
    await new Promise<void>((sent) => socket.write(frame(second), () => sent()))
    // Chunks of their own as long as they are read.
    if (second < 2) await expect.poll(bytes).toBe((second + 1) * frame(0).length)
  }
  await open.ingest.close()
  expect(await open.stored()).toHaveLength(10)
  expect(socket.destroyed).toBe(true)
})

test('a device that does not end when it is asked to is cut after a while, and that is said', async () => {
  server = await ownRedis()
  open = await openIngest({ redisUrl: server.url, limits: { shutdownMs: 200 } })
  const socket = connect({ port: open.ingest.ports.r16h!, host: '127.0.0.1', allowHalfOpen: true })
  sockets.push(socket)
  socket.on('error', () => undefined).resume()
  socket.write(frame(0))
  await expect.poll(async () => (await open.stored()).length).toBe(1)
  const stopped = open.ingest.close()
  await new Promise((resolve) => socket.once('end', resolve))
  socket.write(frame(1))
  await stopped
  expect(await open.stored()).toHaveLength(2)
  expect(said('warn', 'of them and was not read')?.fields).toEqual({ protocol: 'r16h', connections: 1 })
})

test('a stop in time for the log loses nothing of those held', async () => {
  server = await ownRedis()
  open = await openIngest({ redisUrl: server.url, limits: { heldRetryMs: 100 } })
  await server.kill9()
  await visit(0)
  const stopped = open.ingest.close()
  await server.startAgain()
  await stopped
  expect(await open.stored()).toHaveLength(1)
  expect(said('error', 'were lost')).toBeUndefined()
})

test('where it cannot listen again, it goes on trying', async () => {
  server = await ownRedis()
  open = await openIngest({ redisUrl: server.url, limits: { heldRetryMs: 100 } })
  await server.kill9()
  await visit(0)
  await expect.poll(() => said('warn', 'new connections are not taken')).toBeDefined()
  const other = createServer().listen(open.ingest.ports.r16h!, '127.0.0.1')
  await once(other, 'listening')
  await server.startAgain()
  await expect.poll(() => said('error', 'cannot listen again')).toBeDefined()
  await new Promise((resolve) => other.close(resolve))
  await expect.poll(() => said('info', 'new connections are taken again')).toBeDefined()
  dial().write(frame(1))
  await expect.poll(async () => (await open.stored()).length).toBe(2)
})
