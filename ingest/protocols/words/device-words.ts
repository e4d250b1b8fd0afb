// From a device's own codes to the common words, and what is kept where no word fits.
import type { DeviceSettings } from '../../../model/plan/directory.ts'
import type { Alarm, ContactState, DeviceReport } from '../../../model/report/report.ts'
import { alarmOf } from './alarm-words.ts'

const NAMES_MAX = 32
const VALUE_CHARS_MAX = 256
/** All values together: the log keeps 2 KiB of attributes a report, or none of them. */
const CHARS_MAX = 1400

/** Keeps what has no place in a report; bounded, the first ones win. */
export function keep(report: DeviceReport, name: string, value: string | number | boolean | undefined): void {
  if (value === undefined || value === '' || (typeof value === 'number' && !Number.isFinite(value))) return
  report.attributes ??= {}
  const kept = report.attributes
  const cut = typeof value === 'string' ? visible(value.slice(0, VALUE_CHARS_MAX)) : value
  let chars = String(cut).length
  let names = 0
  for (const key in kept) {
    chars += key.length + String(kept[key]).length
    names++
  }
  if (chars <= CHARS_MAX && names < NAMES_MAX) kept[name] = cut
}

function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  return text.replace(/[\x00-\x1f\x7f]/g, '?')
}

export function addAlarm(report: DeviceReport, alarm: Alarm): void {
  if (!report.alarms.includes(alarm)) report.alarms.push(alarm)
}

/**
 * Adds what `code` means: by the device's own table, else by the protocol's (`none` = routine). A code nobody knows is
 * `other`. The settings' strap table may take the same code as a strap closing or opening.
 */
export function addByCode(
  report: DeviceReport,
  code: string,
  table: Record<string, Alarm | 'none'>,
  settings: DeviceSettings | undefined,
): void {
  const strap = strapOf(code, settings)
  if (strap !== undefined) {
    report.strap = strap
    if (strap === 'open') addAlarm(report, 'strapOpen')
    return
  }
  const byDevice = own(settings?.alarmCodes, code)
  if (byDevice === 'none') return
  const alarm = byDevice === undefined ? (own(table, code) ?? 'other') : alarmOf(byDevice)
  if (alarm !== 'none') addAlarm(report, alarm)
}

/** What the device's own strap table says of a raw code. */
export function strapOf(code: string, settings: DeviceSettings | undefined): ContactState | undefined {
  return own(settings?.strapCodes, code)
}

/** A member of a table of codes, never one of its prototype. */
export function own<T>(table: Record<string, T> | undefined, code: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, code) ? table[code] : undefined
}
