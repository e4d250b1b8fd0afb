// The last leap of a wearer's track: where from, where to, when. Filled again in place, so its numbers are fractions from the beginning.
export class Hop {
  fromLatE7 = Number.NaN
  fromLonE7 = Number.NaN
  toLatE7 = Number.NaN
  toLonE7 = Number.NaN
  /** When it arrived. */
  timeMs = -Infinity
  metres = Number.NaN
  mps = Number.NaN
  /** Leaps back in a row, fix by fix. */
  inTurn = 0.5 - 0.5
}
