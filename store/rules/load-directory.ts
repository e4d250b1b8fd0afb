import {
  type Assignment,
  type DeviceSettings,
  type DirectoryRecord,
  isWithinUnit,
  plainModelName,
} from '../../model/plan/directory.ts'
import type { Protocol } from '../../model/report/report.ts'
import type { Db } from '../database/open-pool.ts'

type DeviceRow = {
  bracelet_id: number
  device_id: string
  unit_path: string
  model: string
  protocol: Protocol | null
  requires_tls: boolean
  secret_sha256: string | null
  id_suffices: boolean
  certificate_sha256: string | null
  certificate_cn: string | null
  preshared_key: boolean
  networks: string[] | null
  revoked: boolean
  clock_correction_ms: number | null
  settings: DeviceSettings | null
  assignments: Assignment[]
}
type MappedAlarm = { model_key: string; unit_path: string; protocol: Protocol; word: string; meaning: string }
type GatewayRow = { id: string; unit_path: string; secret_sha256: string; revoked: boolean }

/** Every bracelet and gateway. Assignments are cut to the wearers' supervisions: outside them a bracelet leaves no track. */
export async function loadDirectory(db: Db): Promise<DirectoryRecord[]> {
  const devices = await db.query<DeviceRow>(`
    SELECT b.id AS bracelet_id, b.device_id, b.unit_path::text, b.model, b.protocol, b.requires_tls, b.secret_sha256, b.id_suffices,
      b.certificate_sha256, b.certificate_cn, b.preshared_key, b.clock_correction_ms::float8,
      coalesce(b.networks, (
        SELECT u.device_networks FROM unit u WHERE b.unit_path <@ u.path AND u.device_networks IS NOT NULL
        ORDER BY nlevel(u.path) DESC LIMIT 1))::text[] AS networks,
      b.revoked_at IS NOT NULL AS revoked, b.settings,
      coalesce((
        SELECT json_agg(json_strip_nulls(json_build_object('wearerId', a.wearer_id,
            'fromMs', utc_ms(lower(a.during * s.during)), 'toMs', utc_ms(upper(a.during * s.during))))
          ORDER BY lower(a.during * s.during))
        FROM assignment a JOIN supervision s ON s.wearer_id = a.wearer_id AND s.during && a.during
        WHERE a.bracelet_id = b.id), '[]') AS assignments
    FROM bracelet b ORDER BY b.id`)
  // The nearest unit's comes last.
  const mapped = await db.query<MappedAlarm>(`
    SELECT model_key, unit_path::text, protocol, word, meaning FROM alarm_word ORDER BY nlevel(unit_path), mapped_at, id`)
  const mappedByModel = new Map<string, MappedAlarm[]>()
  for (const row of mapped.rows) {
    const ofModel = mappedByModel.get(row.model_key)
    if (ofModel === undefined) mappedByModel.set(row.model_key, [row])
    else ofModel.push(row)
  }
  const gateways = await db.query<GatewayRow>(`
    SELECT id, unit_path::text, secret_sha256, revoked_at IS NOT NULL AS revoked FROM gateway ORDER BY id`)
  return [...devices.rows.map((row) => deviceOf(row, mappedByModel)), ...gateways.rows.map(gatewayOf)]
}

function deviceOf(row: DeviceRow, mappedByModel: ReadonlyMap<string, MappedAlarm[]>): DirectoryRecord {
  const settings = settingsOf(row, mappedByModel.get(plainModelName(row.model)))
  return {
    kind: 'device',
    device: {
      braceletId: row.bracelet_id,
      deviceId: row.device_id,
      unitPath: row.unit_path,
      model: row.model,
      ...(row.protocol !== null && { protocol: row.protocol }),
      ...(row.requires_tls && { requiresTls: true }),
      ...(row.secret_sha256 !== null && { secretSha256: row.secret_sha256 }),
      idSuffices: row.id_suffices,
      ...(row.certificate_sha256 !== null && { certificateSha256: row.certificate_sha256 }),
      ...(row.certificate_cn !== null && { certificateCn: row.certificate_cn }),
      ...(row.preshared_key && { presharedKey: true }),
      ...(row.networks !== null && { networks: row.networks }),
      revoked: row.revoked,
      ...(row.clock_correction_ms !== null && { clockCorrectionMs: row.clock_correction_ms }),
      assignments: row.assignments,
      ...(settings !== undefined && { settings }),
    },
  }
}

function settingsOf(row: DeviceRow, mapped: readonly MappedAlarm[] = []): DeviceSettings | undefined {
  const mappedAlarms: Record<string, string> = {}
  for (const { unit_path, protocol, word, meaning } of mapped)
    if (isWithinUnit(row.unit_path, unit_path) && comesBy(row.protocol, protocol))
      Object.defineProperty(mappedAlarms, word, { value: meaning, enumerable: true, configurable: true })
  if (Object.keys(mappedAlarms).length === 0) return row.settings ?? undefined
  return { ...row.settings, mappedAlarms }
}

/** A bracelet behind a gateway comes by whichever protocol the gateway speaks. */
function comesBy(registered: Protocol | null, protocol: Protocol): boolean {
  return registered === null || registered === protocol || (registered === 'gateway' && protocol === 'own')
}

function gatewayOf(row: GatewayRow): DirectoryRecord {
  return {
    kind: 'gateway',
    gateway: { gatewayId: row.id, unitPath: row.unit_path, secretSha256: row.secret_sha256, revoked: row.revoked },
  }
}
