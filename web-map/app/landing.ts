import type { Role } from '../../model/access/roles.ts'
import type { Address } from '../../model/console/addresses.ts'

/** A page that the rail leads to. */
export type RailPage = Extract<Address['page'], 'control-room' | 'wearers' | 'bracelets' | 'reports' | 'account'>

const OFFICE: readonly RailPage[] = ['control-room', 'wearers', 'bracelets', 'reports', 'account']
const OVERSIGHT: readonly RailPage[] = ['reports', 'control-room', 'wearers', 'account']

/** The pages of each role, the one where its work is first. */
export const PAGES_OF: Record<Role, readonly RailPage[]> = {
  operator: OFFICE,
  pk: OFFICE,
  asisten_pk: OFFICE,
  kasubsi: OFFICE,
  kepala_bapas: OFFICE,
  kanwil: OVERSIGHT,
  ditjenpas: OVERSIGHT,
  auditor: ['account'],
  admin_ti: ['bracelets', 'account'],
}

export function landingOf(role: Role): Address {
  return addressOf(PAGES_OF[role][0]!)
}

export function addressOf(page: RailPage): Address {
  return page === 'bracelets' ? { page, part: 'stok' } : { page }
}
