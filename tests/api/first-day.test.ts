// From an empty database to a bracelet that is judged, by `gelang init` and the API alone.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningApi, startApi } from '../../api/start-api.ts'
import { initCommand } from '../../bin/commands/init.ts'
import type { Role } from '../../model/access/roles.ts'
import type { Invitation, OfficerView, UnitDetail } from '../../model/console/admin.ts'
import type { Bracelet, Proposal, WearerFile } from '../../model/console/people.ts'
import { openPool } from '../../store/database/open-pool.ts'
import { eventually, type Pipeline, SHARDS, startPipeline } from '../pipeline/run-pipeline.ts'
import { silentLog } from '../setup/test-redis.ts'
import { noMeter, post as postTo, send as sendTo, signIn } from './api-under-test.ts'

/** The database says what now is; the bracelet's reports come in the minutes after. */
const AHEAD_MS = 5 * 60_000
const DAY_MS = 86_400_000
const NIP = '197801012001121001'
const PASSWORD = 'kata-sandi-yang-panjang'
const HOME: [number, number] = [107.6191, -6.9175]
const KILOMETRE_DEG = 1 / 111.32
let pipeline: Pipeline
let api: RunningApi
const closing: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  pipeline = await startPipeline(() => Date.now() + AHEAD_MS)
  const { database, redis } = pipeline
  const pools = [
    openPool({ url: database.apiUrl, role: 'gelang_api', applicationName: 'gelang test', max: 4 }),
    openPool({ url: database.authUrl, role: 'gelang_auth', applicationName: 'gelang test', max: 2 }),
  ] as const
  api = await startApi({
    ...{ host: '127.0.0.1', port: 0, authSecret: randomBytes(32).toString('hex'), shardCount: SHARDS },
    ...{ apiPool: pools[0], authPool: pools[1], redis: redis.redis, keys: redis.keys },
    ...{ clock: Date.now, log: silentLog, meter: noMeter },
  })
  closing.push(
    () => api.close(),
    ...pools.map((pool) => () => pool.end()),
    () => pipeline.stop(),
  )
})
afterAll(async () => {
  for (const close of closing) await close()
})

async function post<T>(as: string | undefined, path: string, body: unknown, headers = {}): Promise<T> {
  const answer = await postTo(api, path, body, as, headers)
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}
const etagOf = async (as: string, path: string) =>
  (await fetch(new URL(path, api.baseUrl), { headers: { cookie: as } })).headers.get('etag') ?? ''

async function byLink(link: string): Promise<string> {
  const token = new URL(link).hash.slice(1)
  const { username } = await post<{ username: string }>(undefined, '/api/invitations/accept', {
    token,
    password: PASSWORD,
  })
  return signIn(api, username, PASSWORD)
}

let officers = 0
/** Adds and invites an officer; gives the cookie. */
async function officer(admin: string, role: Role, unitPath: string): Promise<{ id: string; cookie: string }> {
  const nip = String(198_001_012_005_011_000n + BigInt(officers++))
  const { id } = await post<OfficerView>(admin, '/v1/officers', { name: `Petugas ${role}`, role, unitPath, nip })
  const { link } = await post<Invitation>(admin, `/v1/officers/${id}/invitation`, {})
  return { id, cookie: await byLink(link) }
}

const report = (deviceId: string, token: string, timeMs: number, northKm: number) =>
  fetch(
    `http://127.0.0.1:${pipeline.ingest.ports.osmand}/?${new URLSearchParams({
      ...{ id: deviceId, token, timestamp: String(Math.floor(timeMs / 1000)), accuracy: '6' },
      ...{ lat: String(HOME[1] + northKm * KILOMETRE_DEG), lon: String(HOME[0]) },
    })}`,
    { method: 'POST' },
  )

test('a Bapas that has never seen Gelang is in service', async () => {
  const lines: string[] = []
  const env = { DATABASE_URL: pipeline.database.ownerUrl, GELANG_BASE_URL: api.baseUrl }
  await initCommand({ unit: 'Ditjenpas', admin: `Budi Santoso, ${NIP}` }, env, (line) => lines.push(line))
  const admin = await byLink(lines[0]!)

  const unit = (parent: string, name: string, kind: string) =>
    post<UnitDetail>(admin, '/v1/units', { parent, name, kind, timeZone: 'Asia/Jakarta' })
  const kanwil = await unit('ditjenpas', 'Kanwil Jawa Barat', 'kanwil')
  const bapas = await unit(kanwil.path, 'Bapas Bandung', 'bapas')
  const pk = await officer(admin, 'pk', bapas.path)
  const kasubsi = await officer(admin, 'kasubsi', bapas.path)
  const kepala = await officer(admin, 'kepala_bapas', bapas.path)

  const klien = await post<WearerFile>(pk.cookie, '/v1/wearers', {
    ...{ name: 'Asep Sunandar', nik: '3273010101900001', birthDate: '1990-01-01', phone: '0812 3456 7890' },
    ...{ programme: 'PB', skNumber: 'PAS-1/2026', fromMs: Date.now() - DAY_MS, toMs: Date.now() + 300 * DAY_MS },
  })
  const { bracelet, secret } = await post<{ bracelet: Bracelet; secret: string }>(kasubsi.cookie, '/v1/bracelets', {
    ...{ deviceId: '860000000000001', model: 'OsmAnd', protocol: 'osmand' },
  })
  await post(pk.cookie, `/v1/wearers/${klien.id}/bracelet`, { braceletId: bracelet.id })

  const zone = await post<{ id: string }>(pk.cookie, '/v1/zones', {
    ...{ name: 'Rumah', shape: { type: 'Circle', center: HOME, radiusM: 150 } },
  })
  const proposal = await post<Proposal>(pk.cookie, `/v1/wearers/${klien.id}/proposals`, {
    kind: 'condition',
    condition: { kind: 'required', zoneId: zone.id, timeZone: 'Asia/Jakarta', legalBasis: 'SK PAS-1/2026 butir 3' },
  })
  const path = `/v1/proposals/${proposal.id}`
  const match = { 'if-match': await etagOf(kasubsi.cookie, path) }
  const approved = await post<{ inForceFromMs: number; proposal: Proposal }>(
    ...([kasubsi.cookie, `${path}/decision`, { decision: 'approve' }, match] as const),
  )
  expect(approved.proposal).toMatchObject({ state: 'approved', deciderName: 'Petugas kasubsi' })
  expect(approved.inForceFromMs).toBeGreaterThan(Date.now() - 60_000)

  // The bracelet is known to ingest, and the rule to the evaluator, without a restart.
  const startMs = Date.now() + 60_000
  // Between its registration and its fitting a bracelet is known, but its reports are nobody's: they are answered and discarded.
  await eventually(async () => {
    const answer = await report(bracelet.deviceId, secret, startMs, 0)
    return answer.ok && /verdict="stored"\} [1-9]/.test(await pipeline.metrics())
  }, 'ingest knows who wears the bracelet')
  expect((await report(bracelet.deviceId, 'wrong', startMs, 0)).status).toBe(401)
  for (const [second, northKm] of [
    [60, 2],
    [90, 2.05],
    [120, 2.1],
  ] as const)
    expect((await report(bracelet.deviceId, secret, startMs + second * 1000, northKm)).ok).toBe(true)
  const away = await eventually(
    async () => [...(await pipeline.incidents()).values()].find(({ type }) => type === 'away_from_required_zone'),
    'the bracelet is judged',
  )
  expect(away).toMatchObject({
    conditionId: approved.proposal.resultId,
    startMs: Math.floor(startMs / 1000) * 1000 + 60_000,
  })

  const permit = await post<Proposal>(pk.cookie, `/v1/wearers/${klien.id}/proposals`, {
    kind: 'permit_short',
    permit: { toMs: Date.now() + 6 * 3_600_000, legalBasis: 'izin berobat' },
  })
  const permitPath = `/v1/proposals/${permit.id}`
  await post(
    kepala.cookie,
    `${permitPath}/decision`,
    { decision: 'approve' },
    {
      'if-match': await etagOf(kepala.cookie, permitPath),
    },
  )
  let later = 0
  await eventually(async () => {
    await report(bracelet.deviceId, secret, startMs + 150_000 + 100 * ++later, 2.1 + later / 1000)
    const now = (await pipeline.incidents()).get(away.id)
    return now?.endMs !== undefined || now?.withdrawn !== undefined
  }, 'the permit ends the incident')

  const file = `/v1/wearers/${klien.id}/file`
  const ended = await sendTo(
    ...([
      api,
      'POST',
      `/v1/wearers/${klien.id}/end`,
      { kind: 'selesai', reason: 'masa bimbingan telah berakhir' },
    ] as const),
    kepala.cookie,
    { 'if-match': await etagOf(kepala.cookie, file) },
  )
  expect(ended.status).toBe(200)
  await eventually(async () => {
    const answer = await report(bracelet.deviceId, secret, Date.now() + AHEAD_MS - 1000, 2)
    return answer.ok && /verdict="discarded"\} [1-9]/.test(await pipeline.metrics())
  }, 'what comes after the end is discarded')
})
