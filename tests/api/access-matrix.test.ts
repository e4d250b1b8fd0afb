// Every operation of the OpenAPI document × every role × own, another PK's, another unit's, ended: allowed and refused as
// model/access/rights.ts says. UPDATE_ACCESS=1 writes docs/access.md.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Action, RIGHTS, type Scope, scopeOf } from '../../model/access/rights.ts'
import { ROLES, type Role } from '../../model/access/roles.ts'
import { inTransaction } from '../../store/database/transaction.ts'
import { insertSupervision, insertWearer } from '../../store/people/insert-people.ts'
import { upsertKnown } from '../setup/upsert-known.ts'
import { DAY_MS, FROM_MS, incident } from '../store/two-bapas.ts'
import { accessDocument, type Operation } from './access-document.ts'
import { ACCESS_ROWS, type AccessRow, type Relation, type Target } from './access-rows.ts'
import { type ApiUnderTest, apiUnderTest, get } from './api-under-test.ts'

const OFFICER_OF: Record<Role, string> = {
  ...{ pk: 'pk1A', asisten_pk: 'asistenA', kasubsi: 'kasubsiA', kepala_bapas: 'kepalaA', operator: 'operatorA' },
  ...{ kanwil: 'kanwil', ditjenpas: 'ditjenpas', auditor: 'auditorA', admin_ti: 'adminA' },
}
const DOCUMENT = join(import.meta.dirname, '../../docs/access.md')

let t: ApiUnderTest
let operations: Operation[]
let targets: Record<Relation, Target>
const cookies = {} as Record<Role, string>

beforeAll(async () => {
  t = await apiUnderTest()
  for (const role of ROLES) cookies[role] = await t.signIn(OFFICER_OF[role])
  const { a1, a2, c1 } = t.seeded.wearers
  const reasonId = await somethingToReview()
  const of = (target: Omit<Target, 'reasonId'>): Target => ({ ...target, reasonId })
  targets = { own: of(a1), 'other PK': of(a2), 'other unit': of(c1), ended: of(await endedWearer()) }
  operations = await readOperations()
})
afterAll(() => t.close())

test('every operation has a right that exists, and a row in the matrix; every row has an operation', () => {
  expect(operations.filter(({ right }) => right === undefined || !(right in RIGHTS))).toEqual([])
  expect(operations.map(({ call }) => call).sort()).toEqual(Object.keys(ACCESS_ROWS).sort())
})

test.each(Object.entries(ACCESS_ROWS))('%s', async (call, row) => {
  const { right } = operations.find((operation) => operation.call === call)!
  const got: Record<string, unknown> = {}
  const due: Record<string, unknown> = {}
  for (const role of ROLES)
    for (const relation of relationsOf(row)) {
      const name = `${role}: ${relation}`
      const expected = expectedOf(role, right as Action, row, relation)
      const outcome = await outcomeOf(call, row, role, targets[relation])
      due[name] = expected
      got[name] =
        expected === 'allowed' && (row.allowed ?? [200, 201, 204]).includes(outcome.status) ? 'allowed' : outcome.code
      // What was taken for a reason in one call must not open the next.
      if (right === 'access.ask' || row.withReason) await t.database.ownerPool.query('DELETE FROM access_grant')
    }
  expect(got).toEqual(due)
})

test('docs/access.md is what the table and the document say', () => {
  const made = accessDocument(operations)
  if (process.env.UPDATE_ACCESS === '1') writeFileSync(DOCUMENT, made)
  expect(readFileSync(DOCUMENT, 'utf8')).toBe(made)
})

function relationsOf({ about }: AccessRow): Relation[] {
  return about === 'nobody' ? ['own'] : ['own', 'other PK', 'other unit', 'ended']
}

function expectedOf(role: Role, action: Action, { about, withReason }: AccessRow, relation: Relation): string {
  const scope = scopeOf(role, action)
  if (scope === undefined) return 'role_not_permitted'
  if (about === 'nobody') return 'allowed'
  // All of the country is Ditjenpas' own; another unit's person does not exist for the others.
  if (relation === 'other unit' && role !== 'ditjenpas') return 'not_found'
  const reach: Record<Scope, string> = {
    own: relation === 'other PK' && !withReason ? 'reason_required' : 'allowed',
    ...{ unit: 'allowed', reason: 'reason_required', outages: 'not_found', self: 'allowed' },
  }
  return reach[scope]
}

async function outcomeOf(
  call: string,
  row: AccessRow,
  role: Role,
  target: Target,
): Promise<{ status: number; code: string }> {
  const [method = '', path = ''] = call.split(' ')
  const address = `${path.replace(/\{\w+\}/, () => row.id?.(target) ?? '').replace(/\{\w+\}/, row.second ?? '')}${row.query?.(target) ?? ''}`
  const body = row.body?.(target)
  const answer = await fetch(new URL(address, t.api.baseUrl), {
    method: method.toUpperCase(),
    headers: {
      ...{ origin: t.api.baseUrl, cookie: cookies[role] },
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  const code = answer.ok ? 'answered' : (JSON.parse(text) as { error: { code: string } }).error.code
  return { status: answer.status, code }
}

async function readOperations(): Promise<Operation[]> {
  type Described = { 'x-right'?: string; summary: string; security?: unknown[] }
  const document = (await (await get(t.api, '/v1/openapi.json')).json()) as {
    paths: Record<string, Record<string, Described>>
  }
  return Object.entries(document.paths)
    .filter(([path]) => path.startsWith('/v1/'))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { summary, 'x-right': right }]) => ({
        ...{ call: `${method} ${path}`, right, summary },
      })),
    )
}

/** A klien of the same PK whose supervision has ended: the file stays readable. */
async function endedWearer(): Promise<Omit<Target, 'reasonId'>> {
  const { officers, wearers } = t.seeded
  return inTransaction(t.database.ownerPool, async (client) => {
    const { id, n } = await insertWearer(client, {
      ...{ name: 'Klien selesai', nik: '3299999999999999', unitPath: 'dj.jabar.bandung' },
      ...{ pkOfficerId: officers.pk1A!, asistenOfficerId: officers.asistenA! },
    })
    await insertSupervision(client, {
      ...{ wearerId: n, programme: 'PB', skNumber: 'SK-selesai' },
      ...{ fromMs: FROM_MS, toMs: FROM_MS + 2 * DAY_MS, madeMs: FROM_MS },
    })
    const incidentId = '00000000-0000-4000-8000-00000000e0de'
    await upsertKnown(client, [incident({ id: incidentId, wearerId: n })])
    return { id, incidentId, zoneId: wearers.a1.zoneId }
  })
}

/** A reason that the auditor has not judged. */
async function somethingToReview(): Promise<string> {
  const { officers, wearers } = t.seeded
  const { ownerPool } = t.database
  await ownerPool.query(
    `INSERT INTO access_grant (officer_id, wearer_id, kind, reason, during) VALUES ($1, $2, 'pemeriksaan',
      'pemeriksaan bersama tim pengawas', tstzrange(now() - interval '2 hours', now() - interval '1 hour'))`,
    [officers.pk2A, wearers.a1.n],
  )
  const { rows } = await ownerPool.query<{ id: string }>(
    `SELECT max(id)::text AS id FROM audit WHERE action = 'access.grant'`,
  )
  return rows[0]!.id
}
