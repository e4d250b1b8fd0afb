import type { Role } from '../../model/access/roles.ts'

/** After this a session ends, used or not: a working day for those on duty, less for those who see many or change much. */
export const SESSION_HOURS: Readonly<Record<Role, number>> = {
  pk: 12,
  asisten_pk: 12,
  kasubsi: 12,
  kepala_bapas: 12,
  operator: 12,
  kanwil: 8,
  ditjenpas: 8,
  auditor: 8,
  admin_ti: 4,
}
export const SESSION_HOURS_MAX = Math.max(...Object.values(SESSION_HOURS))
