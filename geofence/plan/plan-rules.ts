// From a plan to its rules: one for every version of a condition and for every permit that names a zone, with the times in
// which it can hold at all.

import { createHash } from 'node:crypto'
import {
  type Condition,
  type ConditionKind,
  conditionJsonSchema,
  type Permit,
  type Plan,
  type WeeklyWindow,
} from '../../model/plan/plan.ts'
import { Interned } from '../memory/interned.ts'
import { CONDITION_DEFAULTS, type ConditionParameters, ENGINE } from '../parameters.ts'
import { isJudged } from './condition-kinds.ts'
import type { Version } from './plan-timing.ts'
import { intersected, merged, without } from './windows.ts'

/** A plan that cannot be judged by; the message names the condition and what is wrong with it. */
export class PlanInvalid extends Error {
  override name = 'PlanInvalid'
}

const knownVersions = new Interned<Version>(4096)

/** One version of a condition, or the zone of a permit, with the times in which it can hold at all. */
export type Rule = {
  key: number
  /** Of the condition, or of the permit behind all conditions. */
  place: number
  conditionId: string
  kind: ConditionKind
  zoneId: string
  version: Version
  /** When it was made, or decided; undefined = known for ever. */
  madeMs: number | undefined
  bounds: [number, number][]
  windows: readonly WeeklyWindow[] | undefined
  timeZone: string
}

/** Throws PlanInvalid. */
export function rulesOf(plan: Plan, supervision: [number, number][]): Rule[] {
  const permits = plan.permits
    .map((permit, i) => ({ permit, place: plan.conditions.length + i, span: spanOf(permit) }))
    .filter(({ span }) => span[0] < span[1])
  const rules: Rule[] = []
  for (const [place, condition] of plan.conditions.entries()) {
    if (!isJudged(condition.kind)) continue
    const lifted = permits
      .filter(({ permit }) => permit.conditionIds === undefined || permit.conditionIds.includes(condition.id))
      .map(({ span }) => [...span] as [number, number])
    const force = intersected(supervision, [[condition.fromMs, condition.toMs ?? Infinity]])
    rules.push(ruleOf(condition, place, without(force, merged(lifted))))
  }
  for (const { permit, place, span } of permits)
    if (permit.zoneId !== undefined)
      rules.push({
        key: keyOf(permit.id, permit.zoneId, 'required'),
        place,
        conditionId: permit.id,
        kind: 'required',
        zoneId: permit.zoneId,
        version: {
          parameters: CONDITION_DEFAULTS.required,
          severity: undefined,
          shallowExtraFixes: ENGINE.shallowExtraFixes,
          isConfirmAsked: false,
        },
        madeMs: permit.decidedMs,
        bounds: intersected(supervision, [span]),
        windows: undefined,
        timeZone: 'UTC',
      })
  refuseOverlaps(plan.conditions)
  return rules
}

function ruleOf(condition: Condition, place: number, bounds: [number, number][]): Rule {
  if (condition.toMs !== undefined && condition.toMs <= condition.fromMs)
    throw new PlanInvalid(`condition ${condition.id} ends at ${condition.toMs}, before it begins`)
  if (!Number.isFinite(condition.fromMs))
    throw new PlanInvalid(`condition ${condition.id} must begin at a finite time, got ${condition.fromMs}`)
  const { windows, parameters: given } = jsonOf(condition)
  const parameters = { ...CONDITION_DEFAULTS[condition.kind] }
  for (const [name, value] of Object.entries(given ?? {}))
    if (value !== undefined) parameters[name as keyof ConditionParameters] = value
  return {
    key: keyOf(condition.id, condition.zoneId, condition.kind),
    place,
    conditionId: condition.id,
    kind: condition.kind,
    zoneId: condition.zoneId,
    version: sharedVersion({
      parameters,
      severity: condition.severity,
      shallowExtraFixes:
        (condition.kind === 'required' || condition.kind === 'region') && given?.confirmFixes === undefined
          ? ENGINE.shallowExtraFixes
          : 0,
      isConfirmAsked: given?.confirmFixes !== undefined,
    }),
    madeMs: condition.madeMs,
    bounds,
    windows,
    timeZone: condition.timeZone,
  }
}

/** As they are meant, with their defaults. Throws PlanInvalid. */
function jsonOf({ id, windows, parameters }: Condition): Pick<Condition, 'windows' | 'parameters'> {
  if (windows === undefined && parameters === undefined) return {}
  const read = conditionJsonSchema.safeParse({ windows, parameters })
  if (read.success) return read.data
  const wrong = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new PlanInvalid(`condition ${id}: ${wrong.join('; ')}`)
}

function sharedVersion(version: Version): Version {
  return knownVersions.of(JSON.stringify(version), () => version)
}

/** A permit never holds before it was decided. */
function spanOf(permit: Permit): [number, number] {
  return [Math.max(permit.fromMs, permit.decidedMs ?? -Infinity), permit.toMs]
}

function refuseOverlaps(conditions: readonly Condition[]): void {
  const sorted = [...conditions].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : a.fromMs - b.fromMs))
  for (let i = 1; i < sorted.length; i++) {
    const [before, after] = [sorted[i - 1]!, sorted[i]!]
    if (before.id === after.id && (before.toMs ?? Infinity) > after.fromMs)
      throw new PlanInvalid(`condition ${after.id} has two versions in force at ${after.fromMs}`)
  }
}

/** Times under supervision, merged. Throws PlanInvalid. */
export function supervisionOf(source: Plan): [number, number][] {
  return merged(
    source.supervisions.map(({ fromMs, toMs }) => {
      if (!Number.isFinite(fromMs) || !Number.isFinite(toMs))
        throw new PlanInvalid(`a supervision's times must be finite, got ${fromMs} and ${toMs}`)
      return [fromMs, toMs]
    }),
  )
}

function keyOf(conditionId: string, zoneId: string, kind: ConditionKind): number {
  const digest = createHash('sha256')
    .update(JSON.stringify([conditionId, zoneId, kind]))
    .digest()
  return digest.readUIntBE(0, 6) * 16 + (digest[6]! >> 4)
}
