import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nameAt, namesIn, packNames } from '../../../geofence/memory/packed-names.ts'
import { idAt, packPlan, unpackPlan } from '../../../geofence/plan/packed-plan.ts'
import type { Condition, Permit, Plan } from '../../../model/plan/plan.ts'

const name = fc.oneof(
  fc.uuid(),
  fc.string({ maxLength: 64 }),
  fc.string({ unit: 'binary', maxLength: 64 }),
  fc.uuid().map((id) => id.toUpperCase()),
  fc.constantFrom('', '\u0000', 'klien', 'x'.repeat(400)),
)
const timeMs = fc.constantFrom(0, 1_790_000_000_000, 1_790_000_000_123.5)

const condition: fc.Arbitrary<Condition> = fc
  .record({
    id: name,
    kind: fc.constantFrom('required', 'avoided', 'corridor', 'region'),
    zoneId: name,
    fromMs: timeMs,
    timeZone: fc.constantFrom('Asia/Jakarta', 'Asia/Jayapura'),
    legalBasis: fc.constantFrom('SK-1', 'Putusan № 7', ''),
    toMs: fc.option(timeMs, { nil: undefined }),
    madeMs: fc.option(timeMs, { nil: undefined }),
    parameters: fc.option(fc.constant({ warningRingM: 100 }), { nil: undefined }),
  })
  .map(({ toMs, madeMs, parameters, ...always }) => ({
    ...always,
    ...(toMs === undefined ? {} : { toMs }),
    ...(madeMs === undefined ? {} : { madeMs }),
    ...(parameters === undefined ? {} : { parameters }),
  }))

const permit: fc.Arbitrary<Permit> = fc.record({ id: name, fromMs: timeMs, toMs: timeMs, legalBasis: name })

const plan: fc.Arbitrary<Plan> = fc.record({
  wearerId: fc.nat(),
  supervisions: fc.array(fc.record({ fromMs: timeMs, toMs: timeMs }), { maxLength: 2 }),
  conditions: fc.array(condition, { maxLength: 8 }),
  permits: fc.array(permit, { maxLength: 3 }),
  reportIntervalMs: fc.constantFrom(60_000, 10_000),
  silenceGraceMs: fc.constant(900_000),
})

describe('a packed plan', () => {
  it('is the plan again, absent values absent', () => {
    fc.assert(
      fc.property(plan, (drawn) => {
        const given = structuredClone(drawn) // fast-check draws objects without a prototype
        const packed = packPlan(given)
        expect(unpackPlan(packed)).toStrictEqual(given)
        for (const [place, { id }] of [...given.conditions, ...given.permits].entries())
          expect(idAt(packed, place)).toBe(id)
      }),
    )
  })

  it('holds names of any kind, UUIDs in seventeen bytes each', () => {
    fc.assert(
      fc.property(fc.array(name), (names) => {
        const text = packNames(names)
        expect([...namesIn(text)]).toEqual(names)
        for (const [place, each] of names.entries()) expect(nameAt(text, place)).toBe(each)
      }),
    )
    expect(packNames(['0190a5b0-0000-7000-8000-0123456789ab', '0190a5b0-0000-7000-8000-0123456789ac'])).toHaveLength(34)
  })
})
