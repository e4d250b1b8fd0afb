// A plan as it is kept: what many wearers' conditions have alike once, what is the wearer's own as one text. As objects
// twenty conditions take 10 KB, so 2 KB.
import type { Condition, Plan } from '../model/plan.ts'
import { Interned } from './interned.ts'

/** A condition without what is its own, as JSON. */
type Template = { readonly json: string }
type Own = [id: string, zoneId: string, fromMs: number, toMs: number | null, madeMs: number | null, legalBasis: string]

export type PackedPlan = { readonly own: string; readonly templates: readonly Template[] }

const templates = new Interned<Template>(4096)
const templateLists = new Interned<readonly Template[]>(4096)

export function packPlan({ conditions, ...rest }: Plan): PackedPlan {
  const own: Own[] = []
  const jsons: string[] = []
  for (const { id, zoneId, fromMs, toMs, madeMs, legalBasis, ...alike } of conditions) {
    own.push([id, zoneId, fromMs, toMs ?? null, madeMs ?? null, legalBasis])
    jsons.push(JSON.stringify(alike))
  }
  const list = templateLists.of(jsons.join('\n'), () => jsons.map((json) => templates.of(json, () => ({ json }))))
  return { own: JSON.stringify([rest, own]), templates: list }
}

/** The plan again; absent stays absent. */
export function unpackPlan({ own, templates }: PackedPlan): Plan {
  const [rest, owns] = JSON.parse(own) as [Omit<Plan, 'conditions'>, Own[]]
  const conditions = owns.map(([id, zoneId, fromMs, toMs, madeMs, legalBasis], i): Condition => {
    const alike = JSON.parse(templates[i]!.json) as Omit<
      Condition,
      'id' | 'zoneId' | 'fromMs' | 'toMs' | 'madeMs' | 'legalBasis'
    >
    const condition: Condition = { id, zoneId, fromMs, legalBasis, ...alike }
    if (toMs !== null) condition.toMs = toMs
    if (madeMs !== null) condition.madeMs = madeMs
    return condition
  })
  return { ...rest, conditions }
}

/** Id of the condition at a place, or of a permit, whose places follow those of the conditions. */
export function idAt({ own }: PackedPlan, place: number): string {
  const [{ permits }, owns] = JSON.parse(own) as [Pick<Plan, 'permits'>, Own[]]
  return place < owns.length ? owns[place]![0] : permits[place - owns.length]!.id
}
