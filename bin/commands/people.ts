// `gelang unit …` and `gelang officer …`: what Admin TI does over the API, by whoever runs the server, over the same store functions.
import { readFileSync } from 'node:fs'
import { linkOf, newToken } from '../../api/routes/invitations.ts'
import { addInvitation } from '../../store/access/invitations.ts'
import { listUnits } from '../../store/people/list-units.ts'
import { changeOfficer, listOfficers, lockOfficer } from '../../store/people/officer-records.ts'
import { readSettings } from '../process/settings.ts'
import { writeCsv } from './csv-table.ts'
import { importPeople, OFFICER_COLUMNS, type PEOPLE } from './import-people.ts'
import { asOwner } from './owner-work.ts'

const EXPORTED_MAX = 100_000
const LOCAL = 'http://127.0.0.1:8080'
type Print = (line: string) => void

/** Gives false where a row was refused, and nothing was imported. */
export async function importCommand(
  what: keyof typeof PEOPLE,
  file: string,
  { dryRun }: { dryRun: boolean },
  env: NodeJS.ProcessEnv,
  print: Print,
): Promise<boolean> {
  const { fresh, same, refused } = await importPeople(what, readFileSync(file, 'utf8'), { dryRun }, env)
  for (const { line, reason } of refused) print(`line ${line}: ${reason}`)
  const kept = !dryRun && refused.length === 0
  print(`${fresh} new, ${same} as they are, ${refused.length} refused; ${kept ? 'imported' : 'nothing was changed'}`)
  return refused.length === 0
}

export async function listUnitsCommand(env: NodeJS.ProcessEnv, print: Print): Promise<void> {
  const units = await asOwner(env, 'unit list', listUnits)
  print(writeCsv(['path', 'name', 'kind', 'timeZone'], units))
}

export async function listOfficersCommand(env: NodeJS.ProcessEnv, print: Print): Promise<void> {
  const { officers } = await asOwner(env, 'officer list', (client) => listOfficers(client, { limit: EXPORTED_MAX }))
  print(writeCsv(['id', ...OFFICER_COLUMNS, 'active', 'hasAccount'], officers))
}

/** Prints a one-time link for the officer with this NIP. */
export async function inviteCommand(nip: string, env: NodeJS.ProcessEnv, print: Print): Promise<void> {
  const token = newToken()
  const { name, username } = await asOwner(env, 'officer invite', async (client) => {
    const officer = (await listOfficers(client, { q: nip, active: true, limit: 2 })).officers.find(
      (one) => one.nip === nip,
    )
    if (officer === undefined) throw new Error(`there is no active officer with the NIP ${nip}`)
    const made = await addInvitation(client, { officerId: officer.id, username: nip, token })
    return { name: officer.name, username: made.username }
  })
  print(linkOf(readSettings(env).baseUrl ?? LOCAL, token))
  print(`${name} sets a password by this link within 72 hours, once, and signs in as ${username}.`)
}

/** Deactivates or reactivates the officer with this NIP; the sessions end at once. */
export async function activateCommand(
  nip: string,
  active: boolean,
  env: NodeJS.ProcessEnv,
  print: Print,
): Promise<void> {
  const name = await asOwner(env, 'officer', async (client) => {
    const found = (await listOfficers(client, { q: nip, limit: 2 })).officers.find((one) => one.nip === nip)
    const officer = found && (await lockOfficer(client, found.id))
    if (officer === undefined) throw new Error(`there is no officer with the NIP ${nip}`)
    await changeOfficer(client, officer.id, { ...officer, active })
    return officer.name
  })
  print(`${name} is ${active ? 'active again' : 'deactivated; klien of theirs are to be given to somebody'}.`)
}
