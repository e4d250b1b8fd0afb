// Where what is known of the distance to boundaries was taken; from then on only how far the wearer is from there counts.
import type { LogReport } from '../../../model/report/report.ts'
import type { WearerState } from '../state/state.ts'
import { HOT } from '../state/wearer-row.ts'

/** Beyond this the anchor is moved: bounds taken from afar are loose. */
export const ANCHOR_REACH_M = 250
/** Beyond this it is moved, though nothing was weighed: from too far away no wearer takes the fast path. */
export const ANCHOR_FAR_M = 1000

/** What is known of where the anchor was still says something of where the wearer is now. */
export function moveAnchor({ hot, at, boundM }: WearerState, { latE7, lonE7 }: LogReport, movedM: number): void {
  hot[at + HOT.anchorLatE7] = latE7
  hot[at + HOT.anchorLonE7] = lonE7
  hot[at + HOT.safeM]! -= movedM
  for (let i = 0; i < boundM.length; i++) boundM[i]! -= movedM
}
