// From a plan's rules to its lineages, and when each is in force.
import type { ConditionKind } from '../../model/plan/plan.ts'
import type { CompiledZone } from '../geometry/compiled-zone.ts'
import { PlanInvalid, type Rule } from './plan-rules.ts'
import { type PlanTiming, timedRule, timingOf, type Version } from './plan-timing.ts'
import { type Intervals, intersected, intervalsOf, merged, windowPairs } from './windows.ts'

export type Horizon = { fromMs: number; toMs: number }
export type ZoneOf = (zoneId: string) => CompiledZone | undefined

/** A lineage while it is compiled: its versions with the times in which each can hold. */
type Lineage = { key: number; kind: ConditionKind; zone: CompiledZone; rules: Rule[] }

/** In the order that CompiledPlan speaks of. Throws PlanInvalid: a zone is not there. */
export function lineagesOf(rules: readonly Rule[], zoneOf: ZoneOf): Lineage[] {
  const lineages = new Map<number, Lineage>()
  for (const rule of rules) {
    const zone = zoneOf(rule.zoneId)
    if (zone === undefined)
      throw new PlanInvalid(`condition ${rule.conditionId} names a zone that is not there: ${rule.zoneId}`)
    const known = lineages.get(rule.key)
    if (known) known.rules.push(rule)
    else lineages.set(rule.key, { key: rule.key, kind: rule.kind, zone, rules: [rule] })
  }
  // First by what they have in common with other wearers', so that equal hours come in the same order and are shared.
  return [...lineages.values()]
    .map((lineage) => ({ lineage, alike: lineage.rules.map(alikeOf).join() }))
    .sort((a, b) => (a.alike < b.alike ? -1 : a.alike > b.alike ? 1 : a.lineage.key - b.lineage.key))
    .map(({ lineage }) => lineage)
}

function alikeOf({ kind, version, windows, timeZone }: Rule): string {
  return JSON.stringify([kind, version, windows, timeZone])
}

function inForce(rule: Rule, { fromMs, toMs }: Horizon): [number, number][] {
  const bounds = intersected(rule.bounds, [[fromMs, toMs]])
  if (rule.windows === undefined || bounds.length === 0) return bounds.map((b) => stretched(b, rule.bounds))
  const first = bounds[0]![0]
  const last = bounds[bounds.length - 1]![1]
  try {
    return intersected(bounds, merged(windowPairs(rule.windows, rule.timeZone, first, last)))
  } catch (cause) {
    if (cause instanceof RangeError)
      throw new PlanInvalid(`condition ${rule.conditionId}: time zone ${rule.timeZone} is not known`, { cause })
    throw cause
  }
}

/** A rule without windows is known for all time: the horizon must not make edges of its own. */
function stretched(cut: [number, number], whole: readonly [number, number][]): [number, number] {
  const bound = whole.find(([start, end]) => cut[0] >= start && cut[1] <= end)!
  return [bound[0], bound[1]]
}

/** What holds when, within the horizon. Throws PlanInvalid: a time zone that is not known. */
export function timingWithin(
  lineages: readonly Lineage[],
  supervision: Intervals,
  previewMs: number,
  horizon: Horizon,
): PlanTiming {
  const rules = lineages.map(({ kind, rules }) => {
    const pieces: [startMs: number, endMs: number, version: number][] = []
    const versions: Version[] = []
    for (const [version, rule] of rules.entries()) {
      const spans = inForce(rule, horizon)
      for (const [start, end] of spans) pieces.push([start, end, version])
      versions.push(knownFrom(rule, spans, previewMs, horizon))
    }
    pieces.sort((a, b) => a[0] - b[0])
    return timedRule({
      kind,
      versions,
      intervals: intervalsOf(pieces.map(([start, end]) => [start, end])),
      versionOf: pieces.map(([, , version]) => version),
    })
  })
  return timingOf(rules, supervision, previewMs)
}

/**
 * Its version, with the time it was made where that cuts a preview short. Long ago, or long before it holds, it does not, and
 * wearers whose rules were made at other times share what is left.
 */
function knownFrom(
  { version, madeMs }: Rule,
  spans: readonly [number, number][],
  previewMs: number,
  { fromMs }: Horizon,
): Version {
  if (madeMs === undefined || madeMs < fromMs) return version
  return spans.some(([start]) => madeMs > start - previewMs && madeMs <= start)
    ? { ...version, knownFromMs: madeMs }
    : version
}
