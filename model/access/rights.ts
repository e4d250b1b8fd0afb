// Who may do what. One table: the API's checks, the console's buttons, the tests of row-level security and docs/access.md
// come from it. An action that is not listed is allowed to nobody; a role that is not named for an action may not do it.
import type { Role } from './roles.ts'

/**
 * How far a right reaches.
 * own: klien whose PK or Asisten PK the officer is; unit: everything of the officer's unit and the units below;
 * reason: as unit, but a person only with a written reason that is in force; outages: incidents of whole units, of no person;
 * self: the officer's own account.
 */
export type Scope = 'own' | 'unit' | 'reason' | 'outages' | 'self'

type Right = Partial<Record<Role, Scope>>

const EVERYBODY: Right = {
  pk: 'self',
  asisten_pk: 'self',
  kasubsi: 'self',
  kepala_bapas: 'self',
  operator: 'self',
  kanwil: 'self',
  ditjenpas: 'self',
  auditor: 'self',
  admin_ti: 'self',
}
const SEES_KLIEN: Right = {
  pk: 'own',
  asisten_pk: 'own',
  kasubsi: 'unit',
  kepala_bapas: 'unit',
  operator: 'unit',
  kanwil: 'reason',
  ditjenpas: 'reason',
}
const SEES_INCIDENTS: Right = { ...SEES_KLIEN, admin_ti: 'outages' }
const KEEPS_KLIEN: Right = { pk: 'own', asisten_pk: 'own', kasubsi: 'unit', kepala_bapas: 'unit' }
const ACTS_ON_INCIDENTS: Right = {
  pk: 'own',
  asisten_pk: 'own',
  kasubsi: 'unit',
  kepala_bapas: 'unit',
  operator: 'unit',
}
const LEADS: Right = { kasubsi: 'unit', kepala_bapas: 'unit' }
const RUNS: Right = { admin_ti: 'unit' }
const KEEPS_DEVICES: Right = { ...KEEPS_KLIEN, operator: 'unit', admin_ti: 'unit' }

export const RIGHTS = {
  // People
  'klien.list': SEES_KLIEN,
  'klien.read': SEES_KLIEN,
  'klien.create': { pk: 'unit', asisten_pk: 'unit', kasubsi: 'unit', kepala_bapas: 'unit' },
  'klien.edit': KEEPS_KLIEN,
  'klien.assign_pk': LEADS,
  'klien.end_supervision': LEADS,
  'klien.reveal_nik': { pk: 'own', kasubsi: 'unit', kepala_bapas: 'unit' },
  'klien.import': { kasubsi: 'unit', kepala_bapas: 'unit', admin_ti: 'unit' },
  'klien.access_history': { auditor: 'unit', kepala_bapas: 'unit' },
  'access.ask': { pk: 'unit', asisten_pk: 'unit', kanwil: 'unit', ditjenpas: 'unit' },

  // Tracks and positions
  'live.map': SEES_KLIEN,
  // The connection that every console keeps open. It carries what the role sees: for an auditor, nothing.
  'live.feed': EVERYBODY,
  'track.read': SEES_KLIEN,
  'track.export': { pk: 'own', kasubsi: 'unit', kepala_bapas: 'unit' },

  // Rules
  'zone.read': SEES_KLIEN,
  'zone.draw': { pk: 'unit', asisten_pk: 'unit', kasubsi: 'unit', kepala_bapas: 'unit' },
  'zone.retire': LEADS,
  'rule.try': KEEPS_KLIEN,
  'proposal.read': { ...KEEPS_KLIEN, operator: 'unit' },
  'proposal.make': KEEPS_KLIEN,
  'proposal.decide': LEADS,
  'holiday.write': { kepala_bapas: 'unit', admin_ti: 'unit' },

  // Incidents
  'incident.list': SEES_INCIDENTS,
  'incident.read': SEES_INCIDENTS,
  'incident.act': ACTS_ON_INCIDENTS,
  'incident.reassign': { kasubsi: 'unit', kepala_bapas: 'unit', operator: 'unit' },
  'incident.change_finding': ACTS_ON_INCIDENTS,
  'device.command': ACTS_ON_INCIDENTS,

  // Devices
  'bracelet.list': KEEPS_DEVICES,
  'bracelet.register': { kasubsi: 'unit', admin_ti: 'unit' },
  'bracelet.test': KEEPS_DEVICES,
  'bracelet.fit': KEEPS_KLIEN,
  'bracelet.take_off': KEEPS_KLIEN,
  'bracelet.keep': { kasubsi: 'unit', operator: 'unit', admin_ti: 'unit' },
  'bracelet.secret': RUNS,
  'bracelet.clock': RUNS,
  'gateway.write': RUNS,
  'quarantine.read': { admin_ti: 'unit', kasubsi: 'unit' },
  'quarantine.replay': RUNS,
  'alarm_word.map': RUNS,

  // Units, officers, settings
  'unit.read': {
    pk: 'unit',
    asisten_pk: 'unit',
    kasubsi: 'unit',
    kepala_bapas: 'unit',
    operator: 'unit',
    kanwil: 'unit',
    ditjenpas: 'unit',
    auditor: 'unit',
    admin_ti: 'unit',
  },
  'unit.write': RUNS,
  'officer.read': {
    kasubsi: 'unit',
    kepala_bapas: 'unit',
    kanwil: 'unit',
    ditjenpas: 'unit',
    auditor: 'unit',
    admin_ti: 'unit',
  },
  'officer.write': RUNS,
  'settings.write': { admin_ti: 'unit', kepala_bapas: 'unit' },
  'token.write': RUNS,
  'roster.read': { ...ACTS_ON_INCIDENTS, pk: 'unit', asisten_pk: 'unit', admin_ti: 'unit' },
  'roster.write': LEADS,
  'recipient.write': { kepala_bapas: 'unit', admin_ti: 'unit' },

  // Oversight
  'figures.read': {
    kasubsi: 'unit',
    kepala_bapas: 'unit',
    kanwil: 'unit',
    ditjenpas: 'unit',
    pk: 'own',
    asisten_pk: 'own',
  },
  'audit.read': { auditor: 'unit' },
  'reason.review': { auditor: 'unit' },
  'alarm.read': { auditor: 'unit', admin_ti: 'unit' },

  // One's own account
  'account.own': EVERYBODY,
} as const satisfies Record<string, Right>

export type Action = keyof typeof RIGHTS

/** How far `role` may do `action`; undefined where it may not. */
export function scopeOf(role: Role, action: Action): Scope | undefined {
  return (RIGHTS[action] as Right)[role]
}

export function mayDo(role: Role, action: Action): boolean {
  return scopeOf(role, action) !== undefined
}
