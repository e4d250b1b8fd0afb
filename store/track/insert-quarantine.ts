import type { Quarantined } from '../../model/report/quarantine.ts'
import type { Db } from '../database/open-pool.ts'
import { storableText } from '../database/storable.ts'

/** `id` is the item's id in the quarantine log: moving it twice leaves one row. */
type QuarantineEntry = { id: string; item: Quarantined }

/** Gives how many were new. */
export async function insertQuarantine(db: Db, entries: readonly QuarantineEntry[]): Promise<number> {
  const { rowCount } = await db.query(
    `INSERT INTO quarantine (received_at, source_id, protocol, reason, detail, device_id, raw, cut)
    SELECT from_ms(received_ms), source_id, protocol, reason, detail, device_id, raw, cut
    FROM unnest($1::float8[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::boolean[])
      AS t (received_ms, source_id, protocol, reason, detail, device_id, raw, cut)
    ON CONFLICT DO NOTHING`,
    [
      entries.map(({ item }) => item.receivedMs),
      entries.map(({ id }) => id),
      entries.map(({ item }) => storableText(item.protocol)),
      entries.map(({ item }) => item.reason),
      entries.map(({ item }) => storableText(item.detail)),
      entries.map(({ item }) => (item.deviceId === undefined ? null : storableText(item.deviceId))),
      entries.map(({ item }) => Buffer.from(item.raw.buffer, item.raw.byteOffset, item.raw.byteLength)),
      entries.map(({ item }) => item.cut),
    ],
  )
  return rowCount ?? 0
}
