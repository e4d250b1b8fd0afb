// 256 KiB of the worst in any key of any format, without a credential, while others report: nobody waits for it.
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { idOnly, NOW_ISO, type OpenIngest, openIngest, PEOPLE } from '../ingest/ingest-fixture.ts'

const SIZE = 256 * 1024 - 1024
/** What backtracks, or is parsed again and again, takes minutes at this size. */
const OTHERS_WAIT_MS_MAX = 2000
const FILLERS = ['0', ' ', '"', '[']

let open: OpenIngest
beforeAll(async () => {
  // Wrong secrets are answered at once here: what is measured is work, not waiting.
  const atOnce = { perSecond: 1e6, burst: 1e6 }
  const limits = { wrongTriesByAddress: atOnce, wrongTriesByName: atOnce, deviceBurstReports: 1e9 }
  open = await openIngest({ records: [...PEOPLE, idOnly('860000000000025', 'gt06')], limits })
})
afterAll(() => open.close())

const fill = (filler: string, size = SIZE) => filler.repeat(Math.ceil(size / filler.length)).slice(0, size)

/** Sends, and meanwhile measures how long another bracelet's report waits, again and again. */
async function othersWaitMs(send: () => Promise<unknown>): Promise<number> {
  let isDone = false
  const sending = send().finally(() => {
    isDone = true
  })
  let worstMs = 0
  do {
    const beganMs = performance.now()
    expect((await open.post({ deviceId: 'b1', time: NOW_ISO })).status).toBe(200)
    worstMs = Math.max(worstMs, performance.now() - beganMs)
  } while (!isDone)
  await sending
  return worstMs
}

const post = (url: string, contentType: string, body: string) => () =>
  fetch(url, { method: 'POST', headers: { 'content-type': contentType, authorization: 'none' }, body })

const OSMAND_KEYS = ['id', 'timestamp', 'location', 'cell', 'anything']
const OWNTRACKS_KEYS = ['topic', 'tst', 'data']
const OWN_KEYS = ['deviceId', 'time', 'alarms', 'anything']

async function expectNobodyWaits(name: string, send: () => Promise<unknown>): Promise<void> {
  expect(await othersWaitMs(send), name).toBeLessThan(OTHERS_WAIT_MS_MAX)
}

test('OsmAnd: forms and JSON', { timeout: 300_000 }, async () => {
  const url = open.url('osmand', '/')
  for (const key of OSMAND_KEYS)
    for (const filler of FILLERS) {
      const form = `${key === 'id' ? '' : 'id=free&'}${key}=${encodeURIComponent(fill(filler, SIZE / 3)).slice(0, SIZE)}`
      await expectNobodyWaits(`form ${key} ${filler}`, post(url, 'application/x-www-form-urlencoded', form))
      const value = { id: 'free', [key]: fill(filler, SIZE / 2) }
      await expectNobodyWaits(`JSON ${key} ${filler}`, post(url, 'application/json', JSON.stringify(value)))
    }
})

test('OwnTracks and the own API', { timeout: 300_000 }, async () => {
  for (const filler of FILLERS) {
    for (const key of OWNTRACKS_KEYS) {
      const value = JSON.stringify({ _type: 'location', tid: '17', [key]: fill(filler, SIZE / 2) })
      await expectNobodyWaits(`${key} ${filler}`, post(open.url('owntracks', '/pub'), 'application/json', value))
    }
    for (const key of OWN_KEYS) {
      const value = JSON.stringify({ deviceId: 'b1', [key]: fill(filler, SIZE / 2) })
      await expectNobodyWaits(`${key} ${filler}`, post(open.url('own', '/v1/reports'), 'application/json', value))
    }
    await expectNobodyWaits(`raw ${filler}`, post(open.url('own', '/v1/reports'), 'application/json', fill(filler)))
  }
})

test('own API: a body of 4 MiB is not even parsed for a stranger', { timeout: 60_000 }, async () => {
  const body = `{"reports":[${Array(400_000).fill('{"a":[]}').join()}]}`
  const url = open.url('own', '/v1/reports')
  for (const authorization of ['', 'Bearer guess', 'Bearer g1:guess']) {
    const headers = { authorization, 'content-type': 'application/json' }
    const send = () => fetch(url, { method: 'POST', headers, body })
    await expectNobodyWaits(authorization, send)
    expect((await send()).status).toBe(401)
  }
})

test('every TCP port: rows of one or two bytes', { timeout: 300_000 }, async () => {
  const heads = ['7878', '7e', '244d4756', '2c', '00']
  for (const [name, port] of Object.entries(open.ingest.ports)) {
    if (['own', 'osmand', 'owntracks', 'gateway'].includes(name)) continue
    for (const head of heads)
      await expectNobodyWaits(`${name} ${head}`, async () => {
        const socket = connect(port, '127.0.0.1')
        socket.on('error', () => undefined)
        socket.resume()
        socket.end(Buffer.alloc(SIZE, Buffer.from(head, 'hex')))
        await new Promise((resolve) => socket.once('close', resolve))
      })
  }
})
