// Tables as CSV: what spreadsheets write is read, and what is written starts no formula in one.
import { CsvError, parse } from 'csv-parse/sync'

const ROWS_MAX = 20_000
/** A spreadsheet takes a cell that begins so for a formula. */
const FORMULA = /^[=+\-@\t\r]/
/** A guard that was written before a cell, or that a spreadsheet's user set. */
const GUARDED = /^'(?=[=+\-@\t\r'])/

export type CsvRow = { line: number; cells: Record<string, string> }

/** Rows of a file with a head line, by the head's names; empty cells are absent. Throws a sentence where it is no such table. */
export function readCsv(text: string, columns: readonly string[]): CsvRow[] {
  const separator = /^[^\n]*;/.test(text) && !/^[^\n;]*,/.test(text) ? ';' : ','
  let records: { info: { lines: number }; record: Record<string, string> }[]
  try {
    records = parse(text, {
      bom: true,
      columns: true,
      delimiter: separator,
      info: true,
      skip_empty_lines: true,
      trim: true,
    })
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause
    throw new Error(`the file is no CSV: ${cause.message}`, { cause })
  }
  if (records.length > ROWS_MAX) throw new Error(`the file has ${records.length} rows, at most ${ROWS_MAX} are taken`)
  const unknown = Object.keys(records[0]?.record ?? {}).filter((name) => !columns.includes(name))
  if (unknown.length > 0) throw new Error(`unknown columns: ${unknown.join(', ')}; known are ${columns.join(', ')}`)
  return records.map(({ info, record }) => ({
    line: info.lines,
    cells: Object.fromEntries(
      Object.entries(record)
        .filter(([, cell]) => cell !== '')
        .map(([name, cell]) => [name, cell.replace(GUARDED, '')]),
    ),
  }))
}

/** A head line and a line a row. */
export function writeCsv(columns: readonly string[], rows: readonly Readonly<Record<string, unknown>>[]): string {
  const lines = [columns, ...rows.map((row) => columns.map((column) => cellOf(row[column])))]
  return lines.map((cells) => cells.map(quoted).join(',')).join('\n')
}

function cellOf(value: unknown): string {
  const text = value === undefined ? '' : String(value)
  return FORMULA.test(text) || GUARDED.test(text) ? `'${text}` : text
}

function quoted(cell: string): string {
  return /[",;\n\r']|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
