// What ZoneCells is made of: built in build-zone-cells.ts, read in zone-cells.ts.

/** No answer reaches farther: up to here the plane about a position is right to millimetres. */
export const CLEAR_MAX_M = 2_000
/** Beyond this latitude cells are no longer nearly square, and the hierarchy of boxes is asked instead. */
export const CELLS_LAT_MAX_E7 = 750_000_000
/** By so much metres in the plane and along the ground may differ, at the scale of a cell. */
export const SLACK_SHARE = 1.01
export const SLACK_M = 1
export const CLEAR_UNITS_MAX = 2047

/** The unit in which a cell without a boundary says how far one is, by its shift; metres. */
export const CLEAR_UNIT_M = Float64Array.from({ length: 32 }, (_, shift) => 2 ** (shift - 16))

/**
 * `words` holds the whole grid row by row, then the cells cut out of it in sixteens. Two low bits say what a word is:
 *   0  cut: the rest is where its 16 cells begin
 *   1  no boundary within: 11 bits for the way from the middle to the nearest boundary (CLEAR_UNIT_M), 19 bits for the zone
 *      that covers the cell (its place in `zones` + 1; 0 for none)
 *   3  crossed by the boundary of one zone and covered by none: the same, of all other boundaries, and that zone
 *   2  anything else: the rest is where its record begins in `records`: metres from the middle to the nearest boundary that
 *      does not cross the cell, number of zones that cover it, number of zones whose boundary crosses it, both lists
 */
export type Cells = {
  readonly southE7: number
  readonly westE7: number
  readonly columns: number
  readonly rows: number
  /** A cell of the grid is 2^shift wide and high, 1e-7 degrees. */
  readonly shift: number
  readonly words: Int32Array
  readonly records: Int32Array
  /** Outside the grid no boundary is nearer. */
  readonly outsideM: number
}
