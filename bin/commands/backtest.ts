// `gelang backtest`: the pure engine over a plan and a recorded track. No server, no services.
import { readFileSync } from 'node:fs'
import { backtest, zonesById } from '../../geofence/inquiry/backtest.ts'
import { tooSmallZones } from '../../geofence/plan/small-zone.ts'
import type { Incident } from '../../model/incident/incident.ts'
import { planDocumentSchema } from '../../model/plan/plan.ts'
import { LogReport } from '../../model/report/report.ts'
import { ENTRY_HEADER_BYTES, ReportWriter, readReport } from '../../model/report/report-codec.ts'
import { readTrack, type TrackPoint } from '../../simulators/read-track.ts'

type BacktestArguments = { plan: string; track: string; json?: boolean }

/** Prints the incidents that the plan would have raised on the track. Throws a sentence when a file cannot be used. */
export function runBacktest({ plan, track, json }: BacktestArguments, print: (line: string) => void): void {
  const parsed = planDocumentSchema.safeParse(parseJson(plan))
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || '(top)'}: ${issue.message}`)
    throw new Error(`${plan} is not a plan (see docs/plan.md):\n${problems.join('\n')}`)
  }
  const { points, skipped } = readTrack(track, readFileSync(track, 'utf8'))
  const incidents = backtest(parsed.data, reportsOf(points))
  const tooSmall = tooSmallZones(parsed.data.plan, zonesById(parsed.data.zones))
  if (json)
    print(JSON.stringify({ incidents: incidents.map(withIsoTimes), tooSmall, points: points.length, skipped }, null, 2))
  else {
    for (const { conditionId, zoneId, guardM } of tooSmall)
      print(
        `warning: ${zoneId} (${conditionId}) is nowhere deeper than ${Math.ceil(guardM)} m, which a usual fix may err: who stays in it is told late, as location_unverifiable, or not at all`,
      )
    print(`${points.length} points (${skipped} without time or place), ${incidents.length} incidents`)
    for (const incident of incidents) {
      const { type, condition, start, confirmed, end } = withIsoTimes(incident)
      print(
        `${start}  ${type}${condition ? ` (${condition})` : ''}  confirmed ${confirmed}  ${end ? `ended ${end}` : 'still open at the end'}`,
      )
    }
  }
}

/** Points as the log would carry them, so that a back-test and the live path see the very same numbers. */
function* reportsOf(points: readonly TrackPoint[]): Generator<LogReport> {
  const writer = new ReportWriter()
  for (const point of points) {
    writer.add(deviceReportOf('backtest', point), 0, 0, point.timeMs, 'own')
    const entry = writer.take()
    const report = new LogReport()
    readReport(new DataView(entry.buffer, entry.byteOffset, entry.byteLength), ENTRY_HEADER_BYTES, report)
    yield report
  }
}

function deviceReportOf(deviceId: string, { timeMs, latDeg, lonDeg, altitudeM, accuracyM, speedMps }: TrackPoint) {
  return {
    deviceId,
    timeMs,
    fixValid: true,
    latDeg,
    lonDeg,
    ...(altitudeM === undefined ? {} : { altitudeM }),
    ...(accuracyM === undefined ? {} : { accuracyM }),
    ...(speedMps === undefined ? {} : { speedMps }),
    alarms: [],
    archived: false,
  }
}

/** An incident as people and scripts outside read it: ISO times, `condition` by its id. */
function withIsoTimes(incident: Incident) {
  const { conditionId, startMs, confirmedMs, endMs, evidence, ...rest } = incident
  return {
    id: rest.id,
    type: rest.type,
    ...(conditionId === undefined ? {} : { condition: conditionId }),
    severity: rest.severity,
    start: iso(startMs),
    confirmed: iso(confirmedMs),
    end: endMs === undefined ? null : iso(endMs),
    depthM: rest.depthM ?? null,
    late: rest.late,
    inferred: rest.inferred,
    withdrawn: rest.withdrawn ?? null,
    engineVersion: rest.engineVersion,
    planHash: rest.planHash,
    evidence: evidence.map(({ timeMs, ...fix }) => ({ time: iso(timeMs), ...fix })),
  }
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString()
}

function parseJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new Error(`${path} is no readable JSON: ${(error as Error).message}`, { cause: error })
  }
}
