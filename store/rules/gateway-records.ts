// Gateways as an Admin TI keeps them. Row-level security decides who may.
import type { Gateway } from '../../model/console/devices.ts'
import type { Db } from '../database/open-pool.ts'

const GATEWAY = `json_strip_nulls(json_build_object('id', g.id, 'unitPath', g.unit_path::text, 'revokedMs', utc_ms(g.revoked_at))) AS gateway`

export async function listGateways(db: Db): Promise<Gateway[]> {
  const { rows } = await db.query<{ gateway: Gateway }>(`SELECT ${GATEWAY} FROM gateway g ORDER BY g.id LIMIT 1000`)
  return rows.map(({ gateway }) => gateway)
}

/** Throws 42501 where the unit is not the acting officer's, 23505 where the id is known. */
export async function addGateway(
  db: Db,
  { id, unitPath, secretSha256 }: { id: string; unitPath: string; secretSha256: string },
): Promise<void> {
  await db.query('INSERT INTO gateway (id, unit_path, secret_sha256) VALUES ($1, $2, $3)', [id, unitPath, secretSha256])
}

/** From now on nothing comes in through it. Gives the gateway; undefined where there is none in sight, or it is revoked already. */
export async function revokeGateway(db: Db, id: string, reason: string): Promise<Gateway | undefined> {
  await db.query(`SELECT set_config('gelang.reason', $1, true)`, [reason])
  const { rows } = await db.query<{ gateway: Gateway }>(
    `UPDATE gateway g SET revoked_at = now() WHERE g.id = $1 AND g.revoked_at IS NULL RETURNING ${GATEWAY}`,
    [id],
  )
  return rows[0]?.gateway
}

/** The old secret opens nothing from now on. False where there is no such gateway in force. */
export async function rotateGatewaySecret(db: Db, id: string, secretSha256: string): Promise<boolean> {
  const { rowCount } = await db.query('UPDATE gateway SET secret_sha256 = $2 WHERE id = $1 AND revoked_at IS NULL', [
    id,
    secretSha256,
  ])
  return rowCount === 1
}
