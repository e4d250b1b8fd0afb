// The violations that a simulated wearer can play; `script.ts` says how each goes.
export const SCRIPT_KINDS = [
  'leave_home',
  'enter_avoided',
  'off_corridor',
  'approach_boundary',
  'crossing',
  'strap_open',
  'case_opened',
  'sos',
  'battery',
  'jamming',
  'unverifiable',
  'jump',
  'silence',
  'offline_exit',
] as const
export type ScriptKind = (typeof SCRIPT_KINDS)[number]

/** How far east of home the small avoided zones of the scripts lie. */
export const KIOSK_EAST_M = 300
