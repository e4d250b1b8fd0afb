// Writes a simulated fleet into an empty database: units, officers with logins, wearers, bracelets, zones, conditions.
import { createHash } from 'node:crypto'
import type { Role } from '../../model/access/roles.ts'
import type { Fleet, FleetWearer } from '../../simulators/fleet-people.ts'
import type { Pool, PoolClient } from '../../store/database/open-pool.ts'
import { inTransaction } from '../../store/database/transaction.ts'
import { insertOfficer, insertSupervision, insertUnit, insertWearer } from '../../store/people/insert-people.ts'
import { insertAssignment, insertBracelet, insertGateway } from '../../store/rules/insert-devices.ts'
import { insertCondition, insertZone } from '../../store/rules/insert-rules.ts'

type SeedOptions = {
  pool: Pool
  fleet: Fleet
  /** Everything is in force from here on. */
  fromMs: number
  toMs: number
  /** From when on somebody is supervised and judged; absent: `fromMs` for all. */
  wearerFromMs?(wearer: FleetWearer): number
  /** How long a bracelet may be silent beyond its interval. */
  silenceGraceMs: number
}

type SeededOfficer = { officerId: string; username: string; name: string; role: Role }
export type Seeded = { officers: SeededOfficer[] /** By the wearer's number in the fleet. */; wearerIds: number[] }

/** All or nothing. The logins are made by the caller: passwords are not the fleet's. */
export function seedFleet(options: SeedOptions): Promise<Seeded> {
  return inTransaction(options.pool, async (client) => {
    const { fleet, fromMs } = options
    for (const unit of fleet.units) await insertUnit(client, unit)
    const officers: SeededOfficer[] = []
    for (const officer of fleet.officers) officers.push({ ...officer, officerId: await insertOfficer(client, officer) })
    for (const { gatewayId, unitPath, secret } of fleet.gateways)
      await insertGateway(client, { gatewayId, unitPath, secretSha256: sha256(secret) })
    const heads = new Map(
      fleet.officers.map((o, i) => [`${o.role} ${o.unitPath} ${o.pkNumber ?? ''}`, officers[i]!.officerId]),
    )
    const zoneIds = new Map<string, string>()
    for (const zone of fleet.zones) {
      const authorId = heads.get(`kepala_bapas ${zone.unitPath} `)!
      const shared = !/^(home|kiosk|corridor)\//.test(zone.key)
      zoneIds.set(zone.key, await insertZone(client, { ...zone, shared, authorId, madeMs: fromMs }))
    }
    const wearerIds: number[] = []
    for (const wearer of fleet.wearers) {
      const ofWearer = { ...options, fromMs: options.wearerFromMs?.(wearer) ?? fromMs }
      wearerIds.push(await seedWearer(client, wearer, ofWearer, heads, zoneIds))
    }
    return { officers, wearerIds }
  })
}

async function seedWearer(
  client: PoolClient,
  wearer: FleetWearer,
  { fromMs, toMs, silenceGraceMs }: SeedOptions,
  heads: ReadonlyMap<string, string>,
  zoneIds: ReadonlyMap<string, string>,
): Promise<number> {
  const pkOfficerId = heads.get(`pk ${wearer.unitPath} ${wearer.pkNumber}`)!
  const approverId = heads.get(`kepala_bapas ${wearer.unitPath} `)!
  const { n: wearerId } = await insertWearer(client, {
    name: wearer.name,
    nik: wearer.nik,
    unitPath: wearer.unitPath,
    pkOfficerId,
    reportIntervalMs: wearer.intervalMs,
    silenceGraceMs,
  })
  await insertSupervision(client, {
    wearerId,
    programme: wearer.programme,
    skNumber: wearer.skNumber,
    fromMs,
    toMs,
    madeMs: fromMs,
  })
  const braceletId = await insertBracelet(client, {
    deviceId: wearer.deviceId,
    model: `Simulasi ${wearer.via === 'osmand' ? 'OsmAnd' : wearer.via}`,
    unitPath: wearer.unitPath,
    protocol: wearer.via,
    ...(wearer.via === 'osmand' || wearer.via === 'owntracks'
      ? { secretSha256: sha256(wearer.secret) }
      : // The devices' own protocols carry no secret; for the others a gateway speaks.
        { idSuffices: wearer.via !== 'gateway' }),
  })
  await insertAssignment(client, { braceletId, wearerId, fromMs })
  for (const { zoneKey, ...condition } of wearer.conditions)
    await insertCondition(client, {
      ...condition,
      wearerId,
      zoneId: zoneIds.get(zoneKey)!,
      timeZone: wearer.timeZone,
      fromMs,
      authorId: pkOfficerId,
      approverId,
      madeMs: fromMs,
    })
  return wearerId
}

export function sha256(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
