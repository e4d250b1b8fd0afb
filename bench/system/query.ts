// One wearer's day of 1,440 fixes out of 50 million rows: as the API reads it from the store under row-level security, and over HTTP.

import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { migrate } from '../../store/database/migrate.ts'
import { openPool, type Pool } from '../../store/database/open-pool.ts'
import { asOfficer } from '../../store/database/transaction.ts'
import { readTrack } from '../../store/track/read-track.ts'
import { makeFleet } from '../load/fleet.ts'
import { QUIET } from '../measure/quiet.ts'
import { randomFrom } from '../measure/random.ts'
import type { Bench, BenchTask } from '../measure/report.ts'
import { type Latencies, latencies } from '../measure/run-load.ts'
import { openCooler } from './cold-chunk.ts'
import { databaseEnvironment } from './database-environment.ts'
import { DAY_MS, FIXES_A_DAY, fillTrack } from './fill-track.ts'
import { seedFleet } from './seed-fleet.ts'
import { type ServeProcess, startServeProcess } from './serve-process.ts'
import { signIn } from './sign-in.ts'
import { LOCAL, PROGRAM, type Services, withServices } from './system.ts'

const ROWS = 50_000_000
const DAYS = 10
const QUERIES = 400
const COLD_QUERIES = 60
const HTTP_QUERIES = 200
const TRACK_LIMIT = 50_001

type Day = { n: number; fromMs: number }
type Wearer = { id: number; uuid: string }

export const query: Bench = async (task) => {
  if (!existsSync(PROGRAM)) throw new Error('nothing is built: npm run build')
  return withServices('query', (services) => measure(task, services))
}

async function measure({ seed, say, args }: BenchTask, { databaseUrl, redisUrl }: Services) {
  const wearerCount = Math.max(1, Math.round(rowsOf(args) / (DAYS * FIXES_A_DAY)))
  const nowMs = Date.now()
  const fromMs = Math.floor(nowMs / DAY_MS) * DAY_MS - DAYS * DAY_MS
  const [authSecret, password] = [randomBytes(24).toString('hex'), randomBytes(24).toString('hex')]
  const fleet = makeFleet(seed, wearerCount)
  const addresses = await databaseEnvironment(databaseUrl)
  await migrate(databaseUrl, QUIET)
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
  const pool = openPool({ url: databaseUrl, applicationName: 'gelang bench', max: 4, statementTimeoutMs: 0 })
  const apiPool = openPool({ url: databaseUrl, role: 'gelang_api', applicationName: 'gelang bench', max: 1 })
  let api: ServeProcess | undefined
  try {
    const { rows: wearers } = await pool.query<Wearer>('SELECT id, uuid FROM wearer ORDER BY id')
    const { rows: operators } = await pool.query<{ id: string }>(`SELECT id FROM officer WHERE role = 'operator'`)
    say(`${wearerCount} wearers, ${DAYS} days of ${FIXES_A_DAY} fixes; filling`)
    const rows = await fillTrack({ pool, fleet, wearerIds: wearers.map(({ id }) => id), fromMs, days: DAYS, say })
    // What a server that has been up for some days has done: else the first reads write what the filling left behind.
    await pool.query('VACUUM ANALYZE fix')
    await pool.query('CHECKPOINT')
    const bytes = await storedBytes(pool)
    say(`${rows} rows, ${(bytes / 2 ** 30).toFixed(1)} GiB, vacuumed`)

    const random = randomFrom(seed)
    const pick = (): Day => ({
      n: Math.floor(random() * wearerCount),
      fromMs: fromMs + Math.floor(random() * DAYS) * DAY_MS,
    })
    const read = (day: Day) => readDay(apiPool, operators[0]!.id, wearers[day.n]!.uuid, day.fromMs)
    await read(pick())
    const days = Array.from({ length: QUERIES }, pick)
    const first = await timed(say, 'for the first time', days, read)
    const again = await timed(say, 'again at once', days.slice(0, HTTP_QUERIES), read, read)
    mkdirSync(join(LOCAL, 'logs'), { recursive: true })
    const env = {
      ...addresses,
      REDIS_URL: redisUrl,
      GELANG_AUTH_SECRET: authSecret,
      GELANG_RULES_KEY: authSecret,
    }
    api = await startServeProcess(env, join(LOCAL, 'logs', 'bench-query-api.log'), { roles: 'api', built: true })
    const { apiUrl } = api
    const cookie = await signIn(apiUrl, password)
    const ask = (day: Day) => askDay(apiUrl, cookie, wearers[day.n]!.uuid, day.fromMs)
    await ask(pick())
    const http = await timed(say, 'over HTTP', Array.from({ length: HTTP_QUERIES }, pick), ask)
    // Last: it leaves nothing in the system's memory.
    const cool = await openCooler(pool)
    const coldDays = Array.from({ length: COLD_QUERIES }, pick)
    const cold = cool && (await timed(say, 'from the disk', coldDays, read, (day) => cool(day.fromMs)))
    return {
      marks: {
        'query.dayP50Ms': round(first.p50Ms),
        'query.dayP95Ms': round(first.p95Ms),
        'query.dayAgainP95Ms': round(again.p95Ms),
        ...(cold && { 'query.dayFromDiskP95Ms': round(cold.p95Ms) }),
        'query.dayHttpP95Ms': round(http.p95Ms),
      },
      rows,
      bytes,
      first,
      again,
      cold,
      http,
    }
  } finally {
    await api?.stop()
    await apiPool.end()
    await pool.end()
  }
}

/** What the API's route does for the track itself, in a transaction of the officer's; the audit row is part of `ask` only. */
async function readDay(apiPool: Pool, officerId: string, wearerId: string, fromMs: number): Promise<void> {
  const fixes = await asOfficer(apiPool, officerId, (client) =>
    readTrack(client, wearerId, fromMs, fromMs + DAY_MS, TRACK_LIMIT),
  )
  if (fixes.length !== FIXES_A_DAY) throw new Error(`a day has ${fixes.length} fixes`)
}

/** The whole way: session, who may see the track, the track, the audit row, JSON. */
async function askDay(apiUrl: string, cookie: string, wearerId: string, fromMs: number): Promise<void> {
  const [from, to] = [fromMs, fromMs + DAY_MS].map((ms) => new Date(ms).toISOString())
  const url = `${apiUrl}/v1/wearers/${wearerId}/track?${new URLSearchParams({ from: from!, to: to! })}`
  const response = await fetch(url, { headers: { cookie } })
  const text = await response.text()
  if (!response.ok) throw new Error(`the track was refused: ${response.status} ${text}`)
}

/** One after the other; `before` is not part of the time. */
async function timed(
  say: BenchTask['say'],
  what: string,
  days: readonly Day[],
  read: (day: Day) => Promise<void>,
  before: (day: Day) => Promise<void> = () => Promise.resolve(),
): Promise<Latencies> {
  const tookMs: number[] = []
  for (const day of days) {
    await before(day)
    const beganMs = performance.now()
    await read(day)
    tookMs.push(performance.now() - beganMs)
  }
  const figures = latencies(tookMs)
  const { p50Ms, p95Ms, maxMs } = figures
  say(
    `a day ${what}: p50 ${p50Ms.toFixed(1)} ms, p95 ${p95Ms.toFixed(1)} ms, longest ${maxMs.toFixed(1)} ms (${days.length})`,
  )
  return figures
}

async function storedBytes(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ bytes: string }>(`SELECT hypertable_size('fix') AS bytes`)
  return Number(rows[0]!.bytes)
}

function rowsOf(args: readonly string[]): number {
  const at = args.indexOf('--rows')
  if (at < 0) return ROWS
  const rows = Number(args[at + 1])
  if (!Number.isInteger(rows) || rows < 1) throw new Error(`--rows wants a whole number, got ${args[at + 1]}`)
  return rows
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10
}
