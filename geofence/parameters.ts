import type { ConditionKind, EvidenceParameters } from '../model/plan/plan.ts'
import { POSITION_SOURCE } from '../model/report/report.ts'

/** Changes whenever the same timeline and plan could give another verdict. */
export const ENGINE_VERSION = '2.1.0'

/** Error radius, metres, of a fix that states none, by POSITION_SOURCE. */
export const DEFAULT_RADIUS_M = ((): Float64Array => {
  const radii = new Float64Array(4)
  radii[POSITION_SOURCE.unknown] = 25 // most trackers that say nothing mean GPS, without saying how good
  radii[POSITION_SOURCE.gps] = 15 // twice the usual 5–8 m under open sky
  radii[POSITION_SOURCE.wifi] = 60 // street-level access points
  radii[POSITION_SOURCE.cell] = 1500 // a town cell; a village's is larger, so such a fix alone decides little
  return radii
})()

/** How the engine weighs reports; per-condition values are in CONDITION_DEFAULTS. Units last. */
export const ENGINE = {
  /** A stated accuracy above this is a sentinel (65535, 99999, 2147483647 …); the largest rural cells reach 35 km. */
  accuracyMaxM: 50_000,
  /** No receiver on an ankle is better than this, whatever it says. */
  radiusFloorM: 3,
  /** User-equivalent range error: radius = HDOP × this where only HDOP is stated. */
  hdopToM: 5,
  hdopMax: 50,
  /** Of a fix without an accuracy: so much of the last fix's radius counts on, if that is no older than this. */
  radiusKept: 0.8,
  radiusLastsMs: 5 * 60_000,
  /**
   * Guard = max(floor, radius × this). Stated radii are 68 % circles: to accuse, 2.25 of them must lie over the line; to be
   * at home, one. `bench -- truth --sweep`: at 1.5 there are five times as many false incidents, at 3 the p95 of the delay is
   * a minute longer.
   */
  breachGuardPerRadius: 2.25,
  complyGuardPerRadius: 1,
  /**
   * Deep indoors the error drifts for a quarter of an hour, and one fix after the other errs alike. So a run that began from a poor
   * fix, of poor ones alone, must be deeper than so many of their radii, or last: whoever really leaves is seen outdoors on the way.
   */
  driftRadiusM: 30,
  driftDepthPerRadius: 4,
  driftMs: 15 * 60_000,
  /** An unsure fix on the right side and no worse than this is somebody near the wall, not a poor accuracy. */
  poorRadiusM: 100,
  /** Unsure fixes that are mostly of access points, their circles over the line, are borne so many times as long. */
  lookedUpPatience: 3,
  /**
   * Back from a violation, but never deep enough in to prove it: a house near its zone's wall, a corridor as narrow as its road.
   * So many fixes no worse than this, over so long, all on the right side, are a return too. Of 40 nights with a drift of 4 m 40
   * end 5 m within the wall (without the rule none) and none 2 m outside of it (after a quarter of an hour 15).
   */
  nearWallRadiusM: 30,
  nearWallFixes: 10,
  nearWallMs: 30 * 60_000,
  /**
   * In an avoided zone hardly deeper than its fixes' guard no single fix proves anything, so they count together: so many of them over so
   * long, all inside, or their mean deeper than this share of their radius, which shrinks with the root of the time. Drift
   * goes round in a quarter of an hour, so two hours narrow it to half. With receivers as in `bench -- truth`, of 100 stays of 2 h (4 h)
   * in the middle of a circle of 20 m 49 (78) are reported and without the rule none, of 30 m 98 (100) and without it 88 (92). Whoever
   * lives on the very wall of one is reported 0.017 times a day at most, from 20 m off never.
   */
  stayFixes: 10,
  stayMs: 45 * 60_000,
  stayApartMs: 30_000,
  stayGuardPerRadius: 1.5,
  stayGuardFloorM: 5,
  stayNarrowsMs: 30 * 60_000,
  stayNarrowsUntilMs: 2 * 60 * 60_000,
  /** From this radius on a fix is coarse: the same coordinates again are the same cell tower, not a second witness. */
  coarseRadiusM: 200,
  /**
   * The same coordinates to the digit are one witness for so long, or for two report intervals if that is more, whatever the
   * source: a stuck reading repeats itself for minutes. A wearer at rest with a frozen tracker is reported after it.
   */
  sameSpotMs: 8 * 60_000,
  /** Fixes closer in time than this, or than half a report interval if that is less, are one event and one witness. */
  witnessApartMs: 30_000,
  movingApartMs: 10_000,
  /**
   * Away from a required zone or region, where the condition does not say how many fixes confirm: a run of which no fix
   * lies deeper than the guard and this needs one more. Reflections at home reach that far, a walk away is past it by
   * its second fix.
   */
  shallowM: 60,
  shallowExtraFixes: 1,
  /**
   * A reflection leaps aside, stays there for a fix or a few, seldom further than this, and leaps back; who walks or drives away
   * moves on. So a run that a leap of `standLeapM` began and that does not move needs `standExtraFixes` more, unless it lies deeper.
   */
  standLeapM: 50,
  standNearLeapM: 200,
  standLeapMaxM: 330,
  standReachM: 175,
  standExtraFixes: 2,
  standMs: 4 * 60_000,
  movedLeastM: 25,
  movedPerRadius: 1.5,
  /** Two breach fixes with unsure ones between them are one run only if this close in time: noise of hours never adds up. */
  runLinkMs: 10 * 60_000,
  /**
   * What happened between fixes further apart than this, or than 3 report intervals, nobody knows: a run over such a gap
   * begins after it and needs `gapExtraFixes` more, for two that lie hours apart may both be wrong.
   */
  runGapMs: 30 * 60_000,
  gapExtraFixes: 1,
  /** So many report intervals after a fix nobody knows any more where the wearer is: at an edge, and for minutes proven. */
  freshIntervals: 3,
  /** Fixes so long before a rule begins, or `freshIntervals` if that is more, are weighed against it already. */
  previewMs: 10 * 60_000,
  /** A last position that is no longer fresh, but no older than this, opens whereabouts_uncertain where a rule begins that it breaks. */
  edgeKnownMs: 12 * 60 * 60_000,
  /** Fastest on the ground: Whoosh runs 350 km/h = 97 m/s. */
  groundSpeedMps: 100,
  /** Fastest in the air, taken where the receiver's own speed agrees or the fixes lie further apart than `flightAfterMs`. */
  flightSpeedMps: 300,
  flightAfterMs: 15 * 60_000,
  /**
   * There and back: a leap at least so long and so fast (after both error circles) that ends near where the one before it
   * began. Fast ones no vehicle makes, two are enough; of slow ones it takes four within an hour. Ways of a train bend less
   * than `hopTurnShare`: the straight line as a share of both legs.
   */
  hopLeastM: 500,
  hopSlowMps: 15,
  hopFastMps: 40,
  hopTurnShare: 0.75,
  hopNearM: 150,
  hopNearShare: 0.15,
  hopSpanMs: 15 * 60_000,
  /** So many slow turns count as one fast one. */
  hopSlowTurnsPerDoubt: 2,
  /** Somebody who alternates without pause, fix by fix, needs no speed for it: from so many on each one counts. */
  hopInTurn: 8,
  hopInTurnMps: 5,
  /** While a device is at two places in turn, and until it has stayed at one for so many report intervals, no fix proves anything. */
  steadyIntervals: 5,
  /** A run that a leap faster than this began needs so many fixes more. */
  leapMps: 50,
  leapExtraFixes: 1,
  /** Device clocks are cut to whole seconds. */
  clockSlackMs: 1000,
  /** Indications of a false position (jumps, mock flag) within this span, and how many make an incident. */
  credibleSpanMs: 60 * 60_000,
  credibleDoubtsMin: 2,
  /** The incident ends at the first good fix this long after the last indication. */
  credibleClearMs: 15 * 60_000,
  /** Independent indications of jamming must fall within this span. */
  jammingSpanMs: 10 * 60_000,
  jammingIndicationsMin: 2,
  jammingClearMs: 10 * 60_000,
  /** Losing the position indicates jamming only out of a good fix this recent and this precise. */
  lostFixWithinMs: 5 * 60_000,
  lostFixRadiusM: 30,
  /** Heard without a valid position for this long: informasi, then serius. Buildings do it for minutes, not for hours. */
  noFixAfterMs: 30 * 60_000,
  noFixSeriousAfterMs: 2 * 60 * 60_000,
  /** Valid fixes that end it; start of the run is the end. */
  noFixReturnFixes: 2,
  /** Percent; each pair opens at the first value and clears at the second. */
  batteryLowPercent: 20,
  batteryLowClearPercent: 30,
  batteryCriticalPercent: 10,
  batteryCriticalClearPercent: 15,
  /**
   * A low battery of a device that sends no level is over when it has been heard for so long without saying so again: bracelets
   * are charged every day, and its last fifth does not carry one further.
   */
  batteryWordMs: 12 * 60 * 60_000,
  /** Charging counts for so long after it was said: devices that say it in some reports only do so every few minutes. */
  chargingHoldsMs: 30 * 60_000,
  /** An alarm word without a contact state behind it is over when it has not been repeated for this long. */
  alarmEpisodeMs: 30 * 60_000,
  /** Defective reports in a row before it is said that the device's data is bad; as many good ones as end it. */
  badDataRun: 10,
  badDataReturnReports: 2,
  /** A clock that is off by a whole number of hours, give or take this, has the wrong time zone; so near 1,024 weeks, a rollover. */
  clockHourSlackMs: 3 * 60_000,
  clockHoursMax: 26,
  clockRolloverSlackMs: 15 * 60_000,
  /** A clock further back than this began anew at a date of its maker's. */
  clockResetMs: 365 * 86_400_000,
  /** A suspicion of forgery ends at the first undisputed report so long after the last disputed one. */
  forgeryClearMs: 30 * 60_000,
  /** A strap or case opened again so soon after it was closed is the same episode: a loose contact. */
  flapMs: 10 * 60_000,
  /** Kinds of unknown alarm that one incident names. */
  unknownAlarmsMax: 8,
  /** An alarm word said again after reports without it is a new one, unless it comes so soon: words come in bursts. */
  alarmAgainMs: 60_000,
  /** Straight lines over longer gaps say nothing about the way taken. */
  crossingMaxMs: 15 * 60_000,
  /** A battery last heard of at or below this is taken for dead when silence begins. */
  batteryDeadPercent: 10,
  /** Fixes that an incident keeps as evidence. */
  evidenceMax: 16,
} as const

export type ConditionParameters = { [Name in keyof EvidenceParameters]-?: number }

const COMMON: ConditionParameters = {
  confirmFixes: 2,
  confirmMinMs: 0,
  returnFixes: 2,
  returnMinMs: 0,
  guardFloorM: 20,
  warningRingM: 0,
  unverifiableAfterMs: 45 * 60_000,
}

/**
 * Unsure near an avoided zone is the normal state of whoever lives next to it, so it is no incident unless asked for; unsure
 * *in* one for long is (`stayFixes`), whatever is asked for.
 */
export const CONDITION_DEFAULTS: Record<ConditionKind, ConditionParameters> = {
  required: COMMON,
  region: COMMON,
  corridor: COMMON,
  avoided: { ...COMMON, unverifiableAfterMs: 0 },
  neutral: { ...COMMON, unverifiableAfterMs: 0 },
}
