// A plan as it is kept: what many wearers' conditions have alike once, what is the wearer's own as two texts. As objects twenty
// conditions take 10 KB, as JSON 2.4 KB, so 0.8.
import type { Condition, Plan } from '../../model/plan/plan.ts'
import { Interned } from '../memory/interned.ts'
import { nameAt, namesIn, packNames } from '../memory/packed-names.ts'

/** A condition without what is its own, as JSON. */
type Template = { readonly json: string }
/** One value for each condition, or one for all where they are alike. */
type Column<T extends string | number | null> = T | T[]
type Own = [
  rest: Omit<Plan, 'conditions'>,
  fromMs: Column<number>,
  toMs: Column<number | null>,
  madeMs: Column<number | null>,
  legalBasis: Column<string>,
]
type Alike = Omit<Condition, 'id' | 'zoneId' | 'fromMs' | 'toMs' | 'madeMs' | 'legalBasis'>

export type PackedPlan = {
  /** Own, as JSON. */
  readonly own: string
  /** The ids of the conditions, then those of their zones. */
  readonly names: string
  /** By condition. */
  readonly templates: readonly Template[]
}

const templates = new Interned<Template>(4096)
const templateLists = new Interned<readonly Template[]>(4096)

export function packPlan({ conditions, ...rest }: Plan): PackedPlan {
  const jsons = conditions.map(({ id, zoneId, fromMs, toMs, madeMs, legalBasis, ...alike }) => JSON.stringify(alike))
  const list = templateLists.of(jsons.join('\n'), () => jsons.map((json) => templates.of(json, () => ({ json }))))
  const own: Own = [
    rest,
    columnOf(conditions.map(({ fromMs }) => fromMs)),
    columnOf(conditions.map(({ toMs }) => toMs ?? null)),
    columnOf(conditions.map(({ madeMs }) => madeMs ?? null)),
    columnOf(conditions.map(({ legalBasis }) => legalBasis)),
  ]
  const names = packNames([...conditions.map(({ id }) => id), ...conditions.map(({ zoneId }) => zoneId)])
  return { own: inOnePiece(JSON.stringify(own)), names, templates: list }
}

/** The plan again; absent stays absent. */
export function unpackPlan({ own, names, templates }: PackedPlan): Plan {
  const [rest, fromMs, toMs, madeMs, legalBasis] = JSON.parse(own) as Own
  const [...ids] = namesIn(names)
  const conditions = templates.map(({ json }, i): Condition => {
    const alike = JSON.parse(json) as Alike
    const condition: Condition = {
      id: ids[i]!,
      zoneId: ids[templates.length + i]!,
      fromMs: inColumn(fromMs, i),
      legalBasis: inColumn(legalBasis, i),
      ...alike,
    }
    const [endMs, drawnMs] = [inColumn(toMs, i), inColumn(madeMs, i)]
    if (endMs !== null) condition.toMs = endMs
    if (drawnMs !== null) condition.madeMs = drawnMs
    return condition
  })
  return { ...rest, conditions }
}

/** Id of the condition at a place, or of a permit, whose places follow those of the conditions. */
export function idAt({ own, names, templates }: PackedPlan, place: number): string {
  if (place < templates.length) return nameAt(names, place)
  const [{ permits }] = JSON.parse(own) as Own
  return permits[place - templates.length]!.id
}

/** Made of parts, a text takes half as much again. */
function inOnePiece(text: string): string {
  return Buffer.from(text).toString()
}

function columnOf<T extends string | number | null>(values: T[]): Column<T> {
  const [first] = values
  return first !== undefined && values.every((value) => value === first) ? first : values
}

function inColumn<T extends string | number | null>(column: Column<T>, i: number): T {
  return Array.isArray(column) ? column[i]! : column
}
