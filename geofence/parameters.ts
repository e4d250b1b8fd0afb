import type { ConditionKind, EvidenceParameters } from '../model/plan/plan.ts'
import { POSITION_SOURCE } from '../model/report/report.ts'

/** Changes whenever the same timeline and plan could give another verdict. */
export const ENGINE_VERSION = '2.1.1'

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
  /** A fix without an accuracy takes this share of the last fix's radius, if that fix is no older than `radiusLastsMs`. */
  radiusKept: 0.8,
  radiusLastsMs: 5 * 60_000,
  /**
   * Guard = max(floor, radius × this). Stated radii are 68 % circles. An accusing fix must lie 2.25 radii beyond the line;
   * a fix at home must lie one radius inside it. `bench -- truth --sweep`: at 1.5 there are five times as many false incidents, at 3 the p95 of the delay is
   * a minute longer.
   */
  breachGuardPerRadius: 2.25,
  complyGuardPerRadius: 1,
  /**
   * Deep indoors the error drifts for a quarter of an hour, and consecutive fixes share it. A run of poor fixes only must be
   * deeper than `driftDepthPerRadius` radii, or last `driftMs`. A person who really leaves is seen outdoors on the way.
   */
  driftRadiusM: 30,
  driftDepthPerRadius: 4,
  driftMs: 15 * 60_000,
  /** An unsure fix on the right side with at most this radius means a wearer near the wall, not a poor accuracy. */
  poorRadiusM: 100,
  /** Unsure fixes are tolerated this many times longer when most come from access points and their circles cross the line. */
  lookedUpPatience: 3,
  /**
   * A wearer may return without ever being deep enough to prove it: a house near its zone's wall, a corridor as narrow as its
   * road. `nearWallFixes` fixes of at most `nearWallRadiusM`, over `nearWallMs`, all on the right side, count as a return too.
   * With a drift of 4 m, 40 of 40 nights end 5 m inside the wall (none without the rule). None ends 2 m outside of it (15 do
   * where a quarter of an hour is enough).
   */
  nearWallRadiusM: 30,
  nearWallFixes: 10,
  nearWallMs: 30 * 60_000,
  /**
   * In an avoided zone hardly deeper than the guard no single fix proves anything, so fixes count together. `stayFixes` fixes over
   * `stayMs` prove a stay when all lie inside, or when their mean is deeper than a share of their radius. The share shrinks with
   * the root of the time: drift turns within a quarter of an hour, so two hours halve it. Measured with the receivers of
   * `bench -- truth`, per 100 stays of 2 h (4 h) in the middle of a circle: radius 20 m, 49 (78) reported, none without the
   * rule; radius 30 m, 98 (100) reported, 88 (92) without it. A wearer who lives on the wall is reported at most 0.017 times
   * a day; 20 m away, never.
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
   * Identical coordinates are one witness for this long, or for two report intervals if that is more, whatever the source: a
   * stuck reading repeats itself for minutes. A wearer at rest with a frozen tracker is reported afterwards.
   */
  sameSpotMs: 8 * 60_000,
  /** Fixes closer in time than this, or than half a report interval if that is less, are one event and one witness. */
  witnessApartMs: 30_000,
  movingApartMs: 10_000,
  /**
   * Applies outside a required zone or region whose condition does not say how many fixes confirm. A run needs one more fix
   * while no fix lies deeper than the guard and `shallowM`. Reflections at home reach that far; a person who walks away is
   * past it by the second fix.
   */
  shallowM: 60,
  shallowExtraFixes: 1,
  /**
   * A reflection leaps aside, stays there for a few fixes and leaps back. It is seldom deeper than `standReachM`. A person who
   * leaves moves on. So a run that began with a leap of `standLeapM` and does not move needs `standExtraFixes` more fixes, unless
   * it lies deeper.
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
   * Nobody knows what happened between fixes further apart than this, or than 3 report intervals. A run over such a gap begins
   * after it and needs `gapExtraFixes` more fixes, because two fixes hours apart may both be wrong.
   */
  runGapMs: 30 * 60_000,
  gapExtraFixes: 1,
  /** After this many report intervals a fix says nothing any more about where the wearer is, at an edge or in proven minutes. */
  freshIntervals: 3,
  /** Fixes are weighed against a rule this long before it begins, or `freshIntervals` if that is more. */
  previewMs: 10 * 60_000,
  /** A stale last position, at most this old, opens whereabouts_uncertain when a rule begins that it would break. */
  edgeKnownMs: 12 * 60 * 60_000,
  /** Fastest on the ground: Whoosh runs 350 km/h = 97 m/s. */
  groundSpeedMps: 100,
  /** Fastest in the air, taken where the receiver's own speed agrees or the fixes lie further apart than `flightAfterMs`. */
  flightSpeedMps: 300,
  flightAfterMs: 15 * 60_000,
  /**
   * There and back: a leap of at least this length and speed (less both error circles) that ends near where the leap before it
   * began. No vehicle makes the fast ones: two are enough. Slow ones need four within an hour. A train's way bends less than
   * `hopTurnShare`, the straight line as a share of both legs.
   */
  hopLeastM: 500,
  hopSlowMps: 15,
  hopFastMps: 40,
  hopTurnShare: 0.75,
  hopNearM: 150,
  hopNearShare: 0.15,
  hopSpanMs: 15 * 60_000,
  /** This many slow turns count as one fast turn. */
  hopSlowTurnsPerDoubt: 2,
  /** Where fixes alternate between two places without a pause, speed does not matter: from this many fixes on each one counts. */
  hopInTurn: 8,
  hopInTurnMps: 5,
  /** No fix proves anything while a device alternates between two places, until it has stayed at one for this many report intervals. */
  steadyIntervals: 5,
  /** A run that begins with a leap faster than this needs `leapExtraFixes` more fixes. */
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
