// An act that is committed and not sent: its process was killed in between. Another one sends it, to consoles and recipients, once
// in effect.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningApi } from '../../api/start-api.ts'
import type { IncidentAct } from '../../model/incident/incident.ts'
import type { Notifying } from '../../notify/start-notify.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { listActsToPublish } from '../../store/incidents/acts-to-publish.ts'
import { insertAct } from '../../store/incidents/insert-act.ts'
import { appendAct, readActs } from '../../stream/logs/act-log.ts'
import { conclude, incidentOf, openReceiver, type Receiver, runNotify } from '../notify/notify-fixture.ts'
import { waitFor } from '../setup/patience.ts'
import { type ApiUnderTest, apiUnderTest, post, SHARDS } from './api-under-test.ts'
import { type Gate, gateTo } from './gate.ts'
import { connectLive } from './live-client.ts'

let t: ApiUnderTest
let redisGate: Gate
let receiver: Receiver
let notifying: Notifying
const secret = randomBytes(32).toString('hex')

beforeAll(async () => {
  redisGate = await gateTo(process.env.REDIS_URL as string)
  receiver = await openReceiver()
  // It looks once, at its start, and never again: what it publishes later was handed to it.
  t = await apiUnderTest({ authSecret: secret, limits: { actsCheckEveryMs: 2 ** 30 } })
  for (const shard of [0, 1]) await t.redis.redis.set(t.redis.keys.position('notify', shard), '0-0')
  notifying = runNotify(t.redis, [
    { id: 'operations', level: 'petugas', ways: [{ channel: 'webhook', address: receiver.url(), fromSettings: true }] },
  ])
})
afterAll(async () => {
  await notifying.stop()
  await receiver.close()
  await t.close()
  await redisGate.close()
})

/** The api as a process of its own, which reaches Redis through the gate; gives where it listens and how to kill it. */
async function startProcess(): Promise<{ api: RunningApi; kill(): Promise<void>; stop(): Promise<void> }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'bin/gelang.ts', 'serve', '--roles', 'api'], {
    cwd: resolve(import.meta.dirname, '../..'),
    env: {
      PATH: process.env.PATH,
      ...t.database.environment,
      REDIS_URL: redisGate.url,
      GELANG_PREFIX: t.redis.settings.prefix,
      GELANG_SHARDS: String(SHARDS),
      GELANG_API_PORT: '0',
      GELANG_HEALTH_PORT: '0',
      GELANG_AUTH_SECRET: secret,
      GELANG_RULES_KEY: secret,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  let said = ''
  const baseUrl = await new Promise<string>((found, failed) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
      const [, url] = /"baseUrl":"([^"]+)"/.exec(said) ?? []
      if (url !== undefined) found(url)
    })
    child.once('exit', () => failed(new Error(`the api ended: ${said}`)))
  })
  const end = (signal: NodeJS.Signals) => async () => {
    child.kill(signal)
    await ended
  }
  return { api: { baseUrl } as RunningApi, kill: end('SIGKILL'), stop: end('SIGTERM') }
}

const strap = (revision: number, signs: number) =>
  incidentOf(1, {
    id: t.seeded.wearers.a1.incidentId,
    type: 'strap_open',
    severity: 'kritis',
    wearerId: t.seeded.wearers.a1.n,
    revision,
    ...(signs > 1 && { signs }),
  })
const notices = () => receiver.received.filter(({ taken }) => taken).map(({ alert }) => alert.revision)
const untilNotified = (revisions: number[]) => waitFor(() => expect(notices()).toEqual(revisions))
/** What the log of acts holds, without the seed's. */
const published = async () => (await log()).filter(({ officerName }) => officerName !== 'ditjenpas')
const log = async () => (await readActs(t.redis.redis, t.redis.keys, '0-0', { count: 1000 })).map(({ act }) => act)
const waiting = () => listActsToPublish(t.database.apiPool, 0, 1000)

test('killed between commit and log: the next process publishes to the consoles and notify', async () => {
  const { a1 } = t.seeded.wearers
  await conclude(t.redis, 0, strap(1, 1))
  await untilNotified([1])
  const console = connectLive(t.api, await t.signIn('operatorA'))
  await console.until('status')

  // The seed's acts are sent by the first process that starts.
  await waitFor(async () => expect(await waiting()).toEqual([]))
  const first = await startProcess()
  const cookie = await t.signIn('operatorA', first.api)
  redisGate.shut()
  const request = { action: 'resolve', resolution: 'alasan_sah' }
  const answer = await post(first.api, `/v1/incidents/${a1.incidentId}/acts`, request, cookie)
  expect(answer.status).toBe(200)
  const { act } = (await answer.json()) as { act: { actId: number } }
  await first.kill()
  redisGate.open()
  expect(await published()).toEqual([])
  expect((await waiting()).map(({ actId }) => actId)).toEqual([act.actId])
  // The device raises the alarm anew. That somebody had resolved it is not known yet, so nobody is notified.
  await conclude(t.redis, 0, strap(2, 2))

  const second = await startProcess()
  await console.until('act', (m) => m.act.actId === act.actId)
  await untilNotified([1, 2])
  await waitFor(async () => expect(await waiting()).toEqual([]))
  expect(await published()).toEqual([act])

  // Published twice, as by two processes: nobody is sent anything anew.
  const again = await appendAct(t.redis.redis, t.redis.keys, (await published())[0]!)
  await waitFor(async () => expect(await t.redis.redis.get(t.redis.keys.position('notify-acts', 0))).toBe(again))
  await conclude(t.redis, 0, incidentOf(3))
  await untilNotified([1, 2, 1])
  await second.stop()
  console.cut()
}, 120_000)

test('a process that is never started again: one that goes on publishes what it left', async () => {
  const { a2 } = t.seeded.wearers
  const surviving = await t.another({ limits: { actsCheckEveryMs: 30, actsUnpublishedMs: 0 } })
  const console = connectLive(surviving, await t.signIn('operatorA', surviving))
  await console.until('status')
  // Committed, and that was the last that its process did.
  const acts: IncidentAct[] = []
  for (const note of ['satu', 'dua', 'tiga'])
    acts.push(
      await asOfficer(t.database.apiPool, t.seeded.officers.operatorA as string, (client) =>
        insertAct(client, { incidentId: a2.incidentId, wearerId: a2.n, action: 'note', note }),
      ),
    )
  await console.until('act', (m) => m.act.actId === acts[2]!.actId)
  expect(console.all('act').map((m) => m.act.note)).toEqual(['satu', 'dua', 'tiga'])
  expect(console.all('act')[0]!.act).toEqual(acts[0])
  await waitFor(async () => expect(await waiting()).toEqual([]))
  await surviving.close()
  console.cut()
})

test('more than a page was left', async () => {
  const { a2 } = t.seeded.wearers
  const operator = t.seeded.officers.operatorA as string
  const before = (await published()).length
  await asOfficer(t.database.apiPool, operator, async (client) => {
    for (let i = 0; i < 450; i++)
      await insertAct(client, { incidentId: a2.incidentId, wearerId: a2.n, action: 'note', note: String(i) })
  })
  const next = await t.another()
  await waitFor(async () => expect(await waiting()).toEqual([]))
  const left = (await published()).slice(before)
  expect(left.map(({ note }) => note)).toEqual(Array.from({ length: 450 }, (_, i) => String(i)))
  await next.close()
})

test('an act that was sent at once is struck off', async () => {
  const { a1 } = t.seeded.wearers
  const answer = await post(
    t.api,
    `/v1/incidents/${a1.incidentId}/acts`,
    { action: 'acknowledge' },
    await t.signIn('operatorA'),
  )
  const { act } = (await answer.json()) as { act: { actId: number } }
  await waitFor(async () => expect(await waiting()).toEqual([]))
  expect((await published()).filter(({ actId }) => actId === act.actId)).toHaveLength(1)
})
