// A small Bapas for measurements: one operator who sees all, wearers with a bracelet and a home each, one gateway.
import { createHash } from 'node:crypto'
import { createAccount, createAuth } from '../../api/sign-in/auth.ts'
import type { Log } from '../../model/observe.ts'
import { openPool, type PoolClient } from '../../store/database/open-pool.ts'
import { inTransaction } from '../../store/database/transaction.ts'
import {
  insertOfficer,
  insertSupervision,
  insertUnit,
  insertWearer,
  linkAccount,
} from '../../store/people/insert-people.ts'
import { insertAssignment, insertBracelet, insertGateway } from '../../store/rules/insert-devices.ts'
import { insertCondition, insertZone } from '../../store/rules/insert-rules.ts'

export type SeedUnit = {
  databaseUrl: string
  wearers: number
  /** Everything is in force from an hour before to a year after. */
  nowMs: number
  authSecret: string
  password: string
  secretOf(deviceId: string): string
  log: Log
}

const UNITS = [
  { path: 'ditjenpas', name: 'Ditjenpas', kind: 'ditjenpas', timeZone: 'Asia/Jakarta' },
  { path: 'ditjenpas.dki', name: 'Kanwil DKI Jakarta', kind: 'kanwil', timeZone: 'Asia/Jakarta' },
  { path: 'ditjenpas.dki.pusat', name: 'Bapas Jakarta Pusat', kind: 'bapas', timeZone: 'Asia/Jakarta' },
] as const
const BAPAS = UNITS[2].path
const HOUR_MS = 3_600_000
const YEAR_MS = 365 * 24 * HOUR_MS

export const GATEWAY_ID = 'bench-gateway'
export const OPERATOR = 'bench-operator'

/** Writes it into an empty, migrated database; gives the device ids. */
export async function seedUnit(seed: SeedUnit): Promise<string[]> {
  const { databaseUrl } = seed
  const pool = openPool({ url: databaseUrl, applicationName: 'gelang bench', max: 2, takeOver: 'bench' })
  const authPool = openPool({ url: databaseUrl, role: 'gelang_auth', applicationName: 'gelang bench', max: 2 })
  try {
    const { operatorId, deviceIds } = await inTransaction(pool, (client) => seedRows(client, seed))
    const auth = createAuth({
      pool: authPool,
      baseUrl: 'http://127.0.0.1',
      allowedOrigins: [],
      secret: seed.authSecret,
      log: seed.log,
    })
    const account = { username: OPERATOR, name: 'Operator', password: seed.password }
    await linkAccount(pool, operatorId, await createAccount(auth, account))
    return deviceIds
  } finally {
    await pool.end()
    await authPool.end()
  }
}

/** Of two one speaks OsmAnd, for the other a gateway speaks. */
export function speaksOsmand(n: number): boolean {
  return n % 2 === 0
}

async function seedRows(client: PoolClient, seed: SeedUnit): Promise<{ operatorId: string; deviceIds: string[] }> {
  for (const unit of UNITS) await insertUnit(client, unit)
  const operatorId = await insertOfficer(client, { name: 'Operator', role: 'operator', unitPath: BAPAS })
  const authorId = await insertOfficer(client, { name: 'PK', role: 'pk', unitPath: BAPAS })
  const approverId = await insertOfficer(client, { name: 'Kepala', role: 'kepala_bapas', unitPath: BAPAS })
  const gateway = { gatewayId: GATEWAY_ID, unitPath: BAPAS, secretSha256: sha256(seed.secretOf(GATEWAY_ID)) }
  await insertGateway(client, gateway)
  const fromMs = seed.nowMs - HOUR_MS
  const zoneId = await insertZone(client, {
    name: 'Jakarta Pusat',
    unitPath: BAPAS,
    shape: { type: 'Circle', center: [106.8167, -6.2], radiusM: 2000 },
    shared: true,
    authorId,
    madeMs: fromMs,
  })
  const deviceIds: string[] = []
  for (let n = 0; n < seed.wearers; n++) {
    const deviceId = `bench-${String(n).padStart(6, '0')}`
    deviceIds.push(deviceId)
    const nik = String(3_171_000_000_000_000 + n)
    const wearer = { name: `Klien ${n}`, nik, unitPath: BAPAS, pkOfficerId: authorId }
    const { n: wearerId } = await insertWearer(client, wearer)
    const during = { fromMs, toMs: fromMs + YEAR_MS, madeMs: fromMs }
    await insertSupervision(client, { wearerId, programme: 'PB', skNumber: `SK-${n}`, ...during })
    const own = { protocol: 'osmand' as const, secretSha256: sha256(seed.secretOf(deviceId)) }
    const speaks = speaksOsmand(n) ? own : { protocol: 'gateway' as const }
    const bracelet = { deviceId, model: 'bench', unitPath: BAPAS, ...speaks }
    await insertAssignment(client, { braceletId: await insertBracelet(client, bracelet), wearerId, fromMs })
    await insertCondition(client, {
      wearerId,
      zoneId,
      kind: 'required',
      timeZone: 'Asia/Jakarta',
      fromMs,
      legalBasis: 'SK bench',
      authorId,
      approverId,
      madeMs: fromMs,
    })
  }
  return { operatorId, deviceIds }
}

function sha256(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
