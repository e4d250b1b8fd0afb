// After an outage of the network: gateways upload what bracelets have buffered, oldest first, while others report as always. How
// long until all of it is answered, evaluated and stored, and how late live reports come to the officer meanwhile.
import { setTimeout as delay } from 'node:timers/promises'
import type { GatewayLoad, GatewayResult } from '../load/gateway.ts'
import { type LiveLoad, type LiveResult, offsetMs } from '../load/live.ts'
import type { Bench } from '../measure/report.ts'
import { startLoad } from '../measure/run-load.ts'
import { cpuSeconds, saySpent, spent } from './cpu-seconds.ts'
import { watchFeed } from './officer-feed.ts'
import { compareStored, sayStored, withSystem } from './system.ts'
import { wallRatio } from './wall.ts'

/** The first half has been without a network for two hours at a report a minute; the second half reports 2,500 a second. */
const WEARERS = 15_000
const AWAY = WEARERS / 2
const BUFFERED_EACH = 120
const MINUTE_MS = 60_000
const LIVE_PER_SECOND = 2500
const WARM_MS = 5000
const DRAIN_MS_MAX = 300_000
const LOOK_MS = 200

export const backlog: Bench = async (task) => {
  const { seed, say } = task
  const wall = await wallRatio(task)
  return withSystem('backlog', task, { wearers: WEARERS, api: true }, async (system) => {
    const reports = AWAY * BUFFERED_EACH
    const buffered = { baseMs: Math.floor(Date.now() / 1000) * 1000 - BUFFERED_EACH * MINUTE_MS, stepMs: MINUTE_MS }
    const upload = await startLoad<GatewayResult>('gateway', {
      ...system.gateway,
      ...buffered,
      seed,
      wearers: AWAY,
      reportsPerWearer: BUFFERED_EACH,
      archived: true,
      format: 'compact',
      connections: 8,
      framesUnderWay: 16,
      reportsPerFrame: 200,
    } satisfies GatewayLoad)
    const config: LiveLoad = {
      ...system.gateway,
      seed,
      firstWearer: AWAY,
      wearers: WEARERS,
      stepMs: (1000 * (WEARERS - AWAY)) / LIVE_PER_SECOND,
      connections: 5,
    }
    const load = await startLoad<LiveResult>('live', config)
    const feed = await watchFeed(system)
    const liveBeganMs = Date.now()
    feed.laterThan(liveBeganMs)
    const going = load.go()
    await delay(WARM_MS)
    const calm = feed.figures()
    feed.restart()
    const before = await cpuSeconds(system)
    const { counts, ...result } = await upload.go()
    const answeredMs = result.lastAnswerMs - result.firstSentMs
    // Live reports go on: the backlog is through when all but a second of them is through beside it.
    for (;;) {
      const through = Math.min(await system.evaluated(), await system.stored())
      if (through >= reports + ((Date.now() - liveBeganMs - 1000) * LIVE_PER_SECOND) / 1000) break
      if (Date.now() - result.firstSentMs > DRAIN_MS_MAX) throw new Error(`only ${through} reports are through`)
      await delay(LOOK_MS)
    }
    const drainMs = Date.now() - result.firstSentMs
    const figures = feed.figures()
    const cpu = spent(before, await cpuSeconds(system))
    load.finish()
    const lived = await going
    feed.close()
    const liveAnswered = lived.counts.reduce((sum, count) => sum + count)
    await system.done(reports + liveAnswered, DRAIN_MS_MAX)
    const stored = await compareStored(system.pool, counts, buffered)
    const storedLive = await compareStored(system.pool, lived.counts.slice(AWAY), {
      baseMs: lived.baseMs,
      stepMs: config.stepMs,
      offsetsMs: lived.counts.slice(AWAY).map((_, i) => offsetMs(AWAY + i, config)),
      firstWearer: AWAY,
    })
    say(
      `${reports} buffered reports answered in ${answeredMs} ms, evaluated and stored after ${drainMs} ms; live meanwhile ` +
        `p50 ${figures.p50Ms} ms, p99 ${figures.p99Ms} ms on the officer's WebSocket (before: p50 ${calm.p50Ms} ms, p99 ${calm.p99Ms} ms)`,
    )
    saySpent(say, cpu)
    sayStored(say, stored)
    sayStored(say, storedLive)
    return {
      marks: {
        'backlog.drainMs': drainMs,
        'backlog.liveP99Ms': figures.p99Ms,
        ...wall.marks('backlog.reportsPerSecond', (reports * 1000) / drainMs),
      },
      wall: wall.reportsPerSecond,
      answeredMs,
      feed: figures,
      calm,
      cpu,
      stored,
      storedLive,
    }
  })
}
