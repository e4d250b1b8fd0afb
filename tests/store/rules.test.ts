import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isWithinUnit, wearerAt } from '../../model/plan/directory.ts'
import { planSchema, zoneSchema } from '../../model/plan/plan.ts'
import { asOfficer, inTransaction } from '../../store/database/transaction.ts'
import { insertSupervision, insertWearer } from '../../store/people/insert-people.ts'
import {
  changeCondition,
  endAssignment,
  endCondition,
  endPermit,
  endSupervision,
  NotBackwards,
} from '../../store/rules/change-rules.ts'
import { insertAssignment, insertBracelet, revokeBracelet } from '../../store/rules/insert-devices.ts'
import { insertCondition, insertPermit, insertZone, type NewCondition } from '../../store/rules/insert-rules.ts'
import { loadPlans } from '../../store/rules/load-plans.ts'
import { loadRules } from '../../store/rules/load-rules.ts'
import { createTestDatabase, type TestDatabase } from '../setup/test-database.ts'
import { DAY_MS, FROM_MS, type Seeded, seedTwoBapas, TO_MS } from './two-bapas.ts'

let database: TestDatabase
let seeded: Seeded
let niks = 0

beforeAll(async () => {
  database = await createTestDatabase()
  seeded = await seedTwoBapas(database.ownerPool)
})
afterAll(() => database.drop())

const EXCLUSION = { code: '23P01' }
const CHECK = { code: '23514' }

async function newWearer(spans: [number, number][] = [[FROM_MS, TO_MS]]): Promise<number> {
  const { n } = await insertWearer(database.ownerPool, {
    ...{ name: 'Klien', nik: String(1_000_000_000_000_000 + niks++), unitPath: 'dj.jabar.bandung' },
  })
  for (const [fromMs, toMs] of spans)
    await insertSupervision(database.ownerPool, {
      ...{ wearerId: n, programme: 'CB', skNumber: 'SK', fromMs, toMs, madeMs: fromMs },
    })
  return n
}
const newBracelet = () =>
  insertBracelet(database.ownerPool, { deviceId: `new-${niks++}`, model: 'M', unitPath: 'dj.jabar.bandung' })

const condition = (wearerId: number, some: Partial<NewCondition> = {}): NewCondition => ({
  ...{ wearerId, kind: 'required', zoneId: seeded.wearers.a1.zoneId, timeZone: 'Asia/Jakarta', legalBasis: 'SK 1' },
  ...{ authorId: seeded.officers.pk1A!, approverId: seeded.officers.kepalaA!, fromMs: FROM_MS, madeMs: FROM_MS },
  ...some,
})

describe('assignments', () => {
  test('a bracelet has one wearer at a time; ends touch, spans do not overlap', async () => {
    const [braceletId, one, two] = [await newBracelet(), await newWearer(), await newWearer()]
    await insertAssignment(database.ownerPool, { braceletId, wearerId: one, fromMs: FROM_MS, toMs: FROM_MS + DAY_MS })
    await insertAssignment(database.ownerPool, { braceletId, wearerId: two, fromMs: FROM_MS + DAY_MS })
    for (const fromMs of [FROM_MS - DAY_MS, FROM_MS + DAY_MS - 1, FROM_MS + 5 * DAY_MS])
      await expect(insertAssignment(database.ownerPool, { braceletId, wearerId: one, fromMs })).rejects.toMatchObject(
        EXCLUSION,
      )
    await expect(
      insertAssignment(database.ownerPool, { braceletId: await newBracelet(), wearerId: one, fromMs: 5, toMs: 5 }),
    ).rejects.toMatchObject(CHECK)
  })

  test('a wearer may have two bracelets while they are swapped', async () => {
    const wearerId = await newWearer()
    await insertAssignment(database.ownerPool, { braceletId: await newBracelet(), wearerId, fromMs: FROM_MS })
    await insertAssignment(database.ownerPool, { braceletId: await newBracelet(), wearerId, fromMs: FROM_MS })
  })

  test('a plan says when a bracelet is worn: a swap leaves no gap, days without one do', async () => {
    const wearerId = await newWearer()
    const wear = async (fromDay: number, toDay?: number) =>
      insertAssignment(database.ownerPool, {
        ...{ braceletId: await newBracelet(), wearerId, fromMs: FROM_MS + fromDay * DAY_MS },
        ...(toDay !== undefined && { toMs: FROM_MS + toDay * DAY_MS }),
      })
    const worn = async () => (await loadPlans(database.recordPool, [wearerId]))[0]!.worn
    expect(await worn()).toEqual([])
    await wear(0, 3)
    await wear(3, 5)
    await wear(4, 6)
    await wear(8)
    expect(await worn()).toEqual([{ fromMs: FROM_MS, toMs: FROM_MS + 6 * DAY_MS }, { fromMs: FROM_MS + 8 * DAY_MS }])
  })

  test('the directory holds them cut to the supervisions, in order', async () => {
    const wearerId = await newWearer([
      [FROM_MS, FROM_MS + 10 * DAY_MS],
      [FROM_MS + 20 * DAY_MS, FROM_MS + 30 * DAY_MS],
    ])
    const braceletId = await newBracelet()
    const id = await insertAssignment(database.ownerPool, { braceletId, wearerId, fromMs: FROM_MS - DAY_MS })
    const device = async () => {
      const { directory } = await loadRules(database.recordPool)
      const found = directory.find((record) => record.kind === 'device' && record.device.braceletId === braceletId)
      return found!.kind === 'device' ? found!.device : undefined
    }
    expect((await device())!.assignments).toEqual([
      { wearerId, fromMs: FROM_MS, toMs: FROM_MS + 10 * DAY_MS },
      { wearerId, fromMs: FROM_MS + 20 * DAY_MS, toMs: FROM_MS + 30 * DAY_MS },
    ])
    expect(wearerAt((await device())!, FROM_MS + 15 * DAY_MS)).toBeUndefined()
    await endAssignment(database.ownerPool, id, FROM_MS + 5 * DAY_MS)
    expect((await device())!.assignments).toEqual([{ wearerId, fromMs: FROM_MS, toMs: FROM_MS + 5 * DAY_MS }])
    await expect(endAssignment(database.ownerPool, id, FROM_MS + 6 * DAY_MS)).rejects.toThrow(NotBackwards)
    await revokeBracelet(database.ownerPool, braceletId, FROM_MS)
    expect(await device()).toMatchObject({ revoked: true, idSuffices: false, unitPath: 'dj.jabar.bandung' })
    expect(await device()).not.toHaveProperty('secretSha256')
  })
})

describe('supervisions', () => {
  test('do not overlap for one wearer, have an end, and can be ended early but not backwards', async () => {
    const wearerId = await newWearer()
    const again = { wearerId, programme: 'PB', skNumber: 'SK', fromMs: TO_MS - 1, toMs: TO_MS + 1, madeMs: 0 } as const
    await expect(insertSupervision(database.ownerPool, again)).rejects.toMatchObject(EXCLUSION)
    const id = await insertSupervision(database.ownerPool, { ...again, fromMs: TO_MS, toMs: TO_MS + DAY_MS })
    const end = (atMs: number, nowMs: number) =>
      inTransaction(database.ownerPool, (client) => endSupervision(client, id, { atMs, nowMs }))
    await expect(end(TO_MS + 5, TO_MS + 6)).rejects.toThrow(NotBackwards)
    await expect(end(TO_MS + 2 * DAY_MS, TO_MS)).rejects.toThrow(NotBackwards)
    await end(TO_MS + 5, TO_MS + 4)
    const [plan] = await loadPlans(database.recordPool, [wearerId])
    expect(plan).toMatchObject({ changedMs: TO_MS + 4 })
    expect(plan!.plan.supervisions).toEqual([
      { fromMs: FROM_MS, toMs: TO_MS },
      { fromMs: TO_MS, toMs: TO_MS + 5 },
    ])
  })
})

describe('conditions', () => {
  test('need a legal basis, and hold from their decision on at the earliest', async () => {
    const wearerId = await newWearer()
    await expect(insertCondition(database.ownerPool, condition(wearerId, { legalBasis: '  ' }))).rejects.toMatchObject(
      CHECK,
    )
    await expect(
      insertCondition(database.ownerPool, condition(wearerId, { madeMs: FROM_MS + 1 })),
    ).rejects.toMatchObject({ constraint: 'condition_never_backwards' })
  })

  test('a change closes the version in force, cancels those to come, opens the next; the plan keeps them all', async () => {
    const wearerId = await newWearer()
    const id = await insertCondition(database.ownerPool, condition(wearerId, { toMs: FROM_MS + 10 * DAY_MS }))
    await insertCondition(
      database.ownerPool,
      condition(wearerId, { id, fromMs: FROM_MS + 10 * DAY_MS, legalBasis: 'SK 2' }),
    )
    await expect(insertCondition(database.ownerPool, condition(wearerId, { id }))).rejects.toMatchObject(EXCLUSION)
    const change = { fromMs: FROM_MS + 3 * DAY_MS, madeMs: FROM_MS + 2 * DAY_MS, legalBasis: 'SK 3' }
    await inTransaction(database.ownerPool, (client) => changeCondition(client, id, condition(wearerId, change)))
    const [plan] = await loadPlans(database.recordPool, [wearerId])
    expect(
      plan!.plan.conditions.map(({ fromMs, toMs, madeMs, legalBasis }) => [fromMs, toMs, madeMs, legalBasis]),
    ).toEqual([
      [FROM_MS, change.fromMs, FROM_MS, 'SK 1'],
      [change.fromMs, undefined, change.madeMs, 'SK 3'],
    ])
    expect(plan!.changedMs).toBe(change.madeMs)
    const backwards = { fromMs: FROM_MS + 4 * DAY_MS, madeMs: FROM_MS + 5 * DAY_MS }
    await expect(
      inTransaction(database.ownerPool, (client) => changeCondition(client, id, condition(wearerId, backwards))),
    ).rejects.toThrow(NotBackwards)
    const end = () =>
      inTransaction(database.ownerPool, (client) =>
        endCondition(client, id, condition(wearerId), { atMs: FROM_MS + 9 * DAY_MS, nowMs: FROM_MS + 8 * DAY_MS }),
      )
    await end()
    await expect(end()).rejects.toThrow(NotBackwards)
  })

  test.each([
    ['its zone', 'zone_id = zone_id || $$x$$'],
    ['its legal basis', 'legal_basis = $$lain$$'],
    ['its beginning', 'during = tstzrange(lower(during) + $$1 day$$, upper(during))'],
    [
      'its end, into the past of the change',
      'during = tstzrange(lower(during), lower(during) + $$1 second$$), changed_at = changed_at + $$1 day$$',
    ],
  ])('a version keeps %s, even for the owner', async (_what, change) => {
    await expect(database.ownerPool.query(`UPDATE condition SET ${change}`)).rejects.toThrow(
      /stands as it was decided|foreign key/,
    )
  })

  test('a zone keeps its shape and its name', async () => {
    await expect(database.ownerPool.query(`UPDATE zone SET shape = '{"type":"Circle"}'`)).rejects.toThrow(
      'one version for ever',
    )
    await expect(database.ownerPool.query(`UPDATE zone SET name = 'x'`)).rejects.toThrow('one version for ever')
    await expect(database.ownerPool.query('DELETE FROM zone')).rejects.toThrow('one version for ever')
  })

  test('all the rules fit the schemas of the model', async () => {
    const { plans, zones, directory } = await loadRules(database.recordPool)
    for (const { plan } of plans) expect(planSchema.parse(plan)).toEqual(plan)
    for (const zone of zones) expect(zoneSchema.parse(zone)).toEqual(zone)
    const zoneIds = new Set(zones.map((zone) => zone.id))
    for (const { plan } of plans) for (const { zoneId } of plan.conditions) expect(zoneIds).toContain(zoneId)
    expect(
      directory.some(
        (record) => record.kind === 'gateway' && isWithinUnit('dj.jabar.bandung', record.gateway.unitPath),
      ),
    ).toBe(true)
  })
})

test('a permit ends early, or is cancelled before it began', async () => {
  const wearerId = await newWearer()
  const decision = { authorId: seeded.officers.pk1A!, approverId: seeded.officers.kepalaA!, legalBasis: 'izin' }
  const permit = { wearerId, ...decision, decidedMs: FROM_MS, fromMs: FROM_MS + DAY_MS, toMs: FROM_MS + 9 * DAY_MS }
  const one = await insertPermit(database.ownerPool, { ...permit, conditionIds: ['c'] })
  const two = await insertPermit(database.ownerPool, permit)
  const end = (id: string, atDay: number, nowDay: number) =>
    inTransaction(database.ownerPool, (client) =>
      endPermit(client, id, decision, { atMs: FROM_MS + atDay * DAY_MS, nowMs: FROM_MS + nowDay * DAY_MS }),
    )
  await end(one, 3, 2)
  await end(two, 1, 1)
  await expect(end(two, 1, 1)).rejects.toThrow(NotBackwards)
  const [plan] = await loadPlans(database.recordPool, [wearerId])
  expect(plan!.plan.permits).toEqual([
    {
      ...{ id: one, fromMs: permit.fromMs, toMs: FROM_MS + 3 * DAY_MS, conditionIds: ['c'] },
      decidedMs: FROM_MS,
      legalBasis: 'izin',
    },
  ])
  expect(plan!.changedMs).toBe(FROM_MS + 2 * DAY_MS)
})

describe('what an officer may decide', () => {
  const DENIED = { code: '42501' }
  const try_ = (officer: string, some: Partial<NewCondition>) =>
    asOfficer(database.apiPool, seeded.officers[officer]!, (client) =>
      insertCondition(
        client,
        condition(seeded.wearers.a1.n, { fromMs: TO_MS, approverId: seeded.officers[officer]!, ...some }),
      ),
    )

  test.each([
    ['kepalaA', {}],
    ['kepalaA', { kind: 'avoided' }],
    ['kasubsiA', {}],
  ] as const)('%s decides %o', async (officer, some) => {
    await expect(try_(officer, some)).resolves.toEqual(expect.any(String))
  })

  test.each([
    ['pk1A', {}, 'proposes only'],
    ['kasubsiA', { kind: 'avoided' }, 'the Kepala Bapas alone'],
    ['operatorA', {}, 'first response only'],
    ['kanwil', {}, 'oversight only'],
    ['kepalaB', {}, 'another Bapas'],
    ['adminA', {}, 'no persons'],
  ] as const)('%s is refused %o: %s', async (officer, some, _because) => {
    await expect(try_(officer, some)).rejects.toMatchObject(DENIED)
  })

  test('nobody signs for another, nor with a zone out of sight', async () => {
    await expect(try_('kepalaA', { approverId: seeded.officers.kepalaB! })).rejects.toMatchObject(DENIED)
    await expect(try_('kepalaA', { zoneId: seeded.wearers.b1.zoneId })).rejects.toMatchObject(DENIED)
  })

  test('a change by the Kepala Bapas goes through the same gate', async () => {
    const next = condition(seeded.wearers.a1.n, { fromMs: FROM_MS + 40 * DAY_MS })
    const change = (officer: string) =>
      asOfficer(database.apiPool, seeded.officers[officer]!, (client) =>
        changeCondition(client, seeded.wearers.a1.conditionId, { ...next, approverId: seeded.officers[officer]! }),
      )
    await expect(change('pk1A')).rejects.toThrow()
    await expect(change('kepalaB')).rejects.toThrow()
    await change('kepalaA')
  })

  test('zones are drawn in one’s own name and units', async () => {
    const zone = {
      name: 'z',
      shape: { type: 'Circle', center: [107, -7] as [number, number], radiusM: 9 },
      madeMs: FROM_MS,
    } as const
    const draw = (officer: string, unitPath: string, authorId = seeded.officers[officer]!) =>
      asOfficer(database.apiPool, seeded.officers[officer]!, (client) =>
        insertZone(client, { ...zone, unitPath, authorId }),
      )
    await expect(draw('pk1A', 'dj.jabar.bandung')).resolves.toEqual(expect.any(String))
    await expect(draw('pk1A', 'dj.jabar.bogor')).rejects.toMatchObject(DENIED)
    await expect(draw('pk1A', 'dj.jabar.bandung', seeded.officers.pkB!)).rejects.toMatchObject(DENIED)
    await expect(draw('operatorA', 'dj.jabar.bandung')).rejects.toMatchObject(DENIED)
  })
})
