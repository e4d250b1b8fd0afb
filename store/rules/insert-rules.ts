import type { Condition, Permit } from '../../model/plan/plan.ts'
import type { ZoneShape } from '../../model/plan/zone.ts'
import type { Db } from '../database/open-pool.ts'

type NewZone = {
  id?: string
  /** UUID that the versions of one zone share; a new one where absent. */
  lineage?: string
  name: string
  unitPath: string
  shape: ZoneShape
  /** A place for all (a kabupaten, a mosque), not one person's home. */
  shared?: boolean
  authorId: string
  madeMs?: number | undefined
}

// Times of decisions are the database's own. Those that are given count in a take-over only (`openPool`'s `takeOver`).

/** Gives the id of this version. Its shape never changes. */
export async function insertZone(db: Db, zone: NewZone): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    `INSERT INTO zone (id, lineage, name, unit_path, shape, shared, author_id, made_at)
    VALUES (coalesce($1, gen_random_uuid()::text), coalesce($2::uuid, gen_random_uuid()), $3, $4, $5, $6, $7, coalesce(from_ms($8), now()))
    RETURNING id`,
    [zone.id, zone.lineage, zone.name, zone.unitPath, zone.shape, zone.shared ?? false, zone.authorId, zone.madeMs],
  )
  return rows[0]!.id
}

/** Who proposed a rule and who approved it: two persons. */
export type Decision = { authorId: string; approverId: string }

/** `fromMs` absent: from now on. */
export type NewCondition = Omit<Condition, 'id' | 'fromMs' | 'madeMs'> & {
  id?: string
  wearerId: number
  fromMs?: number
  madeMs?: number
} & Decision

/** Gives the condition's id. Refused without a legal basis, before its own decision, or over another version of it. */
export async function insertCondition(db: Db, condition: NewCondition): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    `INSERT INTO condition (id, wearer_id, kind, zone_id, during, time_zone, windows, severity, parameters, legal_basis,
      author_id, approver_id, made_at, changed_at)
    VALUES (coalesce($1, gen_random_uuid()::text), $2, $3, $4, during_ms(coalesce($5, floor(utc_ms(now()))), $6), $7, $8, $9,
      $10, $11, $12, $13, coalesce(from_ms($14), now()), coalesce(from_ms($14), now()))
    RETURNING id`,
    [
      condition.id,
      condition.wearerId,
      condition.kind,
      condition.zoneId,
      condition.fromMs,
      condition.toMs,
      condition.timeZone,
      condition.windows && JSON.stringify(condition.windows),
      condition.severity,
      condition.parameters,
      condition.legalBasis,
      condition.authorId,
      condition.approverId,
      condition.madeMs,
    ],
  )
  return rows[0]!.id
}

/** `fromMs` absent: from now on. */
type NewPermit = Omit<Permit, 'id' | 'fromMs' | 'decidedMs'> & {
  id?: string
  wearerId: number
  fromMs?: number
  decidedMs?: number
} & Decision

/** Gives the permit's id. */
export async function insertPermit(db: Db, permit: NewPermit): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    `INSERT INTO permit (id, wearer_id, during, condition_ids, zone_id, decided_at, legal_basis, author_id, approver_id, changed_at)
    VALUES (coalesce($1, gen_random_uuid()::text), $2, during_ms(coalesce($3, floor(utc_ms(now()))), $4), $5, $6,
      coalesce(from_ms($7), now()), $8, $9, $10, coalesce(from_ms($7), now()))
    RETURNING id`,
    [
      permit.id,
      permit.wearerId,
      permit.fromMs,
      permit.toMs,
      permit.conditionIds,
      permit.zoneId,
      permit.decidedMs,
      permit.legalBasis,
      permit.authorId,
      permit.approverId,
    ],
  )
  return rows[0]!.id
}
