// What PostgreSQL holds of an incident's life, against model/incident/life.ts: every combination of revisions and acts.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Incident } from '../../model/incident/incident.ts'
import {
  type ActFacts,
  type KnownRevision,
  type LivedIncident,
  lifeOf,
  type Standing,
  standingAfter,
} from '../../model/incident/life.ts'
import { asOfficer, inTransaction } from '../../store/database/transaction.ts'
import { insertAct, type NewAct } from '../../store/incidents/insert-act.ts'
import { listIncidents } from '../../store/incidents/list-incidents.ts'
import { upsertIncidents } from '../../store/incidents/upsert-incidents.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'
import { incident, type Seeded, seedTwoBapas } from './two-bapas.ts'

const T = 1_770_000_000_000
let database: TestDatabase
let seeded: Seeded

beforeAll(async () => {
  database = await createTestDatabase()
  seeded = await seedTwoBapas(database.ownerPool)
})
afterAll(() => database?.drop())

type Change = Pick<Partial<Incident>, 'severity' | 'endMs' | 'signs' | 'withdrawn'>
const CHANGES: readonly Change[] = [
  {},
  { endMs: T + 1 },
  { withdrawn: { reason: 'late_report' } },
  { signs: 2 },
  { severity: 'informasi', endMs: T + 1 },
  // As the last revision only.
  { severity: 'informasi' },
  { severity: 'kritis', endMs: T + 1, signs: 2 },
]
type Act = Pick<NewAct, 'action' | 'resolution' | 'signs' | 'revision' | 'note'>
const ACTS: readonly (readonly Act[])[] = [
  [],
  [{ action: 'note', note: 'x', revision: 1 }],
  [{ action: 'acknowledge', revision: 1 }],
  [{ action: 'acknowledge', revision: 3 }],
  [{ action: 'resolve', resolution: 'alarm_palsu', revision: 1 }],
  [{ action: 'resolve', resolution: 'alarm_palsu', signs: 2, revision: 2 }],
  [
    { action: 'resolve', resolution: 'alarm_palsu', revision: 1 },
    { action: 'escalate', revision: 3 },
  ],
]
/** So many revisions are recorded before the officers act, and the others after. */
const RECORDED_BEFORE = [2, 3]

type Case = {
  id: string
  revisions: KnownRevision[]
  acts: readonly Act[]
  recordedBefore: number
  written: ActFacts[]
}

function allCases(): Case[] {
  const cases: Case[] = []
  for (const first of CHANGES.slice(0, 5))
    for (const second of CHANGES.slice(0, 5))
      for (const third of CHANGES)
        for (const acts of ACTS)
          for (const recordedBefore of RECORDED_BEFORE) {
            const id = `a0000000-0000-4000-8000-${String(cases.length).padStart(12, '0')}`
            const of = { id, wearerId: seeded.wearers.a1.n, severity: 'serius' as const }
            const revisions = [first, second, third].map((change, i) => ({
              incident: incident({ ...of, ...change, revision: i + 1 }),
              knownMs: T + i * 60_000,
            }))
            cases.push({ id, revisions, acts, recordedBefore, written: [] })
          }
  return cases
}

function asModelled({ revisions, written }: Case): LivedIncident {
  let standing: Standing | undefined
  for (const [i, { incident: revised, knownMs }] of revisions.entries())
    standing = standingAfter(standing && { revised: revisions[i - 1]!.incident, standing }, revised, knownMs)
  return { ...revisions.at(-1)!.incident, standing: standing!, acts: written }
}

test('stage, standing and open are the same in SQL and in the model, for every combination', async () => {
  const cases = allCases()
  const officer = seeded.officers.pk1A!
  const record = (revisions: KnownRevision[]) =>
    inTransaction(database.recordPool, (client) => upsertIncidents(client, revisions))
  await record(cases.flatMap(({ revisions, recordedBefore }) => revisions.slice(0, recordedBefore)))
  await asOfficer(database.apiPool, officer, async (client) => {
    for (const { id, acts, written } of cases)
      for (const act of acts)
        written.push(await insertAct(client, { incidentId: id, wearerId: seeded.wearers.a1.n, ...act }))
  })
  // What came already comes again, behind what is new.
  await record(cases.flatMap(({ revisions }) => revisions.toReversed()))
  const expected = new Map(cases.map((each) => [each.id, asModelled(each)]))
  for (const state of ['open', 'closed'] as const) {
    const found = new Map<string, LivedIncident>()
    for (let before: string | undefined; ; ) {
      const page = await asOfficer(database.apiPool, officer, (client) =>
        listIncidents(client, { state, limit: 500, ...(before && { before }) }),
      )
      for (const one of page.incidents) if (expected.has(one.id)) found.set(one.id, one)
      if (page.next === undefined) break
      before = page.next
    }
    const wanted = [...expected].filter(([, one]) => lifeOf(one).open === (state === 'open'))
    expect([...found.keys()].sort()).toEqual(wanted.map(([id]) => id).sort())
    for (const [id, one] of wanted) {
      const stored = found.get(id)!
      expect([id, stored.standing, lifeOf(stored)]).toEqual([id, one.standing, lifeOf(one)])
    }
  }
})
