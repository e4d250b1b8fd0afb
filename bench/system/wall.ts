// The bare path of a report, everything together on this machine: generator → TCP → 16 shards → Redis (fsync always) → answer; a
// second process reads, takes one distance a report and COPYs with two connections. No credentials, checks, evaluation,
// checkpoints or repeats: the wall that the other benches are measured against in the same run.
import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { openPool } from '../../store/database/open-pool.ts'
import type { WallLoad, WallResult } from '../load/wall-send.ts'
import type { Bench, BenchTask } from '../measure/report.ts'
import { startLoad } from '../measure/run-load.ts'
import { withServices } from './system.ts'

const REPORTS = 1_500_000
const REPORTS_FOR_RATIO = 750_000
const STORED_MS_MAX = 120_000

export const wall: Bench = async (task) => {
  const found = await measureWall(task, REPORTS)
  return {
    marks: {
      'wall.reportsPerSecond': found.reportsPerSecond,
      'wall.answeredPerSecond': found.answeredPerSecond,
      'wall.answerP50Ms': Math.round(found.p50Ms),
      'wall.answerP99Ms': Math.round(found.p99Ms),
    },
    ...found,
  }
}

export type WallRatio = {
  /** 0 where it was not measured. */
  reportsPerSecond: number
  /** `<id>.overWall`, if it was. */
  marks(id: string, reportsPerSecond: number): Record<string, number>
}

/** A shorter run beside another bench, unless `--no-wall`. */
export async function wallRatio(task: BenchTask): Promise<WallRatio> {
  const reportsPerSecond = task.args.includes('--no-wall')
    ? 0
    : (await measureWall(task, REPORTS_FOR_RATIO)).reportsPerSecond
  return {
    reportsPerSecond,
    marks: (id, figure) =>
      reportsPerSecond > 0 ? { [`${id}.overWall`]: Number((figure / reportsPerSecond).toFixed(3)) } : {},
  }
}

/** A rate of whole reports. */
export function perSecond(reports: number, ms: number): number {
  return Math.round((reports * 1000) / ms)
}

async function measureWall({ say }: BenchTask, reports: number) {
  return withServices('wall', async ({ databaseUrl, redisUrl }) => {
    const pool = openPool({ url: databaseUrl, applicationName: 'wall', max: 1 })
    await pool.query('CREATE EXTENSION IF NOT EXISTS timescaledb')
    await pool.query(
      'CREATE TABLE wall (bracelet integer NOT NULL, time timestamptz NOT NULL, lat_e7 integer, lon_e7 integer)',
    )
    await pool.query(
      `SELECT create_hypertable('wall', by_range('time', INTERVAL '1 day'), create_default_indexes => false)`,
    )
    await pool.query('CREATE UNIQUE INDEX ON wall (bracelet, time)')
    const answering = child('wall-answer', [redisUrl])
    const storing = child('wall-store', [redisUrl, databaseUrl])
    try {
      const [{ port }] = await Promise.all([nextMessage<{ port: number }>(answering), nextMessage(storing)])
      const config: WallLoad = { port, reports, connections: 8, framesUnderWay: 16 }
      const load = await startLoad<WallResult>('wall-send', config)
      const beganMs = Date.now()
      const allStored = new Promise<number>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('the bare path did not store all')), STORED_MS_MAX)
        storing.on('message', (message) => {
          if ((message as { stored: number }).stored < reports) return
          clearTimeout(timer)
          resolve(Date.now() - beganMs)
        })
      })
      const { answeredMs, p50Ms, p99Ms } = await load.go()
      const allMs = await allStored
      const { rows } = await pool.query<{ n: number }>('SELECT count(DISTINCT (bracelet, time))::int AS n FROM wall')
      const found = {
        reports,
        answeredMs: Math.round(answeredMs),
        allMs,
        answeredPerSecond: perSecond(reports, answeredMs),
        reportsPerSecond: perSecond(reports, allMs),
        p50Ms,
        p99Ms,
        missing: reports - rows[0]!.n,
      }
      say(
        `wall: ${reports} reports answered in ${found.answeredMs} ms (${found.answeredPerSecond}/s, p50 ${Math.round(p50Ms)} ms, ` +
          `p99 ${Math.round(p99Ms)} ms), all stored after ${allMs} ms: ${found.reportsPerSecond}/s; ${found.missing} missing`,
      )
      return found
    } finally {
      answering.kill('SIGKILL')
      storing.kill('SIGKILL')
      await pool.end()
    }
  })
}

function child(program: string, args: string[]): ChildProcess {
  return fork(join(import.meta.dirname, '../load', `${program}.ts`), args, { execArgv: ['--import', 'tsx'] })
}

function nextMessage<T>(process: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    process.once('message', (message) => resolve(message as T))
    process.once('exit', (code) => reject(new Error(`a process of the bare path ended with code ${code}`)))
  })
}
