// Everything at once: a simulated fleet reports through the real ingest, and officers of two Bapas sit at real browsers.
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAccount, createAuth } from '../../api/sign-in/auth.ts'
import { type RunningApi, startApi } from '../../api/start-api.ts'
import { type Seeded, seedFleet } from '../../bin/demo/seed-fleet.ts'
import { type LiveWatch, signIn as signInOverHttp, watchLive } from '../../bin/demo/watch-live.ts'
import { openMeter } from '../../bin/process/meter.ts'
import { makeFleet } from '../../simulators/fleet.ts'
import type { Fleet } from '../../simulators/fleet-people.ts'
import { FleetRun } from '../../simulators/run-fleet.ts'
import { openPool, type Pool } from '../../store/database/open-pool.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { linkAccount } from '../../store/people/insert-people.ts'
import { eventually, type Pipeline, SHARDS, startPipeline, untilKnown } from '../pipeline/run-pipeline.ts'
import { silentLog } from '../setup/test-redis.ts'
import { buildConsole } from '../web-map/build-console.ts'
import { chromiumIsHere, launchChromium } from '../web-map/chromium.ts'

const PASSWORD = 'sandi-panjang-untuk-uji'
const DAY_MS = 86_400_000
const HERE = 'operator.yogyakarta'
const ELSEWHERE = 'operator.makassar'

let pipeline: Pipeline
let api: RunningApi
let fleet: Fleet
let seeded: Seeded
let run: FleetRun
let browser: Browser
let folder: string
let elsewhere: LiveWatch
const pools: Pool[] = []

beforeAll(async () => {
  if (!chromiumIsHere) return
  folder = await buildConsole()
  pipeline = await startPipeline(Date.now)
  fleet = makeFleet({ seed: 11, wearers: 24, intervalMs: 1000, playersPerScript: 1 })
  const nowMs = Date.now()
  seeded = await seedFleet({
    pool: pipeline.database.ownerPool,
    fleet,
    fromMs: nowMs - DAY_MS,
    toMs: nowMs + DAY_MS,
    silenceGraceMs: 60_000,
  })
  await openConsole()
  const gateway = fleet.gateways[0]!
  await untilKnown(pipeline, [], `${gateway.gatewayId}:${gateway.secret}`)
  elsewhere = watchLive(api.baseUrl, await signInOverHttp(api.baseUrl, ELSEWHERE, PASSWORD), Date.now)
  await elsewhere.hello
  browser = await launchChromium()
})

afterAll(async () => {
  run?.stop()
  elsewhere?.close()
  await browser?.close()
  await api?.close()
  for (const pool of pools) await pool.end()
  await pipeline?.stop()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

async function openConsole(): Promise<void> {
  const { database, redis } = pipeline
  const open = (role: 'gelang_api' | 'gelang_auth'): Pool => {
    const url = role === 'gelang_api' ? database.apiUrl : database.authUrl
    const pool = openPool({ url, role, applicationName: 'gelang test', max: 6 })
    pools.push(pool)
    return pool
  }
  const [apiPool, authPool] = [open('gelang_api'), open('gelang_auth')]
  const authSecret = randomBytes(32).toString('hex')
  const auth = createAuth({
    pool: authPool,
    baseUrl: 'http://127.0.0.1',
    allowedOrigins: [],
    secret: authSecret,
    log: silentLog,
  })
  for (const { officerId, username, name } of seeded.officers)
    await linkAccount(database.ownerPool, officerId, await createAccount(auth, { username, name, password: PASSWORD }))
  api = await startApi({
    host: '127.0.0.1',
    port: 0,
    authSecret,
    apiPool,
    authPool,
    redis: redis.redis,
    keys: redis.keys,
    shardCount: SHARDS,
    staticFolder: folder,
    clock: Date.now,
    log: silentLog,
    meter: openMeter().meter,
  })
}

async function openDesk(username: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, reducedMotion: 'reduce' })
  const page = await context.newPage()
  await page.goto(api.baseUrl)
  await page.fill('input[name=username]', username)
  await page.fill('input[name=password]', PASSWORD)
  await page.click('button[type=submit]')
  await page.locator('.connection.live').waitFor()
  return page
}

const picture = (page: Page) =>
  page.evaluate(() => [...document.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL()).join(''))

describe.skipIf(!chromiumIsHere)('two officers, one Bapas, a bracelet that leaves its zone', () => {
  test('the whole way, from the bracelet to the second browser; the other Bapas hears nothing', async () => {
    const leaver = fleet.wearers.find(({ script }) => script === 'leave_home')!
    expect(leaver.unitPath).toBe(fleet.officers.find(({ username }) => username === HERE)!.unitPath)
    const wearerId = seeded.wearerIds[leaver.number]!
    const [first, second, other] = [await openDesk(HERE), await openDesk(HERE), await openDesk(ELSEWHERE)]
    run = new FleetRun({
      fleet,
      clock: Date.now,
      osmandUrl: `http://127.0.0.1:${pipeline.ingest.ports.osmand}/`,
      gatewayUrl: `ws://127.0.0.1:${pipeline.ingest.ports.own}/v1/gateway`,
      fromMs: Date.now(),
      scriptsFromMs: Date.now() + 8000,
      onRefused: (deviceId, reason) => {
        throw new Error(`${deviceId}: ${reason}`)
      },
    })
    run.start()

    const row = (page: Page) => page.locator('.row', { hasText: leaver.name }).filter({ hasText: 'di luar zona wajib' })
    await row(first).waitFor()
    await row(second).waitFor()
    const incident = await eventually(
      async () =>
        [...(await pipeline.incidents()).values()].find(
          (i) => i.wearerId === wearerId && i.type === 'away_from_required_zone',
        ),
      'the incident in the log',
    )

    await row(first).locator('.row-link').click()
    await expect.poll(() => first.locator('.incident').textContent()).toContain(leaver.name)
    const before = await picture(first)
    await expect.poll(() => picture(first)).not.toBe(before)

    await row(first).getByRole('button', { name: 'Terima' }).click()
    await expect.poll(() => row(second).textContent()).toContain('Operator')
    await first.screenshot({ path: `${folder}/first.png` })

    // The other Bapas: on the screen, over the WebSocket, over REST, in SQL.
    expect(await other.locator('.row', { hasText: leaver.name }).count()).toBe(0)
    expect([...elsewhere.incidents.values()].filter((each) => each.wearerId === wearerId)).toEqual([])
    const wearerUuid = await uuidOf(wearerId)
    const [from, to] = [Date.now() - 3_600_000, Date.now()].map((timeMs) => new Date(timeMs).toISOString())
    const paths = [
      `/v1/incidents/${incident.id}`,
      `/v1/wearers/${wearerUuid}`,
      `/v1/wearers/${wearerUuid}/track?from=${from}&to=${to}`,
    ]
    for (const path of paths) expect([path, await statusOf(other, path)]).toEqual([path, 404])
    expect(
      await other.evaluate(async () => (await (await fetch('/v1/incidents?state=all&limit=200')).json()).incidents),
    ).not.toContainEqual(expect.objectContaining({ wearerId }))
    expect(await statusOf(first, `/v1/incidents/${incident.id}`)).toBe(200)

    const officerId = seeded.officers.find(({ username }) => username === ELSEWHERE)!.officerId
    for (const query of [
      'SELECT id AS n FROM wearer',
      'SELECT wearer_id AS n FROM track',
      'SELECT wearer_id AS n FROM incident',
      'SELECT wearer_id AS n FROM officer_act',
    ])
      expect([query, await countAs(officerId, query, wearerId)]).toEqual([query, 0])
    const owner = seeded.officers.find(({ username }) => username === HERE)!.officerId
    await eventually(
      async () => (await countAs(owner, 'SELECT wearer_id AS n FROM incident', wearerId)) > 0,
      'its own Bapas finds it in SQL',
    )

    // Why it stands, and the minutes, from the track that was recorded meanwhile; neither is the other Bapas's to ask.
    await first.getByRole('link', { name: 'Mengapa?' }).click()
    await first.locator('.chart .way').waitFor()
    expect(await first.locator('.proof .agrees').count()).toBe(1)
    expect(await first.locator('.fix-table tbody').textContent()).toContain('Dipastikan')
    await first.screenshot({ path: `${folder}/why.png` })
    await first.getByRole('link', { name: 'Kembali ke peringatan' }).click()
    await first.locator('.incident-who a').click()
    await first.getByRole('link', { name: 'Rekap' }).click()
    await first.locator('.minutes td.violated').first().waitFor()
    for (const path of [
      `/v1/incidents/${incident.id}/explanation`,
      `/v1/wearers/${wearerUuid}/ledger?from=${from}&to=${to}`,
    ])
      expect([path, await statusOf(other, path)]).toEqual([path, 404])
  })
})

async function uuidOf(wearerId: number): Promise<string> {
  const { rows } = await pipeline.database.ownerPool.query<{ uuid: string }>('SELECT uuid FROM wearer WHERE id = $1', [
    wearerId,
  ])
  return rows[0]!.uuid
}

function statusOf(page: Page, path: string): Promise<number> {
  return page.evaluate(async (url) => (await fetch(url)).status, path)
}

function countAs(officerId: string, query: string, wearerId: number): Promise<number> {
  return asOfficer(pools[0]!, officerId, async (client) => {
    const { rows } = await client.query<{ n: number }>(query)
    return rows.filter(({ n }) => n === wearerId).length
  })
}
