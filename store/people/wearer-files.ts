// A klien's file as it is written: taken in, changed with a reason, ended. Row-level security decides who may.
import type { Guide, NewWearer, SupervisionEnd, WearerFile, WearerVersion } from '../../model/console/people.ts'
import type { Db } from '../database/open-pool.ts'

type Row = { id: string; name: string; nikMasked: string; unitPath: string; version: number; rest: Partial<WearerFile> }

/** A file in sight; `keep`: locked until the transaction ends, and only where the acting officer keeps this klien. */
export async function readWearerFile(db: Db, id: string, keep = false): Promise<WearerFile | undefined> {
  if (keep && (await db.query('SELECT FROM wearer WHERE uuid = $1 FOR NO KEY UPDATE', [id])).rowCount === 0)
    return undefined
  const { rows } = await db.query<Row>(
    `SELECT w.uuid AS id, w.name, w.nik_masked AS "nikMasked", w.unit_path::text AS "unitPath",
      (SELECT count(*)::integer FROM wearer_version v WHERE v.wearer_id = w.id) AS version,
      json_strip_nulls(json_build_object('pkOfficerId', w.pk_officer_id, 'asistenOfficerId', w.asisten_officer_id,
        'birthDate', w.birth_date, 'phone', w.phone, 'address', w.address, 'guarantorName', w.guarantor_name,
        'guarantorPhone', w.guarantor_phone, 'sdpNumber', w.sdp_number, 'domicile', w.domicile, 'polsekName', w.polsek_name,
        'polsekPhone', w.polsek_phone, 'risk', w.risk, 'health', w.health, 'needs', w.needs,
        'supervision', (SELECT json_build_object('programme', s.programme, 'skNumber', s.sk_number, 'skDate', s.sk_date,
            'skIssuer', s.sk_issuer, 'fromMs', utc_ms(lower(s.during)), 'toMs', utc_ms(upper(s.during)), 'endKind', s.end_kind)
          FROM supervision s WHERE s.wearer_id = w.id ORDER BY s.during @> now() DESC, lower(s.during) DESC LIMIT 1))) AS rest
    FROM wearer w WHERE w.uuid = $1`,
    [id],
  )
  if (rows[0] === undefined) return undefined
  const { rest, ...file } = rows[0]
  return { ...file, ...rest }
}

type SimilarWearer = { id?: string; by: 'nik' | 'name_birth'; unitName: string }

/** Who may be the same person; of other units only by NIK, and without an id. */
export async function similarWearers(
  db: Db,
  wearer: Pick<NewWearer, 'nik' | 'name' | 'birthDate'>,
): Promise<SimilarWearer[]> {
  const { rows } = await db.query<{ id: string | null; by: SimilarWearer['by']; unit_name: string }>(
    'SELECT id, by, unit_name FROM similar_wearers($1, $2, $3)',
    [wearer.nik, wearer.name, wearer.birthDate],
  )
  return rows.map(({ id, by, unit_name: unitName }) => ({ by, unitName, ...(id !== null && { id }) }))
}

/** Gives the outside id. Throws 42501 where it is not the acting officer's to take in, 23505 where the NIK is known. */
export async function takeIn(
  db: Db,
  wearer: Omit<NewWearer, 'acceptSimilar'> & { unitPath: string; pkOfficerId: string },
): Promise<string> {
  const { rows } = await db.query<{ id: string; n: number }>(
    `INSERT INTO wearer (name, nik, unit_path, pk_officer_id, asisten_officer_id, ${PARTICULARS})
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) RETURNING uuid AS id, id AS n`,
    [wearer.name, wearer.nik, wearer.unitPath, wearer.pkOfficerId, wearer.asistenOfficerId, ...particularsOf(wearer)],
  )
  const { id, n } = rows[0]!
  await db.query(
    `INSERT INTO supervision (wearer_id, programme, sk_number, during, made_at, changed_at, sk_date, sk_issuer)
    VALUES ($1, $2, $3, during_ms($4, $5), now(), now(), $6, $7)`,
    [n, wearer.programme, wearer.skNumber, wearer.fromMs, wearer.toMs, wearer.skDate, wearer.skIssuer],
  )
  return id
}

/**
 * Writes the file's next version: one, with what the decree that runs is called, whose span stays. Throws 23514 without a reason that
 * says something.
 */
export async function changeWearerFile(db: Db, file: WearerFile, reason: string): Promise<void> {
  const { programme, skNumber, skDate, skIssuer } = file.supervision ?? {}
  await db.query(`SELECT set_config('gelang.reason', $1, true)`, [reason])
  await db.query(
    `WITH decree AS (
      UPDATE supervision SET programme = $17, sk_number = $18, sk_date = $19, sk_issuer = $20
      WHERE id = (SELECT s.id FROM supervision s JOIN wearer w ON w.id = s.wearer_id WHERE w.uuid = $1
          ORDER BY s.during @> now() DESC, lower(s.during) DESC LIMIT 1)
        AND (programme, sk_number, sk_date, sk_issuer) IS DISTINCT FROM ($17::text, $18::text, $19::date, $20::text))
    UPDATE wearer SET (name, pk_officer_id, asisten_officer_id, ${PARTICULARS})
      = ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) WHERE uuid = $1`,
    [
      ...[file.id, file.name, file.pkOfficerId, file.asistenOfficerId, ...particularsOf(file)],
      ...[programme, skNumber, skDate, skIssuer],
    ],
  )
}

/** Every version of a file in sight, newest first. */
export async function listWearerVersions(db: Db, id: string): Promise<WearerVersion[]> {
  const { rows } = await db.query<{ version: WearerVersion }>(
    `SELECT json_strip_nulls(json_build_object('version', v.version, 'atMs', utc_ms(v.at), 'authorName', o.name, 'reason', v.reason,
      'body', v.body || jsonb_build_object('pk', (SELECT pk.name FROM officer pk WHERE pk.id = (v.body ->> 'pk_officer_id')::uuid),
        'asisten', (SELECT a.name FROM officer a WHERE a.id = (v.body ->> 'asisten_officer_id')::uuid)))) AS version
    FROM wearer_version v JOIN wearer w ON w.id = v.wearer_id LEFT JOIN officer o ON o.id = v.author_id
    WHERE w.uuid = $1 ORDER BY v.version DESC`,
    [id],
  )
  return rows.map(({ version }) => version)
}

/** Ends the supervision that runs, now; monitoring ends with it. Gives the moment, UTC ms; undefined where none runs. */
export async function stopSupervision(
  db: Db,
  id: string,
  { kind, reason }: SupervisionEnd,
): Promise<number | undefined> {
  const { rows } = await db.query<{ endedMs: number }>(
    `UPDATE supervision s SET during = tstzrange(lower(s.during), decision_time(), '[)'), end_kind = $2, end_reason = $3,
      ended_by = acting_officer_id()
    FROM wearer w WHERE w.uuid = $1 AND s.wearer_id = w.id AND s.during @> decision_time() AND lower(s.during) < decision_time()
    RETURNING utc_ms(upper(s.during)) AS "endedMs"`,
    [id, kind, reason],
  )
  return rows[0]?.endedMs
}

const PARTICULARS = `birth_date, phone, address, guarantor_name, guarantor_phone, sdp_number, domicile, polsek_name, polsek_phone, risk,
  health, needs`

type Particulars = Pick<
  WearerFile,
  | 'birthDate'
  | 'phone'
  | 'address'
  | 'guarantorName'
  | 'guarantorPhone'
  | 'sdpNumber'
  | 'domicile'
  | 'polsekName'
  | 'polsekPhone'
  | 'risk'
  | 'health'
  | 'needs'
>

function particularsOf(of: Particulars): (string | string[] | undefined)[] {
  return [
    ...[of.birthDate, of.phone, of.address, of.guarantorName, of.guarantorPhone, of.sdpNumber],
    ...[of.domicile, of.polsekName, of.polsekPhone, of.risk, of.health, of.needs],
  ]
}

/** Active PK and Asisten PK of the units in sight, by name: who may guide a klien. */
export async function listGuides(db: Db): Promise<Guide[]> {
  const { rows } = await db.query<Guide>(
    `SELECT id, name, role, unit_path::text AS "unitPath" FROM officer WHERE active AND role IN ('pk', 'asisten_pk')
    ORDER BY name, id LIMIT 5000`,
  )
  return rows
}
