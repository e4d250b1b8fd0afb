import { WEARER_STATE } from '../../model/console/live.ts'
import type { Severity } from '../../model/incident/incident.ts'
import type { WorstOpen } from '../../model/incident/queue-order.ts'
import { FRESHNESS, type MarkState } from './freshness.ts'
import { severityRank } from './incident-order.ts'
import type { Bracelet } from './live-state.ts'

/** How a klien is drawn and counted: green only where nothing is open; hollow where all has ended and nobody has taken it. */
export type Mark = { state: MarkState; hollow: boolean }

const SEVERITY_OF_STATE: Partial<Record<number, Severity>> = {
  [WEARER_STATE.informasi]: 'informasi',
  [WEARER_STATE.serius]: 'serius',
  [WEARER_STATE.kritis]: 'kritis',
}

/**
 * The worse of what the incidents say and of what the evaluator said with the last report, which may be ahead of them. An old
 * report says nothing about compliance, but open incidents stay.
 */
export function markOf(bracelet: Bracelet | undefined, worst: WorstOpen | undefined, nowMs: number): Mark {
  const noData = bracelet === undefined || nowMs - bracelet.timeMs >= FRESHNESS.noDataFromMs
  const said = bracelet && SEVERITY_OF_STATE[bracelet.state]
  const rankOf = (severity: Severity | undefined) => (severity ? severityRank(severity) : -1)
  const ahead = rankOf(said) > Math.max(rankOf(worst?.open?.severity), rankOf(worst?.resolved))
  const shown = ahead && said ? { severity: said, ended: false } : worst?.open
  if (shown === undefined) return { state: noData ? 'nodata' : 'patuh', hollow: false }
  if (shown.severity === 'informasi' && noData) return { state: 'nodata', hollow: false }
  return { state: shown.severity, hollow: shown.ended }
}
