// One OsmAnd request a report over kept-alive connections, end to end: answered, evaluated and stored.

import type { OsmandLoad, OsmandResult } from '../load/osmand.ts'
import type { Bench } from '../measure/report.ts'
import { startLoad } from '../measure/run-load.ts'
import { cpuSeconds, saySpent, spent } from './cpu-seconds.ts'
import { compareStored, sayStored, withSystem } from './system.ts'
import { perSecond, wallRatio } from './wall.ts'

const WEARERS = 1500
const REPORTS_PER_WEARER = 100
const STEP_MS = 1000
const CONNECTIONS = 64
const DONE_MS_MAX = 120_000

export const http: Bench = async (task) => {
  const { seed, say } = task
  const wall = await wallRatio(task)
  return withSystem('http', task, { wearers: WEARERS, protocol: 'osmand' }, async (system) => {
    const reports = WEARERS * REPORTS_PER_WEARER
    const lattice = { baseMs: Math.floor(Date.now() / 1000) * 1000 - REPORTS_PER_WEARER * STEP_MS, stepMs: STEP_MS }
    const { hostname, port } = new URL(system.ingest.osmandUrl)
    const load = await startLoad<OsmandResult>('osmand', {
      host: hostname,
      port: Number(port),
      pepper: system.secretOf('').slice(1),
      seed,
      wearers: WEARERS,
      reportsPerWearer: REPORTS_PER_WEARER,
      ...lattice,
      connections: CONNECTIONS,
    } satisfies OsmandLoad)
    const before = await cpuSeconds(system)
    const beganMs = Date.now()
    const { counts, ...result } = await load.go()
    const answeredMs = result.lastAnswerMs - result.firstSentMs
    await system.done(reports - result.refused, DONE_MS_MAX)
    const allMs = Date.now() - beganMs
    const cpu = spent(before, await cpuSeconds(system))
    const stored = await compareStored(system.pool, counts, lattice)
    const reportsPerSecond = perSecond(reports, allMs)
    say(
      `${reports} requests over ${CONNECTIONS} connections answered in ${answeredMs} ms (${perSecond(reports, answeredMs)}/s, ` +
        `p50 ${result.p50Ms.toFixed(1)} ms, p99 ${result.p99Ms.toFixed(1)} ms), evaluated and stored after ${allMs} ms: ${reportsPerSecond}/s`,
    )
    saySpent(say, cpu)
    sayStored(say, stored)
    return {
      marks: { 'http.reportsPerSecond': reportsPerSecond, ...wall.marks('http.reportsPerSecond', reportsPerSecond) },
      wall: wall.reportsPerSecond,
      reports,
      answeredMs,
      allMs,
      cpu,
      stored,
      ...result,
    }
  })
}
