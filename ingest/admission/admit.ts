// One admission for the reports of every format: accepted, accepted without its damaged parts, heard only, or refused.
import { type DirectoryDevice, wearerAt } from '../../model/plan/directory.ts'
import type { RefusalReason } from '../../model/report/quarantine.ts'
import type { DeviceReport } from '../../model/report/report.ts'
import { addDefect, isPlace } from '../protocols/believe.ts'
import type { DecodedReport, Defect } from '../protocols/decoder.ts'
import { isUrgent } from '../protocols/urgent.ts'

/**
 * The wearer whose timeline the report joins, or why it joins none. The decoder has taken the parts that it could not read out of
 * the report and listed them as defects; admission adds a time or a place that cannot be true. It changes the report:
 *
 * | defect of   | urgent (strap or case open, tamper, SOS)               | any other report                                    |
 * |-------------|--------------------------------------------------------|-----------------------------------------------------|
 * | the time    | counts from its receipt; its place is a last known one | heard: contact at its receipt, without a place      |
 * | the place   | accepted without a place                               | heard: contact at its own time, without a place     |
 * | a member    | accepted without the member                            | accepted without the member; without a place: heard |
 *
 * A report that is heard proves no presence and no absence, but its strap, case, alarms and battery are used. What was sent stays
 * in the attributes `refusedTime` and `refusedPosition`. Exactly 0/0 is what receivers without a fix send, and no defect.
 */
export function admit(
  report: DecodedReport,
  device: DirectoryDevice,
  nowMs: number,
  limits: { futureMsMax: number; ancientMsMax: number },
): number | 'revoked_device' | 'no_wearer' {
  if (device.revoked) return 'revoked_device'
  judgeTime(report, nowMs, limits)
  judgePlace(report)
  if (report.defects !== undefined) judgeMembers(report)
  return wearerAt(device, report.timeMs) ?? 'no_wearer'
}

/** Why a damaged report is kept for people to look at: time and place before all else. */
export function mainDefect({ defects }: DecodedReport): Defect | undefined {
  return defects?.find(({ reason }) => reason !== 'malformed') ?? defects?.[0]
}

function judgeTime(
  report: DecodedReport,
  nowMs: number,
  { futureMsMax, ancientMsMax }: { futureMsMax: number; ancientMsMax: number },
): void {
  const sentMs = report.timeMs
  if (sentMs <= nowMs + futureMsMax && sentMs >= nowMs - ancientMsMax) return
  const isRead = Number.isFinite(sentMs)
  if (isRead) addDefect(report, wrongTime(sentMs > nowMs ? 'future' : 'ancient'))
  else if (!hasDefect(report, 'impossible_time')) addDefect(report, wrongTime('impossible_time'))
  if (report.attributes?.refusedTime === undefined) keepRefused(report, 'refusedTime', String(sentMs))
  report.timeMs = nowMs
  report.timeFromReceipt = true
  report.fixValid = false
  if (isUrgent(report)) return
  takePositionOut(report)
  report.defect = isRead ? 'clock' : 'time'
  if (isRead) report.clockOffMs = sentMs - nowMs
}

function judgePlace(report: DecodedReport): void {
  const { latDeg, lonDeg } = report
  if (latDeg !== undefined || lonDeg !== undefined) {
    if (latDeg === 0 && lonDeg === 0) {
      takePositionOut(report)
      keepRefused(report, 'zeroPosition', true)
    } else if (!isPlace(latDeg, lonDeg)) {
      takePositionOut(report)
      keepRefused(report, 'refusedPosition', `${latDeg},${lonDeg}`)
      addDefect(report, { reason: 'impossible_position', detail: 'lat must be within ±90 and lon within ±180' })
    }
  }
  if (report.defects !== undefined && report.defect === undefined && hasDefect(report, 'impossible_position')) {
    takePositionOut(report)
    if (!isUrgent(report)) report.defect = 'position'
  }
}

/** The log has room for a defect where a report has no place; a report with a place counts as any other. */
function judgeMembers(report: DecodedReport): void {
  if (report.defect === undefined && report.latDeg === undefined && !isUrgent(report)) report.defect = 'other'
}

function hasDefect({ defects }: DecodedReport, reason: RefusalReason): boolean {
  return defects?.some((defect) => defect.reason === reason) === true
}

const WRONG_TIMES = {
  impossible_time: 'no such date or time',
  future: 'time lies ahead of the server’s clock',
  ancient: 'time lies too far back',
}

function wrongTime(reason: keyof typeof WRONG_TIMES): Defect {
  return { reason, detail: WRONG_TIMES[reason] }
}

function takePositionOut(report: DeviceReport): void {
  delete report.latDeg
  delete report.lonDeg
  report.fixValid = false
}

function keepRefused(report: DeviceReport, name: string, value: string | boolean): void {
  report.attributes = { ...report.attributes, [name]: value }
}
