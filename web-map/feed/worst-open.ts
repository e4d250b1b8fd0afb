import { WEARER_STATE } from '../../model/console/live.ts'
import type { Severity } from '../../model/incident/incident.ts'
import { FRESHNESS, type MarkState } from './freshness.ts'
import { isOpen, type KnownIncident, severityRank, stageOf } from './incident-order.ts'
import type { Bracelet } from './live-state.ts'

/** The worst matters of a klien. */
type WorstOpen = {
  /** Of what somebody must still look at: graver before less grave, what goes on before what has ended. */
  open: { severity: Severity; ended: boolean } | undefined
  /** The gravest that goes on and has its outcome already: the evaluator still counts it, the officers do not. */
  settled: Severity | undefined
}

/** Of everyone who has something open. */
export function worstOpenOf(incidents: Iterable<KnownIncident>): Map<number, WorstOpen> {
  const worst = new Map<number, WorstOpen>()
  for (const incident of incidents) {
    const { wearerId, severity } = incident
    const ended = incident.endMs !== undefined
    if (wearerId === undefined || incident.withdrawn) continue
    const known = worst.get(wearerId) ?? { open: undefined, settled: undefined }
    const rank = severityRank(severity)
    if (!isOpen(incident)) {
      if (ended || (known.settled && severityRank(known.settled) >= rank)) continue
      known.settled = severity
    } else if (ended && stageOf(incident) !== 'new') continue
    else {
      const { open } = known
      const graver = open ? rank - severityRank(open.severity) || Number(open.ended) - Number(ended) : 1
      if (graver > 0) known.open = { severity, ended }
    }
    worst.set(wearerId, known)
  }
  return worst
}

/** How a klien is drawn and counted: green only where nothing is open; hollow where all has ended and nobody has taken it. */
export type Mark = { state: MarkState; hollow: boolean }

const SEVERITY_OF_STATE: Partial<Record<number, Severity>> = {
  [WEARER_STATE.informasi]: 'informasi',
  [WEARER_STATE.serius]: 'serius',
  [WEARER_STATE.kritis]: 'kritis',
}

/**
 * The worse of what the incidents say and of what the evaluator said with the last report, which may be ahead of them. An old
 * report says nothing about compliance, but what is open stands.
 */
export function markOf(bracelet: Bracelet | undefined, worst: WorstOpen | undefined, nowMs: number): Mark {
  const noData = bracelet === undefined || nowMs - bracelet.timeMs >= FRESHNESS.noDataFromMs
  const said = bracelet && SEVERITY_OF_STATE[bracelet.state]
  const rankOf = (severity: Severity | undefined) => (severity ? severityRank(severity) : 0)
  const ahead = rankOf(said) > Math.max(rankOf(worst?.open?.severity), rankOf(worst?.settled))
  const shown = ahead && said ? { severity: said, ended: false } : worst?.open
  if (shown === undefined) return { state: noData ? 'nodata' : 'patuh', hollow: false }
  if (shown.severity === 'informasi' && noData) return { state: 'nodata', hollow: false }
  return { state: shown.severity, hollow: shown.ended }
}
