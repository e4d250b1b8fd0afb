// Two who say they are one, or one whose network changed? Decided by what was heard, never by how many sockets are open: a device
// that reconnects, or whose address changes, does not return to an address from which it spoke before, again and again, elsewhere each time.
import type { SenderSeen } from '../../stream/publication/disputes.ts'

/** So often must a sender speak again after another one has. A late packet of a dead connection makes one return, or two. */
const RETURNS_MIN = 3
/** Between the first return and the last: what is under way while a connection is replaced arrives within seconds. */
const RETURNS_OVER_MS = 30_000
/** Where nothing says whether the two agree. */
const SILENT_RETURNS_MIN = 6
const SILENT_OVER_MS = 5 * 60_000
/** Apart: farther than this and twice what both fixes may err. */
const APART_M = 150
const ACCURACY_UNKNOWN_M = 50
const METRES_PER_DEGREE = 111_195

/**
 * Why the reports of one bracelet cannot come from one device; undefined while they can. `seen`: in the order of receipt.
 *
 * Senders must take turns, in the order of receipt and by the devices' own times (one that uploads its memory over a second
 * network does not), and disagree: each time where they are, or, where they send no positions, by two sessions at once that both go
 * on for minutes. Two paths of one device that say the same are no dispute.
 */
export function disagreement(seen: readonly SenderSeen[]): string | undefined {
  const returns = returnsOf(seen)
  if (returns.length < RETURNS_MIN || spanOf(returns) < RETURNS_OVER_MS) return undefined
  const placed = seen.filter(({ latDeg, lonDeg }) => latDeg !== undefined && lonDeg !== undefined)
  const byTime = placed.toSorted((a, b) => a.timeMs - b.timeMs)
  if (takesTurnsApart(byTime)) return 'senders that take turns report places too far apart for one device'
  const placing = new Set(placed.map(({ sender }) => sender))
  const isPlaced = returns.every(({ sender }) => placing.has(sender))
  if (!isPlaced && returns.length >= SILENT_RETURNS_MIN && spanOf(returns) >= SILENT_OVER_MS)
    return 'two sessions of one device go on at the same time'
  return undefined
}

/** Each time that somebody speaks again after another. */
function returnsOf(seen: readonly SenderSeen[]): SenderSeen[] {
  const before = new Set<string>()
  return seen.filter(({ sender }, i) => {
    const last = seen[i - 1]?.sender
    const isReturn = last !== undefined && last !== sender && before.has(sender)
    before.add(sender)
    return isReturn
  })
}

function spanOf(returns: readonly SenderSeen[]): number {
  return returns.at(-1)!.receivedMs - returns[0]!.receivedMs
}

function takesTurnsApart(byTime: readonly SenderSeen[]): boolean {
  let turnsApart = 0
  let turns = 0
  let acrossM = 0
  let stepsWithin = 0
  let withinM = 0
  const lastOf = new Map<string, SenderSeen>()
  for (const [i, one] of byTime.entries()) {
    const before = byTime[i - 1]
    const own = lastOf.get(one.sender)
    if (own !== undefined) {
      stepsWithin++
      withinM += distanceM(own, one)
    }
    if (before !== undefined && before.sender !== one.sender && own !== undefined) {
      turns++
      const apartM = distanceM(before, one)
      acrossM += apartM
      if (apartM > APART_M + 2 * (errorOf(before) + errorOf(one))) turnsApart++
    }
    lastOf.set(one.sender, one)
  }
  if (turnsApart < RETURNS_MIN || turnsApart < turns / 2) return false
  // Each sender keeps to its own place: the jumps follow the sender, and not a receiver that errs.
  return acrossM / turns > 2 * (withinM / Math.max(1, stepsWithin))
}

function errorOf({ accuracyM }: SenderSeen): number {
  return accuracyM === undefined || !(accuracyM > 0) ? ACCURACY_UNKNOWN_M : accuracyM
}

function distanceM(a: SenderSeen, b: SenderSeen): number {
  const northM = (b.latDeg! - a.latDeg!) * METRES_PER_DEGREE
  const eastM = (b.lonDeg! - a.lonDeg!) * METRES_PER_DEGREE * Math.cos((a.latDeg! * Math.PI) / 180)
  return Math.hypot(northM, eastM)
}
