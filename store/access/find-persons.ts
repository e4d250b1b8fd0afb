import type { ReasonKind } from '../../model/access/reason.ts'
import type { PersonFound } from '../../model/console/console.ts'
import type { Db } from '../database/open-pool.ts'
import { storableText } from '../database/storable.ts'

/** At most 20 people of the acting officer's unit and those below, for a reason that is written down; none where the role may not ask. */
export async function findPersons(
  db: Db,
  part: string,
  { kind, reason }: { kind: ReasonKind; reason: string },
): Promise<PersonFound[]> {
  const { rows } = await db.query<PersonFound>(
    'SELECT id, name, unit_path AS "unitPath", programme FROM find_persons($1, $2, $3)',
    [storableText(part), kind, reason],
  )
  return rows
}

/** Whose incident it is, where the acting officer may ask to see them; undefined where there is nobody to ask for. */
export async function wearerToAskFor(db: Db, incidentId: string): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string | null }>('SELECT wearer_to_ask_for($1) AS id', [incidentId])
  return rows[0]?.id ?? undefined
}
