// Every page of the console has an address. One table for the console, which draws the pages, and for the API, which answers
// any other address with 404.

export const WEARER_TABS = ['ringkas', 'ketentuan', 'jejak', 'insiden', 'rekap', 'alat', 'berkas', 'akses'] as const
export type WearerTab = (typeof WEARER_TABS)[number]

/** Of the trial of a zone that does not exist yet. */
export const NEW_ZONE_ID = 'baru'

/** In place of a klien's id: one who is not on file yet. */
const NEW_KLIEN = 'baru'

/** Stock, the form of a new device, what was refused, unknown alarms, gateways. */
export const ALAT_PARTS = ['stok', 'baru', 'karantina', 'kata', 'gateway'] as const
export type AlatPart = (typeof ALAT_PARTS)[number]
const BRACELET_ID = /^[1-9]\d{0,9}$/

export type Address =
  /** Leads each role to where its work is. */
  | { page: 'home' }
  | { page: 'control-room' }
  | { page: 'incident'; id: string; why: boolean }
  | { page: 'wearers' }
  | { page: 'wearer'; id: string; tab: WearerTab }
  | { page: 'bracelets'; part: AlatPart }
  | { page: 'bracelet'; id: number }
  | { page: 'intake' }
  | { page: 'edit-klien'; id: string }
  | { page: 'trial'; id: string; conditionId: string }
  | { page: 'reports' }
  | { page: 'account' }
  /** Where a one-time link leads; nobody is signed in yet. */
  | { page: 'invitation' }

const ID = /^[A-Za-z0-9-]{1,64}$/

/** The page at a path such as `/klien/<id>/rekap`; undefined where there is none. */
export function addressAt(path: string): Address | undefined {
  const [first = '', second, third, fourth, ...more] = path.replace(/^\//, '').replace(/\/$/, '').split('/')
  if (more.length > 0 || [second, fourth].some((id) => id !== undefined && !ID.test(id))) return undefined
  switch (first) {
    case '':
      return second === undefined ? { page: 'home' } : undefined
    case 'ruang-kendali':
      return second === undefined ? { page: 'control-room' } : undefined
    case 'laporan':
      return second === undefined ? { page: 'reports' } : undefined
    case 'saya':
      return second === undefined ? { page: 'account' } : undefined
    case 'undangan':
      return second === undefined ? { page: 'invitation' } : undefined
    case 'insiden':
      if (second === undefined || fourth !== undefined) return undefined
      return third === undefined || third === 'mengapa'
        ? { page: 'incident', id: second, why: third === 'mengapa' }
        : undefined
    case 'alat':
      return third === undefined ? alatAddress(second) : undefined
    case 'klien':
      return second === undefined ? { page: 'wearers' } : wearerAddress(second, third, fourth)
    default:
      return undefined
  }
}

function alatAddress(second: string | undefined): Address | undefined {
  if (second === undefined) return { page: 'bracelets', part: 'stok' }
  if (BRACELET_ID.test(second)) return { page: 'bracelet', id: Number(second) }
  const part = ALAT_PARTS.find((one) => one === second)
  return part === undefined || part === 'stok' ? undefined : { page: 'bracelets', part }
}

function wearerAddress(id: string, third: string | undefined, fourth: string | undefined): Address | undefined {
  if (id === NEW_KLIEN) return third === undefined ? { page: 'intake' } : undefined
  if (third === 'ubah') return fourth === undefined ? { page: 'edit-klien', id } : undefined
  if (third === 'coba') return fourth === undefined ? undefined : { page: 'trial', id, conditionId: fourth }
  if (fourth !== undefined) return undefined
  const tab = third === undefined ? 'ringkas' : WEARER_TABS.find((one) => one === third)
  return tab && { page: 'wearer', id, tab }
}

export function pathOf(address: Address): string {
  switch (address.page) {
    case 'home':
      return '/'
    case 'control-room':
      return '/ruang-kendali'
    case 'incident':
      return `/insiden/${address.id}${address.why ? '/mengapa' : ''}`
    case 'wearers':
      return '/klien'
    case 'wearer':
      return `/klien/${address.id}${address.tab === 'ringkas' ? '' : `/${address.tab}`}`
    case 'bracelets':
      return address.part === 'stok' ? '/alat' : `/alat/${address.part}`
    case 'bracelet':
      return `/alat/${address.id}`
    case 'intake':
      return `/klien/${NEW_KLIEN}`
    case 'edit-klien':
      return `/klien/${address.id}/ubah`
    case 'trial':
      return `/klien/${address.id}/coba/${address.conditionId}`
    case 'reports':
      return '/laporan'
    case 'account':
      return '/saya'
    case 'invitation':
      return '/undangan'
  }
}
