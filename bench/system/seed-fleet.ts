// A Bapas with many wearers for the load benches, a few conditions each, put in by statements of thousands of rows.
import { createHash } from 'node:crypto'
import { createAccount, createAuth } from '../../api/sign-in/auth.ts'
import type { Log } from '../../model/observe.ts'
import type { ZoneShape } from '../../model/plan/zone.ts'
import { openPool, type PoolClient } from '../../store/database/open-pool.ts'
import { inTransaction } from '../../store/database/transaction.ts'
import { insertOfficer, insertUnit, linkAccount } from '../../store/people/insert-people.ts'
import { insertGateway } from '../../store/rules/insert-devices.ts'
import { insertZone } from '../../store/rules/insert-rules.ts'
import { deviceIdOf, type Fleet, TRAVELS } from '../load/fleet.ts'

export type SeedFleet = {
  databaseUrl: string
  fleet: Fleet
  /** By which all its bracelets speak. */
  protocol: 'osmand' | 'gt06' | 'gateway'
  /** Everything is in force from two days before to a year after. */
  nowMs: number
  authSecret: string
  password: string
  secretOf(deviceId: string): string
  log: Log
}

export const GATEWAY_ID = 'bench-gateway'
export const OPERATOR = 'bench-operator'
const BAPAS = 'ditjenpas.dki.pusat'
const TIME_ZONE = 'Asia/Jakarta'
const DAY_MS = 86_400_000
const SCHOOLS = 20
const SEED_TIMEOUT_MS = 600_000

/** Fills an empty, migrated database. */
export async function seedFleet(seed: SeedFleet): Promise<void> {
  const { databaseUrl, authSecret, log } = seed
  const owner = { url: databaseUrl, applicationName: 'gelang bench', max: 1, statementTimeoutMs: SEED_TIMEOUT_MS }
  const pool = openPool({ ...owner, takeOver: 'bench' })
  const authPool = openPool({ ...owner, role: 'gelang_auth' })
  try {
    const operatorId = await inTransaction(pool, (client) => seedRows(client, seed))
    const auth = createAuth({
      pool: authPool,
      baseUrl: 'http://127.0.0.1',
      allowedOrigins: [],
      secret: authSecret,
      log,
    })
    const account = { username: OPERATOR, name: 'Operator', password: seed.password }
    await linkAccount(pool, operatorId, await createAccount(auth, account))
    await pool.query('ANALYZE')
  } finally {
    await pool.end()
    await authPool.end()
  }
}

async function seedRows(client: PoolClient, seed: SeedFleet): Promise<string> {
  const units = [
    { path: 'ditjenpas', name: 'Ditjenpas', kind: 'ditjenpas' },
    { path: 'ditjenpas.dki', name: 'Kanwil DKI Jakarta', kind: 'kanwil' },
    { path: BAPAS, name: 'Bapas Jakarta Pusat', kind: 'bapas' },
  ] as const
  for (const unit of units) await insertUnit(client, { ...unit, timeZone: TIME_ZONE })
  const operatorId = await insertOfficer(client, { name: 'Operator', role: 'operator', unitPath: BAPAS })
  const authorId = await insertOfficer(client, { name: 'PK', role: 'pk', unitPath: BAPAS })
  const approverId = await insertOfficer(client, { name: 'Kepala', role: 'kepala_bapas', unitPath: BAPAS })
  await insertGateway(client, {
    gatewayId: GATEWAY_ID,
    unitPath: BAPAS,
    secretSha256: sha256(seed.secretOf(GATEWAY_ID)),
  })
  const fromMs = seed.nowMs - 2 * DAY_MS
  const zone = (name: string, shape: ZoneShape): Promise<string> =>
    insertZone(client, { name, unitPath: BAPAS, shape, shared: true, authorId, madeMs: fromMs })
  const region = await zone('Jabodetabek', { type: 'Circle', center: [106.85, -6.3], radiusM: 90_000 })
  const schools: string[] = []
  for (let i = 0; i < SCHOOLS; i++) schools.push(await zone(`Sekolah ${i}`, school(i)))

  const { fleet } = seed
  const all = Array.from({ length: fleet.count }, (_, n) => n)
  const { protocol } = seed
  const ids = all.map(deviceIdOf)
  await client.query(
    `INSERT INTO wearer (name, nik, unit_path, pk_officer_id)
    SELECT 'Klien ' || n, lpad((3171000000000000 + n)::text, 16, '0'), $2, $3 FROM generate_series(0, $1::int - 1) AS n ORDER BY n`,
    [fleet.count, BAPAS, authorId],
  )
  await client.query(
    `INSERT INTO supervision (wearer_id, programme, sk_number, during, made_at, changed_at)
    SELECT id, 'PB', 'SK-' || id, during_ms($1, $2), from_ms($1), from_ms($1) FROM wearer`,
    [fromMs, fromMs + 365 * DAY_MS],
  )
  await client.query(
    `INSERT INTO bracelet (device_id, model, unit_path, protocol, secret_sha256, id_suffices)
    SELECT device_id, 'bench', $3, $4, secret, $5 FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS t (device_id, secret, n) ORDER BY n`,
    [
      ids,
      ids.map((id) => (protocol === 'osmand' ? sha256(seed.secretOf(id)) : null)),
      BAPAS,
      protocol,
      protocol === 'gt06',
    ],
  )
  await client.query(
    `INSERT INTO assignment (bracelet_id, wearer_id, during)
    SELECT b.id, w.id, during_ms($1, NULL)
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM bracelet) b
    JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM wearer) w USING (n)`,
    [fromMs],
  )
  await client.query(
    `INSERT INTO zone (id, name, unit_path, shape, shared, author_id, made_at)
    SELECT 'home-' || n, 'Rumah', $4, jsonb_build_object('type', 'Circle', 'center', jsonb_build_array(lon, lat), 'radiusM', 80),
      false, $5, from_ms($3)
    FROM unnest($1::float8[], $2::float8[]) WITH ORDINALITY AS t (lon, lat, n)`,
    [[...fleet.homeLon], [...fleet.homeLat], fromMs, BAPAS, authorId],
  )
  const condition = (kind: string, zoneId: string, which: string): Promise<unknown> =>
    client.query(
      `INSERT INTO condition (wearer_id, kind, zone_id, during, time_zone, legal_basis, author_id, approver_id, made_at, changed_at)
      SELECT w.id, $1, ${zoneId}, during_ms($2, NULL), $3, 'SK bench', $4, $5, from_ms($2), from_ms($2)
      FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM wearer) w WHERE ${which}`,
      [kind, fromMs, TIME_ZONE, authorId, approverId],
    )
  const travels = all.filter((n) => fleet.kind[n] === TRAVELS).map((n) => n + 1)
  await condition('required', `'home-' || n`, `n <> ALL ('{${travels}}'::int[])`)
  await condition('region', `'${region}'`, 'true')
  await condition('avoided', `('{${schools}}'::text[])[1 + n % ${SCHOOLS}]`, 'true')
  await condition('avoided', `('{${schools}}'::text[])[1 + (n + 7) % ${SCHOOLS}]`, 'true')
  return operatorId
}

/** A polygon of 32 corners, about 150 m across. */
function school(i: number): ZoneShape {
  const lon = 106.6 + 0.025 * i
  const lat = -6.5 + 0.02 * i
  const ring = Array.from({ length: 32 }, (_, k): [number, number] => {
    const angle = (2 * Math.PI * k) / 32
    const radius = k % 2 === 0 ? 0.0007 : 0.0006
    return [lon + radius * Math.cos(angle), lat + radius * Math.sin(angle)]
  })
  return { type: 'Polygon', coordinates: [[...ring, ring[0]!]] }
}

function sha256(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
