// What a bracelet says while it is tested, and whether it is fit to be put on somebody. Without a place: the test needs none.
import type { Alarm, ContactState, DeviceReport, Protocol } from './report.ts'

export type BenchReport = {
  receivedMs: number
  timeMs: number
  protocol: Protocol
  fixValid: boolean
  alarms: Alarm[]
  archived: boolean
} & Pick<
  DeviceReport,
  | 'accuracyM'
  | 'satellites'
  | 'batteryPercent'
  | 'charging'
  | 'strap'
  | 'case'
  | 'unknownAlarm'
  | 'defect'
  | 'timeFromReceipt'
>

export function benchReportOf(report: DeviceReport, receivedMs: number, protocol: Protocol): BenchReport {
  const { timeMs, fixValid, alarms, archived, accuracyM, satellites, batteryPercent, charging } = report
  const { strap, case: caseContact, unknownAlarm, defect, timeFromReceipt } = report
  return {
    ...{ receivedMs, timeMs, protocol, fixValid, alarms, archived },
    ...(accuracyM !== undefined && { accuracyM }),
    ...(satellites !== undefined && { satellites }),
    ...(batteryPercent !== undefined && { batteryPercent }),
    ...(charging !== undefined && { charging }),
    ...(strap !== undefined && { strap }),
    ...(caseContact !== undefined && { case: caseContact }),
    ...(unknownAlarm !== undefined && { unknownAlarm }),
    ...(defect !== undefined && { defect }),
    ...(timeFromReceipt && { timeFromReceipt }),
  }
}

/** Why a bracelet is not fit yet. */
export const UNFIT = [
  'not_in_store',
  'revoked',
  'silent',
  'no_fix',
  'inaccurate',
  'battery_unknown',
  'battery_low',
  'strap_unknown',
  'strap_open',
  'case_open',
  'clock_wrong',
  'unknown_alarm',
  'refused',
] as const
export type Unfit = (typeof UNFIT)[number]

export const BENCH = {
  /** A report older than this is no sign that it still reports. */
  freshMs: 5 * 60_000,
  accuracyMaxM: 50,
  batteryMinPercent: 60,
  clockOffMaxMs: 2 * 60_000,
} as const

export type BenchState = {
  reportsPerMinute: number
  /** As last said, absent where it never was. */
  batteryPercent?: number
  charging?: boolean
  strap?: ContactState
  case?: ContactState
  satellites?: number
  accuracyM?: number
  lastMs?: number
  /** Nothing: fit to be fitted. */
  unfit: Unfit[]
}

/** Judges what a bracelet said, newest first; `refusedReports`: of the minutes that count. */
export function judgeBench(
  reports: readonly BenchReport[],
  device: { inStore: boolean; revoked: boolean; refusedReports: number },
  nowMs: number,
): BenchState {
  const fresh = reports.filter(({ receivedMs }) => receivedMs > nowMs - BENCH.freshMs)
  const said = <K extends keyof BenchReport>(name: K) => fresh.find((one) => one[name] !== undefined)?.[name]
  const fix = fresh.find(({ fixValid, archived }) => fixValid && !archived)
  const [batteryPercent, strap, caseContact] = [said('batteryPercent'), said('strap'), said('case')]
  const clockOff = fresh.some(
    (one) => one.defect === 'clock' || (!one.archived && Math.abs(one.receivedMs - one.timeMs) > BENCH.clockOffMaxMs),
  )
  const spanMs = Math.max(60_000, nowMs - (fresh.at(-1)?.receivedMs ?? nowMs))
  const checks: [Unfit, boolean][] = [
    ['not_in_store', !device.inStore],
    ['revoked', device.revoked],
    ['silent', fresh.length === 0],
    ['no_fix', fix === undefined && fresh.length > 0],
    ['inaccurate', (fix?.accuracyM ?? 0) > BENCH.accuracyMaxM],
    ['battery_unknown', batteryPercent === undefined && fresh.length > 0],
    ['battery_low', (batteryPercent ?? 100) < BENCH.batteryMinPercent],
    ['strap_unknown', strap === undefined && fresh.length > 0],
    ['strap_open', strap === 'open'],
    ['case_open', caseContact === 'open'],
    ['clock_wrong', clockOff],
    ['unknown_alarm', fresh.some(({ unknownAlarm }) => unknownAlarm !== undefined)],
    ['refused', device.refusedReports > 0],
  ]
  const [charging, satellites] = [said('charging'), said('satellites')]
  return {
    reportsPerMinute: Math.round((fresh.length * 600_000) / spanMs) / 10,
    unfit: checks.filter(([, holds]) => holds).map(([name]) => name),
    ...(batteryPercent !== undefined && { batteryPercent }),
    ...(charging !== undefined && { charging }),
    ...(strap !== undefined && { strap }),
    ...(caseContact !== undefined && { case: caseContact }),
    ...(satellites !== undefined && { satellites }),
    ...(fix?.accuracyM !== undefined && { accuracyM: fix.accuracyM }),
    ...(reports[0] !== undefined && { lastMs: reports[0].receivedMs }),
  }
}
