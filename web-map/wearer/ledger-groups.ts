import type { ConditionView } from '../../model/console/console.ts'
import type { LedgerRow } from '../../model/console/judgement.ts'

export type Minuted = Pick<LedgerRow, 'inForceMs' | 'violationMs' | 'servedMs'> & {
  /** In force, and neither proven kept nor in violation. */
  unknownMs: number
}
type LedgerWeek = Minuted & Pick<LedgerRow, 'fromMs' | 'toMs'>
export type LedgerGroup = {
  conditionId: string
  kind: LedgerRow['kind']
  timeZone: string
  /** What the file says of the condition; a permit's zone or a condition that has ended is not in it. */
  condition: ConditionView | undefined
  weeks: LedgerWeek[]
  total: Minuted
}

/** The rows by condition, in the order of the wearer's file, newest week first, each with its total. */
export function ledgerGroups(rows: readonly LedgerRow[], conditions: readonly ConditionView[]): LedgerGroup[] {
  const groups = new Map<string, LedgerGroup>()
  for (const row of rows) {
    const { conditionId, kind, timeZone } = row
    const group = groups.get(conditionId) ?? {
      ...{ conditionId, kind, timeZone, weeks: [] },
      condition: conditions.find(({ id }) => id === conditionId),
      total: { inForceMs: 0, violationMs: 0, servedMs: 0, unknownMs: 0 },
    }
    groups.set(conditionId, group)
    const week = { ...row, unknownMs: row.inForceMs - row.violationMs - row.servedMs }
    group.weeks.unshift(week)
    for (const key of ['inForceMs', 'violationMs', 'servedMs', 'unknownMs'] as const) group.total[key] += week[key]
  }
  const place = ({ condition }: LedgerGroup) => (condition ? conditions.indexOf(condition) : conditions.length)
  return [...groups.values()].sort((a, b) => place(a) - place(b))
}
