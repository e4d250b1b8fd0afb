// The status block of GT06 frames, and where it begins in a frame.
//
//   status  u8 terminal info | u8 voltage (0–6 level, above that %) | u8 GSM | u8 alarm | u8 language | fence types: u8 fence
//           terminal info: 7 relay cut, 6 GPS on, 5–3 alarm, 2 charging, 1 ACC, 0 armed
//
// Keys of a device's own alarm and strap tables: the alarm byte as two upper-case hex digits (`0C`), or `info:` and the number in
// bits 5–3 (`info:6`).
import type { DeviceSettings } from '../../../model/plan/directory.ts'
import type { DeviceReport } from '../../../model/report/report.ts'
import type { Meaning } from '../words/alarm-words.ts'
import { addByCode, keep } from '../words/device-words.ts'
import { type CellWidth, cellBytes, isNetworkAt, listedCellBytes, networkBytes } from './gt06-cells.ts'

const INFO_ALARMS: Record<string, Meaning> = {
  'info:0': 'none',
  'info:1': 'vibration',
  'info:2': 'powerCut',
  'info:3': 'batteryLow',
  'info:4': 'sos',
  // "Fence" without a direction: the alarm byte says which.
  'info:6': 'none',
  'info:7': 'strapOpen',
}

// 0C is tamper on some models and power-on on others: the device's own table must say which. 33 and 34, lock and unlock, are for
// its strap table.
const ALARM_CODES: Record<string, Meaning> = {
  '00': 'none',
  '01': 'sos',
  '02': 'powerCut',
  '03': 'vibration',
  '04': 'zoneIn',
  '05': 'zoneOut',
  '06': 'overspeed',
  '09': 'movement',
  '0E': 'batteryLow',
  '0F': 'batteryLow',
  '11': 'powerOff',
  '13': 'tamper',
  '14': 'other', // door
  '18': 'caseOpen',
  '19': 'batteryLow',
  '23': 'fall',
  '25': 'tamper',
  '32': 'tamper',
  FE: 'none', // ACC on
  FF: 'none', // ACC off
}

export function hexCode(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0')
}

/** Reads a status block of 3 bytes and more. */
export function readStatus(report: DeviceReport, status: Buffer, settings: DeviceSettings | undefined): void {
  readTerminalInfo(report, status[0]!, settings)
  readVoltage(report, status[1]!)
  keep(report, 'gsm', status[2])
  if (status[3] !== undefined) readAlarmByte(report, status[3], settings)
}

export function readAlarmByte(report: DeviceReport, alarm: number, settings: DeviceSettings | undefined): void {
  const code = hexCode(alarm)
  addByCode(report, code, ALARM_CODES, settings, `alarm ${code}`)
  if (alarm !== 0) keep(report, 'alarmCode', code)
}

export function readVoltage(report: DeviceReport, voltage: number): void {
  if (voltage <= 6) report.batteryPercent = Math.floor((voltage * 100) / 6)
  else if (voltage <= 100) report.batteryPercent = voltage
}

export function readTerminalInfo(report: DeviceReport, info: number, settings: DeviceSettings | undefined): void {
  report.charging = (info & 4) !== 0
  const code = `info:${(info >> 3) & 7}`
  addByCode(report, code, INFO_ALARMS, settings)
  keep(report, 'terminalInfo', info)
}

/**
 * Where the status of an alarm begins, behind the cells at `at`. Real devices disagree about the byte in front of the cells: it
 * counts itself, or does not, or is missing, or is 0 with zeros up to the status; so the frame's end decides wherever it can.
 * Undefined: there is no room for a status.
 */
export function statusAfterCells(
  content: Buffer,
  at: number,
  width: CellWidth,
  statusBytes: number,
): { statusAt: number; cellAt: number } | undefined {
  const length = content[at]
  const room = content.length - at - statusBytes
  if (length === undefined || room < 0) return undefined
  const atEnd = content.length - statusBytes
  if (room === 0) return { statusAt: atEnd, cellAt: atEnd }
  // No length is the beginning of a country's code.
  if (isNetworkAt(content, at) || room === cellBytes(content, at, width)) return { statusAt: atEnd, cellAt: at }
  const cellAt = at + 1
  if (room === length || room === length + 1 || length === 0) return { statusAt: atEnd, cellAt }
  const statusAt = length === cellBytes(content, cellAt, width) ? cellAt + length : at + length
  return statusAt + 4 <= content.length ? { statusAt, cellAt } : undefined
}

/**
 * How many bytes the status has, of the sizes that a type has been seen with, the usual one first: the first with which the bytes
 * in front of it are accounted for to the last one; else the first with which a length of some cells' block is.
 */
export function statusBytesOf(content: Buffer, at: number, width: CellWidth, sizes: readonly number[]): number {
  const roomOf = (bytes: number) => content.length - at - bytes
  return (
    sizes.find((bytes) => isCellsRoom(content, at, width, roomOf(bytes))) ??
    sizes.find((bytes) => roomOf(bytes) === content[at] || roomOf(bytes) === content[at]! + 1) ??
    sizes[0]!
  )
}

function isCellsRoom(content: Buffer, at: number, width: CellWidth, room: number): boolean {
  const widths: CellWidth[] = width === 'narrow' ? ['narrow', 'cell32', 'wide', 'sl4x'] : [width]
  if (isNetworkAt(content, at)) return widths.some((each) => room === cellBytes(content, at, each))
  const length = content[at]
  return widths.some((each) => {
    const cell = cellBytes(content, at + 1, each)
    return room === cell + 1 && (length === cell || length === cell + 1)
  })
}

/**
 * Where the status begins in a frame of cells without a GPS block, the cells beginning at `at`: one cell, or a list of them with
 * their strengths and a timing advance. Undefined where the rest is not one.
 */
export function statusInCells(content: Buffer, at: number, width: CellWidth): number | undefined {
  if (!isNetworkAt(content, at)) return undefined
  const single = content.length - at - cellBytes(content, at, width)
  if (single >= 4 && single <= 6) return content.length - single
  const listed = content.length - at - networkBytes(content, at, width)
  const unit = listedCellBytes(width)
  for (const statusBytes of [5, 6])
    for (const timingBytes of [0, 1]) {
      const cells = listed - statusBytes - timingBytes
      const statusAt = content.length - statusBytes
      if (cells >= 2 * unit && cells % unit === 0 && isStatusLike(content, statusAt)) return statusAt
    }
  return undefined
}

/** Voltage, signal and language are small numbers. */
function isStatusLike(content: Buffer, at: number): boolean {
  return content[at + 1]! <= 100 && content[at + 2]! <= 4 && (content[at + 4] ?? 0) <= 2
}
