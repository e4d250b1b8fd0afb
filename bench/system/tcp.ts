// GT06 over 10,000 connections, one report under way on each, end to end: answered, evaluated and stored.

import type { Gt06Load, Gt06Result } from '../load/gt06.ts'
import type { Bench } from '../measure/report.ts'
import { startLoad } from '../measure/run-load.ts'
import { cpuSeconds, saySpent, spent } from './cpu-seconds.ts'
import { compareStored, sayStored, withSystem } from './system.ts'
import { measureTcpFloor } from './tcp-floor.ts'
import { perSecond, wallRatio } from './wall.ts'

const CONNECTIONS = 10_000
const REPORTS_EACH = 30
const STEP_MS = 1000
const GT06_PORT = 5023
const DONE_MS_MAX = 120_000
/** What docs/operations.md advises for thousands of connections. */
const INGEST_OPTIONS = '--max-semi-space-size=64'

export const tcp: Bench = async (task) => {
  const { seed, say } = task
  const wall = await wallRatio(task)
  const baseMs = Math.floor(Date.now() / 1000) * 1000 - REPORTS_EACH * STEP_MS
  const fleet = { seed, wearers: CONNECTIONS, reportsPerWearer: REPORTS_EACH, baseMs, stepMs: STEP_MS }
  const floor = await measureTcpFloor(fleet)
  say(
    `a server that only answers: ${floor.reportsPerSecond}/s, ${floor.serverMicrosPerReport} µs of processor a report, ` +
      `p50 ${Math.round(floor.p50Ms)} ms, p99 ${Math.round(floor.p99Ms)} ms`,
  )
  return withSystem(
    'tcp',
    task,
    { wearers: CONNECTIONS, protocol: 'gt06', ingestOptions: INGEST_OPTIONS },
    async (system) => {
      const reports = CONNECTIONS * REPORTS_EACH
      const load = await startLoad<Gt06Result>('gt06', {
        host: '127.0.0.1',
        port: GT06_PORT + system.ingest.tcpPortOffset,
        ...fleet,
      } satisfies Gt06Load)
      say(`${CONNECTIONS} connections are open and logged in`)
      const before = await cpuSeconds(system)
      const beganMs = Date.now()
      const { counts, ...result } = await load.go()
      const answeredMs = result.lastAnswerMs - result.firstSentMs
      await system.done(reports, DONE_MS_MAX)
      const allMs = Date.now() - beganMs
      const cpu = spent(before, await cpuSeconds(system))
      const stored = await compareStored(system.pool, counts, fleet)
      const reportsPerSecond = perSecond(reports, allMs)
      say(
        `${reports} reports answered in ${answeredMs} ms (${perSecond(reports, answeredMs)}/s, p50 ${Math.round(result.p50Ms)} ms, ` +
          `p99 ${Math.round(result.p99Ms)} ms), evaluated and stored after ${allMs} ms: ${reportsPerSecond}/s`,
      )
      const ingestMicros = Number(((cpu.ingest! * 1e6) / reports).toFixed(1))
      say(
        `  ingest: ${ingestMicros} µs of processor a report, of which a server that only answers takes ${floor.serverMicrosPerReport}`,
      )
      saySpent(say, cpu)
      sayStored(say, stored)
      return {
        marks: {
          'tcp.reportsPerSecond': reportsPerSecond,
          ...wall.marks('tcp.reportsPerSecond', reportsPerSecond),
          'tcp.reportsPerSecond.overFloor': Number((reportsPerSecond / floor.reportsPerSecond).toFixed(3)),
        },
        floor,
        ingestMicrosPerReport: ingestMicros,
        wall: wall.reportsPerSecond,
        reports,
        answeredMs,
        allMs,
        cpu,
        stored,
        ...result,
      }
    },
  )
}
