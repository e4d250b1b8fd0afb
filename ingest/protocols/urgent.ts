import { ALARM, type Alarm, CONTACT, type DeviceReport, type LogReport } from '../../model/report/report.ts'

/** They are raised even when the receiver or the clock that should say where and when is broken. */
const URGENT_ALARMS: ReadonlySet<Alarm> = new Set(['sos', 'strapOpen', 'caseOpen', 'tamper'])
const URGENT_BITS = [...URGENT_ALARMS].reduce((bits, alarm) => bits | ALARM[alarm], 0)

export function isUrgent({ alarms, strap, case: caseContact }: DeviceReport): boolean {
  return strap === 'open' || caseContact === 'open' || alarms.some((alarm) => URGENT_ALARMS.has(alarm))
}

/** The same of a report in numbers. */
export function isUrgentLogReport({ alarms, strap, case: caseContact }: LogReport): boolean {
  return strap === CONTACT.open || caseContact === CONTACT.open || (alarms & URGENT_BITS) !== 0
}
