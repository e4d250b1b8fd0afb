// A table as SDP gives it: CSV, JSON (an array of objects) or XLSX.
import { CsvError, parse as parseCsv } from 'csv-parse/sync'
import readXlsx from 'read-excel-file/node'
import type { SdpMapping } from './read-mapping.ts'

export const SDP_BYTES_MAX = 64 * 1024 * 1024
export const SDP_ROWS_MAX = 200_000

/** `line`: as a person finds it in the file; of a JSON file the place in the array. */
export type SdpLine = { line: number; cells: Record<string, string> }

/** Throws a sentence where it is no such table, or is too large. */
export async function readTable(name: string, bytes: Buffer, mapping: SdpMapping): Promise<SdpLine[]> {
  if (bytes.length > SDP_BYTES_MAX)
    throw new Error(`${name} has ${bytes.length} bytes, at most ${SDP_BYTES_MAX} are read`)
  const lines = /\.xlsx$/i.test(name)
    ? await linesOfXlsx(bytes, mapping)
    : /\.json$/i.test(name)
      ? linesOfJson(bytes.toString('utf8'))
      : linesOfCsv(bytes.toString('utf8'), mapping)
  if (lines.length > SDP_ROWS_MAX) throw new Error(`${name} has ${lines.length} rows, at most ${SDP_ROWS_MAX} are read`)
  const known = new Set(lines.flatMap(({ cells }) => Object.keys(cells)))
  const missing = Object.values(mapping.columns).filter((column) => !known.has(column))
  if (lines.length > 0 && missing.length > 0) throw new Error(`${name} has no column ${missing.join(', ')}`)
  return lines
}

function linesOfCsv(text: string, { separator }: SdpMapping): SdpLine[] {
  try {
    const records = parseCsv(text, {
      ...{ bom: true, columns: true, delimiter: separator, info: true, skip_empty_lines: true, trim: true },
    }) as unknown as { info: { lines: number }; record: Record<string, string> }[]
    return records.map(({ info, record }) => ({ line: info.lines, cells: record }))
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause
    throw new Error(`the file is no CSV: ${cause.message}`, { cause })
  }
}

function linesOfJson(text: string): SdpLine[] {
  let rows: unknown
  try {
    rows = JSON.parse(text)
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw new Error('the file is no JSON', { cause })
  }
  if (!Array.isArray(rows)) throw new Error('the file is no array of rows')
  return rows.map((row: unknown, i) => ({
    line: i + 1,
    cells: Object.fromEntries(Object.entries(row as object).map(([name, cell]) => [name, cellOf(cell)])),
  }))
}

async function linesOfXlsx(bytes: Buffer, { sheet }: SdpMapping): Promise<SdpLine[]> {
  const sheets = await readXlsx(bytes)
  const found = sheet === undefined ? sheets[0] : sheets.find((one) => one.sheet === sheet)
  if (found === undefined) throw new Error(`the file has no sheet ${sheet}`)
  const [head = [], ...rows] = found.data
  const names = head.map((cell) => cellOf(cell))
  return rows
    .map((row, i) => ({
      line: i + 2,
      cells: Object.fromEntries(names.map((name, column) => [name, cellOf(row[column])])),
    }))
    .filter(({ cells }) => Object.values(cells).some((cell) => cell !== ''))
}

function cellOf(cell: unknown): string {
  if (cell === null || cell === undefined) return ''
  return cell instanceof Date ? cell.toISOString().slice(0, 10) : String(cell).trim()
}
