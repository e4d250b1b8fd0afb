// What the fold remembers of one condition in one zone: the runs it counts, fix by fix, and its open episodes.
import type { Episode } from './episode.ts'
import type { Minutes } from './minutes.ts'
import type { Spot } from './spot.ts'

/** One condition in one zone: the run towards the wrong side, the run back, and the open episodes. */
export class ZoneMemory {
  wrongSide = false
  breachCount = 0
  unsureSinceBreach = false
  /** Of the fix counted last in the run towards the wrong side, back, and through the ring: what is close behind is the same event. */
  breachWitnessMs = Number.NaN
  returnWitnessMs = Number.NaN
  ringWitnessMs = Number.NaN
  /** Two fixes of the run lie so far apart that its wearer moves: no reflection looks like that. */
  moved = false
  /** The fix before the run was on its way already. */
  cameMoving = false
  /** A long time without any fix lies within the run; `breachFirst` is the first after it. */
  overGap = false
  breachFirst: Spot | undefined
  breachLast: Spot | undefined
  deepest: Spot | undefined
  /** The fix before the run: where a crossing seen by one fix only came from. */
  before: Spot | undefined
  returnCount = 0
  returnFirst: Spot | undefined
  /** On the right side, though not deep: the run back of a wearer who lives near the boundary. */
  nearCount = 0
  nearFirst: Spot | undefined
  unsureFirst: Spot | undefined
  /** Of the unsure fixes, how many more than not were a router's place near the line. */
  unsureLean = 0
  /** In an avoided zone that no single fix proves: the first one inside, and the mean since (`unverifiable.ts`). */
  stayFirst: Spot | undefined
  stayMean: Spot | undefined
  stayCount = 0
  ringCount = 0
  ringFirst: Spot | undefined
  ringReturnCount = 0
  ringReturnFirst: Spot | undefined
  /** As `nearCount`, of the ring's line. */
  ringNearCount = 0
  ringNearFirst: Spot | undefined
  /** Of the run towards the wrong side, and of the violation that came of it. */
  minutes: Minutes | undefined
  violation: Episode | undefined
  /** The last place known broke the rule when it began, but was old. */
  uncertain: Episode | undefined
  unverifiable: Episode | undefined
  ring: Episode | undefined

  /** Nothing to remember: on the right side, no run, nothing open. */
  get clean(): boolean {
    return (
      !this.wrongSide &&
      this.breachCount === 0 &&
      this.ringCount === 0 &&
      !this.unsureFirst &&
      !this.stayMean &&
      !this.hasOpen
    )
  }

  get hasOpen(): boolean {
    return (
      this.violation !== undefined ||
      this.uncertain !== undefined ||
      this.unverifiable !== undefined ||
      this.ring !== undefined
    )
  }

  /** Forgets runs and side; what is open stays open. */
  forgetRuns(): void {
    this.wrongSide = false
    this.breachCount = 0
    this.unsureSinceBreach = false
    this.overGap = false
    this.breachWitnessMs = Number.NaN
    this.moved = false
    this.cameMoving = false
    this.minutes = undefined
    this.breachFirst = undefined
    this.breachLast = undefined
    this.deepest = undefined
    this.before = undefined
    this.forgetReturn()
  }

  forgetReturn(): void {
    this.returnCount = 0
    this.returnFirst = undefined
    this.returnWitnessMs = Number.NaN
    this.forgetNear()
  }

  forgetNear(): void {
    this.nearCount = 0
    this.nearFirst = undefined
  }

  forgetStay(): void {
    this.stayFirst = undefined
    this.stayMean = undefined
    this.stayCount = 0
    if (!this.wrongSide) this.forgetReturn()
  }

  forgetRing(): void {
    this.ringCount = 0
    this.ringFirst = undefined
    this.ringWitnessMs = Number.NaN
    this.forgetRingReturn()
  }

  forgetRingReturn(): void {
    this.ringReturnCount = 0
    this.ringReturnFirst = undefined
    this.ringNearCount = 0
    this.ringNearFirst = undefined
  }
}
