import type { DeviceSettings, DirectoryGateway } from '../../model/plan/directory.ts'
import type { Protocol } from '../../model/report/report.ts'
import type { Db } from '../database/open-pool.ts'

export type NewBracelet = {
  /** As the device names itself on the wire. */
  deviceId: string
  model: string
  unitPath: string
  /** The only protocol by which it speaks: `gateway` where gateways speak for it. Absent: any that carries its own secret. */
  protocol?: Protocol
  requiresTls?: boolean
  /** Hex. Absent where gateways speak for it, or where its protocol has no secret and `idSuffices` is set. */
  secretSha256?: string
  /** Not over HTTP. */
  idSuffices?: boolean
  certificateSha256?: string
  certificateCn?: string
  presharedKey?: boolean
  /** CIDR; absent: those of its unit, if any. */
  networks?: string[]
  settings?: DeviceSettings
}

/** Gives the bracelet's number. */
export async function insertBracelet(db: Db, bracelet: NewBracelet): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    `INSERT INTO bracelet (device_id, model, unit_path, secret_sha256, id_suffices, settings, protocol, requires_tls,
      certificate_sha256, certificate_cn, preshared_key, networks)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::cidr[]) RETURNING id`,
    [
      bracelet.deviceId,
      bracelet.model,
      bracelet.unitPath,
      bracelet.secretSha256,
      bracelet.idSuffices ?? false,
      bracelet.settings,
      bracelet.protocol,
      bracelet.requiresTls ?? false,
      bracelet.certificateSha256,
      bracelet.certificateCn,
      bracelet.presharedKey ?? false,
      bracelet.networks,
    ],
  )
  return rows[0]!.id
}

/** From now on nothing in its name is taken in. */
export async function revokeBracelet(db: Db, braceletId: number, atMs: number): Promise<void> {
  await db.query('UPDATE bracelet SET revoked_at = from_ms($2) WHERE id = $1 AND revoked_at IS NULL', [
    braceletId,
    atMs,
  ])
}

export async function insertGateway(db: Db, gateway: Omit<DirectoryGateway, 'revoked'>): Promise<void> {
  await db.query('INSERT INTO gateway (id, unit_path, secret_sha256) VALUES ($1, $2, $3)', [
    gateway.gatewayId,
    gateway.unitPath,
    gateway.secretSha256,
  ])
}

type NewAssignment = { braceletId: number; wearerId: number; fromMs: number; toMs?: number }

/** Gives the assignment's id. Refused when somebody else wears the bracelet in any part of that time. */
export async function insertAssignment(db: Db, assignment: NewAssignment): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    'INSERT INTO assignment (bracelet_id, wearer_id, during) VALUES ($1, $2, during_ms($3, $4)) RETURNING id',
    [assignment.braceletId, assignment.wearerId, assignment.fromMs, assignment.toMs],
  )
  return rows[0]!.id
}
