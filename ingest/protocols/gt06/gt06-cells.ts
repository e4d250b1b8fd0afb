// Cells in GT06 frames, and where they end.
//
//   u16 MCC (top bit: MNC has 2 bytes), u8 or u16 MNC, then by width: u16 LAC, u24 cell | u16 LAC, u32 cell | u32 LAC, u64 cell
import type { DeviceReport } from '../../../model/report/report.ts'
import { keep } from '../words/device-words.ts'

export type CellWidth = 'narrow' | 'cell32' | 'wide' | '4g' | 'sl4x'
/** Bytes of LAC and cell; whether MNC has two bytes in any case. */
const WIDTHS: Record<CellWidth, { lac: 2 | 4; cell: 3 | 4 | 8; wideMnc: boolean }> = {
  narrow: { lac: 2, cell: 3, wideMnc: false },
  cell32: { lac: 2, cell: 4, wideMnc: false },
  wide: { lac: 2, cell: 4, wideMnc: true },
  '4g': { lac: 4, cell: 8, wideMnc: false },
  sl4x: { lac: 2, cell: 8, wideMnc: true },
}

/** Bytes of a cell block whose MCC is at `at`. */
export function cellBytes(content: Buffer, at: number, width: CellWidth): number {
  const { lac, cell } = WIDTHS[width]
  return 2 + mncBytes(content, at, width) + lac + cell
}

/** Keeps the cell as `mcc,mnc,lac,cid`. Gives where it ends, or `at` where there is none whole. */
export function readCell(report: DeviceReport, content: Buffer, at: number, width: CellWidth): number {
  const end = at + cellBytes(content, at, width)
  if (end > content.length) return at
  const mncEnd = at + 2 + mncBytes(content, at, width)
  const { lac: lacBytes } = WIDTHS[width]
  const mcc = content.readUInt16BE(at) & 0x7fff
  const mnc = content.readUIntBE(at + 2, mncEnd - at - 2)
  const lac = content.readUIntBE(mncEnd, lacBytes)
  const cell = bigOf(content, mncEnd + lacBytes, end)
  if (mcc !== 0 || lac !== 0 || cell !== 0n) keep(report, 'cell', `${mcc},${mnc},${lac},${cell}`)
  return end
}

/** Of an alarm's cell between `at` and `end`: some models write the narrow one with 32 bits for the cell. */
export function widthOf(content: Buffer, at: number, end: number, width: CellWidth): CellWidth {
  return width === 'narrow' && end - at === cellBytes(content, at, 'cell32') ? 'cell32' : width
}

/** Bytes of MCC and MNC, which come once before a list of cells. */
export function networkBytes(content: Buffer, at: number, width: CellWidth): number {
  return 2 + mncBytes(content, at, width)
}

/** Bytes of one cell of a list: LAC, cell, u8 strength. */
export function listedCellBytes(width: CellWidth): number {
  const { lac, cell } = WIDTHS[width]
  return lac + cell + 1
}

/** No year and no terminal info look like this: a country's code is below 1000. */
export function isNetworkAt(content: Buffer, at: number): boolean {
  return at + 2 <= content.length && (content.readUInt16BE(at) & 0x7fff) < 1000 && content.readUInt16BE(at) > 99
}

function mncBytes(content: Buffer, at: number, width: CellWidth): number {
  return WIDTHS[width].wideMnc || (at < content.length && (content[at]! & 0x80) !== 0) ? 2 : 1
}

function bigOf(content: Buffer, from: number, to: number): bigint {
  let value = 0n
  for (let i = from; i < to; i++) value = value * 256n + BigInt(content[i]!)
  return value
}
