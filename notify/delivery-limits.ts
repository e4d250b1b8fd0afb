export type DeliveryLimits = {
  attemptsMax: number
  /** By one way, where the recipient has another. */
  attemptsBeforeNextWay: number
  /** Doubles from the first to the last. */
  backoffMs: number
  backoffMsMax: number
  timeoutMs: number
  /** To one recipient. */
  concurrent: number
  /** A delivery under way whose process died is taken up again after this, and once more this. */
  lockMs: number
  stalledMs: number
  /** Delivered ones kept for each recipient, for people to look at and so that a replay finds them. */
  keptDone: number
  /** A notice waits so long before it looks again whether the one before it is out. */
  afterMs: number
  stopMs: number
}

/** 2 s, 4 s … 5 min: 300 attempts are about a day; after the first four, within a minute, the recipient's next way is taken. */
export const DELIVERY_LIMITS: DeliveryLimits = {
  attemptsMax: 300,
  attemptsBeforeNextWay: 4,
  backoffMs: 2000,
  backoffMsMax: 300_000,
  timeoutMs: 10_000,
  concurrent: 8,
  lockMs: 20_000,
  stalledMs: 5000,
  keptDone: 10_000,
  afterMs: 2000,
  stopMs: 12_000,
}
