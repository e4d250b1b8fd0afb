import type { UnitFigures } from '../../model/console/console.ts'
import type { Db } from '../database/open-pool.ts'

/** Figures of the acting officer's unit and those below it, parents first; none for a role without oversight. */
export async function readUnitFigures(db: Db): Promise<UnitFigures[]> {
  const { rows } = await db.query<UnitFigures>(
    `SELECT path, name, kind, klien, concerned, untaken, kritis_open AS "kritisOpen", serius_open AS "seriusOpen", informasi_open AS "informasiOpen",
      raised_week AS "raisedWeek", resolved_week AS "resolvedWeek", false_week AS "falseWeek"
    FROM unit_figures()`,
  )
  return rows
}
