// What was not let in, as far as the acting officer may look at it.
import type { QuarantinedEntry } from '../../model/console/devices.ts'
import type { Db } from '../database/open-pool.ts'

export type QuarantinePage = { deviceId?: string; reason?: string; beforeMs?: number; limit: number }

/** Of the last 31 days, newest first; `next` is given where there are more. */
export async function listQuarantine(
  db: Db,
  page: QuarantinePage,
): Promise<{ entries: QuarantinedEntry[]; next?: number }> {
  const { rows } = await db.query<{ entry: QuarantinedEntry }>(
    'SELECT entry FROM list_quarantine($1, $2, from_ms($3), $4::int + 1)',
    [page.deviceId, page.reason, page.beforeMs, page.limit],
  )
  const entries = rows.slice(0, page.limit).map(({ entry }) => entry)
  const last = entries.at(-1)
  return rows.length > page.limit && last ? { entries, next: last.receivedMs } : { entries }
}

export type QuarantinedRaw = {
  /** Absent where the acting officer may not see it. */
  raw?: Buffer
  /** Who wore the bracelet then: the bytes may hold where they were. */
  wearerId?: number
}

/** The bytes of one entry; undefined where there is none in sight. */
export async function openQuarantined(
  db: Db,
  receivedMs: number,
  sourceId: string,
): Promise<QuarantinedRaw | undefined> {
  const { rows } = await db.query<{ raw: Buffer | null; wearer_id: number | null }>(
    'SELECT raw, wearer_id FROM open_quarantined(from_ms($1), $2)',
    [receivedMs, sourceId],
  )
  const found = rows[0]
  return (
    found && {
      ...(found.raw !== null && { raw: found.raw }),
      ...(found.wearer_id !== null && { wearerId: found.wearer_id }),
    }
  )
}
