// `gelang unit import` and `gelang officer import`: a table, all of it or nothing, and a dry run that says what would be.
import type { z } from 'zod'
import { newOfficerSchema, newUnitSchema } from '../../model/console/wire-admin.ts'
import type { PoolClient } from '../../store/database/open-pool.ts'
import { addOfficer, listOfficers } from '../../store/people/officer-records.ts'
import { addUnit, labelOf, readUnit, unitFits } from '../../store/people/unit-records.ts'
import { type CsvRow, readCsv } from './csv-table.ts'
import { asOwner } from './owner-work.ts'

export const UNIT_COLUMNS = ['parent', 'label', 'name', 'kind', 'timeZone', 'address', 'phone'] as const
export const OFFICER_COLUMNS = ['name', 'role', 'unitPath', 'nip', 'phone', 'email'] as const
export const PEOPLE = {
  unit: { columns: UNIT_COLUMNS, add: addUnitRow },
  officer: { columns: OFFICER_COLUMNS, add: addOfficerRow },
} as const

/** `new` and `same` rows, and what is refused with the reason. */
type Outcome = { outcome: 'new' | 'same' } | { outcome: 'refused'; reason: string }
export type ImportReport = { fresh: number; same: number; refused: { line: number; reason: string }[] }

class NotKept extends Error {
  override readonly name = 'NotKept'
}

/** Imports nothing where a row is refused, nor in a dry run. */
export async function importPeople(
  what: keyof typeof PEOPLE,
  csv: string,
  { dryRun }: { dryRun: boolean },
  env: NodeJS.ProcessEnv,
): Promise<ImportReport> {
  const rows = readCsv(csv, PEOPLE[what].columns)
  const report: ImportReport = { fresh: 0, same: 0, refused: [] }
  try {
    await asOwner(env, `${what} import`, async (client) => {
      for (const row of rows) await addRow(client, row, PEOPLE[what].add, report)
      if (dryRun || report.refused.length > 0) throw new NotKept()
    })
  } catch (error) {
    if (!(error instanceof NotKept)) throw error
  }
  return report
}

async function addRow(
  client: PoolClient,
  { line, cells }: CsvRow,
  add: (client: PoolClient, cells: Record<string, string>) => Promise<Outcome>,
  report: ImportReport,
): Promise<void> {
  const result = await add(client, cells)
  if (result.outcome === 'refused') report.refused.push({ line, reason: result.reason })
  else if (result.outcome === 'same') report.same++
  else report.fresh++
}

const refused = (reason: string): Outcome => ({ outcome: 'refused', reason })
const words = ({ issues }: z.ZodError): Outcome =>
  refused(issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '))

async function addUnitRow(client: PoolClient, cells: Record<string, string>): Promise<Outcome> {
  const read = newUnitSchema.safeParse(cells)
  if (!read.success) return words(read.error)
  const { parent, label, address, phone, ...fields } = read.data
  const path = `${parent}.${label ?? labelOf(fields.name)}`
  const unit = { ...fields, path, ...(address && { address }), ...(phone && { phone }) }
  const known = await readUnit(client, path)
  if (known !== undefined)
    return isSame(known, unit) ? { outcome: 'same' } : refused(`${path} is there with other contents`)
  if (!(await unitFits(client, path, unit.kind)))
    return refused(`a ${unit.kind} does not belong below ${parent}, or that is not there`)
  await addUnit(client, unit)
  return { outcome: 'new' }
}

async function addOfficerRow(client: PoolClient, cells: Record<string, string>): Promise<Outcome> {
  const read = newOfficerSchema.safeParse(cells)
  if (!read.success) return words(read.error)
  const { nip, phone, email, ...fields } = read.data
  if (nip === undefined) return refused('nip: needed, or the next import would add the officer again')
  const officer = { ...fields, nip, ...(phone && { phone }), ...(email && { email }) }
  if ((await readUnit(client, officer.unitPath)) === undefined) return refused(`there is no unit ${officer.unitPath}`)
  const known = (await listOfficers(client, { q: nip, limit: 1 })).officers[0]
  if (known === undefined) {
    await addOfficer(client, officer)
    return { outcome: 'new' }
  }
  const { name, role, unitPath } = known
  const same = isSame({ name, role, unitPath, nip: known.nip, phone: known.phone, email: known.email }, officer)
  return same ? { outcome: 'same' } : refused(`NIP ${nip} is there with other contents`)
}

function isSame(known: object, wanted: object): boolean {
  const [a, b] = [known, wanted].map((of) =>
    Object.entries(of)
      .filter(([, value]) => value !== undefined)
      .sort(),
  )
  return JSON.stringify(a) === JSON.stringify(b)
}
