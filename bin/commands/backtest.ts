// `gelang backtest`: the pure engine over a plan and a recorded track. No server, no services.
import { readFileSync } from 'node:fs'
import { backtest, zonesById } from '../../geofence/inquiry/backtest.ts'
import { tooSmallZones } from '../../geofence/plan/small-zone.ts'
import { admit } from '../../ingest/admission/admit.ts'
import { INGEST_LIMITS } from '../../ingest/limits.ts'
import { osmand } from '../../ingest/protocols/osmand/osmand.ts'
import type { Incident } from '../../model/incident/incident.ts'
import type { DirectoryDevice } from '../../model/plan/directory.ts'
import { planDocumentSchema } from '../../model/plan/plan.ts'
import { LogReport } from '../../model/report/report.ts'
import { ENTRY_HEADER_BYTES, ReportWriter, readReport } from '../../model/report/report-codec.ts'
import { readTrack, type TrackPoint } from '../../simulators/read-track.ts'
import { encodeOsmand } from '../../simulators/send-osmand.ts'

type BacktestArguments = { plan: string; track: string; json?: boolean }

/** Prints the incidents that the plan would have raised on the track. Throws a sentence when a file cannot be used. */
export function runBacktest({ plan, track, json }: BacktestArguments, print: (line: string) => void): void {
  const parsed = planDocumentSchema.safeParse(parseJson(plan))
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || '(top)'}: ${issue.message}`)
    throw new Error(`${plan} is not a plan (see docs/plan.md):\n${problems.join('\n')}`)
  }
  const { points, skipped, warnings } = readTrack(track, readFileSync(track, 'utf8'))
  const incidents = backtest(parsed.data, reportsOf(points))
  const tooSmall = tooSmallZones(parsed.data.plan, zonesById(parsed.data.zones))
  if (json)
    print(
      JSON.stringify(
        { incidents: incidents.map(withIsoTimes), tooSmall, points: points.length, skipped, warnings },
        null,
        2,
      ),
    )
  else {
    for (const warning of warnings) print(`warning: ${warning}`)
    for (const { conditionId, zoneId, guardM } of tooSmall)
      print(
        `warning: ${zoneId} (${conditionId}) is nowhere deeper than ${Math.ceil(guardM)} m, which a usual fix may err: a stay in it is reported late, as location_unverifiable, or not at all`,
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

/** The bracelet of a back-test: registered since ever, worn by one wearer. */
const DEVICE: DirectoryDevice = {
  braceletId: 0,
  deviceId: 'backtest',
  unitPath: '',
  idSuffices: false,
  revoked: false,
  assignments: [{ wearerId: 0, fromMs: Number.NEGATIVE_INFINITY }],
}

/**
 * Points as the log would carry them: encoded as a phone sends them, decoded and admitted as ingest does, so that a back-test, a
 * replay and the live path see the very same numbers.
 */
export function* reportsOf(points: readonly TrackPoint[]): Generator<LogReport> {
  const writer = new ReportWriter()
  for (const point of points) {
    const { timeMs } = point
    const url = `/?${encodeOsmand(DEVICE.deviceId, point)}`
    const [decoded] = osmand.decode(
      { method: 'GET', url, headers: {}, body: new Uint8Array() },
      { receivedMs: timeMs, settingsOf: () => undefined, authorize: () => true },
    ).reports
    if (decoded === undefined || typeof admit(decoded, DEVICE, timeMs, INGEST_LIMITS) !== 'number') continue
    writer.add(decoded, 0, 0, timeMs, 'own')
    const entry = writer.take()
    const report = new LogReport()
    readReport(new DataView(entry.buffer, entry.byteOffset, entry.byteLength), ENTRY_HEADER_BYTES, report)
    yield report
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
