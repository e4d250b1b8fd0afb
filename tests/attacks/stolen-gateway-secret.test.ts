// Somebody has a gateway's secret, and speaks for every bracelet whose number they know: over the WebSocket and as a Traccar server.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import {
  device,
  GATEWAY_SECRET,
  gateway,
  idOnly,
  NOW_MS,
  type OpenIngest,
  openIngest,
  ward,
} from '../ingest/ingest-fixture.ts'

const ELSEWHERE = 'ditjenpas.papua.jayapura'
/** Of the gateway's own unit, but each has a credential, or a protocol, of its own. */
const SPEAK_THEMSELVES = ['phone', 'tracker', 'with-certificate']
const UNKNOWN = 'nobody'

let open: OpenIngest
beforeAll(async () => {
  open = await openIngest({
    records: [
      gateway('g1'),
      ward('ward'),
      device('phone', { protocol: 'osmand' }),
      idOnly('tracker', 'gt06'),
      idOnly('with-certificate', 'gt06', { certificateSha256: 'a'.repeat(64) }),
      ward('far', { unitPath: ELSEWHERE }),
      device('far-phone', { protocol: 'osmand', unitPath: ELSEWHERE }),
    ],
  })
})
afterAll(() => open.close())
afterEach(() => open.redis.del(...[0, 1, 2, 3].map((n) => open.keys.reports(n)), open.keys.quarantine))

const home = (deviceId: string, i: number) => ({ deviceId, time: NOW_MS - 1000 * (i + 1), lat: -6.2, lon: 106.8 })
const FORGED = [...SPEAK_THEMSELVES, 'far', 'far-phone', UNKNOWN]

async function throughGateway(reports: object[]): Promise<{ ok: boolean; reason?: string }[]> {
  const headers = { authorization: `Bearer g1:${GATEWAY_SECRET}` }
  const socket = new WebSocket(`ws://127.0.0.1:${open.ingest.ports.own}/v1/gateway`, { headers })
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  const answer = new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))))
  socket.send(JSON.stringify({ seq: 1, reports }))
  const { results } = JSON.parse(await answer)
  socket.close()
  return results
}

test('it speaks for no bracelet that speaks for itself, and for none of another unit', async () => {
  const results = await throughGateway([home('ward', 0), ...FORGED.map(home)])
  expect(results[0]).toMatchObject({ ok: true })
  expect(results.slice(1).every(({ ok }) => !ok)).toBe(true)
  const stored = await open.stored()
  expect(stored).toHaveLength(1)
  expect(stored[0]!.protocol).toBe('gateway')
  // What was tried is kept as evidence.
  expect(await open.quarantined()).toHaveLength(FORGED.length)
})

test('an SOS made up for them is not taken either', async () => {
  const results = await throughGateway(FORGED.map((id, i) => ({ ...home(id, i), alarms: ['sos'] })))
  expect(results.every(({ ok }) => !ok)).toBe(true)
  expect(await open.stored()).toEqual([])
})

test('its answers do not tell which numbers exist elsewhere', async () => {
  const ids = ['far', 'far-phone', UNKNOWN]
  const results = await throughGateway(ids.map(home))
  // But for the number that was asked for, they are the same.
  const said = results.map((result, i) => JSON.stringify(result).replace(ids[i]!, 'ID'))
  expect(new Set(said).size).toBe(1)
})

test('as a Traccar server it may no more', async () => {
  for (const deviceId of FORGED) {
    const fixTime = new Date(NOW_MS - 1000).toISOString()
    const body = {
      device: { uniqueId: deviceId },
      position: { fixTime, deviceTime: fixTime, valid: true, latitude: -6.2, longitude: 106.8, attributes: {} },
    }
    await fetch(open.url('own', '/v1/traccar/positions'), {
      method: 'POST',
      headers: { authorization: `Bearer g1:${GATEWAY_SECRET}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).then((response) => response.arrayBuffer())
  }
  expect(await open.stored()).toEqual([])
})

test('revoked, it is out at once', async () => {
  open.directory.replaceAll([gateway('g1', 'ditjenpas.jabar', true), ward('ward')])
  await expect(throughGateway([home('ward', 0)])).rejects.toThrow()
})
