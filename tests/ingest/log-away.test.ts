// Redis is killed and comes back: nobody is answered meanwhile, and nothing that was answered is missing afterwards.
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type OwnServer, ownRedis } from '../setup/own-services.ts'
import { GATEWAY_SECRET, NOW_MS, type OpenIngest, openIngest } from './ingest-fixture.ts'

let server: OwnServer
let open: OpenIngest
beforeAll(async () => {
  server = await ownRedis()
  open = await openIngest({ redisUrl: server.url })
})
afterAll(async () => {
  await open.close()
  await server.discard()
})

const T = Math.floor(NOW_MS / 1000)
const post = (n: number) => open.post({ deviceId: 'b1', time: NOW_MS - n, lat: 1, lon: 2 })
const gatewayHeaders = { authorization: `Bearer g1:${GATEWAY_SECRET}` }

async function nextClose(frame: string): Promise<{ code: number; acks: number }> {
  const socket = new WebSocket(`ws://127.0.0.1:${open.ingest.ports.own}/v1/gateway`, { headers: gatewayHeaders })
  let acks = 0
  socket.on('message', () => {
    acks++
  })
  socket.on('open', () => socket.send(frame))
  return new Promise((resolve) => socket.on('close', (code) => resolve({ code, acks })))
}

test('answered means in the log, away means no positive answer, and all resumes by itself', async () => {
  expect((await post(1)).status).toBe(200)
  const answered: number[] = [1]
  const underLoad = Array.from({ length: 300 }, async (_, i) => {
    const answer = await post(10 + i)
    if (answer.status === 200) answered.push(10 + i)
    else expect(answer.status).toBe(503)
  })
  await server.kill9()
  await Promise.all(underLoad)

  const away = await post(2)
  expect([away.status, away.headers.get('retry-after')]).toEqual([503, '2'])
  expect((await open.osmand(`/?id=free&timestamp=${T}`)).status).toBe(503)
  expect((await open.osmand(`/?id=free&timestamp=yesterday`)).status).toBe(503)
  expect((await open.post('{"broken', { 'x-device-id': 'b1' })).status).toBe(503)
  const refusedOnly = await open.post({ deviceId: 'b1', time: 0 })
  expect(refusedOnly.status).toBe(503)
  expect(await nextClose(JSON.stringify({ seq: 1, reports: [{ deviceId: 'b1' }] }))).toEqual({ code: 1013, acks: 0 })
  const notDecodable = await nextClose('{"seq":')
  expect(notDecodable).toEqual({ code: 1013, acks: 0 })

  // R16H is never answered: what TCP took from the bracelet is held until the log is back.
  const bracelet = connect(open.ingest.ports.r16h!, '127.0.0.1')
  bracelet.end('@GPSD,860000000000058,R,20260108,093005,59.91325,N,010.73801,E,4,187,23,64,L,$')
  await new Promise((resolve) =>
    bracelet
      .resume()
      .on('end', resolve)
      .on('error', resolve)
      .setTimeout(300, () => resolve(0)),
  )

  await server.startAgain()
  await expect.poll(async () => (await post(3)).status).toBe(200)
  await expect.poll(async () => (await open.stored()).filter((s) => s.protocol === 'r16h').length).toBe(1)
  const stored = new Set((await open.stored()).map((s) => NOW_MS - s.timeMs))
  for (const n of [...answered, 3]) expect(stored.has(n), `report ${n} was answered`).toBe(true)
  expect((await open.osmand(`/?id=free&timestamp=${T}`)).status).toBe(200)
  expect(open.said.filter((s) => s.level === 'error')).toHaveLength(1)
  expect(open.meter.of('gelang_ingest_unanswered_batches_total', { protocol: 'osmand' })).toBe(2)
})
