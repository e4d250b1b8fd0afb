// The roles of officers. Row-level security in the database enforces what each role sees and does.

export const ROLES = [
  'pk',
  'asisten_pk',
  'kasubsi',
  'kepala_bapas',
  'operator',
  'kanwil',
  'ditjenpas',
  'auditor',
  'admin_ti',
] as const
export type Role = (typeof ROLES)[number]

/** Who looks at figures first, and at a person for a written reason. */
export const OVERSIGHT_ROLES: ReadonlySet<Role> = new Set(['kanwil', 'ditjenpas'])

/** Who draws zones and proposes conditions, and may try what a proposal would have raised. */
export const PROPOSING_ROLES: ReadonlySet<Role> = new Set(['pk', 'asisten_pk', 'kasubsi', 'kepala_bapas'])
