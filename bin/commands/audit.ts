// `gelang audit verify`: hashes the audit's chain again and compares it with the signed heads. Trusts no function of the database.
import { readFileSync } from 'node:fs'
import { auditKeys, readHeads } from '../../store/access/signed-heads.ts'
import { type AuditVerdict, verifyAudit } from '../../store/access/verify-audit.ts'
import { openPool } from '../../store/database/open-pool.ts'
import { readSettings, required } from '../process/settings.ts'

type AuditArguments = { heads?: string }

const WHY: Record<AuditVerdict['why'] & string, string> = {
  row_changed: 'its content, or the hash of the row before it, is not what was hashed',
  row_missing: 'the row is missing',
  not_as_signed: 'the chain fits together, but this row is not the one that was signed: it was rewritten up to here',
  cut_off: 'rows are missing at the end',
}

/** Prints what it found; gives true when the chain holds. Throws a sentence when it cannot be verified. */
export async function auditVerify(
  { heads: headsFile }: AuditArguments,
  env: NodeJS.ProcessEnv,
  print: (line: string) => void,
): Promise<boolean> {
  const settings = readSettings(env)
  const noted =
    headsFile === undefined
      ? undefined
      : readHeads(readFileSync(headsFile, 'utf8'), auditKeys(required(settings.auditKey, 'GELANG_AUDIT_KEY')))
  if (noted?.heads.length === 0 && noted.forgedLines.length === 0) throw new Error(`${headsFile} holds no signed head`)
  const url = settings.auditDatabaseUrl || required(settings.databaseUrl, 'AUDIT_DATABASE_URL')
  const pool = openPool({ url, applicationName: 'gelang audit', max: 1, statementTimeoutMs: 0 })
  try {
    for (const line of noted?.forgedLines ?? [])
      print(`Line ${line} of ${headsFile} was not signed with this key, or goes back behind an earlier head.`)
    const verdict = await verifyAudit(pool, noted?.heads)
    const { rows, head, brokenAt, why } = verdict
    if (brokenAt === undefined) {
      print(`The chain holds: ${rows} rows, the last one ${head.seq} with the hash ${head.hash}.`)
      print(
        noted ? `It agrees with ${noted.heads.length} signed heads.` : 'Compared with no signed heads (--heads FILE).',
      )
    } else {
      print(`The audit differs first at row ${brokenAt}: ${WHY[why!]}.`)
      const before = noted?.heads.filter(({ seq }) => seq < brokenAt).at(-1)
      if (before) print(`Signed and unchanged up to row ${before.seq}, ${new Date(before.timeMs).toISOString()}.`)
    }
    return brokenAt === undefined && (noted?.forgedLines.length ?? 0) === 0
  } finally {
    await pool.end()
  }
}
