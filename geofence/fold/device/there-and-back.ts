// One device at two places in turn. A fast vehicle may make each hop alone; no vehicle makes them back and forth.
import type { LogReport } from '../../../model/report/report.ts'
import { measureApart } from '../../geometry/local-plane.ts'
import { ENGINE } from '../../parameters.ts'
import { Hop } from '../state/hop.ts'
import { measureRadius } from '../state/measure-radius.ts'
import type { WearerState } from '../state/state.ts'
import { HOT } from '../state/wearer-row.ts'

const measured = new Float64Array(4)
const APART = 0
const RADIUS = 1
const TO_LAST = 2
const FROM_HERE = 3

/** A leap back that no usual vehicle makes (`fast`), that is strange only if it comes often (`slow`), or neither. */
type Turn = 'fast' | 'slow' | undefined

/** Looks at the way from the last fix to this one, which comes after it, and keeps it where it is a leap. */
export function turnBack(state: WearerState, report: LogReport): Turn {
  const { hot, at } = state
  if (hot[at + HOT.fixMs] === -Infinity) return undefined
  measureApart(hot[at + HOT.fixLatE7]! | 0, hot[at + HOT.fixLonE7]! | 0, report.latE7, report.lonE7, measured, APART)
  const apartM = measured[APART]!
  if (!(apartM >= ENGINE.hopLeastM)) return undefined
  measureRadius(report, hot, at, measured, RADIUS)
  const surelyM = apartM - (hot[at + HOT.fixRadiusM]! + measured[RADIUS]!) * ENGINE.breachGuardPerRadius
  const seconds = (report.timeMs - hot[at + HOT.fixMs]! + ENGINE.clockSlackMs) / 1000
  const mps = surelyM / seconds
  if (!(mps >= ENGINE.hopInTurnMps)) return undefined
  state.hop ??= new Hop()
  const turn = judge(state, state.hop, report, apartM, mps)
  const { hop } = state
  hop.fromLatE7 = hot[at + HOT.fixLatE7]!
  hop.fromLonE7 = hot[at + HOT.fixLonE7]!
  hop.toLatE7 = report.latE7
  hop.toLonE7 = report.lonE7
  hop.timeMs = report.timeMs
  hop.metres = apartM
  hop.mps = mps
  return turn
}

function judge({ hot, at }: WearerState, hop: Hop, report: LogReport, apartM: number, mps: number): Turn {
  if (!(report.timeMs - hop.timeMs <= ENGINE.hopSpanMs)) {
    hop.inTurn = 0
    return undefined
  }
  const fromPrevious = hop.timeMs === hot[at + HOT.fixMs] // else a fix without a leap lies between
  measureApart(
    hop.toLatE7 | 0,
    hop.toLonE7 | 0,
    hot[at + HOT.fixLatE7]! | 0,
    hot[at + HOT.fixLonE7]! | 0,
    measured,
    TO_LAST,
  )
  measureApart(hop.fromLatE7 | 0, hop.fromLonE7 | 0, report.latE7, report.lonE7, measured, FROM_HERE)
  const nearM = Math.max(ENGINE.hopNearM, ENGINE.hopNearShare * apartM)
  const back = measured[TO_LAST]! <= nearM && measured[FROM_HERE]! <= nearM
  hop.inTurn = back && fromPrevious ? hop.inTurn + 1 : 0
  // A receiver that says itself that it goes so fast measures a speed and not two places.
  if (report.speedMps >= 0.7 * mps) return undefined
  const leastMps = Math.min(mps, hop.mps)
  if (leastMps >= ENGINE.hopFastMps) {
    const bent = measured[TO_LAST]! <= nearM && measured[FROM_HERE]! < ENGINE.hopTurnShare * (apartM + hop.metres)
    if (back || bent) return 'fast'
  }
  if (!back) return undefined
  if (hop.inTurn >= ENGINE.hopInTurn) return 'fast'
  return leastMps >= ENGINE.hopSlowMps ? 'slow' : undefined
}
