// Two Bapas of one Kanwil and one of another, everybody's wearers in them, with a fix, an incident and all the rest.
import type { Role } from '../../model/access/roles.ts'
import type { Incident, UnitIncident } from '../../model/incident/incident.ts'
import type { DeviceReport } from '../../model/report/report.ts'
import { ENTRY_HEADER_BYTES, ReportWriter } from '../../model/report/report-codec.ts'
import type { Pool } from '../../store/database/open-pool.ts'
import { inTransaction } from '../../store/database/transaction.ts'
import { insertOfficer, insertSupervision, insertUnit, insertWearer } from '../../store/people/insert-people.ts'
import { insertAssignment, insertBracelet, insertGateway } from '../../store/rules/insert-devices.ts'
import { insertCondition, insertPermit, insertZone } from '../../store/rules/insert-rules.ts'
import { FixRows } from '../../store/track/encode-fixes.ts'
import { insertFixes } from '../../store/track/insert-fixes.ts'
import { insertQuarantine } from '../../store/track/insert-quarantine.ts'
import { upsertKnown } from '../setup/upsert-known.ts'

export const DAY_MS = 86_400_000
/** The start of what the seeds hold; the database's own clock stands between it and `TO_MS`. */
export const FROM_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS - 30 * DAY_MS
export const TO_MS = FROM_MS + 365 * DAY_MS

export type SeededWearer = {
  id: string
  n: number
  incidentId: string
  zoneId: string
  conditionId: string
  permitId: string
  braceletId: number
  deviceId: string
  supervisionId: number
  assignmentId: number
}
export type Seeded = {
  officers: Record<string, string>
  /** a1 and a2 in Bapas A (of different PK), b1 in Bapas B, c1 in another Kanwil. */
  wearers: Record<'a1' | 'a2' | 'b1' | 'c1', SeededWearer>
}

const UNITS = [
  ['dj', 'Ditjenpas', 'ditjenpas'],
  ['dj.jabar', 'Kanwil Jawa Barat', 'kanwil'],
  ['dj.jabar.bandung', 'Bapas Bandung', 'bapas'],
  ['dj.jabar.bogor', 'Bapas Bogor', 'bapas'],
  ['dj.bali', 'Kanwil Bali', 'kanwil'],
  ['dj.bali.denpasar', 'Bapas Denpasar', 'bapas'],
] as const

const OFFICERS: [name: string, role: Role, unitPath: string][] = [
  ['pk1A', 'pk', 'dj.jabar.bandung'],
  ['pk2A', 'pk', 'dj.jabar.bandung'],
  ['asistenA', 'asisten_pk', 'dj.jabar.bandung'],
  ['kasubsiA', 'kasubsi', 'dj.jabar.bandung'],
  ['kepalaA', 'kepala_bapas', 'dj.jabar.bandung'],
  ['operatorA', 'operator', 'dj.jabar.bandung'],
  ['auditorA', 'auditor', 'dj.jabar.bandung'],
  ['adminA', 'admin_ti', 'dj.jabar.bandung'],
  ['pkB', 'pk', 'dj.jabar.bogor'],
  ['kepalaB', 'kepala_bapas', 'dj.jabar.bogor'],
  ['kanwil', 'kanwil', 'dj.jabar'],
  ['ditjenpas', 'ditjenpas', 'dj'],
  ['adminDj', 'admin_ti', 'dj'],
  ['pkC', 'pk', 'dj.bali.denpasar'],
]

/** Written as the owner. */
export function seedTwoBapas(pool: Pool): Promise<Seeded> {
  return inTransaction(pool, async (client) => {
    for (const [path, name, kind] of UNITS)
      await insertUnit(client, { path, name, kind, timeZone: path.includes('bali') ? 'Asia/Makassar' : 'Asia/Jakarta' })
    const officers: Record<string, string> = {}
    for (const [name, role, unitPath] of OFFICERS)
      officers[name] = await insertOfficer(client, { name, role, unitPath })
    await insertGateway(client, { gatewayId: 'gw-a', unitPath: 'dj.jabar.bandung', secretSha256: 'a'.repeat(64) })

    const rows = new FixRows()
    const wearer = async (key: string, unitPath: string, pk: string, asisten?: string): Promise<SeededWearer> => {
      const number = Object.keys(officers).length * 1000 + key.charCodeAt(0) * 10 + Number(key[1])
      const { id, n } = await insertWearer(client, {
        name: `Klien ${key}`,
        nik: String(3_200_000_000_000_000 + number),
        unitPath,
        pkOfficerId: officers[pk]!,
        ...(asisten && { asistenOfficerId: officers[asisten]! }),
      })
      const supervisionId = await insertSupervision(client, {
        ...{ wearerId: n, programme: 'PB', skNumber: `SK-${key}` },
        ...{ fromMs: FROM_MS, toMs: TO_MS, madeMs: FROM_MS },
      })
      const deviceId = `dev-${key}`
      const braceletId = await insertBracelet(client, { deviceId, model: 'M', unitPath, secretSha256: 'b'.repeat(64) })
      const assignmentId = await insertAssignment(client, { braceletId, wearerId: n, fromMs: FROM_MS })
      const decision = { authorId: officers[pk]!, madeMs: FROM_MS }
      const zoneId = await insertZone(client, {
        ...{ name: `Rumah ${key}`, unitPath, ...decision },
        shape: { type: 'Circle', center: [107.6, -6.9], radiusM: 100 },
      })
      const rule = {
        wearerId: n,
        zoneId,
        legalBasis: `SK-${key} butir 3`,
        authorId: officers[pk]!,
        approverId: officers.kepalaA!,
      }
      const conditionId = await insertCondition(client, {
        ...{ ...rule, kind: 'required', timeZone: 'Asia/Jakarta', fromMs: FROM_MS, madeMs: FROM_MS },
        windows: [{ days: [1, 2], from: '20:00', to: '05:00', exceptDates: [] }],
      })
      const permitId = await insertPermit(client, {
        ...{ ...rule, decidedMs: FROM_MS, fromMs: FROM_MS, toMs: TO_MS },
      })
      addReport(rows, n, braceletId, { timeMs: FROM_MS + DAY_MS, deviceId })
      const incidentId = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
      await upsertKnown(client, [incident({ id: incidentId, wearerId: n, conditionId })])
      return { id, n, incidentId, zoneId, conditionId, permitId, braceletId, deviceId, supervisionId, assignmentId }
    }
    const wearers = {
      a1: await wearer('a1', 'dj.jabar.bandung', 'pk1A', 'asistenA'),
      a2: await wearer('a2', 'dj.jabar.bandung', 'pk2A'),
      b1: await wearer('b1', 'dj.jabar.bogor', 'pkB'),
      c1: await wearer('c1', 'dj.bali.denpasar', 'pkC'),
    }
    await insertFixes(client, { fresh: rows })
    const quarantined = { receivedMs: FROM_MS, protocol: 'own', reason: 'malformed', detail: '', cut: false } as const
    await insertQuarantine(client, [
      { id: '1-0', item: { ...quarantined, deviceId: 'dev-a1', raw: new Uint8Array([1]) } },
      { id: '2-0', item: { ...quarantined, raw: new Uint8Array([2]) } },
    ])
    for (const { n, incidentId } of Object.values(wearers))
      await client.query(
        `INSERT INTO officer_act (incident_id, wearer_id, action, officer_id, officer_name, at)
        VALUES ($1, $2, 'acknowledge', $3, '', now())`,
        [incidentId, n, officers.ditjenpas],
      )
    for (const { n } of Object.values(wearers))
      await client.query(`SELECT append_audit('seed', 'x', $1, 'uji coba', NULL)`, [n])
    return { officers, wearers }
  })
}

/** A report as the log would carry it, into `rows`. */
export function addReport(
  rows: FixRows,
  wearerId: number,
  braceletId: number,
  report: Partial<DeviceReport> & { timeMs: number },
): void {
  const writer = new ReportWriter()
  const whole: DeviceReport = {
    ...{ deviceId: 'd', fixValid: true, latDeg: -6.9, lonDeg: 107.6, accuracyM: 12, alarms: [], archived: false },
    ...report,
  }
  writer.add(whole, wearerId, braceletId, report.timeMs + 900, 'own')
  const bytes = writer.take()
  rows.add(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), ENTRY_HEADER_BYTES)
}

/** An outage of a whole unit. */
export function unitIncident(some: Partial<UnitIncident> & Pick<UnitIncident, 'unitPath'>): UnitIncident {
  return {
    ...{ id: '50000000-0000-4000-8000-000000000001', type: 'fleet_silence', severity: 'serius' },
    ...{ silentCount: 12, ofCount: 30, startMs: FROM_MS + DAY_MS, confirmedMs: FROM_MS + DAY_MS },
    ...{ evidence: [], engineVersion: '1', late: false, inferred: false, revision: 1 },
    ...some,
  }
}

export function incident(some: Partial<Incident> & Pick<Incident, 'id' | 'wearerId'>): Incident {
  return {
    ...{
      type: 'away_from_required_zone',
      severity: 'serius',
      startMs: FROM_MS + DAY_MS,
      confirmedMs: FROM_MS + DAY_MS,
    },
    ...{ evidence: [], engineVersion: '1', planHash: 'p', late: false, inferred: false, revision: 1 },
    ...some,
  }
}
