// A console that loses its connection is sent everything it missed, once, in order; or that it must load anew.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningApi } from '../../api/start-api.ts'
import { appendAct } from '../../stream/logs/act-log.ts'
import { setPosition } from '../../stream/logs/positions.ts'
import type { SeededWearer } from '../store/two-bapas.ts'
import { type ApiUnderTest, apiUnderTest, SHARDS } from './api-under-test.ts'
import { connectLive, type LiveClient } from './live-client.ts'

let t: ApiUnderTest
let servers: RunningApi[]
let cookie: string
let mine: SeededWearer[]
beforeAll(async () => {
  t = await apiUnderTest({ limits: { replayPage: 3 } })
  // A console may come back to another process than the one it left.
  servers = [t.api, await t.another({ limits: { replayPage: 2 } })]
  cookie = await t.signIn('operatorA')
  mine = [t.seeded.wearers.a1, t.seeded.wearers.a2]
})
afterAll(() => t.close())

const connect = (cursor?: string, server = 0) => connectLive(servers[server] as RunningApi, cookie, { cursor })
const wordsOf = (client: LiveClient) =>
  client.messages.flatMap((message) => {
    if (message.t === 'incident') return [`${message.incident.id} ${message.incident.revision}`]
    return message.t === 'act' ? [`act ${message.act.actId}`] : []
  })

let acts = 1000
const happening = fc.record({
  what: fc.constantFrom('incident', 'incident', 'revision', 'act', 'theirs'),
  whose: fc.nat(1),
  cut: fc.boolean(),
  server: fc.nat(1),
})

test('wherever it is cut: nothing missed, nothing twice, in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 1, maxLength: 25 }), async (happenings) => {
      const { redis, keys } = t.redis
      let client = connect()
      await client.until('status')
      const heard: string[] = []
      const published: string[] = []
      let revision = 1
      let incidentId: string | undefined
      for (const { what, whose, cut, server } of happenings) {
        const wearer = mine[whose] as SeededWearer
        if (what === 'act') {
          acts++
          const act = { actId: acts, incidentId: wearer.incidentId, wearerId: wearer.n, action: 'acknowledge' } as const
          await appendAct(redis, keys, { ...act, officerName: 'x', atMs: acts })
          published.push(`act ${acts}`)
        } else if (what === 'theirs') await t.publish(t.seeded.wearers.b1)
        else {
          if (what === 'incident') incidentId = undefined
          revision = incidentId === undefined ? 1 : revision + 1
          const { incident } = await t.publish(mine[0] as SeededWearer, {
            revision,
            ...(incidentId && { id: incidentId }),
          })
          incidentId = incident.id
          published.push(`${incident.id} ${revision}`)
        }
        if (cut) {
          client.cut()
          heard.push(...wordsOf(client))
          // What was still on its way when the line broke never reached the console.
          client = connect(client.cursor ?? client.all('hello')[0]?.cursor, server)
          expect((await client.until('hello')).resumed).toBe(true)
        }
      }
      const { incident: last } = await t.publish(mine[0] as SeededWearer)
      acts++
      const marker = { actId: acts, incidentId: last.id, wearerId: last.wearerId, action: 'note' } as const
      await appendAct(redis, keys, { ...marker, officerName: 'x', atMs: acts, note: 'x' })
      await client.until('act', (m) => m.act.actId === acts)
      await client.until('incident', (m) => m.incident.id === last.id)
      heard.push(...wordsOf(client))
      client.cut()
      const about = heard.filter((word) => published.includes(word))
      const incidents = (words: string[]) => words.filter((word) => !word.startsWith('act'))
      expect(incidents(about)).toEqual(incidents(published))
      expect(about.filter((word) => word.startsWith('act'))).toEqual(published.filter((word) => word.startsWith('act')))
      // The next run's fresh console need not be sent all this again.
      const edges = await redis.xinfo('STREAM', keys.incidents(last.wearerId % SHARDS))
      const at = (edges as unknown[])[(edges as unknown[]).indexOf('last-generated-id') + 1]
      await setPosition(redis, keys, 'record-incidents', last.wearerId % SHARDS, at as string)
    }),
    { numRuns: 12, seed: 20261123 },
  )
})

test('a fresh console is sent what PostgreSQL does not have yet', async () => {
  const { incident } = await t.publish(mine[0] as SeededWearer)
  const client = connect()
  expect((await client.until('hello')).resumed).toBe(false)
  await client.until('incident', (m) => m.incident.id === incident.id)
  client.cut()
})

test('trimmed away, replaced, changed or forged: the console loads anew, and is sent what is new from then on', async () => {
  const { redis, keys } = t.redis
  const wearer = mine[0] as SeededWearer
  const shard = wearer.n % SHARDS
  const client = connect()
  const { incident: first } = await t.publish(wearer)
  await client.until('incident', (m) => m.incident.id === first.id)
  client.cut()
  const { cursor } = client

  const whole = connect(cursor)
  expect((await whole.until('hello')).resumed).toBe(true)
  whole.cut()

  await t.publish(wearer)
  const { entryId: newest } = await t.publish(wearer)
  await redis.xtrim(keys.incidents(shard), 'MAXLEN', 1)
  await setPosition(redis, keys, 'record-incidents', shard, newest)
  const trimmed = connect(cursor)
  expect((await trimmed.until('hello')).resumed).toBe(false)
  const { incident: next } = await t.publish(wearer)
  await trimmed.until('incident', (m) => m.incident.id === next.id)
  const afterwards = trimmed.cursor
  trimmed.cut()

  const forged = ['', 'x', 'MSws', `${cursor}x`, 'A'.repeat(4000), Buffer.from('1,k,0-0,0-0').toString('base64url')]
  for (const text of forged) {
    const other = connect(text)
    expect((await other.until('hello')).resumed).toBe(false)
    other.cut()
  }

  const { ownerPool } = t.database
  await ownerPool.query(`UPDATE wearer SET unit_path = 'dj.jabar.bandung' WHERE id = $1`, [t.seeded.wearers.b1.n])
  const wider = connect(afterwards)
  expect((await wider.until('hello')).resumed).toBe(false)
  wider.cut()
  await ownerPool.query(`UPDATE wearer SET unit_path = 'dj.jabar.bogor' WHERE id = $1`, [t.seeded.wearers.b1.n])

  await redis.del(keys.incidents(shard))
  const emptied = connect(afterwards)
  expect((await emptied.until('hello')).resumed).toBe(false)
  emptied.cut()
})
