// What the demo's seconds came to: every answered report must have been judged and stored, every script must have been seen.

import type { LoggedIncident } from '../../model/incident/incident.ts'
import type { Fleet } from '../../simulators/fleet-people.ts'
import type { FleetCounts } from '../../simulators/run-fleet.ts'
import { SCRIPT_RAISES, SCRIPTS_RAISED_BY_MS } from '../../simulators/script.ts'
import { SCRIPT_KINDS } from '../../simulators/script-kinds.ts'
import type { DemoPorts } from './demo-ports.ts'
import type { Prepared } from './demo-prepare.ts'
import { type LiveWatch, percentile } from './watch-live.ts'

type DemoReport = {
  ok: boolean
  seed: number
  sent: number
  answered: number
  evaluated: number
  stored: number
  /** Answered before, under the same identity (the history that every start sends again). */
  repeats: number
  quarantined: number
  discarded: number
  /** Active ones that began, continued or ended in these seconds, by type. */
  incidents: Record<string, number>
  /**
   * Those of them that began before the bracelets of this run spoke. On the data of an earlier run one `fleet_silence` for each
   * Bapas may be among them, and rightly: its bracelets fell silent when that run ended.
   */
  begunBefore: Record<string, number>
  /** Incidents that the scripts should have raised by now and that were not published. */
  missingIncidents: string[]
  reportToWebSocketMs: { count: number; p50: number; p99: number; max: number }
}

const CATCH_UP_MS_MAX = 30_000
const LOOK_MS = 250

/** Reports that the processes of this run have judged and written down. */
type Worked = { evaluated: number; stored: number; repeats: number }

/**
 * What was worked before the fleet speaks: after a crash, what the run before left in the log. Waits until that is done, so that
 * the figures afterwards are this run's alone.
 */
export async function workedBefore(ports: DemoPorts): Promise<Worked> {
  const deadlineMs = Date.now() + CATCH_UP_MS_MAX
  while (sum(await scrape(portOf(ports, 'evaluate')), 'gelang_log_lag_entries') > 0) {
    if (Date.now() > deadlineMs) throw new Error('the log still holds entries of an earlier run')
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  return worked(ports)
}

async function worked(ports: DemoPorts): Promise<Worked> {
  const evaluate = await scrape(portOf(ports, 'evaluate'))
  const record = await scrape(portOf(ports, 'record'))
  return {
    evaluated:
      sum(evaluate, 'gelang_evaluate_reports_total') -
      sum(evaluate, 'gelang_evaluate_reports_total{arrival="no_plan"}'),
    stored: sum(record, 'gelang_record_reports_total{outcome="stored"}'),
    repeats: sum(record, 'gelang_record_reports_total{outcome="repeat"}'),
  }
}

function portOf({ processes }: DemoPorts, name: string): number {
  return processes.find(([each]) => each === name)![2]
}

export async function measureDemo(options: {
  counts: FleetCounts
  watchers: LiveWatch[]
  ports: DemoPorts
  prepared: Prepared
  before: Worked
  sinceMs: number
  /** When the last script began. */
  scriptsBeganMs: number
  /** No new reports from then on. */
  endedMs: number
}): Promise<DemoReport> {
  const { counts, watchers, ports, prepared, before, sinceMs } = options
  const deadlineMs = Date.now() + CATCH_UP_MS_MAX
  let evaluated = 0
  let stored = 0
  let repeats = 0
  for (;;) {
    const now = await worked(ports)
    evaluated = now.evaluated - before.evaluated
    stored = now.stored - before.stored
    repeats = now.repeats - before.repeats
    if ((evaluated >= counts.answered && stored + repeats >= counts.answered) || Date.now() > deadlineMs) break
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  const ingest = await scrape(portOf(ports, 'ingest'))
  const { incidents, begunBefore } = countIncidents(
    watchers.flatMap((watch) => [...watch.incidents.values()]),
    sinceMs,
  )
  const overMs = options.endedMs - options.scriptsBeganMs
  const missingIncidents = expectedTypes(prepared.fleet, overMs).filter((type) => incidents[type] === undefined)
  const delaysMs = watchers.flatMap(({ delaysMs }) => delaysMs)
  return {
    ok:
      counts.pending === 0 &&
      evaluated === counts.answered &&
      stored + repeats === counts.answered &&
      missingIncidents.length === 0,
    seed: prepared.fleet.seed,
    sent: counts.sent,
    answered: counts.answered,
    evaluated,
    stored,
    repeats,
    quarantined: sum(ingest, 'gelang_ingest_refusals_total'),
    discarded: sum(ingest, 'gelang_ingest_reports_total', 'verdict="discarded"'),
    incidents,
    begunBefore,
    missingIncidents,
    reportToWebSocketMs: {
      count: delaysMs.length,
      p50: percentile(delaysMs, 0.5),
      p99: percentile(delaysMs, 0.99),
      max: Math.max(...delaysMs),
    },
  }
}

/** Active incidents that began, continued or ended after `sinceMs`, by type; and of these, those that began before. */
export function countIncidents(
  seen: readonly LoggedIncident[],
  sinceMs: number,
): { incidents: Record<string, number>; begunBefore: Record<string, number> } {
  const active = seen.filter(
    ({ withdrawn, endMs }) => withdrawn === undefined && (endMs === undefined || endMs >= sinceMs),
  )
  return { incidents: byType(active), begunBefore: byType(active.filter(({ startMs }) => startMs < sinceMs)) }
}

function byType(incidents: readonly LoggedIncident[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { type } of incidents) counts[type] = (counts[type] ?? 0) + 1
  return counts
}

/** The incident types that the fleet's scripts have brought about `sinceStartMs` after the last of them began. */
export function expectedTypes({ wearers }: Pick<Fleet, 'wearers'>, sinceStartMs: number): string[] {
  if (sinceStartMs < SCRIPTS_RAISED_BY_MS) return []
  const played = new Set(wearers.map(({ script }) => script))
  return [...new Set(SCRIPT_KINDS.filter((kind) => played.has(kind)).flatMap((kind) => SCRIPT_RAISES[kind]))]
}

/** Prometheus text as [name with labels, value]. */
async function scrape(port: number): Promise<[series: string, value: number][]> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const space = line.lastIndexOf(' ')
      return [line.slice(0, space), Number(line.slice(space + 1))]
    })
}

/** Sum of a series, or of all series of a name; `having` narrows to labels. */
function sum(series: [string, number][], name: string, having = ''): number {
  return series
    .filter(([each]) => (each === name || each.startsWith(`${name}{`)) && each.includes(having))
    .reduce((total, [, value]) => total + value, 0)
}
