// Violations played by script. Each begins at `startMs` and is over after some seconds of the simulation's time; what truly
// happens and what the bracelet says about it are kept apart.
import type { Alarm } from '../model/report/report.ts'
import type { FleetWearer } from './fleet-people.ts'
import type { Truth } from './life.ts'
import { courseDeg, distanceM, offset, type Place } from './place.ts'
import { KIOSK_EAST_M, type ScriptKind } from './script-kinds.ts'

/** What a script does to what the bracelet says. */
export type Said = {
  /** Says nothing and keeps what it would have said. */
  offline?: boolean
  /** Makes no report at all. */
  mute?: boolean
  noFix?: boolean
  accuracyM?: number
  /** The place it claims instead of the true one. */
  claims?: Place
  mock?: boolean
  alarms?: Alarm[]
  strap?: 'open'
  case?: 'open'
  batteryPercent?: number
}

const S = 1000
/** [seconds since the script's start, metres east, metres north] of home, joined by straight rides. */
type Ride = readonly (readonly [atS: number, eastM: number, northM: number])[]

const RIDES: Partial<Record<ScriptKind, Ride>> = {
  leave_home: [
    [0, 0, 0],
    [16, 0, 320],
    [30, 0, 320],
    [46, 0, 0],
  ],
  offline_exit: [
    [0, 0, 0],
    [12, 0, -300],
    [18, 0, -300],
    [30, 0, 0],
  ],
  enter_avoided: [
    [0, 0, 0],
    [15, KIOSK_EAST_M, 0],
    [30, KIOSK_EAST_M, 0],
    [45, 0, 0],
  ],
  off_corridor: [
    [0, 0, 0],
    [15, 300, 0],
    [25, 300, 260],
    [34, 300, 260],
    [44, 300, 0],
    [58, 0, 0],
  ],
  approach_boundary: [
    [0, 0, 0],
    [10, 70, 0],
    [35, 70, 0],
    [45, 0, 0],
  ],
}

/** From its start on, every script has brought about what it brings about; what is buffered until then included. */
export const SCRIPTS_RAISED_BY_MS = 44_000

/** The incident types that a script brings about when everything works. */
export const SCRIPT_RAISES: Record<ScriptKind, readonly string[]> = {
  leave_home: ['away_from_required_zone'],
  enter_avoided: ['inside_avoided_zone'],
  off_corridor: ['off_corridor'],
  approach_boundary: ['warning_ring'],
  crossing: ['inferred_crossing'],
  strap_open: ['strap_open'],
  case_opened: ['case_opened'],
  sos: ['sos'],
  battery: ['battery_low', 'battery_critical'],
  jamming: ['suspected_jamming'],
  unverifiable: ['location_unverifiable'],
  jump: ['position_not_credible'],
  silence: ['no_communication'],
  offline_exit: ['away_from_required_zone'],
}

/** Where the wearer truly is while the script runs; undefined before and after it, when life goes on as usual at home. */
export function scriptTruth(wearer: FleetWearer, kind: ScriptKind, sinceMs: number): Truth | undefined {
  if (kind === 'crossing') return crossing(wearer, sinceMs)
  const ride = RIDES[kind]
  if (ride === undefined || sinceMs < 0) return atHome(wearer)
  for (let i = 1; i < ride.length; i++) {
    const [endS, eastM, northM] = ride[i]!
    if (sinceMs > endS * S) continue
    const [startS, fromEastM, fromNorthM] = ride[i - 1]!
    const part = (sinceMs / S - startS) / (endS - startS)
    const from = offset(wearer.home, fromEastM, fromNorthM)
    const to = offset(wearer.home, eastM, northM)
    const place = offset(wearer.home, fromEastM + (eastM - fromEastM) * part, fromNorthM + (northM - fromNorthM) * part)
    return { place, speedMps: distanceM(from, to) / (endS - startS), courseDeg: courseDeg(from, to), indoors: false }
  }
  return atHome(wearer)
}

/** Rides through the small zone and back; the bracelet happens to report only on either side of it (see `scriptSays`). */
function crossing(wearer: FleetWearer, sinceMs: number): Truth {
  if (sinceMs < 0) return atHome(wearer)
  const towards = Math.min(sinceMs / S, 12) * 40
  const back = Math.max(0, Math.min(sinceMs / S - 30, 12)) * 40
  const place = offset(wearer.home, towards - back, 0)
  const moving = sinceMs < 12 * S || (sinceMs > 30 * S && sinceMs < 42 * S)
  return { place, speedMps: moving ? 40 : 0, courseDeg: sinceMs < 30 * S ? 90 : 270, indoors: false }
}

function atHome(wearer: FleetWearer): Truth {
  return { place: wearer.home, speedMps: 0, courseDeg: 0, indoors: false }
}

/** What the script makes the bracelet say at a moment. */
export function scriptSays(wearer: FleetWearer, kind: ScriptKind, sinceMs: number): Said {
  if (sinceMs < 0) return {}
  const s = sinceMs / S
  switch (kind) {
    case 'strap_open':
      return s < 30 ? { strap: 'open', alarms: s < 3 ? ['strapOpen'] : [] } : {}
    case 'case_opened':
      return s < 20 ? { case: 'open', alarms: s < 3 ? ['caseOpen'] : [] } : {}
    case 'sos':
      return s < 2 ? { alarms: ['sos'] } : {}
    case 'battery':
      return { batteryPercent: s < 15 ? 18 : s < 40 ? 4 : 3, alarms: s < 3 ? ['batteryLow'] : [] }
    case 'jamming':
      return s < 30 ? { noFix: true, alarms: ['jamming', 'gnssFault'] } : {}
    case 'unverifiable':
      return s < 35 ? { accuracyM: 480 } : {}
    case 'jump':
      return s < 35 && Math.floor(s / 2) % 2 === 0 ? { claims: offset(wearer.home, 38_000, 21_000), mock: true } : {}
    case 'silence':
    case 'offline_exit':
      return { offline: s < 40 }
    case 'crossing': {
      const eastM = distanceM(wearer.home, crossing(wearer, sinceMs).place)
      return { mute: Math.abs(eastM - KIOSK_EAST_M) < 130 }
    }
    default:
      return {}
  }
}
