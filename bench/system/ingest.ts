// Gateway batches, end to end: answered, evaluated and stored. Compact frames, then JSON, each on a system of its own.

import type { GatewayLoad, GatewayResult } from '../load/gateway.ts'
import type { Bench, BenchTask } from '../measure/report.ts'
import { startLoad } from '../measure/run-load.ts'
import { cpuSeconds, saySpent, spent } from './cpu-seconds.ts'
import { compareStored, sayStored, withSystem } from './system.ts'
import { perSecond, wallRatio } from './wall.ts'

const WEARERS = 15_000
const STEP_MS = 1000
const RUNS = {
  compact: { mark: 'ingest.reportsPerSecond', reportsPerWearer: 100 },
  json: { mark: 'ingest.jsonReportsPerSecond', reportsPerWearer: 50 },
} as const
const DONE_MS_MAX = 180_000

export const ingest: Bench = async (task) => {
  const marks: Record<string, number> = {}
  const runs: object[] = []
  const wall = await wallRatio(task)
  const only = task.args.find((arg) => arg === '--compact' || arg === '--json-frames')
  for (const format of ['compact', 'json'] as const) {
    if (only !== undefined && (only === '--compact') !== (format === 'compact')) continue
    const run = await measure(task, format)
    marks[RUNS[format].mark] = run.reportsPerSecond
    Object.assign(marks, wall.marks(RUNS[format].mark, run.reportsPerSecond))
    runs.push(run)
  }
  return { marks, wall: wall.reportsPerSecond, runs }
}

async function measure(task: BenchTask, format: 'compact' | 'json') {
  const { seed, say } = task
  return withSystem(`ingest-${format}`, task, { wearers: WEARERS }, async (system) => {
    const { reportsPerWearer } = RUNS[format]
    const reports = WEARERS * reportsPerWearer
    const lattice = { baseMs: Math.floor(Date.now() / 1000) * 1000 - reportsPerWearer * STEP_MS, stepMs: STEP_MS }
    const load = await startLoad<GatewayResult>('gateway', {
      ...system.gateway,
      ...lattice,
      seed,
      wearers: WEARERS,
      reportsPerWearer,
      format,
      connections: 8,
      framesUnderWay: 16,
      reportsPerFrame: 200,
    } satisfies GatewayLoad)
    const before = await cpuSeconds(system)
    const beganMs = Date.now()
    const result = await load.go()
    const answeredMs = result.lastAnswerMs - result.firstSentMs
    await system.done(reports, DONE_MS_MAX)
    const allMs = Date.now() - beganMs
    const cpu = spent(before, await cpuSeconds(system))
    const stored = await compareStored(system.pool, result.counts, lattice)
    const reportsPerSecond = perSecond(reports, allMs)
    say(
      `${format}: ${reports} reports, ${Math.round(result.bytes / reports)} bytes each; answered in ${answeredMs} ms ` +
        `(${perSecond(reports, answeredMs)}/s, p50 ${Math.round(result.p50Ms)} ms, p99 ${Math.round(result.p99Ms)} ms), ` +
        `evaluated and stored after ${allMs} ms: ${reportsPerSecond}/s`,
    )
    saySpent(say, cpu)
    sayStored(say, stored)
    const { counts: _counts, ...seen } = result
    return { format, reports, reportsPerSecond, answeredMs, allMs, cpu, stored, ...seen }
  })
}
