// Ten thousand bracelets that are connected and say nothing, half of them stopped in the middle of a frame, and strangers that
// never say who they are: others notice nothing, memory stays bounded, and what is given up is given back.
import { type ChildProcess, fork } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Protocol } from '../../model/report/report.ts'
import { r16hDevice } from '../../simulators/devices/r16h.ts'
import { NOW_MS } from './ingest-fixture.ts'
import type { Measured } from './ingest-process.ts'
import { gt06 } from './wire-envelopes.ts'

const CONNECTIONS = 10_000
const STRANGERS = 500
const AT_ONCE = 200
const IDENTIFY_MS = 10_000
const IDS_FROM = 860_000_000_000_000
/** Beyond what the process has without them; the kernel's buffers are not in it. */
const BYTES_OF_ONE_MAX = 24 * 1024
const TEST_MS_MAX = 300_000

let process_: ChildProcess
let ports: Partial<Record<Protocol, number>>
const sockets: Socket[] = []

const heard = <T>() => new Promise<T>((resolve) => process_.once('message', (message) => resolve(message as T)))
function measure(): Promise<Measured> {
  const answer = heard<Measured>()
  process_.send({ ask: 'measure' })
  return answer
}

beforeAll(async () => {
  const args = [IDS_FROM, CONNECTIONS + 1, IDENTIFY_MS].map(String)
  process_ = fork(join(import.meta.dirname, 'ingest-process.ts'), args, { execArgv: ['--import', 'tsx'] })
  ports = await heard()
}, TEST_MS_MAX)

afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  const ended = new Promise((resolve) => process_.once('exit', resolve))
  process_.send({ ask: 'end' })
  await ended
}, TEST_MS_MAX)

/** Connects and says this; resolves with the first answer, or at once where none is awaited. */
function dial(port: number, bytes: Buffer, awaited: boolean): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' })
    sockets.push(socket)
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      socket.on('error', () => socket.destroy())
      socket.write(bytes)
      if (awaited) socket.once('data', () => resolve(socket))
      else resolve(socket)
    })
  })
}

async function dialAll(count: number, one: (i: number) => Promise<Socket>): Promise<void> {
  for (let from = 0; from < count; from += AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, i) => one(from + i)))
}

test('10,000 idle and half-open connections, and strangers', { timeout: TEST_MS_MAX }, async () => {
  const before = await measure()
  const login = (i: number) => Buffer.from(gt06('01', String(IDS_FROM + i).padStart(16, '0')), 'hex')
  const half = Buffer.from(gt06('12', '1a0108091e05c900aa49c00b75598024110f01fe0a123400abcd'), 'hex').subarray(0, 17)
  await dialAll(CONNECTIONS, async (i) => {
    const socket = await dial(ports.gt06!, login(i), true)
    if (i % 2 === 1) socket.write(half)
    return socket
  })
  await dialAll(STRANGERS, () => dial(ports.xexun3!, Buffer.from([0xfc]), false))
  const during = await measure()
  expect(during.connections.gt06).toBe(CONNECTIONS)
  expect((during.residentBytes - before.residentBytes) / CONNECTIONS).toBeLessThan(BYTES_OF_ONE_MAX)

  const { hello, encode } = r16hDevice.newSession(String(IDS_FROM + CONNECTIONS), '')
  const other = await dial(ports.r16h!, Buffer.from(hello[0]!().bytes), false)
  const report = { deviceId: '', fixValid: true, latDeg: -6.2, lonDeg: 106.8, alarms: [], archived: false }
  for (let i = 0; i < 20; i++) other.write(encode([{ ...report, timeMs: NOW_MS - i * 1000 }], false).bytes)
  await expect.poll(async () => (await measure()).stored).toBe(20)
  await expect.poll(async () => (await measure()).cut['xexun3 not_identified']).toBe(STRANGERS)

  expect((await measure()).connections.gt06).toBe(CONNECTIONS)
  for (const socket of sockets) socket.destroy()
  await expect.poll(async () => (await measure()).connections).toMatchObject({ gt06: 0, xexun3: 0 })
})
