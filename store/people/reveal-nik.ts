import type { ReasonKind } from '../../model/access/reason.ts'
import type { Db } from '../database/open-pool.ts'

/** The full NIK of a wearer in sight; the reason is written down with it. Undefined when there is no such wearer in sight. */
export async function revealNik(
  db: Db,
  wearerId: string,
  { kind, reason }: { kind: ReasonKind; reason: string },
): Promise<string | undefined> {
  const { rows } = await db.query<{ nik: string | null }>('SELECT reveal_nik($1, $2, $3) AS nik', [
    wearerId,
    kind,
    reason,
  ])
  return rows[0]?.nik ?? undefined
}
