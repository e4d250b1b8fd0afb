// 2,500 reports a second, as 150,000 bracelets at one a minute make them: from the moment a report is due at the bracelet to the
// officer's WebSocket.
import { setTimeout as delay } from 'node:timers/promises'
import { type LiveLoad, type LiveResult, offsetMs } from '../load/live.ts'
import type { Bench } from '../measure/report.ts'
import { startLoad } from '../measure/run-load.ts'
import { cpuSeconds, saySpent, spent } from './cpu-seconds.ts'
import { watchFeed } from './officer-feed.ts'
import { compareStored, sayStored, withSystem } from './system.ts'

const WEARERS = 15_000
const PER_SECOND = 2500
const WARM_MS = 8000
const MEASURED_MS = 30_000
const DONE_MS_MAX = 60_000

export const live: Bench = async (task) => {
  const { seed, say } = task
  return withSystem('live', task, { wearers: WEARERS, api: true }, async (system) => {
    const feed = await watchFeed(system)
    const config: LiveLoad = {
      ...system.gateway,
      seed,
      firstWearer: 0,
      wearers: WEARERS,
      stepMs: (1000 * WEARERS) / PER_SECOND,
      connections: 5,
    }
    const load = await startLoad<LiveResult>('live', config)
    feed.laterThan(Date.now())
    const going = load.go()
    await delay(WARM_MS)
    const before = await cpuSeconds(system)
    feed.restart()
    await delay(MEASURED_MS)
    const figures = feed.figures()
    const cpu = spent(before, await cpuSeconds(system))
    load.finish()
    const { counts, baseMs, ...result } = await going
    const answered = counts.reduce((sum, count) => sum + count)
    await system.done(answered, DONE_MS_MAX)
    const offsetsMs = counts.map((_, n) => offsetMs(n, config))
    const stored = await compareStored(system.pool, counts, { baseMs, stepMs: config.stepMs, offsetsMs })
    feed.close()
    say(
      `${PER_SECOND} reports/s for ${MEASURED_MS / 1000} s: ${figures.positions} positions on the officer's WebSocket, ` +
        `p50 ${figures.p50Ms} ms, p99 ${figures.p99Ms} ms, longest ${figures.maxMs} ms after the report was due; ` +
        `answers to gateways p50 ${result.p50Ms.toFixed(1)} ms, p99 ${result.p99Ms.toFixed(1)} ms`,
    )
    saySpent(say, cpu)
    sayStored(say, stored)
    return {
      marks: { 'live.p50Ms': figures.p50Ms, 'live.p99Ms': figures.p99Ms },
      feed: figures,
      answers: result,
      cpu,
      stored,
    }
  })
}
