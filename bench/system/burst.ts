// Synchronised clocks: 150,000 reports within one second, from the first byte sent to the last answer, and what of it is lost.

import type { GatewayLoad, GatewayResult } from '../load/gateway.ts'
import type { Bench } from '../measure/report.ts'
import { startLoad } from '../measure/run-load.ts'
import { cpuSeconds, saySpent, spent } from './cpu-seconds.ts'
import { compareStored, sayStored, withSystem } from './system.ts'
import { wallRatio } from './wall.ts'

const WEARERS = 15_000
const REPORTS_PER_WEARER = 10
const STEP_MS = 60_000
const DONE_MS_MAX = 120_000

export const burst: Bench = async (task) => {
  const { seed, say } = task
  const wall = await wallRatio(task)
  return withSystem('burst', task, { wearers: WEARERS }, async (system) => {
    const reports = WEARERS * REPORTS_PER_WEARER
    const lattice = { baseMs: Math.floor(Date.now() / 1000) * 1000 - REPORTS_PER_WEARER * STEP_MS, stepMs: STEP_MS }
    const load = await startLoad<GatewayResult>('gateway', {
      ...system.gateway,
      ...lattice,
      seed,
      wearers: WEARERS,
      reportsPerWearer: REPORTS_PER_WEARER,
      format: 'compact',
      connections: 50,
      // All at once: nobody waits for anybody's answer.
      framesUnderWay: 1000,
      reportsPerFrame: 50,
    } satisfies GatewayLoad)
    const before = await cpuSeconds(system)
    const { counts, ...result } = await load.go()
    const answeredMs = result.lastAnswerMs - result.firstSentMs
    await system.done(reports, DONE_MS_MAX)
    const allMs = Date.now() - result.firstSentMs
    const cpu = spent(before, await cpuSeconds(system))
    const stored = await compareStored(system.pool, counts, lattice)
    const lost = reports - stored.answered + stored.missing
    const wallMs = wall.reportsPerSecond > 0 ? Math.round((reports * 1000) / wall.reportsPerSecond) : undefined
    say(
      `${reports} reports handed over in ${Math.round(result.sendMs)} ms, all answered after ${answeredMs} ms ` +
        `(p50 ${Math.round(result.p50Ms)} ms, p99 ${Math.round(result.p99Ms)} ms), evaluated and stored after ${allMs} ms, ${lost} lost` +
        `${wallMs === undefined ? '' : `; the wall stores as many in ${wallMs} ms`}`,
    )
    saySpent(say, cpu)
    sayStored(say, stored)
    return {
      marks: { 'burst.answeredMs': answeredMs, 'burst.lost': lost },
      wall: wall.reportsPerSecond,
      reports,
      allMs,
      cpu,
      stored,
      ...result,
    }
  })
}
