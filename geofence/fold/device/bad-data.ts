// A device that sends one defective report after another: an incident that names the defect.
import type { BadData, BadDataReason } from '../../../model/incident/incident.ts'
import { DEFECT, type LogReport, REPORT_FLAG } from '../../../model/report/report.ts'
import { ENGINE } from '../../parameters.ts'
import type { CompiledPlan } from '../../plan/compile-plan.ts'
import { type DefectRun, SLOT } from '../state/device-memory.ts'
import { evidenceOf, incidentOf, type Sink } from '../state/episode.ts'
import { spotOf } from '../state/spot.ts'
import type { WearerState } from '../state/state.ts'
import { closeDevice, openDevice } from './device-episodes.ts'

const HOUR_MS = 3_600_000
/** Receivers count the weeks of GPS in ten bits. */
const ROLLOVER_MS = 1024 * 7 * 24 * HOUR_MS

export function judgeDefects(state: WearerState, plan: CompiledPlan, report: LogReport, sink: Sink): void {
  const slot = SLOT.bad_data
  if ((report.flags & REPORT_FLAG.defective) === 0) {
    if (state.remembered?.defects === undefined) return
    const { device } = state
    if (device.open[slot] && ++device.goodReports < ENGINE.badDataReturnReports) return
    const episode = device.open[slot]
    if (episode) {
      episode.badData = badDataOf(device.defects!)
      closeDevice(state, plan, slot, report.timeMs, sink, spotOf(report, Number.NaN, Number.NaN))
    }
    device.defects = undefined
    device.goodReports = 0
    return
  }
  const { device } = state
  device.goodReports = 0
  device.defects = oneMore(device.defects, report)
  if (device.open[slot] || device.defects.count < ENGINE.badDataRun) return
  const { first } = device.defects
  const episode = openDevice(state, slot, {
    startMs: first.timeMs,
    startSpot: first,
    confirmedMs: report.timeMs,
    evidence: [evidenceOf(first, 'start'), evidenceOf(spotOf(report, Number.NaN, Number.NaN), 'confirm')],
  })
  episode.badData = badDataOf(device.defects)
  sink.change(incidentOf(state, plan.hash, episode), report.timeMs)
}

/** A defective report carries the defect and the clock's error in the fields of the position. */
function oneMore(run: DefectRun | undefined, report: LogReport): DefectRun {
  const { latE7: defect, lonE7: offSeconds } = report
  const offMs = defect === DEFECT.clock ? { leastOffMs: offSeconds * 1000, mostOffMs: offSeconds * 1000 } : {}
  if (run === undefined) return { count: 1, first: spotOf(report, Number.NaN, Number.NaN), defect, ...offMs }
  const least = Math.min(run.leastOffMs ?? Infinity, offMs.leastOffMs ?? Infinity)
  const most = Math.max(run.mostOffMs ?? -Infinity, offMs.mostOffMs ?? -Infinity)
  return {
    count: run.count + 1,
    first: run.first,
    defect: run.defect === defect ? defect : undefined,
    ...(least <= most && { leastOffMs: least, mostOffMs: most }),
  }
}

const REASONS: Record<number, BadDataReason> = {
  [DEFECT.clock]: 'clock',
  [DEFECT.time]: 'time',
  [DEFECT.position]: 'position',
  [DEFECT.battery]: 'battery',
}

function badDataOf({ count, defect, leastOffMs, mostOffMs }: DefectRun): BadData {
  const reason = (defect !== undefined && REASONS[defect]) || 'other'
  if (leastOffMs === undefined || mostOffMs === undefined) return { reason, count }
  // What comes late on its way looks as if the clock were behind: the most ahead is the nearest to the truth.
  const said = { count, clockOffMs: mostOffMs }
  if (reason !== 'clock') return { reason, ...said }
  const weeks = Math.round(mostOffMs / ROLLOVER_MS) * ROLLOVER_MS
  if (weeks !== 0 && Math.abs(mostOffMs - weeks) <= ENGINE.clockRolloverSlackMs)
    return { reason: 'clock_week_rollover', ...said, correctionMs: -weeks }
  const hours = Math.round(mostOffMs / HOUR_MS) * HOUR_MS
  const wholeHours = (offMs: number) => Math.abs(offMs - hours) <= ENGINE.clockHourSlackMs
  if (
    hours !== 0 &&
    Math.abs(hours) <= ENGINE.clockHoursMax * HOUR_MS &&
    wholeHours(mostOffMs) &&
    wholeHours(leastOffMs)
  )
    return { reason: 'clock_whole_hours', ...said, correctionMs: -hours }
  return { reason: mostOffMs <= -ENGINE.clockResetMs ? 'clock_reset' : 'clock', ...said }
}
