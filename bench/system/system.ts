// What the load benches measure: the built server (dist/), one process a role, on a TimescaleDB and a Redis of its own that are
// thrown away afterwards.

import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { discardServices, ensureServices } from '../../local-services/ensure-services.ts'
import { migrate } from '../../store/database/migrate.ts'
import { openPool, type Pool } from '../../store/database/open-pool.ts'
import { deviceIdOf, type Fleet, makeFleet } from '../load/fleet.ts'
import { QUIET } from '../measure/quiet.ts'
import type { BenchTask } from '../measure/report.ts'
import { databaseEnvironment } from './database-environment.ts'
import { GATEWAY_ID, type SeedFleet, seedFleet } from './seed-fleet.ts'
import { type ServeProcess, startServeProcess } from './serve-process.ts'
import { type MetricsWatched, sayMetrics, watchMetrics } from './watch-metrics.ts'

const LOCAL = resolve(import.meta.dirname, '../../.local')
const PROGRAM = resolve(import.meta.dirname, '../../dist/bin/gelang.js')

const POLL_MS = 100
const CHECK_TIMEOUT_MS = 600_000

export type Services = { databaseUrl: string; redisUrl: string }

/** Private services for `run`; whatever is given in the environment is not touched. */
export async function withServices<T>(name: string, run: (services: Services) => Promise<T>): Promise<T> {
  const folder = join(LOCAL, 'bench', `${name}-${process.pid}`)
  const env = { ...process.env, DATABASE_URL: '', REDIS_URL: '' }
  mkdirSync(join(LOCAL, 'logs'), { recursive: true })
  try {
    return await run(await ensureServices({ folder, packagesFolder: LOCAL, env, progress: () => undefined }))
  } finally {
    await discardServices({ folder, env })
  }
}

export type System = Services & {
  fleet: Fleet
  ingest: ServeProcess
  evaluate: ServeProcess
  record: ServeProcess
  api: ServeProcess | undefined
  gateway: { url: string; gatewayId: string; secret: string }
  password: string
  secretOf(deviceId: string): string
  pool: Pool
  /** Resolves when so many reports have been evaluated and stored since the beginning. */
  done(reports: number, withinMs: number): Promise<void>
  evaluated(): Promise<number>
  stored(): Promise<number>
}

/**
 * Starts all of it for `wearers` bracelets, with `--profile` writing a CPU profile a process, with `--metrics` showing what /metrics
 * prints meanwhile, which the result then holds as well.
 */
export async function withSystem<T extends object>(
  name: string,
  { seed, say, args }: BenchTask,
  {
    wearers,
    protocol = 'gateway',
    api = false,
    ingestOptions,
  }: { wearers: number; protocol?: SeedFleet['protocol']; api?: boolean; ingestOptions?: string },
  run: (system: System) => Promise<T>,
): Promise<T> {
  if (!existsSync(PROGRAM)) throw new Error('nothing is built: npm run build')
  return withServices(name, async (services) => {
    const { databaseUrl, redisUrl } = services
    const [authSecret, password, pepper] = [1, 2, 3].map(() => randomBytes(24).toString('hex')) as [
      string,
      string,
      string,
    ]
    const secretOf = (id: string): string => `${id}-${pepper}`
    const fleet = makeFleet(seed, wearers)
    const addresses = await databaseEnvironment(databaseUrl)
    await migrate(databaseUrl, QUIET)
    await seedFleet({ databaseUrl, fleet, protocol, nowMs: Date.now(), authSecret, password, secretOf, log: QUIET })
    const env = {
      ...addresses,
      REDIS_URL: redisUrl,
      GELANG_AUTH_SECRET: authSecret,
      GELANG_RULES_KEY: authSecret,
      // Nobody dies here, and a process that a busy machine lets wait is not to be taken for dead.
      GELANG_LEASE_TTL_MS: '60000',
    }
    const profileFolder = args.includes('--profile') ? join(LOCAL, 'bench', 'profiles', name) : undefined
    const pool = openPool({
      url: databaseUrl,
      applicationName: 'gelang bench',
      max: 1,
      statementTimeoutMs: CHECK_TIMEOUT_MS,
    })
    const started: ServeProcess[] = []
    let watched: MetricsWatched | undefined
    const start = async (role: string, nodeOptions?: string): Promise<ServeProcess> => {
      const log = join(LOCAL, 'logs', `bench-${name}-${role}.log`)
      const server = await startServeProcess(env, log, { roles: role, built: true, profileFolder, nodeOptions })
      started.unshift(server)
      return server
    }
    try {
      // The record first: it publishes the rules that the others wait for.
      const record = await start('record')
      const evaluate = await start('evaluate')
      const ingest = await start('ingest', ingestOptions)
      const apiServer = api ? await start('api') : undefined
      await allShards(evaluate, record)
      say(`${wearers} wearers, 16 shards; one process each: ingest, evaluate, record${api ? ', api' : ''}`)
      const evaluated = () => evaluate.metric('gelang_evaluate_reports_total')
      const stored = () => record.metric('gelang_record_reports_total')
      const watch = args.includes('--metrics') ? watchMetrics({ ingest, evaluate, record }) : undefined
      const result = await run({
        ...services,
        fleet,
        ingest,
        evaluate,
        record,
        api: apiServer,
        gateway: {
          url: `${ingest.ingestUrl.replace('http', 'ws')}/v1/gateway`,
          gatewayId: GATEWAY_ID,
          secret: secretOf(GATEWAY_ID),
        },
        password,
        secretOf,
        pool,
        evaluated,
        stored,
        async done(reports, withinMs) {
          const endMs = Date.now() + withinMs
          for (;;) {
            const [judged, kept] = [await evaluated(), await stored()]
            if (judged >= reports && kept >= reports) return
            if (Date.now() > endMs)
              throw new Error(`of ${reports} reports ${judged} are evaluated and ${kept} stored after ${withinMs} ms`)
            await delay(POLL_MS)
          }
        },
      }).finally(async () => {
        watched = await watch?.stop()
      })
      if (watched === undefined) return result
      sayMetrics(say, watched)
      return { ...result, metrics: watched }
    } finally {
      await pool.end()
      for (const server of started) await server.stop()
    }
  })
}

async function allShards(evaluate: ServeProcess, record: ServeProcess): Promise<void> {
  for (let waitedMs = 0; waitedMs < 60_000; waitedMs += POLL_MS) {
    const owned = (await evaluate.metric('gelang_evaluate_shards')) + (await record.metric('gelang_record_shards'))
    if (owned === 32) return
    await delay(POLL_MS)
  }
  throw new Error('the shards were not taken within a minute')
}

/** Bracelet n's k-th report, counted from 0, has the time `baseMs + offsetsMs[n] + k * stepMs`. */
export type Lattice = {
  baseMs: number
  stepMs: number
  offsetsMs?: ArrayLike<number>
  /** The first bracelet; 0 where absent. */
  firstWearer?: number
}
export type Stored = { answered: number; rows: number; missing: number; twice: number; strange: number }

/** Compares the table with what was answered, by identity: `counts[n]` reports of bracelet n, the first ones of the lattice. */
export async function compareStored(pool: Pool, counts: ArrayLike<number>, lattice: Lattice): Promise<Stored> {
  const { baseMs, stepMs, offsetsMs, firstWearer = 0 } = lattice
  const { rows } = await pool.query<{ id: string; rows: number; times: number; inside: number }>(
    `SELECT id, count(*)::int AS rows, count(DISTINCT since)::int AS times,
      count(DISTINCT since) FILTER (WHERE since >= 0 AND since < $1::bigint * n AND since % $1::bigint = 0)::int AS inside
    FROM (
      SELECT c.id, c.n, utc_ms(f.time)::bigint - c.first_ms AS since
      FROM unnest($2::text[], $3::int[], $4::bigint[]) AS c (id, n, first_ms)
      JOIN bracelet b ON b.device_id = c.id JOIN fix f ON f.bracelet_id = b.id
    ) AS found GROUP BY id`,
    [
      stepMs,
      Array.from(counts, (_, n) => deviceIdOf(firstWearer + n)),
      Array.from(counts),
      Array.from(counts, (_, n) => baseMs + (offsetsMs?.[n] ?? 0)),
    ],
  )
  const found = new Map(rows.map((row) => [row.id, row]))
  const result: Stored = { answered: 0, rows: 0, missing: 0, twice: 0, strange: 0 }
  for (let n = 0; n < counts.length; n++) {
    const answered = counts[n]!
    const row = found.get(deviceIdOf(firstWearer + n)) ?? { rows: 0, times: 0, inside: 0 }
    result.answered += answered
    result.rows += row.rows
    result.missing += answered - row.inside
    result.twice += row.rows - row.times
    result.strange += row.times - row.inside
  }
  return result
}

/** As a line for people; `missing` is what was answered and is not in the table. */
export function sayStored(say: (line: string) => void, stored: Stored): void {
  say(
    `answered ${stored.answered}, in the table ${stored.rows}: ${stored.missing} missing, ${stored.twice} twice, ` +
      `${stored.strange} that were not answered`,
  )
}

export { LOCAL, PROGRAM }
