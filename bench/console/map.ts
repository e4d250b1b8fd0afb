// 5,000 bracelets that all move, in view of the built console in a real Chromium: how long its frames take. Positions come from the
// real API over the real feed; the browser paints without a graphics card.

import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Browser, chromium, type Page } from 'playwright-core'
import { migrate } from '../../store/database/migrate.ts'
import { openPool } from '../../store/database/open-pool.ts'
import { connectRedis, untilReady } from '../../stream/redis/connect.ts'
import { keysOf } from '../../stream/redis/keys.ts'
import type { Fleet } from '../load/fleet.ts'
import { QUIET } from '../measure/quiet.ts'
import { randomFrom } from '../measure/random.ts'
import type { Bench, BenchTask } from '../measure/report.ts'
import { type Latencies, latencies } from '../measure/run-load.ts'
import { databaseEnvironment } from '../system/database-environment.ts'
import { OPERATOR, seedFleet } from '../system/seed-fleet.ts'
import { startServeProcess } from '../system/serve-process.ts'
import { LOCAL, PROGRAM, type Services, withServices } from '../system/system.ts'
import { moveBracelets } from './move-bracelets.ts'
import { framesSince, restartFrames, watchFrames } from './watch-frames.ts'

const WEARERS = 5000
const PER_SECOND = 2500
const SECONDS = 20
const REST_MS = 4000
const SHARDS = 16
const READY_MS_MAX = 10_000
/** Within a window of a console at a zoom at which every bracelet is drawn alone. */
const AREA = { west: 106.76, south: -6.245, east: 106.9, north: -6.155 }
const VIEWPORT = { width: 1366, height: 768 }
const CHROMIUM = '/usr/bin/chromium'
const SWITCHES =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'

export const map: Bench = async (task) => {
  if (!existsSync(PROGRAM)) throw new Error('nothing is built: npm run build')
  if (!existsSync(CHROMIUM)) throw new Error(`${CHROMIUM} is not installed`)
  return withServices('map', (services) => measure(task, services))
}

async function measure({ seed, say, args }: BenchTask, { databaseUrl, redisUrl }: Services) {
  const perSecond = numberOf(args, '--rate', PER_SECOND)
  const seconds = numberOf(args, '--seconds', SECONDS)
  const fleet = densely(seed, numberOf(args, '--wearers', WEARERS))
  const [authSecret, password] = [randomBytes(24).toString('hex'), randomBytes(24).toString('hex')]
  const addresses = await databaseEnvironment(databaseUrl)
  await migrate(databaseUrl, QUIET)
  const nowMs = Date.now()
  await seedFleet({
    databaseUrl,
    fleet,
    protocol: 'gateway',
    nowMs,
    authSecret,
    password,
    secretOf: (id) => id,
    log: QUIET,
  })
  const wearerIds = await wearerIdsOf(databaseUrl)
  const redis = connectRedis({ url: redisUrl, prefix: 'gelang' }, 'bench', QUIET)
  await untilReady(redis, READY_MS_MAX)
  mkdirSync(join(LOCAL, 'logs'), { recursive: true })
  const env = {
    ...addresses,
    REDIS_URL: redisUrl,
    GELANG_AUTH_SECRET: authSecret,
    GELANG_RULES_KEY: authSecret,
  }
  const api = await startServeProcess(env, join(LOCAL, 'logs', 'bench-map-api.log'), { roles: 'api', built: true })
  const moving = moveBracelets({ redis, keys: keysOf('gelang'), shardCount: SHARDS, fleet, wearerIds, perSecond })
  let browser: Browser | undefined
  try {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: SWITCHES.split(' ') })
    const page = await openConsole(browser, api.apiUrl, password)
    say(
      `${fleet.count} bracelets, ${perSecond} positions a second, Chromium ${browser.version()}, painting in software`,
    )
    await delay((1000 * fleet.count) / perSecond)
    await page.locator('.map-controls button').nth(2).click()
    const alone = await watch(page, 'each drawn alone', seconds, say)
    await page.screenshot({ path: join(LOCAL, 'bench', 'map-alone.png') })
    for (let steps = 0; steps < 2; steps++) {
      await page.locator('.map-controls button').nth(1).click()
      await delay(REST_MS / 4)
    }
    const clustered = await watch(page, 'in clusters', seconds, say)
    await page.screenshot({ path: join(LOCAL, 'bench', 'map-clustered.png') })
    say(`screenshots: ${join('.local', 'bench')}/map-alone.png, map-clustered.png`)
    return {
      marks: {
        'map.frameP95Ms': alone.frame.p95Ms,
        'map.frameP50Ms': alone.frame.p50Ms,
        'map.paintP95Ms': alone.paint.p95Ms,
        'map.clusteredFrameP95Ms': clustered.frame.p95Ms,
        'map.clusteredPaintP95Ms': clustered.paint.p95Ms,
      },
      alone,
      clustered,
    }
  } finally {
    await browser?.close()
    await moving.stop()
    await api.stop()
    redis.disconnect()
  }
}

type Watching = {
  zoom: number
  frames: number
  /** Time from frame to frame. */
  frame: Latencies
  /** Our own work in a frame in which the map was painted. */
  paint: Latencies
  paintedPerSecond: number
  messagesPerSecond: number
  /** Of the page's main thread, our share in percent: painting, and taking in messages. */
  paintPercent: number
  messagePercent: number
}

/** Frames in which less is done hold no painting of the map. */
const PAINTED_MS_MIN = 0.5

async function watch(page: Page, how: string, seconds: number, say: BenchTask['say']): Promise<Watching> {
  await delay(REST_MS)
  await restartFrames(page)
  await delay(1000 * seconds)
  const { frameMs, paintMs, messageMs, messages } = await framesSince(page)
  const view = await page.locator('.map').first().getAttribute('data-view')
  const lastingS = sum(frameMs) / 1000
  const painted = paintMs.filter((ms) => ms >= PAINTED_MS_MIN)
  const watching: Watching = {
    zoom: Number(view?.split('/')[0]),
    frames: frameMs.length,
    frame: rounded(latencies(frameMs)),
    paint: rounded(latencies(painted)),
    paintedPerSecond: round(painted.length / lastingS),
    messagesPerSecond: round(messages / lastingS),
    paintPercent: round(sum(paintMs) / lastingS / 10),
    messagePercent: round(sum(messageMs) / lastingS / 10),
  }
  const { frame, paint } = watching
  say(
    `${how} (zoom ${watching.zoom}): frames p50 ${frame.p50Ms} ms, p95 ${frame.p95Ms} ms, longest ${frame.maxMs} ms; ` +
      `painted ${watching.paintedPerSecond} times a second, our work p50 ${paint.p50Ms} ms, p95 ${paint.p95Ms} ms, longest ${paint.maxMs} ms; ` +
      `main thread ${watching.paintPercent} % painting, ${watching.messagePercent} % in ${watching.messagesPerSecond} messages a second`,
  )
  return watching
}

async function openConsole(browser: Browser, url: string, password: string): Promise<Page> {
  const page = await (await browser.newContext({ viewport: VIEWPORT })).newPage()
  await watchFrames(page)
  await page.goto(url)
  await page.fill('input[name=username]', OPERATOR)
  await page.fill('input[name=password]', password)
  await page.click('button[type=submit]')
  await page.locator('.connection.live').waitFor()
  return page
}

function densely(seed: number, count: number): Fleet {
  const random = randomFrom(seed)
  const between = (from: number, to: number) =>
    Float64Array.from({ length: count }, () => from + random() * (to - from))
  return {
    count,
    homeLat: between(AREA.south, AREA.north),
    homeLon: between(AREA.west, AREA.east),
    kind: new Uint8Array(count),
  }
}

async function wearerIdsOf(databaseUrl: string): Promise<number[]> {
  const pool = openPool({ url: databaseUrl, applicationName: 'gelang bench', max: 1 })
  try {
    return (await pool.query<{ id: number }>('SELECT id FROM wearer ORDER BY id')).rows.map(({ id }) => id)
  } finally {
    await pool.end()
  }
}

function numberOf(args: readonly string[], name: string, otherwise: number): number {
  const at = args.indexOf(name)
  if (at < 0) return otherwise
  const value = Number(args[at + 1])
  if (!(value > 0)) throw new Error(`${name} wants a number, got ${args[at + 1]}`)
  return value
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function rounded(figures: Latencies): Latencies {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, round(value)])) as Latencies
}
