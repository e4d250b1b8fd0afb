// What the API writes into the audit: one function for each kind of act. Who acts and when, PostgreSQL says; changes of rules,
// people, devices and accounts, and officers' acts on incidents, are written by triggers.
import type { Db } from '../database/open-pool.ts'
import { storableJson, storableText } from '../database/storable.ts'

/** No positions, no NIK; at most 8 KiB. */
type AuditDetail = Record<string, unknown>

export type Reading = {
  /** What was shown: a track or what follows from it, the last position, an incident's evidence, a person's zones, a file. */
  kind: 'track' | 'position' | 'evidence' | 'zones' | 'export'
  /** The wearer's number; must be in the acting officer's sight. */
  wearerId: number
  reason?: string
  detail?: AuditDetail
}

/** The acting officer saw where a person is or was; in the transaction that reads it. */
export async function auditReading(db: Db, { kind, wearerId, reason, detail }: Reading): Promise<void> {
  await db.query('SELECT audit_reading($1, $2, $3, $4)', [kind, wearerId, reason && storableText(reason), json(detail)])
}

/** The acting officer opened the live map of this unit: once for each session and area. */
export async function auditMap(db: Db, unitPath: string, detail?: AuditDetail): Promise<void> {
  await db.query('SELECT audit_map($1, $2)', [unitPath, json(detail)])
}

type SessionEvent = 'open' | 'close' | 'expire' | 'revoke'

/** A session of the acting officer's began or ended. */
export async function auditSession(db: Db, event: SessionEvent, detail?: AuditDetail): Promise<void> {
  await db.query('SELECT audit_session($1, $2)', [event, json(detail)])
}

/** The acting officer was refused something: `what` is a route or a word. */
export async function auditRefusal(
  db: Db,
  what: string,
  about: { wearerId?: number; detail?: AuditDetail } = {},
): Promise<void> {
  await db.query('SELECT audit_refusal($1, $2, $3)', [what, about.wearerId, json(about.detail)])
}

/** Somebody did not get in; outside of any officer's transaction. `why` is one word: wrong_password, too_many_attempts. */
export async function auditFailedSignIn(db: Db, username: string, why: string, detail?: AuditDetail): Promise<void> {
  await db.query('SELECT audit_failed_sign_in($1, $2, $3)', [storableText(username), why, json(detail)])
}

function json(detail: AuditDetail | undefined): string | undefined {
  return detail && storableJson(detail)
}
