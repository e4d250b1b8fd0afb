// What the API and the console say to each other has one source, the schemas in model/console/wire*.ts. Incidents and acts are
// the engine's words (model/incident): the wire says the same, member by member, or this does not compile.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { z } from 'zod'
import type { IncidentView } from '../../model/console/console.ts'
import type { TrialRequest } from '../../model/console/judgement.ts'
import type { Wire } from '../../model/console/of-wire.ts'
import type { actSchema, incidentSchema, incidentViewSchema, wearerIncidentSchema } from '../../model/console/wire.ts'
import type { backtestRequestSchema } from '../../model/console/wire-judgement.ts'
import type { Incident, IncidentAct, UnitIncident } from '../../model/incident/incident.ts'

/** Without the members that only say "never here". */
type Stated<T> = T extends unknown
  ? { [K in keyof T as [Exclude<T[K], undefined>] extends [never] ? never : K]: T[K] }
  : never
/** Whether an absent member may also be undefined is no difference on the wire. */
type Loose<T> = T extends object ? { [K in keyof T]: Loose<T[K]> | (undefined extends T[K] ? undefined : never) } : T
type Whole<T> = T extends object ? { [K in keyof T]-?: Whole<Exclude<T[K], undefined>> } : T
type Mutual<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
/** The same members, and the same of them may be absent. */
type Same<A, B> = Mutual<[Loose<A>, Whole<A>], [Loose<B>, Whole<B>]>
const same = <A, B>(as: Same<A, B>): boolean => as

test('the wire and the engine use the same words', () => {
  expect(same<Wire<typeof actSchema>, Stated<IncidentAct>>(true)).toBe(true)
  expect(same<Wire<typeof wearerIncidentSchema>, Stated<Incident>>(true)).toBe(true)
  expect(same<Wire<(typeof incidentSchema)['options'][1]>, Stated<UnitIncident>>(true)).toBe(true)
  expect(same<Wire<typeof incidentViewSchema>, Stated<IncidentView>>(true)).toBe(true)
  // @ts-expect-error a member more or less is noticed
  same<Wire<typeof actSchema>, Omit<Stated<IncidentAct>, 'note'>>(true)
})

test('what the console asks of a trial is what the API takes', () => {
  const asks = (trial: TrialRequest): z.input<typeof backtestRequestSchema> => trial
  expect(asks).toBeTypeOf('function')
})

test('no other type of the wire is written by hand', () => {
  const FOLDER = new URL('../../model/console/', import.meta.url)
  const byHand = readdirSync(FOLDER)
    .filter((name) => !name.startsWith('wire'))
    .flatMap((name) => [
      ...readFileSync(new URL(name, FOLDER), 'utf8').matchAll(/^export type (\w+)(?:<.*>)? =\s*([^\n]*)/gm),
    ])
    .filter(([, , definition]) => !/Wire<typeof|\(typeof |typeof \w+\]/.test(definition!))
    .map(([, name]) => name)
  // Held above, or of no REST body: the live feed and addresses.
  const HELD = ['WearerIncidentView', 'UnitIncidentView', 'IncidentView', 'TrialRequest']
  const NO_BODY = ['Address', 'LivePositionRow', 'LiveMessage', 'LivePosition', 'Wire']
  expect(byHand.filter((name) => ![...HELD, ...NO_BODY].includes(name!))).toEqual([])
})
