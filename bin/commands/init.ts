// `gelang init`: the first unit and the first Admin TI of an empty database, with a one-time link to set a password.
import { linkOf, newToken } from '../../api/routes/invitations.ts'
import { hasAccounts } from '../../store/access/has-accounts.ts'
import { addInvitation } from '../../store/access/invitations.ts'
import type { PoolClient } from '../../store/database/open-pool.ts'
import { addOfficer, listOfficers } from '../../store/people/officer-records.ts'
import { addUnit, labelOf, readUnit } from '../../store/people/unit-records.ts'
import { readSettings } from '../process/settings.ts'
import { asOwner } from './owner-work.ts'

const LOCAL = 'http://127.0.0.1:8080'

/** Throws a sentence where there is an account, or where unit or admin cannot be read. */
export async function initCommand(
  { unit, admin }: { unit: string; admin: string },
  env: NodeJS.ProcessEnv,
  print: (line: string) => void,
): Promise<void> {
  const label = labelOf(unit)
  if (label === '') throw new Error(`"${unit}" is no name of a unit`)
  const { name, nip } = adminOf(admin)
  const token = newToken()
  await asOwner(env, 'init', (client) => begin(client, { label, unit, name, nip, token }))
  print(linkOf(readSettings(env).baseUrl ?? LOCAL, token))
  print(`${name} sets a password by this link within 72 hours, once, and signs in as ${nip}.`)
}

/** `Nama, NIP`. */
function adminOf(admin: string): { name: string; nip: string } {
  const comma = admin.lastIndexOf(',')
  const [name, nip] = [admin.slice(0, comma).trim(), admin.slice(comma + 1).replaceAll(' ', '')]
  if (comma < 1 || name === '' || !/^\d{18}$/.test(nip))
    throw new Error('--admin is "Nama, NIP", the NIP with 18 digits')
  return { name, nip }
}

type First = { label: string; unit: string; name: string; nip: string; token: string }

async function begin(client: PoolClient, { label, unit, name, nip, token }: First): Promise<void> {
  if (await hasAccounts(client)) throw new Error('there is an account already: an Admin TI invites further officers')
  // The link of an earlier run may have passed its time unused.
  if ((await readUnit(client, label)) === undefined)
    await addUnit(client, { path: label, name: unit, kind: 'ditjenpas', timeZone: 'Asia/Jakarta' })
  const known = (await listOfficers(client, { q: nip, unit: label, limit: 1 })).officers[0]
  const officerId = known?.id ?? (await addOfficer(client, { name, nip, role: 'admin_ti', unitPath: label }))
  await addInvitation(client, { officerId, username: nip, token })
}
