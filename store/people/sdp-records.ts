// Klien as SDP lists them, thousands at once. Works as the owner; the officer who imports is the author of the versions.
import type { NewWearer, SupervisionEnd, WearerFile } from '../../model/console/people.ts'
import type { Db } from '../database/open-pool.ts'

export type SdpRow = Omit<NewWearer, 'acceptSimilar'> & {
  sdpNumber: string
  unitPath: string
  endKind?: SupervisionEnd['kind']
}
export type KnownSdp = { n: number; nik: string; unitPath: string; toMs: number } & Partial<
  Pick<
    WearerFile,
    | 'name'
    | 'sdpNumber'
    | 'birthDate'
    | 'address'
    | 'domicile'
    | 'phone'
    | 'guarantorName'
    | 'guarantorPhone'
    | 'pkOfficerId'
  > & { programme: string; skNumber: string; skDate: string; skIssuer: string }
>

/** Everybody on file whose number or NIK is among these. */
export async function readKnownSdp(db: Db, numbers: readonly string[], niks: readonly string[]): Promise<KnownSdp[]> {
  const { rows } = await db.query<{ known: KnownSdp }>(
    `SELECT json_strip_nulls(json_build_object('n', w.id, 'nik', w.nik, 'unitPath', w.unit_path::text, 'name', w.name,
      'sdpNumber', w.sdp_number, 'birthDate', w.birth_date, 'address', w.address, 'domicile', w.domicile, 'phone', w.phone,
      'guarantorName', w.guarantor_name, 'guarantorPhone', w.guarantor_phone, 'pkOfficerId', w.pk_officer_id,
      'programme', s.programme, 'skNumber', s.sk_number, 'skDate', s.sk_date, 'skIssuer', s.sk_issuer,
      'toMs', coalesce(utc_ms(upper(s.during)), 0))) AS known
    FROM wearer w LEFT JOIN LATERAL (
      SELECT * FROM supervision s WHERE s.wearer_id = w.id ORDER BY s.during @> now() DESC, lower(s.during) DESC LIMIT 1) s ON true
    WHERE w.sdp_number = ANY ($1) OR w.nik = ANY ($2)`,
    [numbers, niks],
  )
  return rows.map(({ known }) => known)
}

/** From here on the transaction writes as that officer, with one reason, as one import in the audit. Throws where the officer may not. */
export async function beginSdpImport(db: Db, nip: string, reason: string): Promise<void> {
  const { rows } = await db.query<{ id: string; role: string }>(
    `SELECT id, role FROM officer WHERE nip = $1 AND active AND role IN ('kasubsi', 'kepala_bapas', 'admin_ti')`,
    [nip],
  )
  if (rows[0] === undefined) throw new Error(`no active Kasubsi, Kepala or Admin TI has the NIP ${nip}`)
  await db.query(
    `SELECT set_config('gelang.officer_id', $1, true), set_config('gelang.reason', $2, true), set_config('gelang.take_over', $2, true)`,
    [rows[0].id, reason],
  )
}

/** Active PK by NIP, and the time zones of units by path. */
export async function readSdpPlaces(
  db: Db,
): Promise<{ timeZoneOf: Map<string, string>; officerByNip: Map<string, string> }> {
  const units = await db.query<{ path: string; zone: string }>('SELECT path::text, time_zone AS zone FROM unit')
  const officers = await db.query<{ nip: string; id: string }>(
    `SELECT nip, id FROM officer WHERE active AND role = 'pk' AND nip IS NOT NULL`,
  )
  return {
    timeZoneOf: new Map(units.rows.map(({ path, zone }) => [path, zone])),
    officerByNip: new Map(officers.rows.map(({ nip, id }) => [nip, id])),
  }
}

const ROW = `name text, nik text, "unitPath" text, "pkOfficerId" uuid, "birthDate" date, phone text, address text, domicile text,
  "guarantorName" text, "guarantorPhone" text, "sdpNumber" text, programme text, "skNumber" text, "skDate" date, "skIssuer" text,
  "fromMs" float8, "toMs" float8`

export async function insertSdpRows(db: Db, rows: readonly SdpRow[]): Promise<void> {
  await db.query(
    `WITH given AS MATERIALIZED (SELECT * FROM json_to_recordset($1) AS r (${ROW})),
    taken AS (
      INSERT INTO wearer (name, nik, unit_path, pk_officer_id, birth_date, phone, address, domicile, guarantor_name, guarantor_phone,
        sdp_number)
      SELECT name, nik, "unitPath"::ltree, "pkOfficerId", "birthDate", phone, address, domicile, "guarantorName", "guarantorPhone",
        "sdpNumber" FROM given RETURNING id, nik)
    INSERT INTO supervision (wearer_id, programme, sk_number, sk_date, sk_issuer, during, made_at, changed_at)
    SELECT taken.id, programme, "skNumber", "skDate", "skIssuer", during_ms("fromMs", "toMs"), now(), now()
    FROM given JOIN taken USING (nik)`,
    [JSON.stringify(rows)],
  )
}

export type SdpChange = { n: number; row: SdpRow; endsMs?: number }

/** Writes what rows say anew; what they leave out stays. `endsMs`: the supervision that runs ends then. */
export async function updateSdpRows(db: Db, changes: readonly SdpChange[]): Promise<void> {
  const given = JSON.stringify(changes.map(({ n, row, endsMs }) => ({ ...row, n, endsMs })))
  await db.query(
    `WITH given AS MATERIALIZED (
      SELECT * FROM json_to_recordset($1) AS r (n integer, "endsMs" float8, "endKind" text, ${ROW})),
    decree AS (
      UPDATE supervision s SET programme = g.programme, sk_number = g."skNumber", sk_date = coalesce(g."skDate", s.sk_date),
        sk_issuer = coalesce(g."skIssuer", s.sk_issuer),
        during = CASE WHEN g."endsMs" IS NULL THEN s.during ELSE tstzrange(lower(s.during), greatest(from_ms(g."endsMs"), now()), '[)') END,
        end_kind = CASE WHEN g."endsMs" <= utc_ms(now()) THEN coalesce(g."endKind", 'selesai') ELSE s.end_kind END,
        end_reason = CASE WHEN g."endsMs" IS NULL THEN s.end_reason ELSE current_setting('gelang.reason') END,
        ended_by = CASE WHEN g."endsMs" IS NULL THEN s.ended_by ELSE acting_officer_id() END,
        changed_at = now()
      FROM given g WHERE s.wearer_id = g.n AND s.id = (SELECT c.id FROM supervision c WHERE c.wearer_id = g.n
        ORDER BY c.during @> now() DESC, lower(c.during) DESC LIMIT 1))
    UPDATE wearer w SET name = g.name, sdp_number = g."sdpNumber", birth_date = coalesce(g."birthDate", w.birth_date),
      phone = coalesce(g.phone, w.phone), address = coalesce(g.address, w.address), domicile = coalesce(g.domicile, w.domicile),
      guarantor_name = coalesce(g."guarantorName", w.guarantor_name), guarantor_phone = coalesce(g."guarantorPhone", w.guarantor_phone),
      pk_officer_id = coalesce(g."pkOfficerId", w.pk_officer_id)
    FROM given g WHERE w.id = g.n`,
    [given],
  )
}
